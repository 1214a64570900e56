"""Pairs of texts, and what the second is to the first: `pairs/*.toml`, one text a language and what becomes of it."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from core.model.article import Article
from core.model.ids import derived_id
from core.model.outcome import StoryVerdict
from ingest.story.memory import StoryMemory
from tests.fakes.records import WHEN, an_article

FOLDER = Path(__file__).parent / "pairs"


@dataclass(frozen=True)
class Pair:
    """An earlier text and a later one. `edit`: at the same address, else in another outlet."""

    name: str
    lang: str | None
    earlier: tuple[str, str]
    later: tuple[str, str]
    edit: bool
    expected: StoryVerdict

    def verdict(self) -> StoryVerdict:
        memory = StoryMemory()
        memory.judge(made(self.earlier, "https://first.example/a", self.lang))
        url = "https://first.example/a" if self.edit else "https://second.example/b"
        return memory.judge(made(self.later, url, self.lang)).verdict


def made(text: tuple[str, str], url: str, lang: str | None = None) -> Article:
    title, body = text
    article = an_article(url, text=body, at=WHEN)
    revision = derived_id("revision", title, body)
    source = url.split("/")[2]
    return replace(article, title=title, revision=revision, lang=lang, source_id=source, source_name=source)


def pairs() -> Iterator[Pair]:
    for file in sorted(FOLDER.glob("*.toml")):
        for lang, table in tomllib.loads(file.read_text(encoding="utf-8")).items():
            for number, (kind, old, new, expected) in enumerate(table["edits"]):
                name = f"{lang}-{number}-{kind}-{new or old}"
                earlier = table["title"], table["text"]
                later = _changed(earlier, kind, old, new)
                edit = kind in {"+fact", "+note"} or number % 3 == 0
                declared = lang if number % 2 else None
                texts = [(title, "\n\n".join(lines)) for title, lines in (earlier, later)]
                yield Pair(name, declared, texts[0], texts[1], edit, StoryVerdict(expected))


def _changed(text: tuple[str, list[str]], kind: str, old: str, new: str) -> tuple[str, list[str]]:
    title, lines = text
    if kind == "cut":
        return title, lines[:3]
    if kind == "order":
        return title, [*lines[3:], *lines[:3]]
    if kind.startswith("+"):
        return title, [*lines, new]
    if kind.startswith("^"):
        return title, [new, *lines]
    if kind == "title":
        assert old in title, (title, old)
        return title.replace(old, new), lines
    assert any(old in line for line in lines), old
    return title, [line.replace(old, new) for line in lines]
