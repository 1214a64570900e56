"""`wirewatch rules preview` over many stored articles: seconds to the first page and in total, by query.

    python -m bench.preview [--articles 100000] [--database sqlite|postgresql|URL] [--stories FILE] [--keep FOLDER]

Stored articles are those of the shared stories, varied: their sentences in another order, every eighth long word taken
from another article, spread over seven days; every fifth is a copy of the one before it. The first page is the newest ten
stories with their copies and evidence, as the command shows it. SQLite in a folder of its own is the default, `postgresql` a
server of its own; --keep names a folder of SQLite's that is filled once and used again.
"""

import argparse
import asyncio
import json
import os
import random
import resource
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from alerts.management.preview import Window, first_page, preview, production_judge, rule_tree
from alerts.match.words import words_of_article
from alerts.rules.aliases import AliasSet
from core.clock import SystemClock
from core.db.engine import Database
from core.model import ids
from core.model.article import Article
from core.model.outcome import StoryVerdict
from core.model.story import StoryArticle
from core.store import articles
from core.store.articles import StoredArticle
from tests.services import postgres

STORIES = Path(__file__).resolve().parents[2] / "shared" / "data" / "stories" / "articles.jsonl"
DAYS = 7
PAGE = 10
BATCH = 256
QUERIES = (
    "earthquake",
    '"North Korea" AND Russia AND arms',
    "said",
    "president AND NOT Obama",
    "(oil OR gas) NEAR/5 price*",
    "case(US) SENT sanction*",
    "KOF/2(Iran, Syria, Russia, China)",
    "zyzzyva",
)


def varied(path: Path, count: int, end: datetime) -> Iterator[StoryArticle]:
    """`count` articles, oldest first, the last of them at `end`."""
    with path.open(encoding="utf-8") as file:
        known = [json.loads(line) for line in file]
    chance = random.Random(7)
    step = timedelta(days=DAYS) / count
    before: StoryArticle | None = None
    for number in range(count):
        at = end - step * (count - number)
        if before is not None and number % 5 == 4:
            yield _copy(before, number, at)
            continue
        one, other = known[number % len(known)], chance.choice(known)
        before = _article(one, _mixed(one["text"], other["text"], chance), number, at)
        yield before


def _mixed(text: str, other: str, chance: random.Random) -> str:
    sentences = text.split(". ")
    chance.shuffle(sentences)
    words = ". ".join(sentences).split(" ")
    strange = [word for word in other.split() if len(word) > 6] or ["nothing"]
    return " ".join(chance.choice(strange) if len(word) > 6 and chance.random() < 0.125 else word for word in words)


def _article(one: dict[str, str], text: str, number: int, at: datetime) -> StoryArticle:
    url = f"https://{one['source'].lower().replace(' ', '')}.example/{number}"
    article = Article(
        article_id=ids.article_id(url),
        revision=ids.derived_id("revision", text),
        url=url,
        canonical_url=url,
        title=one["title"],
        text=text,
        lang="en",
        source_id=ids.derived_id("source", one["source"]),
        source_name=one["source"],
        domain="news.example",
        published=at,
        seen=at,
        accepted=at,
    )
    return StoryArticle(
        article=article,
        story_id=ids.story_id(article.article_id),
        verdict=StoryVerdict.NEW,
        story_size=1,
        story_first_seen=at,
        judged=at,
    )


def _copy(first: StoryArticle, number: int, at: datetime) -> StoryArticle:
    url = f"https://copy.example/{number}"
    article = replace(
        first.article,
        article_id=ids.article_id(url),
        url=url,
        canonical_url=url,
        source_name="Copy Desk",
        seen=at,
        accepted=at,
    )
    return replace(first, article=article, verdict=StoryVerdict.COPY, story_size=2, copy_of=first.article.article_id)


async def fill(db: Database, path: Path, count: int, now: datetime) -> None:
    """Store what is missing."""
    async with db.connection() as conn:
        if await articles.count(conn, now - timedelta(days=3650), now) >= count:
            return
    began, rows = perf_counter(), list[StoredArticle]()
    for story in varied(path, count, now):
        rows.append(StoredArticle(story, words_of_article(story.article)))
        if len(rows) == BATCH:
            async with db.transaction() as conn:
                await articles.put_many(conn, rows)
            rows.clear()
    async with db.transaction() as conn:
        await articles.put_many(conn, rows)
    print(f"{count:,} articles stored in {perf_counter() - began:.0f} s")


async def measure(db: Database, now: datetime) -> None:
    """A line a query."""
    window = Window(now - timedelta(days=DAYS + 1), now + timedelta(days=1))
    print(f"{'query':40} {'first page':>10} {'total':>8} {'candidates':>10} {'matches':>8} {'alerts':>7}")
    for query in QUERIES:
        tree, judge = rule_tree(query, AliasSet()), production_judge(query, AliasSet())
        async with db.connection() as conn:
            began = perf_counter()
            await first_page(conn, tree, window, PAGE, judge)
            first = perf_counter() - began
            found = await preview(conn, tree, window, judge)
            total = perf_counter() - began
        counts = f"{found.read:>10,} {len(found.matches):>8,} {len(found.stories):>7,}"
        print(f"{query:40} {first:>8.2f} s {total:>6.1f} s {counts}{'' if found.complete else '  (not all)'}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


async def main(options: argparse.Namespace) -> None:
    now = SystemClock().now()
    print("load of the machine: " + ", ".join(f"{load:.1f}" for load in os.getloadavg()))
    with ExitStack() as own:
        folder = options.keep or Path(own.enter_context(tempfile.TemporaryDirectory(prefix="wirewatch-preview-")))
        url = own.enter_context(postgres.server()) if options.database == "postgresql" else options.database
        async with Database.open("sqlite:" if url == "sqlite" else url, folder) as db:
            await fill(db, options.stories, options.articles, now)
            async with db.connection() as conn:
                oldest = await articles.oldest(conn)
            await measure(db, (oldest or now) + timedelta(days=DAYS))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure the preview of rules.")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--stories", type=Path, default=STORIES)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(options))
