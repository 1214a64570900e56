"""Pushed articles join those that were polled: PUSHED -> Article ==> ARTICLES, where the stage `story` takes them up.

A part of the stage `read`. What cannot be an article becomes a dead letter with all that is wrong with it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.clock import Clock
from core.db.engine import Database
from core.errors import RecordError
from core.log.consumer import Options, Output, consume_batches
from core.log.log import EventLog
from core.log.topics import ARTICLES, PUSHED
from core.metrics import Metrics
from core.model.article import LEAST_CHARACTERS, Article
from core.model.outcome import ArticleOutcome, DeadLetterReason, Stage
from core.model.pushed import PushedArticle
from core.store import traces
from core.store.traces import TraceRow
from ingest.read.pushed_article import problems_of
from ingest.read.pushed_known import Sources, duplicates, sources_of

GROUP = "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class PushParts:
    """The parts that the stage works with."""

    log: EventLog
    db: Database
    clock: Clock
    metrics: Metrics


class PushStage:
    """Makes articles of what is pushed, until cancelled."""

    def __init__(self, parts: PushParts, options: Options | None = None) -> None:
        self._parts = parts
        self._options = options or Options.counting(parts.clock, parts.metrics)

    async def run(self) -> None:
        """Raises Unavailable when log or database do not answer."""
        await consume_batches(
            self._parts.log,
            group=GROUP,
            topic=PUSHED.name,
            record_type=PushedArticle,
            handle=self.handle,
            max_batch=64,
            options=replace(self._options, origins_of=_origins),
        )

    async def handle(self, pushed: Sequence[PushedArticle]) -> Sequence[Output]:
        """Their articles. Raises RecordError for one that cannot be an article: then each is handled alone."""
        now, metrics = self._parts.clock.now(), self._parts.metrics
        for one in pushed:
            wrong = problems_of(one, now)
            if wrong:
                raise RecordError(DeadLetterReason.FAILED, "; ".join(f"{it.place}: {it.detail}" for it in wrong))
        async with self._parts.db.connection() as conn:
            known = await sources_of(conn, pushed)
        unknown = next((one.team for one in pushed if one.team not in known.teams), None)
        if unknown is not None:
            raise RecordError(DeadLetterReason.FAILED, f"team: there is no team {unknown[:80]!r}")
        made = await asyncio.to_thread(lambda: [self._made(one, known) for one in pushed])
        async with self._parts.db.transaction() as conn:
            old = await duplicates(conn, made)
            rows = [
                _trace(one, article, old.get(article.article_id)) for one, article in zip(pushed, made, strict=True)
            ]
            await traces.add_many(conn, rows)
        for row in rows:
            metrics.articles.labels(ArticleOutcome(row.outcome)).inc()
        fresh = [article for article in made if article.article_id not in old]
        metrics.log_appended.labels(ARTICLES.name).inc(len(fresh))
        for article in fresh:
            metrics.latency_seconds.labels("seen_to_accepted").observe(
                max((article.accepted - article.seen).total_seconds(), 0.0)
            )
        return [Output(ARTICLES.name, article.article_id, article) for article in fresh]

    def _made(self, pushed: PushedArticle, known: Sources) -> Article:
        article = known.article(pushed, self._parts.clock.now())
        from ingest.parse.language import language_of  # noqa: PLC0415 - with a model, which only a pushed article needs here

        return replace(article, lang=language_of(article.text or article.title, article.lang, None))


def _trace(pushed: PushedArticle, article: Article, duplicate: str | None) -> TraceRow:
    by = f"pushed by {pushed.by}" if pushed.by else "pushed"
    outcome = ArticleOutcome.ACCEPTED if len(article.text) >= LEAST_CHARACTERS else ArticleOutcome.HEADLINE_ONLY
    return TraceRow(
        subject=article.article_id,
        stage=Stage.READ,
        outcome=outcome if duplicate is None else ArticleOutcome.DUPLICATE_URL,
        at=article.accepted,
        detail=by if duplicate is None else f"{by}; {duplicate}",
        article_id=article.article_id,
    )


def _origins(pushed: PushedArticle) -> list[str]:
    return [f"pushed {pushed.team} {pushed.source}"]
