"""The audit log as a table and as lines of JSON, for who keeps it elsewhere. Pure."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from core.text.visible import json_text, one_line
from wirewatch.usecases.audit_log import KnownAction

COLUMNS = ("number", "at", "actor", "address", "action", "subject", "team", "before", "after", "detail")
_FORMULA = ("=", "+", "-", "@")


def csv_lines(actions: Iterable[KnownAction], *, header: bool) -> str:
    """RFC 4180, with the line ends of Unix; what changed as JSON in its cell. No cell is a formula to a spreadsheet: others wrote what is in them."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    if header:
        writer.writerow(COLUMNS)
    for action in actions:
        writer.writerow([_cell(getattr(action, name)) for name in COLUMNS])
    return written.getvalue()


def json_lines(actions: Iterable[KnownAction]) -> str:
    """One object a line, as the API shows it."""
    return "".join(json_text(_json({name: getattr(one, name) for name in COLUMNS})) + "\n" for one in actions)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return json_text(_json(value))
    text = one_line(value) if isinstance(value, str) else _json(value).strip('"')
    return f"'{text}" if text.startswith(_FORMULA) else text


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z).decode()
