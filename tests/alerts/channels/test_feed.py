"""kind = "feed": an alert is one entry, whatever is told of it, and what others wrote in it is text."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from alerts.channels.channel import SendFailure, Sending
from alerts.channels.feed import FeedChannel
from alerts.channels.kind import ChannelTools
from alerts.channels.message import message_of
from alerts.channels.registry import build_channel, channel_settings
from core.errors import ConfigError, Unavailable
from core.model.feed import FeedEntry
from core.model.outcome import Event, FailureReason, Reason
from tests.alerts.channels.message_shapes import shapes
from tests.alerts.making import NOW, alert, brief, notification
from tests.fakes.channel_tools import tools

SHAPES = shapes()


class Book:
    """A feed book in memory. `away`: the database is."""

    def __init__(self) -> None:
        self.entries: dict[str, Mapping[str, Any]] = {}
        self.tokens: list[str | None] = []
        self.away = False

    async def put(self, entry: FeedEntry, *, token: str | None, keep: int) -> None:
        if self.away:
            raise Unavailable("the database is away")
        self.tokens.append(token)
        self.entries[entry.entry_id] = {**asdict(entry), "keep": keep}


def channel(book: Book, base_dir: Path = Path(), **more: object) -> FeedChannel:
    given: Any = tools
    plain = given(None, base_dir)
    wired = ChannelTools(poster=plain.poster, base_dir=base_dir, guard=plain.guard, feed_book=book)
    made = build_channel(channel_settings({"name": "feed", "kind": "feed", **more}), wired)
    assert isinstance(made, FeedChannel)
    return made


def sending(number: int = 1) -> Sending:
    return Sending(notification_id=f"n{number}", attempt=1, now=NOW)


async def test_what_becomes_of_an_alert_stays_one_entry() -> None:
    book, first = Book(), notification()
    desk = channel(book)
    receipt = await desk.send(message_of(first), sending(1))
    grown = alert(brief(2, title="More arms"), brief(1), size=2)
    update = notification(grown, event=Event.ALERT_UPDATED, reason=Reason.UPDATE)
    again = await desk.send(message_of(update), sending(2))
    assert receipt.reference == again.reference == first.alerts[0].alert_id
    await desk.edit(message_of(notification(grown)), receipt.reference, sending(1))
    (entry,) = book.entries.values()
    assert entry["content"]["title"] == "More arms"
    assert entry["updated"] == NOW


async def test_a_digest_and_a_test_are_entries_of_their_own() -> None:
    book = Book()
    desk = channel(book)
    await desk.send(SHAPES["digest"], sending(1))
    await desk.send(SHAPES["test"], sending(2))
    assert list(book.entries) == ["n1", "n2"]


@pytest.mark.parametrize("shape", SHAPES)
async def test_what_others_wrote_is_text(shape: str) -> None:
    book, message = Book(), SHAPES[shape]
    await channel(book).send(message, sending())
    ((content),) = [entry["content"] for entry in book.entries.values()]
    seen = Seen()
    seen.feed(content["html"])
    seen.close()
    assert seen.tags <= {"p", "a", "b", "strong", "em", "blockquote", "br"}
    assert all(url.startswith(("https://", "http://")) for url in seen.urls)
    assert len(content["html"]) < 60_000
    if message.articles and content["url"]:
        assert content["url"].startswith("http")


class Seen(HTMLParser):
    """The tags and addresses of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.urls: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert {name for name, _ in attrs} <= {"href", "rel"}
        self.urls += [value or "" for name, value in attrs if name == "href"]


async def test_an_address_that_is_none_of_the_web_is_no_link() -> None:
    book, message = Book(), message_of(notification())
    bad = replace(message, articles=(replace(message.articles[0], url="javascript:alert(1)"),))
    await channel(book).send(bad, sending())
    (entry,) = book.entries.values()
    assert "javascript" not in entry["content"]["html"] + entry["content"]["url"]


async def test_a_database_that_is_away_is_tried_again() -> None:
    book = Book()
    book.away = True
    with pytest.raises(SendFailure) as caught:
        await channel(book).send(message_of(notification()), sending())
    assert (caught.value.reason, caught.value.retriable) == (FailureReason.CONNECT, True)


async def test_the_token_is_that_of_the_settings_or_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("token-of-a-file-0123456\n")
    book = Book()
    for settings in ({}, {"token": "token-of-settings-01234"}, {"token_file": "token"}):
        made = channel(book, tmp_path, **settings)
        await made.send(message_of(notification()), sending())
        assert "token-of" not in repr(made)
    assert book.tokens == [None, "token-of-settings-01234", "token-of-a-file-0123456"]


@pytest.mark.parametrize("token", ["", "short", "has blanks in it and is long", "slash/slash/slash/slash"])
def test_a_token_that_could_be_guessed_is_refused_without_being_shown(token: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(token)
    for settings in ({"token": token}, {"token_file": "token"}):
        with pytest.raises(ConfigError, match="20 to 200 letters") as caught:
            channel(Book(), tmp_path, **settings)
        assert not token or token not in str(caught.value)
