"""A look before something is added: a page is told from a feed, and a preview reads as a first poll would."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from core.store import source_pages
from tests.fakes.clock import START
from tests.fakes.sites import RSS, home, rss, site_web
from tests.fakes.web import FakeWeb
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.discovery import NotAFeed, Unreachable, add_seen, discover, preview, with_scheme
from wirewatch.usecases.permission import READING
from wirewatch.usecases.refusals import Conflict, Invalid, NotPermitted
from wirewatch.usecases.source_facts import NewSource
from wirewatch.usecases.source_web import SourceWeb

TEXT = "The ministry said on Monday that the harbour of Calder would be closed to all ships for three days. " * 8


@pytest.fixture
async def web() -> AsyncIterator[FakeWeb]:
    async with FakeWeb() as fake:
        fake.serve("/", home("/world.rss"))
        fake.serve("/world.rss", rss(["Harbour closes", "Tide tables"]), content_type=RSS)
        yield fake


@pytest.fixture
async def reach(acting: Acting) -> AsyncIterator[SourceWeb]:
    async with site_web(acting.db, acting.clock) as made:
        yield made


async def test_a_feed_is_added_under_the_name_that_it_has(acting: Acting, web: FakeWeb, reach: SourceWeb) -> None:
    added = await add_seen(acting, reach, NewSource(url=web.url("/world.rss"), name=""))
    assert (added.source.name, added.note) == ("The Harbour Times", None)


async def test_a_home_page_is_not_added_and_its_feeds_are_named(acting: Acting, web: FakeWeb, reach: SourceWeb) -> None:
    with pytest.raises(NotAFeed, match=r"/world\.rss \(The Harbour Times, 2 entries\)") as refused:
        await add_seen(acting, reach, NewSource(url=web.url("/"), name="Harbour"))
    assert [feed.url for feed in refused.value.found] == [web.url("/world.rss")]
    async with acting.db.connection() as conn:
        assert await source_pages.page(conn, limit=None) == []


async def test_one_that_does_not_answer_is_added_and_says_so(acting: Acting, web: FakeWeb, reach: SourceWeb) -> None:
    added = await add_seen(acting, reach, NewSource(url=web.url("/later.rss"), name=""))
    assert added.source.name == "127.0.0.1"
    assert added.note is not None
    assert "http_4xx" in added.note


async def test_a_name_that_is_taken_is_refused(acting: Acting, web: FakeWeb, reach: SourceWeb) -> None:
    await add_seen(acting, reach, NewSource(url=web.url("/world.rss"), name="Harbour"))
    with pytest.raises(Conflict):
        await add_seen(acting, reach, NewSource(url=web.url("/other.rss"), name="Harbour"))


async def test_discovery_says_which_feeds_are_read_already(acting: Acting, web: FakeWeb, reach: SourceWeb) -> None:
    await add_seen(acting, reach, NewSource(url=web.url("/world.rss"), name="Harbour"))
    site = await discover(acting, reach, web.url("/"))
    assert [(one.feed.url, one.source) for one in site.found] == [(web.url("/world.rss"), "Harbour")]


async def test_a_site_that_cannot_be_reached_is_told_with_its_outcome(
    acting: Acting, web: FakeWeb, reach: SourceWeb
) -> None:
    with pytest.raises(Unreachable) as refused:
        await discover(acting, reach, web.url("/", host=2))
    assert refused.value.outcome == "blocked_address"


@pytest.mark.parametrize(
    "url", ["", "ftp://a.example/", "https://user:pw@a.example/", "javascript:alert(1)", "no address"]
)
async def test_what_is_no_address_is_refused(acting: Acting, reach: SourceWeb, url: str) -> None:
    for use in (discover, preview):
        with pytest.raises(Invalid):
            await use(acting, reach, url)


async def test_a_preview_reads_as_a_first_poll_would_and_keeps_nothing(
    acting: Acting, web: FakeWeb, reach: SourceWeb
) -> None:
    old = rss(["Long ago"], newest=START - timedelta(days=30))
    entry = "<item><title>Harbour closes</title><link>" + web.url("/a/harbour-closes") + "</link></item>"
    dated = entry.replace("</item>", "<pubDate>Mon, 02 Mar 2026 08:30:00 GMT</pubDate></item>")
    web.serve("/mixed.rss", old.replace("<item>", f"{dated}<item>", 1), content_type=RSS)
    web.serve("/a/harbour-closes", f"<html><body><article><h1>Harbour closes</h1><p>{TEXT}</p></article></body></html>")
    seen = await preview(acting, reach, web.url("/mixed.rss"))
    assert (seen.new, [one.title for one in seen.entries]) == (1, ["Harbour closes"])
    assert [(one.outcome, one.entries) for one in seen.skipped] == [("too_old", 1)]
    [article] = seen.articles
    assert article.problem is None
    assert article.text.startswith("The ministry said on Monday")
    async with acting.db.connection() as conn:
        assert await source_pages.page(conn, limit=None) == []


async def test_a_preview_obeys_robots_and_says_so(acting: Acting, web: FakeWeb, reach: SourceWeb) -> None:
    web.serve("/robots.txt", "User-agent: *\nDisallow: /a/\n", content_type="text/plain")
    body = rss(["Harbour closes"]).replace("https://harbour.example/Harbour-closes", web.url("/a/1"))
    web.serve("/one.rss", body, content_type=RSS)
    [article] = (await preview(acting, reach, web.url("/one.rss"))).articles
    assert article.problem is not None
    assert "robots.txt" in article.problem
    assert web.count("/a/1") == 0


async def test_a_preview_of_a_page_names_its_feeds(acting: Acting, web: FakeWeb, reach: SourceWeb) -> None:
    with pytest.raises(NotAFeed) as refused:
        await preview(acting, reach, web.url("/"))
    assert len(refused.value.found) == 1


async def test_who_may_not_add_sources_makes_us_visit_nobody(acting: Acting, web: FakeWeb, reach: SourceWeb) -> None:
    reader = replace(acting, permissions=READING)
    with pytest.raises(NotPermitted):
        await discover(reader, reach, web.url("/"))
    with pytest.raises(NotPermitted):
        await preview(reader, reach, web.url("/"))
    assert web.requests == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("news.example", "https://news.example"),
        (" news.example/feed ", "https://news.example/feed"),
        ("news.example:8080/x", "https://news.example:8080/x"),
        ("//news.example", "https://news.example"),
        ("http://news.example", "http://news.example"),
        ("mailto:kim@news.example", "mailto:kim@news.example"),
        ("news", "news"),
    ],
)
def test_an_address_may_be_typed_without_its_scheme(typed: str, meant: str) -> None:
    assert with_scheme(typed) == meant
