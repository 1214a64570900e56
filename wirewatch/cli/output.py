"""Output of commands: tables for people (bordered on a terminal, aligned text in a pipe) and JSON Lines for programs.

Everything that a command prints goes through `say` or `print_json`, which let nothing through that steers a terminal:
titles, names and answers are written by others.
"""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum

import click
import orjson

from core.text import visible

Row = Mapping[str, object]

# Styles on their way to `say`: characters that Unicode keeps for such use, and that text from outside loses.
_STYLES = {"\ufdd0": "\x1b[1;33m", "\ufdd1": "\x1b[32m", "\ufdd2": "\x1b[31m", "\ufdd3": "\x1b[0m"}
_MARKED, _GOOD, _BAD, _PLAIN = _STYLES
_OF_SEVERAL_LINES = ("query", "canonical")
_STYLE = re.compile(f"([{''.join(_STYLES)}])")


def say(text: str = "", *, err: bool = False, nl: bool = True) -> None:
    """Print text for people; it may have several lines. Styles show on a terminal only."""
    stream_is_terminal = sys.stderr.isatty() if err else _on_terminal()
    parts = [
        (_STYLES[part] if stream_is_terminal else "") if part in _STYLES else _printable(visible.lines(part))
        for part in _STYLE.split(text)
    ]
    click.echo("".join(parts), err=err, nl=nl)


def show(rows: Sequence[Row], columns: Sequence[str], *, as_json: bool, empty: str) -> None:
    """Print rows: all their fields as JSON Lines, or the named columns as a table; `empty` if there are no rows."""
    if as_json:
        for row in rows:
            print_json(row)
    elif not rows:
        say(empty)
    elif _on_terminal():
        _bordered(rows, columns)
    else:
        say("\n".join(aligned(rows, columns)))


def show_one(row: Row, *, as_json: bool) -> None:
    """Print one thing: a line of JSON, or its fields one a line (a rule's text keeps its lines, set in)."""
    if as_json:
        print_json(row)
        return
    width = max(len(name) for name in row)
    for name, value in row.items():
        text = cell(value)
        first, *more = (text.splitlines() or [""]) if name in _OF_SEVERAL_LINES else [text]
        say(f"{name.replace('_', ' '):<{width}}  {one_line(first)}".rstrip())
        for line in more:
            say(f"{'':<{width}}  {one_line(line)}")


def write(document: str) -> None:
    """A document that a program reads, as it is; on a terminal as text for people."""
    if _on_terminal():
        say(document, nl=False)
    else:
        click.echo(document, nl=False)


def print_json(value: object) -> None:
    """One line; times in UTC as RFC 3339 with Z."""
    encoded = orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS).decode()
    click.echo(visible.json_text(encoded))


def aligned(rows: Iterable[Row], columns: Sequence[str]) -> list[str]:
    """A heading and the rows, in columns of equal width, two spaces apart, without trailing blanks."""
    from rich.cells import cell_len  # noqa: PLC0415 - most commands print no table

    table = [[name.replace("_", " ").upper() for name in columns]]
    table += [[one_line(cell(row[name])) for name in columns] for row in rows]
    widths = [max(cell_len(line[place]) for line in table) for place in range(len(columns))]
    return [
        "  ".join(text + " " * (width - cell_len(text)) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    ]


def one_line(text: str) -> str:
    """The text without what would break a line or steer the terminal: it may come from a web page."""
    return _printable(visible.one_line(text))


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() or character == "\n" else " " for character in text)


def cell(value: object) -> str:
    """A value for people."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        case date():
            return value.isoformat()
        case float():
            return f"{value:g}"
        case Enum():
            return str(value.value)
        case str():
            return value
        case dict():
            return ", ".join(f"{name} {cell(inner)}" for name, inner in value.items()) or "-"
        case list() | tuple() | set() | frozenset():
            return ", ".join(map(cell, value)) or "-"
        case _:
            return str(value)


def marked(text: str) -> str:
    """Evidence within text, for `say`: bold on a terminal, in brackets elsewhere."""
    return f"{_MARKED}{text}{_PLAIN}" if _on_terminal() else f"[{text}]"


def good(text: str) -> str:
    """Green on a terminal, for `say`."""
    return f"{_GOOD}{text}{_PLAIN}"


def bad(text: str) -> str:
    """Red on a terminal, for `say`."""
    return f"{_BAD}{text}{_PLAIN}"


def _on_terminal() -> bool:
    return sys.stdout.isatty()


def _bordered(rows: Sequence[Row], columns: Sequence[str]) -> None:
    from rich.console import Console  # noqa: PLC0415 - in a pipe there is none
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name.replace("_", " ").upper(), overflow="fold")
    for row in rows:
        table.add_row(*(Text(one_line(cell(row[name]))) for name in columns))
    Console().print(table)


def _plain(value: object) -> object:
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
