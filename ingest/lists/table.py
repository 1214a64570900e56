"""CSV: a row a source, whatever its columns are called and whatever parts them. Pure.

A cell that a spreadsheet would run as a formula is written with an apostrophe before it, which is taken away on reading.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ingest.lists.listed import MOST_LISTED, Fact, Listed, NoList, listed

DELIMITERS = (",", ";", "\t", "|")
_MOST_CELL = 10_000  # characters
_NAMES = {
    "xmlurl": Fact.URL, "feed": Fact.URL, "feed_url": Fact.URL, "feedurl": Fact.URL, "rss": Fact.URL, "rss_url": Fact.URL,
    "address": Fact.URL, "link": Fact.URL, "title": Fact.NAME, "text": Fact.NAME, "source": Fact.NAME,
    "htmlurl": Fact.SITE, "homepage": Fact.SITE, "home_page": Fact.SITE, "website": Fact.SITE, "html_url": Fact.SITE,
    "language": Fact.LANG, "timezone": Fact.TIME_ZONE, "tag": Fact.TAGS, "folder": Fact.TAGS, "category": Fact.TAGS,
    "categories": Fact.TAGS, "labels": Fact.TAGS, "label": Fact.TAGS, "topic": Fact.TAGS, "type": Fact.KIND,
    "interval": Fact.INTERVAL_SECONDS, **{fact.value: fact for fact in Fact},
}  # fmt: skip
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")
_URL = re.compile(r"(?:feed:(?://)?)?https?://\S+", re.IGNORECASE)

Column = Fact | None


def delimiter_of(text: str) -> str | None:
    """What parts the cells of a table, by its first line; None for what is no table."""
    head = next((line for line in text[:_MOST_CELL].splitlines() if line.strip()), "")
    for delimiter in DELIMITERS:
        cells = _cells(head, delimiter)
        columns = _columns(cells)
        if Fact.URL in columns and (len(cells) > 1 or delimiter == ","):
            return delimiter
        # Without names: one cell is an address, and what parts the cells is no part of it.
        if len(cells) > 1 and sum(map(_is_url, cells)) == 1 and (delimiter in "\t|" or "?" not in head):
            return delimiter
    return None


def read_table(text: str, delimiter: str) -> list[Listed]:
    """The sources of a table. Raises NoList where no column holds addresses, or a cell has no end."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    found: list[Listed] = []
    columns: list[Column] | None = None
    try:
        for cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns = _columns(cells)
                if Fact.URL in columns:
                    continue
                columns = _columns_without_names(cells)
            if len(found) == MOST_LISTED:
                raise NoList(f"the list names more than {MOST_LISTED:,} sources; bring it in parts")
            found.append(listed(rows.line_num, _facts(cells, columns)))
    except csv.Error as error:
        raise NoList(f"line {rows.line_num}: the table cannot be read: {error}") from None
    if not found:
        raise NoList("the table names no source")
    return found


def write_table(sources: Iterable[Mapping[Fact, str]]) -> str:
    """A row for each source with a column for every fact, CSV as RFC 4180 has it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([fact.value for fact in Fact])
    for source in sources:
        writer.writerow([_safe(source.get(fact, "")) for fact in Fact])
    return out.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _plain(text: str) -> str:
    return text[1:] if _ESCAPED.match(text) else text


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _columns(cells: Sequence[str]) -> list[Column]:
    """What each column holds, by the words of the first row; the first column of a kind counts."""
    found: list[Column] = []
    for cell in cells:
        fact = _NAMES.get(re.sub(r"[\s-]+", "_", cell.strip().lstrip("\ufeff").lower()))
        found.append(None if fact in found and fact is not Fact.TAGS else fact)
    return found


def _columns_without_names(cells: Sequence[str]) -> list[Column]:
    """The first address is the feed's, and the first other word its name; the rest nobody knows."""
    found: list[Column] = [None] * len(cells)
    where = next((place for place, cell in enumerate(cells) if _is_url(cell)), None)
    if where is None:
        raise NoList("no column holds addresses: expected a first row with `url` and, if you like, `name`, `tags`, ...")
    found[where] = Fact.URL
    named = next((place for place, cell in enumerate(cells) if place != where and cell.strip()), None)
    if named is not None and not _is_url(cells[named]):
        found[named] = Fact.NAME
    return found


def _facts(cells: Sequence[str], columns: Sequence[Column]) -> dict[Fact, str]:
    facts: dict[Fact, str] = {}
    for fact, cell in _pairs(cells, columns):
        text = _plain(cell[:_MOST_CELL].strip())
        facts[fact] = f"{facts[fact]},{text}" if fact in facts else text
    return facts


def _pairs(cells: Sequence[str], columns: Sequence[Column]) -> Iterator[tuple[Fact, str]]:
    yield from ((fact, cell) for fact, cell in zip(columns, cells, strict=False) if fact is not None)


def _is_url(cell: str) -> bool:
    return _URL.fullmatch(cell.strip()) is not None
