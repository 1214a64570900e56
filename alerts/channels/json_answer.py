"""What services answer as JSON: read without trust."""

import re
from typing import Any

import orjson

from alerts.channels.posting import Posted

_FAILED = re.compile(r'\{\s*"(?:error|errors|code)"|\{\s*"ok"\s*:\s*f')


def json_of(answer: Posted) -> dict[str, Any] | None:
    """The object in an answer; None where it has none, as a log-in page has."""
    try:
        said = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return None
    return said if isinstance(said, dict) else None


def text_at(said: dict[str, Any] | None, *path: str) -> str:
    """The text at a path of keys; empty where there is none."""
    here: Any = said
    for key in path:
        here = here.get(key) if isinstance(here, dict) else None
    return here if isinstance(here, str) else ""


def broke_off(answer: Posted) -> bool:
    """Whether it is the beginning of an object that tells of no failure, or nothing at all: not a page, not a refusal."""
    text = answer.body.lstrip()
    return not answer.whole and (not text or text.startswith("{")) and not _FAILED.match(text)
