"""robots.txt, obeyed."""

import time
from collections.abc import AsyncIterator

import pytest

from core.net.client import Fetcher, FetchFailure, FetchProblem
from core.net.guard import AddressGuard
from ingest.hosts.robots import Robots, parse, product_token
from tests.fakes.clock import FakeClock
from tests.fakes.web import Answer, FakeWeb

AGENT = "wirewatch/0.1 (+https://example.com/bot)"


@pytest.fixture
async def web() -> AsyncIterator[FakeWeb]:
    async with FakeWeb() as fake:
        yield fake


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def robots(clock: FakeClock) -> AsyncIterator[Robots]:
    async with Fetcher(AddressGuard(["127.0.0.0/8"]), AGENT, clock) as fetcher:
        yield Robots(fetcher, clock)


async def test_what_is_forbidden_is_not_fetched_and_says_why(web: FakeWeb, robots: Robots) -> None:
    web.serve("/robots.txt", "User-agent: *\nDisallow: /private/\nAllow: /private/open$\nCrawl-delay: 7")
    allowed = await robots.check(web.url("/news"))
    assert (allowed.allowed, allowed.crawl_delay_seconds) == (True, 7)
    assert (await robots.check(web.url("/private/open"))).allowed
    forbidden = await robots.check(web.url("/private/x"))
    assert not forbidden.allowed
    assert forbidden.why == "robots.txt of 127.0.0.1 forbids it to wirewatch"
    assert web.count("/robots.txt") == 1


async def test_rules_for_us_go_before_rules_for_all(web: FakeWeb, robots: Robots) -> None:
    web.serve("/robots.txt", "User-agent: *\nDisallow: /\n\nUser-agent: WireWatch\nDisallow: /x\n")
    assert (await robots.check(web.url("/news"))).allowed
    assert not (await robots.check(web.url("/x"))).allowed


async def test_rules_for_others_do_not_concern_us(web: FakeWeb, robots: Robots) -> None:
    web.serve("/robots.txt", "User-agent: GPTBot\nUser-agent: wire\nDisallow: /\n")
    assert (await robots.check(web.url("/news"))).allowed


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_site_without_robots_allows_everything(web: FakeWeb, robots: Robots, status: int) -> None:
    web.serve("/robots.txt", status=status)
    assert (await robots.check(web.url("/news"))).allowed


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_robots_that_cannot_be_had_forbids_everything_for_a_short_time(
    web: FakeWeb, robots: Robots, clock: FakeClock, status: int
) -> None:
    web.sequence("/robots.txt", [Answer(status=status), Answer(body=b"")])
    verdict = await robots.check(web.url("/news"))
    assert not verdict.allowed
    assert str(status) in verdict.why
    clock.advance(599)
    assert not (await robots.check(web.url("/news"))).allowed
    clock.advance(2)
    assert (await robots.check(web.url("/news"))).allowed


async def test_a_copy_serves_while_the_site_is_down(web: FakeWeb, robots: Robots, clock: FakeClock) -> None:
    web.sequence("/robots.txt", [Answer(body=b"User-agent: *\nDisallow: /x"), Answer(status=500)])
    await robots.check(web.url("/news"))
    clock.advance(86400)
    assert (await robots.check(web.url("/news"))).allowed
    assert not (await robots.check(web.url("/x"))).allowed
    assert web.count("/robots.txt") == 2


async def test_it_is_asked_once_a_day_and_per_site(web: FakeWeb, robots: Robots, clock: FakeClock) -> None:
    web.serve("/robots.txt", "")
    for _ in range(3):
        await robots.check(web.url("/a"))
    await robots.check(web.url("/a", host=1))
    assert web.count("/robots.txt") == 2
    clock.advance(86400)
    await robots.check(web.url("/a"))
    assert web.count("/robots.txt") == 3


async def test_a_site_that_is_not_there_is_named_for_what_it_is(robots: Robots) -> None:
    with pytest.raises(FetchFailure) as caught:
        await robots.check("http://no-such-host.invalid/x")
    assert caught.value.outcome is FetchProblem.DNS


@pytest.mark.parametrize("delay", ["inf", "nan", "1e999", "-5", "²", "9" * 5000])
async def test_a_crawl_delay_is_a_time_that_can_be_waited(web: FakeWeb, robots: Robots, delay: str) -> None:
    web.serve("/robots.txt", f"User-agent: *\nDisallow: /x\nCrawl-delay: {delay}".encode())
    found = (await robots.check(web.url("/news"))).crawl_delay_seconds
    assert found is None or 0 <= found <= 86_400
    assert robots.crawl_delay_seconds(web.url("/news")) == found


async def test_a_crawl_delay_is_known_once_somebody_asked(web: FakeWeb, robots: Robots) -> None:
    web.serve("/robots.txt", "User-agent: *\nCrawl-delay: 3")
    assert robots.crawl_delay_seconds(web.url("/feed")) is None
    await robots.check(web.url("/news"))
    assert robots.crawl_delay_seconds(web.url("/feed")) == 3


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><html><body>Not found</body></html>",
        b"\xff\xfe\x00U\x00s",
        b"User-agent: *\nDisallow: /" + b"*a" * 3000 + b"$",
        b"Disallow: /\nCrawl-delay: nan\nCrawl-delay: -1\nSitemap",
        b"\x00" * 10_000,
    ],
)
async def test_rubbish_forbids_nothing(web: FakeWeb, robots: Robots, body: bytes) -> None:
    web.serve("/robots.txt", body)
    assert (await robots.check(web.url("/news"))).allowed


def test_many_robots_with_many_rules_cost_their_sum_not_their_product() -> None:
    def cost(count: int) -> float:
        body = "".join(f"User-agent: bot{n}\n" for n in range(count)) + "Disallow: /x\n" * count
        started = time.thread_time()  # other threads of the process do not count
        parse(body.encode(), "wirewatch")
        return time.thread_time() - started

    cost(100)
    # 20 times the lines; a product would be 400 times. A busy machine may spoil one comparison, hardly three.
    assert any(cost(8000) < 200 * max(cost(400), 0.001) for _ in range(3))


@pytest.mark.parametrize(
    ("agent", "token"),
    [("wirewatch/0.1 (+https://e.com)", "wirewatch"), ("DeskBot", "deskbot"), ("My Bot/2", "my"), ("", "wirewatch")],
)
def test_the_token_is_the_first_product_of_the_user_agent(agent: str, token: str) -> None:
    assert product_token(agent) == token
