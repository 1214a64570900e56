"""Outgoing feeds as readers get them: valid, unchanged where nothing changed, and open to nobody who lacks the address."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import aiohttp
import feedparser
import orjson
import pytest

from alerts.channels.channel import Sending
from alerts.channels.kind import ChannelTools
from alerts.channels.message import Message, message_of
from alerts.channels.registry import build_channel, channel_settings
from alerts.deliver.feed_book import StoredFeedBook
from core.clock import SystemClock
from core.model.channel import ChannelDraft
from core.store import channels, feeds
from ingest.parse.feed import parse_feed
from ingest.parse.shapes import ParsedFeed
from tests.alerts.channels.message_shapes import shapes
from tests.alerts.making import alert, brief, notification, rule_ref
from tests.fakes.channel_tools import tools
from tests.wirewatch.statuspage import StatusPage, status_page

SHAPES = shapes()
TOKEN = "a-token-that-nobody-guesses"
NOW = SystemClock().now()


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as made:
        draft = ChannelDraft(name="feed", kind="feed", settings={"token": TOKEN}, author="ann")
        async with made.db.transaction() as conn:
            await channels.put(conn, draft, NOW)
            await feeds.register(conn, "feed", TOKEN, 50)
        yield made


async def tell(page: StatusPage, *messages: Message, later: int = 0) -> None:
    unused: Any = None
    plain = tools(unused)
    wired = ChannelTools(
        poster=plain.poster, base_dir=plain.base_dir, guard=plain.guard, feed_book=StoredFeedBook(page.db)
    )
    channel = build_channel(channel_settings({"name": "feed", "kind": "feed", "token": TOKEN}), wired)
    for number, message in enumerate(messages):
        now = NOW + timedelta(seconds=later + number)
        await channel.send(message, Sending(notification_id=f"n{number}", attempt=1, now=now))


async def asked(page: StatusPage, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{page.server.address}/f/{path}", headers=named) as answer,
    ):
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, await answer.read()


async def test_a_feed_that_nothing_was_told_to_is_empty_and_valid(page: StatusPage) -> None:
    status, _, body = await asked(page, f"{TOKEN}.atom")
    assert status == 200
    read = feedparser.parse(body)
    assert (read.bozo, read.version, read.entries) == (False, "atom10", [])
    _, _, body = await asked(page, f"{TOKEN}.json")
    assert orjson.loads(body)["items"] == []


async def test_readers_see_the_headline_the_link_and_where_it_hit(page: StatusPage) -> None:
    message = message_of(notification(alert(brief(title="Arms & <b>ships</b>"))))
    await tell(page, message)
    _, headers, body = await asked(page, f"{TOKEN}.atom")
    assert headers["content-type"] == "application/atom+xml; charset=utf-8"
    read = feedparser.parse(body)
    assert not read.bozo
    (entry,) = read.entries
    assert entry.link == "https://news.example/1"
    assert entry.id == f"urn:wirewatch:{message.stories[0].alert_id}"
    assert entry.author == "Example World"
    assert "&lt;b&gt;ships&lt;/b&gt;" in entry.content[0].value
    assert "<b>North Korea</b>" in entry.content[0].value
    ours = parse_feed(body.decode(), "https://w.example/f")
    assert isinstance(ours, ParsedFeed)
    assert [one.url for one in ours.entries] == ["https://news.example/1"]


@pytest.mark.parametrize("shape", SHAPES)
async def test_every_message_makes_a_valid_feed_of_both_kinds(page: StatusPage, shape: str) -> None:
    await tell(page, SHAPES[shape])
    _, _, body = await asked(page, f"{TOKEN}.atom")
    check_atom(body)
    _, headers, body = await asked(page, f"{TOKEN}.json")
    assert headers["content-type"] == "application/feed+json; charset=utf-8"
    check_json_feed(orjson.loads(body))


def check_atom(body: bytes) -> None:
    """What RFC 4287 asks for."""
    name = "{http://www.w3.org/2005/Atom}"
    root = ET.fromstring(body)
    for node in (root, *root.iter(f"{name}entry")):
        for needed in ("id", "title", "updated"):
            assert len(node.findall(f"{name}{needed}")) == 1
        assert node.find(f"{name}id").text.startswith("urn:")  # type: ignore[union-attr] # it is there
    assert len(root.findall(f"{name}entry")) == 1
    assert len({(link.get("rel"), link.get("type")) for link in root.findall(f"{name}link")}) == len(
        root.findall(f"{name}link")
    )
    assert feedparser.parse(body).bozo is False


def check_json_feed(feed: Any) -> None:
    """What jsonfeed.org/version/1.1 asks for."""
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str)
    assert set(feed) <= {"version", "title", "home_page_url", "feed_url", "items"}
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert item["id"]
        assert isinstance(item["content_html"], str)
        assert all(isinstance(tag, str) for tag in item["tags"])
        assert all(author["name"] for author in item.get("authors", ()))
        assert item["date_published"].endswith("Z")


async def test_an_unchanged_feed_is_not_sent_again(page: StatusPage) -> None:
    await tell(page, message_of(notification()))
    for ending in ("atom", "json"):
        _, headers, _ = await asked(page, f"{TOKEN}.{ending}")
        tag, modified = headers["etag"], headers["last-modified"]
        for condition in ({"If_None_Match": tag}, {"If_None_Match": f'"x", W/{tag}'}, {"If_Modified_Since": modified}):
            status, again, body = await asked(page, f"{TOKEN}.{ending}", **condition)
            assert (status, body, again["etag"]) == (304, b"", tag)
        for condition in ({"If_None_Match": '"other"', "If_Modified_Since": modified}, {"If_Modified_Since": "soon"}):
            assert (await asked(page, f"{TOKEN}.{ending}", **condition))[0] == 200
        status, head, body = await asked(page, f"{TOKEN}.{ending}", "HEAD")
        assert (status, head["etag"], body) == (200, tag, b"")
        assert int(head["content-length"]) > 100


async def test_a_story_that_grows_changes_its_entry(page: StatusPage) -> None:
    await tell(page, message_of(notification()))
    _, before, body = await asked(page, f"{TOKEN}.atom")
    first = feedparser.parse(body).entries[0]
    await tell(page, message_of(notification(alert(brief(1), brief(2, source="Other Post"), size=2))), later=60)
    status, after, body = await asked(page, f"{TOKEN}.atom", If_None_Match=before["etag"])
    (entry,) = feedparser.parse(body).entries
    assert status == 200
    assert after["etag"] != before["etag"]
    assert (entry.id, entry.published) == (first.id, first.published)
    assert entry.updated > first.updated
    assert "Other Post" in entry.content[0].value


async def test_a_rules_address_shows_that_rule_alone(page: StatusPage) -> None:
    one, other = notification(), notification(alert(rule=rule_ref("other")))
    await tell(page, message_of(one), message_of(other))
    path = feeds.rule_token(TOKEN, other.alerts[0].rule.rule_id)
    _, _, body = await asked(page, f"{path}.json")
    (item,) = orjson.loads(body)["items"]
    assert item["tags"][0] == "other"
    assert TOKEN not in body.decode()


async def test_nothing_opens_without_the_token_and_nothing_tells_it_on(
    page: StatusPage, capfd: pytest.CaptureFixture[str]
) -> None:
    await tell(page, message_of(notification()))
    for path in (f"{TOKEN[:-1]}x.atom", f"{TOKEN}.rss", f"{TOKEN}", "x.atom", f"{'0' * 24}-{'A' * 32}.json"):
        assert (await asked(page, path))[0] == 404
    assert (await asked(page, f"{TOKEN}.atom", "POST"))[0] == 405
    _, headers, _ = await asked(page, f"{TOKEN}.atom")
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex"
    assert headers["cache-control"] == "private, no-cache"
    async with page.db.transaction() as conn:
        await channels.remove(conn, "feed", NOW)
    assert (await asked(page, f"{TOKEN}.atom"))[0] == 404
    out, err = capfd.readouterr()
    assert TOKEN not in out + err
