"""From the address of a site to its feeds."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.db.engine import Database
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from core.net.url import BadUrl
from ingest.discover.discover import MOST_VISITS, WELL_KNOWN, Discoverer, Discovery
from ingest.discover.feeds import How
from ingest.hosts.rate_limit import HostRateLimit
from ingest.hosts.robots import Robots
from tests.fakes.clock import START, FakeClock
from tests.fakes.sites import RSS, SiteParserHere, home, news_sitemap, rss, sitemap_index
from tests.fakes.web import FakeWeb

HOURLY = [f"Ship {number} docks" for number in range(10)]


@pytest.fixture
async def web() -> AsyncIterator[FakeWeb]:
    async with FakeWeb() as fake:
        yield fake


@pytest.fixture
async def discoverer(tmp_path: Path) -> AsyncIterator[Discoverer]:
    clock = FakeClock(auto=True)
    async with (
        Database.open("sqlite:", tmp_path) as db,
        Fetcher(AddressGuard(["127.0.0.1/32", "127.0.0.2/32"]), "wirewatch/0.1", clock) as fetcher,
    ):
        robots = Robots(fetcher, clock)
        yield Discoverer(fetcher, HostRateLimit(db, clock), robots, SiteParserHere(), clock)


def outcomes(found: Discovery) -> dict[str, str]:
    return {one.url.partition("127.0.0.1")[2].partition("/")[2]: one.outcome for one in found.missed}


async def test_an_address_of_a_feed_is_that_feed_with_what_it_brings(web: FakeWeb, discoverer: Discoverer) -> None:
    web.serve("/feed", rss(HOURLY), content_type=RSS)
    found = await discoverer.discover(web.url("/feed"))
    [feed] = found.found
    assert (feed.how, feed.url, feed.title) == (How.ADDRESS, web.url("/feed"), "The Harbour Times")
    assert (feed.brings.entries, feed.brings.newest, feed.brings.lang) == (10, START, "en")
    assert feed.brings.a_day == pytest.approx(10 / (9 / 24), rel=0.01)
    assert feed.brings.samples[0].title == "Ship 0 docks"
    assert web.count() == 1


async def test_announced_feeds_are_ranked_and_one_in_another_format_stands_behind(
    web: FakeWeb, discoverer: Discoverer
) -> None:
    web.serve("/", home("/comments.rss", "/slow.rss", "/world.rss", "/world.atom"))
    web.serve("/world.rss", rss(HOURLY), content_type=RSS)
    web.serve("/world.atom", rss(HOURLY), content_type=RSS)
    web.serve("/slow.rss", rss(["Tide tables"], newest=START - timedelta(days=40)), content_type=RSS)
    web.serve("/comments.rss", rss([f"On {title}" for title in HOURLY], name="Comments"), content_type=RSS)
    found = await discoverer.discover(web.url("/"))
    places = [feed.url.rpartition("/")[2] for feed in found.found]
    assert places == ["world.rss", "comments.rss", "slow.rss", "world.atom"]
    assert found.found[-1].same_as == web.url("/world.rss")
    assert found.title == "The Harbour Times"
    assert web.count("/feed/") == 0  # nothing is guessed where a site says where its feeds are


async def test_a_page_of_a_site_leads_to_the_feeds_of_its_front_page(web: FakeWeb, discoverer: Discoverer) -> None:
    web.serve("/news/today", "<html><body><p>A page that announces nothing</p></body></html>")
    web.serve("/", home("/world.rss"))
    web.serve("/world.rss", rss(HOURLY), content_type=RSS)
    found = await discoverer.discover(web.url("/news/today"))
    assert [feed.url for feed in found.found] == [web.url("/world.rss")]


async def test_links_for_people_count_where_nothing_is_announced(web: FakeWeb, discoverer: Discoverer) -> None:
    web.serve("/", home(body="<a href='/about-rss'>What is RSS?</a><a href='/rss/all.xml'>RSS</a>"))
    web.serve("/rss/all.xml", rss(HOURLY), content_type=RSS)
    [feed] = (await discoverer.discover(web.url("/"))).found
    assert (feed.how, feed.url) == (How.LINKED, web.url("/rss/all.xml"))


async def test_news_sitemaps_are_found_by_robots_and_through_an_index(web: FakeWeb, discoverer: Discoverer) -> None:
    web.serve("/", home("/world.rss"))
    web.serve("/world.rss", rss(HOURLY[:3]), content_type=RSS)
    web.serve(
        "/robots.txt", f"User-agent: *\nDisallow: /x\nSitemap: {web.url('/index.xml.all')}\n", content_type="text/plain"
    )
    web.serve("/index.xml.all", sitemap_index(web.url("/pages.xml"), web.url("/news-1.xml")), content_type="text/xml")
    web.serve("/news-1.xml", news_sitemap([f"Short {n}" for n in range(200)]), content_type="text/xml")
    found = await discoverer.discover(web.url("/"))
    assert [feed.how for feed in found.found] == [How.SITEMAP, How.ANNOUNCED]  # it tells of many times as much
    assert found.found[0].kind == "sitemap"
    assert web.count("/pages.xml") == 0


async def test_a_sitemap_of_all_pages_is_no_news(web: FakeWeb, discoverer: Discoverer) -> None:
    web.serve("/", home("/world.rss"))
    web.serve("/world.rss", rss(HOURLY), content_type=RSS)
    web.serve("/robots.txt", f"Sitemap: {web.url('/all.xml')}", content_type="text/plain")
    place = "<url><loc>https://harbour.example/page</loc><lastmod>2026-03-01</lastmod></url>"
    web.serve("/all.xml", f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{place}</urlset>")
    found = await discoverer.discover(web.url("/"))
    assert [feed.url for feed in found.found] == [web.url("/world.rss")]
    assert outcomes(found)["all.xml"] == "not_a_feed"


async def test_the_usual_places_are_tried_last_and_robots_is_obeyed(web: FakeWeb, discoverer: Discoverer) -> None:
    web.serve("/", home())
    web.serve("/robots.txt", "User-agent: *\nDisallow: /feed/\n", content_type="text/plain")
    web.serve("/feed/", rss(HOURLY), content_type=RSS)
    web.serve("/rss.xml", rss(HOURLY), content_type=RSS)
    found = await discoverer.discover(web.url("/"))
    assert [(feed.how, feed.url) for feed in found.found] == [(How.WELL_KNOWN, web.url("/rss.xml"))]
    assert outcomes(found)["feed/"] == "robots"
    assert web.count("/feed/") == 0


async def test_an_announced_feed_that_is_gone_is_told_and_another_place_tried(
    web: FakeWeb, discoverer: Discoverer
) -> None:
    web.serve("/", home("/gone.rss"))
    web.serve("/rss", rss(HOURLY), content_type=RSS)
    found = await discoverer.discover(web.url("/"))
    assert [feed.url for feed in found.found] == [web.url("/rss")]
    assert outcomes(found)["gone.rss"] == "http_4xx"


async def test_a_site_without_feeds_ends_with_what_was_tried(web: FakeWeb, discoverer: Discoverer) -> None:
    web.serve("/", home())
    found = await discoverer.discover(web.url("/"))
    assert found.found == ()
    assert len(found.missed) == len(WELL_KNOWN)
    assert found.unreachable is None


async def test_a_private_address_is_refused_and_nothing_is_guessed(web: FakeWeb, discoverer: Discoverer) -> None:
    found = await discoverer.discover(web.url("/", host=2))
    assert found.unreachable is not None
    assert found.unreachable.outcome == "blocked_address"
    assert web.requests == []


async def test_a_page_of_a_thousand_links_costs_a_bounded_number_of_visits(
    web: FakeWeb, discoverer: Discoverer
) -> None:
    web.serve("/", home(*(f"/feed-{number}.rss" for number in range(1000))))
    found = await discoverer.discover(web.url("/"))
    assert len(found.missed) <= MOST_VISITS
    assert web.count() <= MOST_VISITS


async def test_what_is_no_web_address_is_refused(discoverer: Discoverer) -> None:
    with pytest.raises(BadUrl):
        await discoverer.discover("ftp://files.example/")
