"""The sample newsroom as data: outlets, their articles, agency copies and revisions, read from newsroom/*.toml. Pure.

A minute is a minute of the simulated hour; what stands on an outlet's pages at a minute is `Outlet.on_air(minute)`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A later state of an article."""

    minute: float
    title: str | None = None
    append: tuple[str, ...] = ()
    replacements: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """An article as its outlet prints it at one minute."""

    outlet: str
    slug: str
    minute: float
    title: str
    paragraphs: tuple[str, ...]
    author: str = ""
    topics: tuple[str, ...] = ()
    also_read: tuple[str, ...] = ()
    story: str = ""  # the key of the article whose text this is
    revisions: tuple[Revision, ...] = ()
    updated_minute: float | None = None

    @property
    def key(self) -> str:
        return f"{self.outlet}/{self.slug}"

    def at(self, minute: float) -> "NewsItem":
        """This item with the revisions up to `minute` applied."""
        item = self
        for revision in self.revisions:
            if revision.minute > minute:
                break
            paragraphs = item.paragraphs
            for old, new in revision.replacements:
                paragraphs = tuple(p.replace(old, new) for p in paragraphs)
            item = replace(
                item,
                title=revision.title or item.title,
                paragraphs=paragraphs + revision.append,
                updated_minute=revision.minute,
            )
        return item


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A publisher of the sample newsroom."""

    key: str
    name: str
    format: str  # rss | rdf | atom | jsonfeed | sitemap
    full_content: bool
    lang: str
    country: str
    time_zone: str
    layout: str = "broadsheet"
    encoding: str = "utf-8"
    items: tuple[NewsItem, ...] = field(default=())

    def on_air(self, minute: float) -> tuple[NewsItem, ...]:
        """What the outlet has published by `minute`, newest first."""
        items = [item.at(minute) for item in self.items if item.minute <= minute]
        return tuple(sorted(items, key=lambda item: item.minute, reverse=True))


@dataclass(frozen=True, slots=True)
class Desk:
    """The outlets of the demo and its expected alerts: (rule, story) pairs."""

    aliases: tuple[Mapping[str, Any], ...]
    rules: tuple[Mapping[str, Any], ...]
    expected: frozenset[tuple[str, str]]


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(p.strip() for p in text.strip().split("\n\n") if p.strip())


def _revision(raw: Mapping[str, Any]) -> Revision:
    return Revision(
        minute=raw["minute"],
        title=raw.get("title"),
        append=_paragraphs(raw.get("append", "")),
        replacements=tuple((old, new) for old, new in raw.get("replace", ())),
    )


def _item(outlet: str, raw: Mapping[str, Any], texts: Mapping[str, tuple[str, ...]]) -> NewsItem:
    copied = raw.get("copy_of")
    key = f"{outlet}/{raw['slug']}"
    return NewsItem(
        outlet=outlet,
        slug=raw["slug"],
        minute=raw["minute"],
        title=raw["title"],
        paragraphs=texts[copied or key][: raw.get("keep")],
        author="Meridian Wire" if copied else raw["author"],
        topics=tuple(raw.get("topics", ())),
        also_read=tuple(raw.get("also_read", ())),
        story=copied or key,
        revisions=tuple(_revision(r) for r in raw.get("revisions", ())),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("wirewatch.demo") / "newsroom" / name).read_text(encoding="utf-8"))


def load_outlets() -> tuple[Outlet, ...]:
    """All outlets with their articles; copies carry the text of the article that they copy."""
    folder = files("wirewatch.demo") / "newsroom"
    names = sorted(p.name for p in folder.iterdir() if p.name.endswith(".toml") and p.name != "desk.toml")
    raws = [_read(name) for name in names]
    texts = {
        f"{raw['key']}/{article['slug']}": _paragraphs(article["text"])
        for raw in raws
        for article in raw["articles"]
        if "text" in article
    }
    return tuple(Outlet(items=tuple(_item(raw["key"], a, texts) for a in raw.pop("articles")), **raw) for raw in raws)


def load_desk() -> Desk:
    """The rules and aliases of the demo and the alerts that it must raise."""
    raw = _read("desk.toml")
    expected = frozenset((row["rule"], story) for row in raw["expected"] for story in row["stories"])
    return Desk(tuple(raw["aliases"]), tuple(raw["rules"]), expected)
