"""A large archive for benches: articles, sources, rules and alerts as a year of a busy desk leaves them, by the production stores.

    python -m bench.archive FOLDER [--database sqlite|URL] [--articles 1000000] [--sources 10000] [--rules 10000] [--alerts 100000]

Articles are made of the paragraphs of the shared stories, chosen anew for each, over thirty days; every fifth is a copy of the
one before it. What is there already stays: a second run adds what is missing.
"""

import argparse
import asyncio
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from core.clock import SystemClock
from core.db.engine import Database
from core.model import ids
from core.model.article import Article, TimeConfidence
from core.model.outcome import StoryVerdict
from core.model.story import StoryArticle
from core.store import articles
from core.store.articles import StoredArticle
from core.text.tokens import distinct_words

STORIES = Path(__file__).resolve().parents[2] / "shared" / "data" / "stories" / "articles.jsonl"
DAYS = 30
BATCH = 1000
PLACES = (
    ("en", "US"),
    ("en", "GB"),
    ("en", "IN"),
    ("de", "DE"),
    ("fr", "FR"),
    ("es", "ES"),
    ("ru", "RU"),
    ("ko", "KR"),
)
_WEIGHTS = (30, 20, 20, 8, 7, 7, 5, 3)


@dataclass(frozen=True, slots=True)
class Outlet:
    """A source of the archive."""

    source_id: str
    name: str
    domain: str
    lang: str
    country: str


def outlets(count: int) -> list[Outlet]:
    """Sources whose number of articles differs as that of real ones."""
    chance = random.Random(3)
    places = chance.choices(PLACES, _WEIGHTS, k=count)
    return [
        Outlet(ids.derived_id("source", f"https://outlet{n}.example/feed"), f"Outlet {n}", f"outlet{n}.example", *place)
        for n, place in enumerate(places)
    ]


@dataclass(frozen=True, slots=True)
class _Pieces:
    titles: Sequence[str]
    paragraphs: Sequence[tuple[str, frozenset[str]]]

    @classmethod
    def read(cls, path: Path) -> "_Pieces":
        with path.open(encoding="utf-8") as file:
            known = [json.loads(line) for line in file]
        texts = {part.strip() for one in known for part in one["text"].split("\n\n") if 40 < len(part) < 1500}
        return cls(
            sorted({one["title"] for one in known}), [(text, frozenset(distinct_words(text))) for text in sorted(texts)]
        )


def stored(path: Path, known: Sequence[Outlet], begin: int, count: int, end: datetime) -> Iterator[StoredArticle]:
    """The articles from number `begin` to `count`, oldest first, the last of them at `end`."""
    pieces, chance, step = _Pieces.read(path), random.Random(begin), timedelta(days=DAYS) / count
    cumulated, total = [], 0.0
    for place in range(len(known)):
        total += 1 / (place + 10)
        cumulated.append(total)
    before: StoredArticle | None = None
    for number in range(begin, count):
        outlet = chance.choices(known, cum_weights=cumulated)[0]
        at = end - step * (count - number)
        if before is not None and number % 5 == 4:
            yield _copy(before, outlet, number, at)
            continue
        before = _made(pieces, outlet, number, at, chance)
        yield before


def _made(pieces: _Pieces, outlet: Outlet, number: int, at: datetime, chance: random.Random) -> StoredArticle:
    parts = chance.choices(pieces.paragraphs, k=chance.randint(2, 6))
    title = f"{chance.choice(pieces.titles)[:120]}, no. {number}"
    text = "\n\n".join(part for part, _ in parts)
    url = f"https://{outlet.domain}/{number}"
    article = Article(
        article_id=ids.article_id(url),
        revision=ids.derived_id("revision", text),
        url=url,
        canonical_url=url,
        title=title,
        text=text,
        lang=outlet.lang,
        country=outlet.country,
        source_id=outlet.source_id,
        source_name=outlet.name,
        domain=outlet.domain,
        published=at,
        published_confidence=TimeConfidence.EXACT,
        seen=at,
        accepted=at,
    )
    story = StoryArticle(
        article=article,
        story_id=ids.story_id(article.article_id),
        verdict=StoryVerdict.NEW,
        story_size=1,
        story_first_seen=at,
        judged=at,
    )
    return StoredArticle(story, sorted(distinct_words(title).union(*(words for _, words in parts))))


def _copy(before: StoredArticle, outlet: Outlet, number: int, at: datetime) -> StoredArticle:
    first, url = before.story_article, f"https://{outlet.domain}/{number}"
    article = replace(
        first.article,
        article_id=ids.article_id(url),
        url=url,
        canonical_url=url,
        lang=outlet.lang,
        country=outlet.country,
        source_id=outlet.source_id,
        source_name=outlet.name,
        domain=outlet.domain,
        seen=at,
        accepted=at,
    )
    story = replace(
        first, article=article, verdict=StoryVerdict.COPY, story_size=2, copy_of=first.article.article_id, judged=at
    )
    return StoredArticle(story, before.words)


async def fill_articles(db: Database, known: Sequence[Outlet], count: int, now: datetime) -> None:
    """Store what is missing of so many articles."""
    async with db.connection() as conn:
        there = await articles.count(conn, now - timedelta(days=3650), now + timedelta(days=1))
    began, rows = perf_counter(), list[StoredArticle]()
    for row in stored(STORIES, known, there, count, now):
        rows.append(row)
        if len(rows) == BATCH:
            await _put(db, rows)
            there += BATCH
            if there % 50_000 == 0:
                print(f"{there:,} articles, {perf_counter() - began:.0f} s", flush=True)
    await _put(db, rows)


async def _put(db: Database, rows: list[StoredArticle]) -> None:
    async with db.transaction() as conn:
        await articles.put_many(conn, rows)
    rows.clear()


async def main(options: argparse.Namespace) -> None:
    now = SystemClock().now()
    options.folder.mkdir(parents=True, exist_ok=True)
    async with Database.open("sqlite:" if options.database == "sqlite" else options.database, options.folder) as db:
        await fill_articles(db, outlets(options.sources), options.articles, now)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Fill a database for benches.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--sources", type=int, default=10_000)
    asyncio.run(main(parser.parse_args()))
