"""Any list of sources, whatever its format: the bytes decide where nobody says. Pure; its cost is linear in its size."""

import re

from core.net.url import BadUrl, web_url
from ingest.lists.listed import MOST_BYTES, MOST_LISTED, Fact, Listed, ListFormat, NoList, listed
from ingest.lists.table import delimiter_of, read_table
from ingest.lists.toml import read_toml
from ingest.parse.charset import decoded
from ingest.parse.sniff import binary, is_text

_TABLES = re.compile(r"^\s*\[\[\s*sources\s*\]\]", re.MULTILINE)
_BULLET = re.compile(r"^[-*•\d.)\s]{0,8}(?=\S)(?=(?:feed:|https?:)|[\w-]+(?:\.[\w-]+)+(?:/|\s|$))", re.IGNORECASE)
_HEAD = 100_000  # characters


def read_list(body: bytes, kind: ListFormat | None = None) -> list[Listed]:
    """The sources that it names, in its order. Raises NoList for what is none, or is larger than may be."""
    if len(body) > MOST_BYTES:
        raise NoList(f"the list has {len(body):,} bytes, at most {MOST_BYTES:,}; bring it in parts")
    if found := binary(body):
        raise NoList(f"{found} is no list of sources: expected OPML, CSV, TOML, or an address a line")
    text = decoded(body, "").removeprefix("\ufeff")
    if not is_text(text):
        raise NoList("the bytes are no text: expected OPML, CSV, TOML, or an address a line")
    if not text.strip():
        raise NoList("the list is empty")
    return _read(text, kind or format_of(text))


def format_of(text: str) -> ListFormat:
    """What the text is by its beginning."""
    if text.lstrip()[:1] == "<":
        return ListFormat.OPML
    if _TABLES.search(text, 0, _HEAD):
        return ListFormat.TOML
    return ListFormat.PLAIN if delimiter_of(text) is None else ListFormat.CSV


def _read(text: str, kind: ListFormat) -> list[Listed]:
    match kind:
        case ListFormat.OPML:
            from ingest.lists.opml import read_opml  # noqa: PLC0415 - with lxml, which no process loads that reads no OPML

            return read_opml(text)
        case ListFormat.TOML:
            return read_toml(text)
        case ListFormat.CSV:
            return read_table(text, delimiter_of(text) or ",")
        case ListFormat.PLAIN:
            return _read_plain(text)


def _read_plain(text: str) -> list[Listed]:
    """An address a line, with its name behind it if it has one; `#` begins a remark."""
    found: list[Listed] = []
    for place, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if not words or words.startswith("#"):
            continue
        if len(found) == MOST_LISTED:
            raise NoList(f"the list names more than {MOST_LISTED:,} sources; bring it in parts")
        words = _BULLET.sub("", words, count=1)
        url, _, name = words.partition(" ") if " " in words else words.partition("\t")
        found.append(listed(place, {Fact.URL: _with_scheme(url), Fact.NAME: name}))
    if not found:
        raise NoList("the list names no source: expected an address a line")
    return found


def _with_scheme(url: str) -> str:
    """`news.example` is `https://news.example`: a list that somebody typed has it so."""
    if ":" in url.partition("/")[0].partition("?")[0] or "." not in url.partition("/")[0]:
        return url
    try:
        return str(web_url(f"https://{url}"))
    except BadUrl:
        return url
