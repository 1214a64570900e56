"""What services answer as JSON: read without trust."""

from typing import Any

import orjson

from alerts.channels.posting import Posted


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
