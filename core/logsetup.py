"""Logging: events with fields, coloured on a terminal, JSON lines elsewhere; secrets are cut out of both."""

import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any, TextIO

import structlog

from core.masking import HIDDEN, masked

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


def set_up_logging(
    *, secrets: Iterable[str] = (), level: str = "INFO", stream: TextIO | None = None, json: bool | None = None
) -> None:
    """Send structlog's and the standard library's events to `stream` (standard error). `json` None: unless a terminal."""
    out = stream or sys.stderr
    as_json = not out.isatty() if json is None else json
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        Redactor(secrets),
    ]
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
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
