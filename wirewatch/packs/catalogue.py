"""The packs that are cut out of the catalogue: pure, but for the one read of its packaged file.

world-en        what wire agencies and world desks write in a language
energy, energy-en   a topic, and a topic in a language
europe          a region
language-fr, country-in
all
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from core.model.source import SourceKind
from core.store.sources import url_key
from ingest.lists.listed import Listed

ALL = "all"
_WORLD = frozenset(("world", "agency"))
_LEAST = 5  # sources of a pack that is a part of another; a country may have one


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """A source of the catalogue. `evidence`: the public lists that name it."""

    name: str
    url: str
    kind: SourceKind
    lang: str
    country: str
    topic: str
    region: str
    site: str
    evidence: str

    def listed(self, place: int, pack: str = "") -> Listed:
        """As a line of a list, with its topic for a tag; and the pack's name, where that says something else."""
        tags = dict.fromkeys(tag for tag in (self.topic, pack) if tag and tag != ALL)
        return Listed(
            place=place,
            url=self.url,
            name=self.name,
            kind=self.kind,
            lang=self.lang,
            country=self.country,
            site=self.site,
            tags=tuple(tags),
        )


@dataclass(frozen=True, kw_only=True)
class Pack:
    """`languages`, `countries`: how many of them it has."""

    name: str
    title: str
    group: str
    entries: tuple[CatalogueEntry, ...]

    @cached_property
    def keys(self) -> frozenset[str]:
        """What the addresses are known by."""
        return frozenset(key_of(entry.url) for entry in self.entries)

    @property
    def languages(self) -> int:
        return len({entry.lang for entry in self.entries})

    @property
    def countries(self) -> int:
        return len({entry.country for entry in self.entries})


@cache
def catalogue() -> tuple[CatalogueEntry, ...]:
    """All of it, by country and name."""
    text = (files(__package__) / "sources.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(CatalogueEntry(kind=SourceKind(row.pop("kind")), **row) for row in rows)


@cache
def key_of(url: str) -> str:
    """The key of an address of the catalogue, made once."""
    return url_key(url)


@cache
def packs() -> dict[str, Pack]:
    """All packs by name, in the order in which they are shown."""
    return {pack.name: pack for pack in _cut(catalogue())}


def _cut(entries: Sequence[CatalogueEntry]) -> Iterator[Pack]:
    world = [entry for entry in entries if entry.topic in _WORLD]
    yield _pack("world", "World news and wire agencies, all languages", "world", world)
    for lang, some in _by(world, "lang", _LEAST):
        yield _pack(f"world-{lang}", f"World news and wire agencies in {language_name(lang)}", "world", some)
    for topic, some in _by(entries, "topic"):
        if topic != "world":
            yield _pack(topic, f"{topic.title()}, all languages", "topic", some)
            for lang, fewer in _by(some, "lang", _LEAST):
                yield _pack(f"{topic}-{lang}", f"{topic.title()} in {language_name(lang)}", "topic", fewer)
    for region, some in _by(entries, "region"):
        yield _pack(region.lower().replace(" ", "-"), region, "region", some)
    for lang, some in _by(entries, "lang"):
        yield _pack(f"language-{lang}", language_name(lang), "language", some)
    for country, some in _by(entries, "country"):
        yield _pack(f"country-{country.lower()}", country_name(country), "country", some)
    yield _pack(ALL, "The whole catalogue", "all", entries)


def _by(entries: Iterable[CatalogueEntry], what: str, least: int = 1) -> list[tuple[str, list[CatalogueEntry]]]:
    """Parted by a column, the largest part first."""
    parts: dict[str, list[CatalogueEntry]] = defaultdict(list)
    for entry in entries:
        parts[getattr(entry, what)].append(entry)
    large = [(name, part) for name, part in parts.items() if len(part) >= least]
    return sorted(large, key=lambda one: (-len(one[1]), one[0]))


def _pack(name: str, title: str, group: str, entries: Iterable[CatalogueEntry]) -> Pack:
    return Pack(name=name, title=title, group=group, entries=tuple(entries))


@cache
def language_name(code: str) -> str:
    """In English; the code itself where nobody knows it."""
    from babel import Locale  # noqa: PLC0415 - few commands name languages

    return str(Locale("en").languages.get(code, code))


@cache
def country_name(code: str) -> str:
    """In English; the code itself where nobody knows it."""
    from babel import Locale  # noqa: PLC0415 - as above

    return str(Locale("en").territories.get(code, code))
