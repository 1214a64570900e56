"""How many titles, authors and days of the pages of the web (`pages_web`) are read as people read them."""

import gzip
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.parse.read import page_of, warm_up
from ingest.parse.shapes import ParsedPage

_AND = re.compile(r"\s*(?:,|;|&|\band\b)\s*")


@dataclass(slots=True)
class FactScores:
    """Right and all, by fact; `wrong`: page, fact, what was read and what was wanted."""

    counts: dict[str, list[int]] = field(default_factory=dict)
    wrong: list[tuple[str, str, object, object]] = field(default_factory=list)

    def add(self, page: str, fact: str, found: object, wanted: object, *, right: bool) -> None:
        count = self.counts.setdefault(fact, [0, 0])
        count[0] += right
        count[1] += 1
        if not right:
            self.wrong.append((page, fact, found, wanted))


def fact_scores(data: Path, *, half: int | None = None) -> FactScores:
    """Of all pages, or of those at even (0) or odd (1) places in the order of their names."""
    warm_up()
    scores = FactScores()
    truth = json.loads((data / "pages_web" / "truth.json").read_text(encoding="utf-8"))
    for place, (name, row) in enumerate(sorted(truth.items())):
        if half is None or place % 2 == half:
            body = gzip.decompress((data / "pages_web" / "html" / f"{name}.html.gz").read_bytes())
            page = page_of(body, "", row["url"])
            _score(scores, name, page if isinstance(page, ParsedPage) else None, row)
    return scores


def _score(scores: FactScores, name: str, page: ParsedPage | None, row: dict[str, Any]) -> None:
    if row.get("title"):
        found = page.title if page else ""
        scores.add(name, "title", found, row["title"], right=_folded(found) == _folded(row["title"]))
    if row.get("author"):
        names = page.authors if page else ()
        scores.add(name, "author", names, row["author"], right=set(_names(names)) == set(_names([row["author"]])))
    if row.get("date"):
        day = page.published.date().isoformat() if page and page.published else ""
        scores.add(name, "day", day, row["date"][:10], right=day == row["date"][:10])


def _names(texts: tuple[str, ...] | list[str]) -> Iterator[str]:
    for text in texts:
        yield from filter(None, map(_folded, _AND.split(text)))


def _folded(text: str) -> str:
    """Case, spaces and soft hyphens do not count, nor does the shape of quotes and dashes."""
    plain = unicodedata.normalize("NFKC", text.replace("\u00ad", "")).casefold()
    for like, one in (("’‘`´", "'"), ("“”„«»", '"'), ("–—‑−", "-")):
        plain = "".join(one if char in like else char for char in plain)
    return "".join(plain.split())
