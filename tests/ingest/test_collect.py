"""From a feed on a web to articles on the log, with the real parsers in their processes."""

import asyncio
from datetime import UTC
from pathlib import Path

from core.clock import SystemClock
from core.db.engine import Database
from core.log.memory import MemoryLog
from core.metrics import Metrics
from core.model.article import Article
from core.model.codec import decode
from core.model.ids import url_key
from core.model.source import Source
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from core.store import sources
from ingest.hosts.rate_limit import HostRateLimit
from ingest.hosts.robots import Robots
from ingest.parse.parser import ParserPool, parser_processes
from ingest.poll.schedule import AdaptiveSchedule
from ingest.poll.stage import PollParts, PollStage
from ingest.read.stage import ReadParts, ReadStage
from tests.fakes.web import FakeWeb

SENTENCES = [
    "The port authority said on Monday that the strike of the crane drivers would go on for another week.",
    "Ships have been waiting outside the harbour since Thursday, and some have turned to other ports.",
    "A spokesman for the union told reporters that the talks had brought no result so far.",
    "The ministry of transport offered to send a mediator, which both sides said they would consider.",
    "Analysts expect that the delays will be felt in the shops before the end of the month.",
]
PAGE = f"""<!doctype html><html lang="en"><head><title>Strike goes on | News</title>
<link rel="canonical" href="/strike"><meta property="og:title" content="Strike goes on"></head>
<body><nav><a href="/">Home</a></nav><article><h1>Strike goes on</h1>{"".join(f"<p>{s}</p>" for s in SENTENCES)}</article>
<footer>Imprint</footer></body></html>"""
FEED = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>News</title>
<item><title>Strike goes on</title><link>/strike?utm_source=rss</link><guid>1</guid><pubDate>{date}</pubDate>
<description>The port authority said so.</description></item>
<item><title>Gone</title><link>/gone</link><guid>2</guid></item></channel></rss>"""


async def test_a_feed_becomes_articles(tmp_path: Path) -> None:
    clock, metrics = SystemClock(), Metrics()
    now = clock.now().replace(microsecond=0)
    async with (
        FakeWeb() as web,
        Database.open("sqlite:", tmp_path) as db,
        MemoryLog(clock) as log,
        Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch-test/1", clock) as fetcher,
        parser_processes(1) as processes,
        asyncio.timeout(60),
    ):
        web.serve("/feed", FEED.format(date=f"{now:%a, %d %b %Y %H:%M:%S} GMT"), content_type="application/rss+xml")
        web.serve("/strike", PAGE)
        web.serve("/strike?utm_source=rss", PAGE)
        url = web.url("/feed")
        async with db.transaction() as conn:
            await sources.add(conn, Source(source_id=url_key(url), name="News", url=url), now)
        parts = ReadParts(
            log=log,
            db=db,
            fetcher=fetcher,
            parser=ParserPool(processes),
            rate_limit=HostRateLimit(db, clock),
            robots=Robots(fetcher, clock),
            clock=clock,
            metrics=metrics,
        )
        poll = PollParts(
            log=log,
            db=db,
            fetcher=fetcher,
            parser=ParserPool(processes),
            rate_limit=parts.rate_limit,
            schedule=AdaptiveSchedule(),
            clock=clock,
            metrics=metrics,
        )
        loop = asyncio.get_running_loop()
        stages = [
            loop.create_task(PollStage(poll, owner="test").run()),
            loop.create_task(ReadStage(parts).run()),
        ]
        while not metrics.articles.labels("headline_only")._value.get():  # noqa: ASYNC110 - the last entry has no page
            await asyncio.sleep(0.01)
        for stage in stages:
            stage.cancel()
        await asyncio.wait(stages)
        articles = [decode(one.value, Article) async for one in log.read("articles")]
    assert [(article.title, article.text_origin) for article in articles] == [
        ("Strike goes on", "page"),
        ("Gone", "headline"),
    ]
    assert articles[0].text.split("\n\n") == SENTENCES
    assert articles[0].canonical_url == web.url("/strike")
    assert articles[0].published == now.astimezone(UTC)
    assert articles[0].lang == "en"
