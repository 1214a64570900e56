"""Polling and reading killed by SIGKILL between any two steps lose no article and change none."""

import asyncio
import signal
from pathlib import Path

import pytest

from core.faults import FaultPoint
from core.log.sqlite import SqliteLog
from core.model.article import Article
from core.model.codec import decode
from tests.fakes.parser import feed_body, page_body
from tests.fakes.web import Answer, FakeWeb
from tests.services.nursery import Child, nursery

COLLECTING = "tests.ingest.collect_until_killed"
POINTS = [point for point in FaultPoint if point.startswith(("poll.", "read."))]
TITLES = {"Title 0", "Title 1", "Title 2", "Title 3", "Last"}
ENTRIES = [{"url": f"/{number}", "title": f"Title {number}", "guid": str(number)} for number in range(4)]


async def collect(data_dir: Path, url: str, fault: str = "") -> Child:
    return await nursery(COLLECTING).start(COLLECTING, str(data_dir), url, fault)


@pytest.mark.e2e
@pytest.mark.parametrize("point", POINTS)
async def test_no_article_is_lost_when_the_process_dies(tmp_path: Path, point: FaultPoint) -> None:
    async with FakeWeb() as web, asyncio.timeout(240):  # a disk may stand still for a minute
        web.serve("/feed", feed_body(*ENTRIES), etag='"1"')
        for number in range(len(ENTRIES)):
            web.serve(f"/{number}", page_body(title=f"Title {number}", text="Text."))
        busy = Answer(status=503)  # so that an entry is put aside and read again
        web.sequence("/1", [busy, Answer(body=page_body(title="Title 1", text="Text."))])
        doomed = await collect(tmp_path, web.url("/feed"), point)
        assert await doomed.wait() == -signal.SIGKILL
        web.serve("/feed", feed_body(*ENTRIES, {"url": "/last", "title": "Last"}), etag='"2"')
        web.serve("/last", page_body(title="Last", text="Text."))
        articles: list[Article] = []
        while {article.title for article in articles if article.text} != TITLES:
            seen = web.count()
            another = await collect(tmp_path, web.url("/feed"))
            while web.count() < seen + 10:  # noqa: ASYNC110 - it is another process that asks
                await asyncio.sleep(0.01)
            another.kill()
            await another.wait()
            async with SqliteLog(tmp_path) as log:
                articles = [decode(one.value, Article) async for one in log.read("articles")]
    # The busy page's entry was told by its headline first: the same article, in another revision.
    assert len({article.article_id for article in articles}) == len(TITLES)
    assert len({(article.article_id, article.revision) for article in articles}) <= len(TITLES) + 1
