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

from alerts.match.results import article_brief, match_of
from core.clock import SystemClock
from core.db.engine import Database
from core.model import ids
from core.model.alert import Alert, AlertArticle, Notification
from core.model.article import Article, TimeConfidence
from core.model.match import Evidence, Match
from core.model.outcome import AlertOutcome, Event, FailureReason, NotificationState, PollOutcome, Reason, StoryVerdict
from core.model.rule import RuleDraft, RuleRow, RuleSettings
from core.model.source import Source
from core.model.story import StoryArticle
from core.store import alerts, archive, articles, findings, notifications, rules, sources
from core.store.archive import Question
from core.store.articles import StoredArticle
from core.store.findings import Finding
from core.store.notifications import Attempt, Ended
from core.store.sources import PollState
from core.text.tokens import distinct_words

STORIES = Path(__file__).resolve().parents[2] / "shared" / "data" / "stories" / "articles.jsonl"
DAYS = 30
BATCH = 1000
_ALERTS = 500  # a transaction
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


async def fill_sources(db: Database, known: Sequence[Outlet], now: datetime) -> None:
    """Store what is missing of the sources; every twentieth fails."""
    async with db.connection() as conn:
        there = len(await sources.names(conn))
    for begin in range(there, len(known), BATCH):
        async with db.transaction() as conn:
            for number, outlet in enumerate(known[begin : begin + BATCH], begin):
                url = f"https://{outlet.domain}/feed"
                source = Source(
                    source_id=outlet.source_id, name=outlet.name, url=url, country=outlet.country, lang=outlet.lang
                )
                await sources.add(conn, source, now - timedelta(days=DAYS))
                await sources.save_poll(conn, outlet.source_id, _poll_state(number, now))


def _poll_state(number: int, now: datetime) -> PollState:
    at = now - timedelta(seconds=number % 600)
    if number % 20 == 0:
        error = {"failures": 3, "outcome": PollOutcome.HTTP_4XX, "error": "HTTP 404"}
        return PollState(next_poll=now + timedelta(minutes=5), last_attempt=at, **error)  # type: ignore[arg-type] # of three types
    return PollState(
        next_poll=now + timedelta(minutes=5),
        interval_seconds=600.0,
        last_attempt=at,
        last_success=at,
        last_new=at - timedelta(minutes=number % 300),
        outcome=PollOutcome.OK,
        entries_seen_total=number * 7,
    )


async def fill_rules(db: Database, count: int, now: datetime) -> None:
    """Store what is missing of the rules: two words of the stories each, in two ways."""
    pieces, chance = _Pieces.read(STORIES), random.Random(11)
    words = sorted({word for _, of_text in pieces.paragraphs for word in of_text if len(word) > 5 and word.isascii()})
    async with db.connection() as conn:
        there = sum((await rules.count(conn)).values())
    for begin in range(there, count, BATCH):
        async with db.transaction() as conn:
            for number in range(begin, min(begin + BATCH, count)):
                one, two, three = chance.sample(words, 3)
                query = f"{one} AND ({two} OR {three})"
                draft = RuleDraft(
                    name=f"rule-{number}", query=query, canonical=query, settings=RuleSettings(channels=("desk",))
                )
                await rules.put(conn, draft, now - timedelta(days=DAYS))


async def fill_alerts(db: Database, count: int, now: datetime) -> None:
    """Store what is missing of the alerts, each of one stored article with its match and a delivered message."""
    async with db.connection() as conn:
        there = sum((await alerts.counts(conn, now - timedelta(days=3650))).values())
        known = await rules.list_active(conn)
        numbers = [number async for piece in archive.pieces(db, Question()) for number in piece.numbers]
    step = max(len(numbers) // max(count, 1), 1)
    for begin in range(there, count, _ALERTS):
        chosen = numbers[begin * step : (begin + _ALERTS) * step : step]
        async with db.connection() as conn:
            rows = await archive.records(conn, chosen)
        stories = [archive.opened(record) for _, record in rows]
        made = [_alert(known[(begin + n) % len(known)], story) for n, story in enumerate(stories)]
        async with db.transaction() as conn:
            for alert, _ in made:
                await alerts.insert_alert(conn, alert, AlertOutcome.CREATED)
            found = [
                Finding(match=match, outcome=AlertOutcome.CREATED, alert_id=alert.alert_id) for alert, match in made
            ]
            await findings.put_many(conn, found)
            sent = [_message(alert) for alert, _ in made]
            await notifications.add_many(conn, [(note, note.created) for note in sent])
            await notifications.record_many(conn, [_ended(number, note) for number, note in enumerate(sent)])


def _alert(rule: RuleRow, story: StoryArticle) -> tuple[Alert, Match]:
    at = story.article.accepted
    brief = article_brief(story, story.article.text[:200])
    ref = rule.ref()
    evidence = (Evidence(0, 4, "body", 0, 4, story.article.text[:4]),)
    alert = Alert(
        alert_id=ids.alert_id(rule.rule_id, story.story_id, ""),
        rule=ref,
        story_id=story.story_id,
        group="",
        story_size=story.story_size,
        story_first_seen=story.story_first_seen,
        articles=(AlertArticle(brief=brief, evidence=evidence),),
        created=at,
    )
    return alert, match_of(rule, ref, story, brief, evidence, at)


def _message(alert: Alert) -> Notification:
    return Notification(
        notification_id=ids.notification_id(alert.alert_id, "desk", 0),
        channel="desk",
        sequence=0,
        event=Event.ALERT_CREATED,
        reason=Reason.FIRST,
        alerts=(alert,),
        created=alert.created,
        matched=alert.created,
    )


def _ended(number: int, note: Notification) -> Ended:
    """Every hundredth was given up."""
    dead = number % 100 == 0
    reason = FailureReason.SERVER_ERROR if dead else None
    attempt = Attempt(at=note.created, reason=reason, status=503 if dead else 204, latency_seconds=0.1)
    state = NotificationState.DEAD if dead else NotificationState.DELIVERED
    return Ended(notification_id=note.notification_id, attempt=attempt, state=state)


async def fill(db: Database, wanted: argparse.Namespace, now: datetime) -> None:
    """Store what is missing of all."""
    known = outlets(wanted.sources)
    await fill_articles(db, known, wanted.articles, now)
    await fill_sources(db, known, now)
    await fill_rules(db, wanted.rules, now)
    await fill_alerts(db, wanted.alerts, now)


def add_sizes(parser: argparse.ArgumentParser) -> None:
    """The options of `fill`."""
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--rules", type=int, default=10_000)
    parser.add_argument("--alerts", type=int, default=100_000)


async def main(options: argparse.Namespace) -> None:
    options.folder.mkdir(parents=True, exist_ok=True)
    async with Database.open("sqlite:" if options.database == "sqlite" else options.database, options.folder) as db:
        await fill(db, options, SystemClock().now())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Fill a database for benches.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--database", default="sqlite")
    add_sizes(parser)
    asyncio.run(main(parser.parse_args()))
