"""What commands print: tables for people (bordered on a terminal, aligned text in a pipe) and JSON Lines for programs."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum

import click
import orjson
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

Row = Mapping[str, object]


def show(rows: Sequence[Row], columns: Sequence[str], *, as_json: bool, empty: str) -> None:
    """Print rows: all their fields as JSON Lines, or the named columns as a table; `empty` is said where there is none."""
    if as_json:
        for row in rows:
            print_json(row)
    elif not rows:
        click.echo(empty)
    elif _on_terminal():
        _bordered(rows, columns)
    else:
        click.echo("\n".join(aligned(rows, columns)))


def show_one(row: Row, *, as_json: bool) -> None:
    """Print one thing: a line of JSON, or its fields one a line."""
    if as_json:
        print_json(row)
        return
    width = max(len(name) for name in row)
    for name, value in row.items():
        first, *more = cell(value).splitlines() or [""]
        click.echo(f"{name.replace('_', ' '):<{width}}  {first}".rstrip())
        for line in more:
            click.echo(f"{'':<{width}}  {line}")


def print_json(value: object) -> None:
    """One line; times in UTC as RFC 3339 with Z."""
    click.echo(orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS).decode())


def aligned(rows: Iterable[Row], columns: Sequence[str]) -> list[str]:
    """A heading and the rows, in columns of equal width, two spaces apart, without trailing blanks."""
    table = [[name.replace("_", " ").upper() for name in columns]]
    table += [[one_line(cell(row[name])) for name in columns] for row in rows]
    widths = [max(cell_len(line[place]) for line in table) for place in range(len(columns))]
    return [
        "  ".join(text + " " * (width - cell_len(text)) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    ]


def one_line(text: str) -> str:
    """The text without what would break a line or steer the terminal: it may come from a web page."""
    return "".join(character if character.isprintable() else " " for character in text)


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
    """Evidence within text: bold on a terminal (click drops the style in a pipe), in brackets elsewhere."""
    return click.style(text, bold=True, fg="yellow") if _on_terminal() else f"[{text}]"


def _on_terminal() -> bool:
    return sys.stdout.isatty()


def _bordered(rows: Sequence[Row], columns: Sequence[str]) -> None:
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
