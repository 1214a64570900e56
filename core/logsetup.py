"""Logging: events with fields, coloured on a terminal, JSON lines elsewhere; secrets are cut out of both."""

import json
import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any, TextIO

import structlog

from core.masking import HIDDEN, masked
from core.text.visible import json_text, one_line

EventDict = MutableMapping[str, Any]


class Redactor:
    """Replaces every known secret, and passwords and keys in any URL, wherever it stands in an event."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        longest_first = sorted({s for s in secrets if s}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def text(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        return masked(text)

    def __call__(self, _logger: object, _method: str, event: EventDict) -> EventDict:
        """As structlog's processor."""
        return {key: self._value(value) for key, value in event.items()}

    def _value(self, value: object) -> object:
        match value:
            case str():
                return self.text(str(value))
            case dict():
                return {key: self._value(inner) for key, inner in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._value(inner) for inner in value]
            case bool() | int() | float() | None:
                return value
            case _:
                return self.text(str(value))


def _json(event: EventDict, **options: Any) -> str:
    return json_text(json.dumps(event, ensure_ascii=False, **options))


def _visible(_logger: object, _method: str, event: EventDict) -> EventDict:
    """What others wrote steers no terminal and begins no line; a traceback's lines are set in."""
    return {key: _line(key, value) if isinstance(value, str) else value for key, value in event.items()}


def _line(key: str, value: str) -> str:
    if key in ("exception", "stack"):
        return "\n".join(f"    {one_line(line)}" for line in value.splitlines())
    return one_line(value)


def set_up_logging(
    *, secrets: Iterable[str] = (), level: str = "INFO", stream: TextIO | None = None, as_json: bool | None = None
) -> None:
    """Send structlog's and the standard library's events to `stream` (standard error). `as_json` None: unless a terminal."""
    out = stream or sys.stderr
    json_lines = not out.isatty() if as_json is None else as_json
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        Redactor(secrets),
    ]
    renderers: list[structlog.types.Processor] = (
        [structlog.processors.JSONRenderer(serializer=_json)]
        if json_lines
        else [
            _visible,
            structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback),
        ]
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("aiokafka", "aiohttp.access", "alembic", "trafilatura", "htmldate", "kafka"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
