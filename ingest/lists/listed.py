"""A source as a list names it, before anybody has checked it against what is there. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import WirewatchError
from core.model.naming import LONGEST, LONGEST_TAG
from core.model.source import MOST_TAGS, SourceKind
from core.text.legal import bounded_line

MOST_BYTES = 20 * 1024 * 1024  # of a list
MOST_LISTED = 20_000
_YES, _NO = frozenset({"yes", "true", "1", "on", "y"}), frozenset({"no", "false", "0", "off", "n"})
_SCHEME = re.compile(r"^(?:feed:(?://)?)?(?=https?:)|^feed://(?!https?:)", re.IGNORECASE)


class NoList(WirewatchError):
    """The bytes are no list of sources; the message says what was expected."""


class ListFormat(StrEnum):
    """How a list is written."""

    OPML = "opml"
    CSV = "csv"
    TOML = "toml"
    PLAIN = "plain"  # an address a line


class Fact(StrEnum):
    """What a list can say of a source, as columns of CSV and keys of TOML are named."""

    NAME = "name"
    URL = "url"
    KIND = "kind"
    INTERVAL_SECONDS = "interval_seconds"
    FULL_TEXT = "full_text"
    COUNTRY = "country"
    LANG = "lang"
    TIME_ZONE = "time_zone"
    PATIENCE_SECONDS = "patience_seconds"
    SINCE = "since"
    TAGS = "tags"
    SITE = "site"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """`place`: its line, or which feed of the list it is, from 1. `name` empty: the list has none.

    `site`: the home page of its publisher. `problem`: why it cannot be read; the other facts are then what could be.
    """

    place: int
    url: str
    name: str = ""
    kind: SourceKind = SourceKind.AUTO
    interval_seconds: float | None = None
    full_text: bool = True
    country: str | None = None
    lang: str | None = None
    time_zone: str | None = None
    patience_seconds: float | None = None
    since: datetime | None = None
    tags: tuple[str, ...] = ()
    site: str | None = None
    paused: bool = False
    problem: str | None = None


def listed(place: int, facts: Mapping[Fact, str], tags: Iterable[str] = ()) -> Listed:
    """The source that these words describe. `tags`: those that it has by its folders, for a list that names none itself."""
    said = {fact: text.strip() for fact, text in facts.items() if text.strip()}
    problems: list[str] = []

    def number(fact: Fact) -> float | None:
        return _number(fact, said.get(fact), problems)

    own = split_tags(said[Fact.TAGS]) if Fact.TAGS in said else clean_tags(tags)
    return Listed(
        place=place,
        url=address(said.get(Fact.URL, "")),
        name=bounded_line(said.get(Fact.NAME, ""), LONGEST),
        kind=_kind(said.get(Fact.KIND), problems),
        interval_seconds=number(Fact.INTERVAL_SECONDS),
        full_text=_flag(Fact.FULL_TEXT, said.get(Fact.FULL_TEXT), problems, otherwise=True),
        country=_upper(said.get(Fact.COUNTRY)),
        lang=_language(said.get(Fact.LANG)),
        time_zone=said.get(Fact.TIME_ZONE),
        patience_seconds=number(Fact.PATIENCE_SECONDS),
        since=_moment(said.get(Fact.SINCE), problems),
        tags=own,
        site=said.get(Fact.SITE),
        paused=_flag(Fact.PAUSED, said.get(Fact.PAUSED), problems, otherwise=False),
        problem="; ".join(problems) or None,
    )


def address(text: str) -> str:
    """An address as a list has it: `feed:https://...` and `feed://...`, as old readers write, are what they stand for."""
    text = text.strip()
    found = _SCHEME.match(text)
    if found is None:
        return text
    rest = text[found.end() :]
    return rest if rest[:4].lower() == "http" else f"http://{rest}"


def clean_tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: each once, a line without what parts them, not too many."""
    found = dict.fromkeys(tag for text in texts if (tag := bounded_line(re.sub(r"[,;|]", " ", text), LONGEST_TAG)))
    return tuple(found)[:MOST_TAGS]


def split_tags(text: str) -> tuple[str, ...]:
    """The tags of one field, between commas, semicolons or bars."""
    return clean_tags(re.split(r"[,;|]", text))


def _kind(text: str | None, problems: list[str]) -> SourceKind:
    word = (text or SourceKind.AUTO.value).lower().replace("news_sitemap", "sitemap")
    if word in ("rss", "atom", "json", "jsonfeed"):
        return SourceKind.FEED
    if word not in {kind.value for kind in SourceKind}:
        problems.append(f"kind: expected {', '.join(kind.value for kind in SourceKind)}, got {word[:40]!r}")
        return SourceKind.AUTO
    return SourceKind(word)


def _number(fact: Fact, text: str | None, problems: list[str]) -> float | None:
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1e9 or (fact is Fact.INTERVAL_SECONDS and number == 0):
        problems.append(f"{fact}: expected a number of seconds, got {text[:40]!r}")
        return None
    return number


def _flag(fact: Fact, text: str | None, problems: list[str], *, otherwise: bool) -> bool:
    word = (text or "").lower()
    if word and word not in _YES | _NO:
        problems.append(f"{fact}: expected true or false, got {word[:40]!r}")
    return word in _YES if word in _YES | _NO else otherwise


def _moment(text: str | None, problems: list[str]) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        problems.append(f"since: expected a time with its offset, such as 2026-03-02T09:00:00Z, got {text[:40]!r}")
        return None
    return moment


def _upper(text: str | None) -> str | None:
    return None if text is None else text.upper()


def _language(text: str | None) -> str | None:
    """`en` of `en-GB`: other programs write whole tags (RFC 5646)."""
    return None if text is None else re.split(r"[-_]", text.lower(), maxsplit=1)[0]
