"""The cells of a table's columns that hold terms: CSV as RFC 4180 has it, with what spreadsheets make of it. Pure.

What parts the cells is told from the first rows. The first row that has the wanted columns is the header; what stands above it
is left out. A line that begins with `#` is a remark, or the header.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import NamedTuple

DELIMITERS = (",", ";", "\t", "|")
_HEAD = 30  # rows that are looked at for the header
_MOST_CELL = 20_000  # characters: more is a quote that nobody closed
_MOST_MEANT = 60  # characters of a cell in a message
_MOST_SHOWN = 12  # columns in a message
_DIGITS = 5  # of what is no number of a column any more
_SEPARATOR = re.compile(r"sep=(.)\s*\Z", re.IGNORECASE)  # Excel's own first line
_HEADINGS = frozenset(
    "name names term terms word words entity entities alias aliases aka title keyword keywords phrase phrases query"
    " fullname organisation organization company person vessel list".split()
) | {"full name", "entity name", "sdn name", "primary name", "legal name"}

Row = tuple[int, list[str]]  # its first line, its cells


class Written(NamedTuple):
    """What stands in a line, or in a cell of the row that begins there. `wrong`: why none of it can be a term."""

    line: int
    text: str
    wrong: str | None = None


class _Shape(NamedTuple):
    """Which columns are wanted, from 0. `start`: the last line of what is no row of terms. `header`: its cells, where there is one."""

    places: list[int]
    start: int
    header: Sequence[str] = ()


class NoTable(Exception):
    """It cannot be read. `line`: 0 where it is the whole file; `key`: of the setting that is wrong."""

    def __init__(self, message: str, line: int = 0, key: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.key = key


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the terms of a table stand: columns by name or by number from 1; None of a delimiter: it is told from the file."""

    columns: tuple[str | int, ...] = ()
    delimiter: str | None = None

    @property
    def is_table(self) -> bool:
        return bool(self.columns) or self.delimiter is not None


def a_column(text: str) -> str | int:
    """A column as people type it: its number from 1, or its name."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else 0
    return number or text


def a_delimiter(value: str) -> str:
    """What parts cells, as people name it. Raises ValueError."""
    known = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|"}
    value = known.get(value.lower(), value)
    if len(value) != 1 or value in '"\r\n#' or value.isalnum():
        raise ValueError('expected what parts the cells of the table: ",", ";", "tab" or "pipe"')
    return value


def cells_of(text: str, layout: Layout) -> Iterator[Written]:
    """What stands in the columns, with the line of its row; empty cells are left out. Raises NoTable.

    Of a row with more cells than its header has, no cell is read: which column its words belong to is not known.
    """
    lines = list(io.StringIO(text, newline=""))
    first = 0
    delimiter = layout.delimiter
    if lines and (said := _SEPARATOR.match(lines[0])):
        first, delimiter = 1, delimiter or said[1]
    delimiter = delimiter or _delimiter(lines[first:], layout)
    shape = _shape(lines, first, delimiter, layout)
    for number, cells in _rows(lines, first, delimiter):
        if number <= shape.start:
            continue
        if wrong := _surplus(cells, shape, delimiter):
            yield Written(number, "", wrong)
            continue
        for place in shape.places:
            if place < len(cells) and cells[place].strip():
                yield Written(number, cells[place])


def _surplus(cells: Sequence[str], shape: _Shape, delimiter: str) -> str | None:
    """Why a row does not fit its header: it has words beyond the last column. Empty cells behind it, in the header too, are nothing."""
    wide = len(shape.header)
    if not wide or len(cells) <= wide:
        return None
    named, filled = _filled(shape.header), _filled(cells)
    if filled <= named:
        return None
    place = shape.places[0]
    meant = f"{delimiter} ".join(cells[place : place + filled - named + 1])[:_MOST_MEANT]
    sign = "tab" if delimiter == "\t" else delimiter
    return (
        f"the row has {filled} cells and the header {named}; put a cell that holds a {sign} in quotes,"
        f' such as "{" ".join(meant.split())}"'
    )


def _filled(cells: Sequence[str]) -> int:
    """How many cells there are up to the last that is not empty."""
    return next((many for many in range(len(cells), 0, -1) if cells[many - 1].strip()), 0)


def _rows(lines: Sequence[str], first: int, delimiter: str) -> Iterator[Row]:
    """The rows from a line on, without remarks and empty rows."""
    fresh, number = True, first  # whether a row begins, and the lines read so far

    def feed() -> Iterator[str]:
        nonlocal fresh, number
        for line in lines[first:]:
            number += 1
            if fresh and (line.lstrip()[:1] in ("#", "")):
                continue
            if fresh:
                starts.append(number)
            fresh = False
            yield line

    starts: list[int] = []
    try:
        for cells in csv.reader(feed(), delimiter=delimiter, skipinitialspace=True):
            start = starts.pop()
            if number > start or len(cells[0]) > _MOST_CELL:
                _see_closed(lines, start, number, cells, delimiter)
            if any(cell.strip() for cell in cells):
                yield start, cells
            fresh = True
    except csv.Error as error:
        raise NoTable(f"the table cannot be read here: {error}", number) from None


def _see_closed(lines: Sequence[str], start: int, end: int, cells: Sequence[str], delimiter: str) -> None:
    """A row of several lines is one for quotes that are in order; else a quote that nobody closed takes in half a file."""
    wrong = any(len(cell) > _MOST_CELL for cell in cells)
    try:
        list(csv.reader(lines[start - 1 : end], delimiter=delimiter, strict=True, skipinitialspace=True))
    except csv.Error:
        wrong = True
    if wrong:
        raise NoTable('a quote (") is opened in this row and not closed; close it, or leave it out', start)


def _delimiter(lines: Sequence[str], layout: Layout) -> str:
    """What parts the cells: what gives the wanted columns, or the same number of cells in each of the first rows."""
    best, most = ",", (False, False, False, 1)
    for delimiter in DELIMITERS:
        try:
            rows = [cells for _, cells in islice(_rows(lines, 0, delimiter), _HEAD)]
        except NoTable:
            continue
        names = _header(lines, 0, delimiter, layout) is not None
        widths = [len(cells) for cells in rows]
        told = (names, widths[:1] > [1], len(set(widths)) == 1, max(widths, default=1))
        if told[-1] > 1 and told > most:
            best, most = delimiter, told
    return best


def _header(lines: Sequence[str], first: int, delimiter: str, layout: Layout) -> Row | None:
    """The first row that has all columns that are wanted by name."""
    wanted = [column for column in layout.columns if isinstance(column, str)]
    if not wanted:
        return None
    for number, line in enumerate(lines[first : first + 2 * _HEAD], first + 1):
        if line.lstrip().startswith("#"):
            cells = next(csv.reader([line.lstrip().lstrip("#")], delimiter=delimiter), [])
            if set(map(_folded, wanted)) <= set(map(_folded, cells)):
                return number, cells
    for row in islice(_rows(lines, first, delimiter), _HEAD):
        if set(map(_folded, wanted)) <= set(map(_folded, row[1])):
            return row
    return None


def _shape(lines: Sequence[str], first: int, delimiter: str, layout: Layout) -> _Shape:
    rows = list(islice(_rows(lines, first, delimiter), _HEAD))
    if not rows:
        raise NoTable("no row stands in the table")
    width = max(len(one) for _, one in rows)
    number, cells = _header(lines, first, delimiter, layout) or next(row for row in rows if len(row[1]) == width)
    if not layout.columns:
        if width > 1:
            raise NoTable(
                f"it has {width} columns; say in which the terms stand: {_shown(cells)}. A file of one term a line,"
                " commas and all, has a name that ends in .txt",
                0,
                "column",
            )
        return _below_heading(rows, [0])
    if any(isinstance(column, str) for column in layout.columns):
        return _Shape([_place(column, cells) for column in layout.columns], number, cells)
    places = [column - 1 for column in layout.columns if isinstance(column, int)]
    if max(places) >= width:
        raise NoTable(f"there is no column {max(places) + 1}; the table has {width}: {_shown(cells)}", 0, "column")
    return _below_heading(rows, places)


def _below_heading(rows: Sequence[Row], places: list[int]) -> _Shape:
    """A first row that says what its columns hold is no row of terms. It is the first with these columns, or the first of full width:
    what stands above a table has few cells, and a row that does not fit has more than the header."""
    width = max(len(cells) for _, cells in rows)
    least = min(width, max(2, max(places) + 1))
    for wide in (least, width):
        number, cells = next(row for row in rows if len(row[1]) >= wide)
        said = [_folded(cells[place]) for place in places if place < len(cells)]
        if said and all(word in _HEADINGS for word in said):
            return _Shape(places, number, cells)
    return _Shape(places, 0)


def _place(column: str | int, cells: Sequence[str]) -> int:
    if isinstance(column, int):
        return column - 1
    names = [_folded(cell) for cell in cells]
    same = [place for place, name in enumerate(names, 1) if name == _folded(column)]
    if len(same) > 1:
        numbers = " and ".join(map(str, same))
        raise NoTable(f"the columns {numbers} are all {column!r}; give the number of each that is wanted", 0, "column")
    if same:
        return same[0] - 1
    near = get_close_matches(_folded(column), names, n=1, cutoff=0.5)
    hint = f'; did you mean "{cells[names.index(near[0])].strip()}"?' if near else ";"
    raise NoTable(f"there is no column {column!r}{hint} the columns are {_shown(cells)}", 0, "column")


def _folded(cell: str) -> str:
    return re.sub(r"[\s_-]+", " ", cell.lstrip("\ufeff# ").casefold()).strip()


def _shown(cells: Sequence[str]) -> str:
    shown = ", ".join(f'{place} "{" ".join(cell.split())[:40]}"' for place, cell in enumerate(cells[:_MOST_SHOWN], 1))
    return shown + (f" and {len(cells) - _MOST_SHOWN} more" if len(cells) > _MOST_SHOWN else "")
