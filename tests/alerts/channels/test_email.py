"""E-mail against a real SMTP server: headers that threads and lists live by, fall-back, and nothing sent twice."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.channel import SendFailure
from alerts.channels.email import email_bytes
from alerts.channels.kind import ChannelTools
from alerts.channels.layout import View
from alerts.channels.mail import Envelope
from alerts.channels.message import Message, message_of
from alerts.channels.registry import build_channel, channel_settings
from alerts.channels.template import Template
from core.clock import SystemClock
from core.errors import ConfigError
from core.model.outcome import Event, FailureReason, Priority, Reason
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from core.text.visible import one_line
from tests.alerts.channels.mail_tools import ANN, BEN, MESSAGE, Book, channel, plain, read, sending
from tests.alerts.channels.message_shapes import shapes
from tests.alerts.making import alert, brief, notification
from tests.effort import tries
from tests.fakes.mail_server import MailServer

ENVELOPE = Envelope(
    sender="Wire <wire@news.example>", recipient=BEN, reply_to=None, notification_id="n", domain="news.example"
)

SHAPES = shapes()


async def test_each_recipient_gets_a_mail_of_their_own_that_threads_and_lists() -> None:
    async with MailServer() as server:
        receipt = await channel(plain(server)).send(MESSAGE, sending())
    assert receipt.confirmation == "accepted"
    assert [mail.recipients for mail in server.taken] == [("ann@desk.example",), (BEN,)]
    mail = read(server.taken[0].content)
    assert mail["To"] == ANN
    assert mail["Subject"] == "dprk-arms: North Korea ships arms to Russia"
    assert mail["Message-ID"] == "<n1@news.example>"
    assert mail["References"] == mail["In-Reply-To"] == f"<story.{MESSAGE.stories[0].story_id}@news.example>"
    assert mail["List-Id"] == f"dprk-arms <{MESSAGE.rule.rule_id}.wirewatch.news.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    text, html = (part.get_content() for part in mail.iter_parts())
    assert "> Ships with *arms* left *North Korea* for *Russia*." in text
    assert re.search("<mark [^>]*>arms</mark>", html)
    assert 'href="https://news.example/1"' in html


async def test_long_headers_stay_readable_on_the_wire() -> None:
    async with MailServer() as server:
        await channel(plain(server)).send(MESSAGE, sending())
    (line,) = [one for one in server.taken[0].content.split(b"\r\n") if one.startswith(b"List-Unsubscribe:")]
    assert len(line) > 100
    assert b"=?utf-8?" not in line
    assert line.endswith(b">")


@tries(100)
@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=600))
def test_no_headline_breaks_a_header_or_the_markup(title: str, rule: str, snippet: str) -> None:
    told = message_of(notification(alert(brief(title=title, snippet=snippet))))
    told = replace(told, rule=replace(told.rule, name=rule))
    envelope = Envelope(
        sender="wire@news.example", recipient=BEN, reply_to=None, notification_id="n", domain="news.example"
    )
    content = email_bytes(told, View(defuse=False), envelope)
    mail = read(content)
    assert set(mail.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-Id", "Auto-Submitted",
        "Precedence", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert content.isascii()
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert one_line(mail["Subject"]) == mail["Subject"]


@pytest.mark.parametrize("shape", [name for name in SHAPES if name.startswith("longest-")])
async def test_an_alert_of_the_longest_rule_is_mailed(shape: str) -> None:
    async with MailServer() as server:
        await channel(plain(server)).send(SHAPES[shape], sending())
    content = server.taken[0].content
    assert len(content) < 100_000
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert "left the port" in str(read(content).get_body(("plain",)))


async def test_the_next_server_is_tried_where_the_first_has_not_taken_it() -> None:
    async with MailServer(answers={"MAIL": ["451 later"] * 9}) as busy, MailServer() as well:
        receipt = await channel("smtp://127.0.0.1:1", plain(busy), plain(well)).send(MESSAGE, sending())
    assert len(well.taken) == 2
    assert f"127.0.0.1:{well.port}" in receipt.detail


async def test_what_is_refused_for_good_is_not_tried_elsewhere() -> None:
    async with MailServer(answers={"DATA": ["554 spam"] * 9}) as strict, MailServer() as other:
        with pytest.raises(SendFailure) as caught:
            await channel(plain(strict), plain(other)).send(MESSAGE, sending())
    assert (caught.value.reason, caught.value.retriable) == (FailureReason.REFUSED, False)
    assert "554 spam" in caught.value.detail
    assert other.taken == []


@pytest.mark.parametrize(
    ("server", "reason", "retriable"),
    [
        (MailServer(answers={"RCPT": ["450 busy"] * 9}), FailureReason.SERVER_ERROR, True),
        (MailServer(answers={"MAIL": ["421 closing"] * 9}), FailureReason.RATE_LIMITED, True),
        (MailServer(answers={"DATA": ["552 too large"] * 9}), FailureReason.PAYLOAD_TOO_LARGE, False),
        (MailServer(drop_after_data=True), FailureReason.DISCONNECTED, True),
        (MailServer(hang_at="DATA"), FailureReason.TIMEOUT, True),
        (MailServer(hang_at="MAIL"), FailureReason.CONNECT, True),
    ],
    ids=["4xx", "421", "552", "dropped", "hangs", "hangs-before"],
)
async def test_every_failure_is_named(server: MailServer, reason: FailureReason, *, retriable: bool) -> None:
    async with server:
        with pytest.raises(SendFailure) as caught:
            await channel(plain(server), timeout_seconds=0.5, to=[BEN]).send(MESSAGE, sending())
    assert (caught.value.reason, caught.value.retriable) == (reason, retriable)


async def test_a_failure_with_one_recipient_repeats_nothing_for_the_others() -> None:
    book = Book()
    async with MailServer(recipients={BEN: "450 mailbox busy"}) as server:
        mail = channel(plain(server), book=book)
        with pytest.raises(SendFailure) as caught:
            await mail.send(MESSAGE, sending())
        assert caught.value.retriable
        assert "ben@desk.example: " in caught.value.detail
        assert "1 have it" in caught.value.detail
        server.recipients.clear()
        await mail.send(MESSAGE, sending())
    assert [one.recipients for one in server.taken] == [("ann@desk.example",), (BEN,)]


async def test_a_recipient_who_does_not_exist_is_named_and_stops_nobody() -> None:
    async with MailServer(recipients={BEN: "550 no such user"}) as server:
        receipt = await channel(plain(server)).send(MESSAGE, sending())
    assert "refused for ben@desk.example" in receipt.detail
    assert "550 no such user" in receipt.detail


async def test_who_unsubscribed_gets_nothing() -> None:
    book = Book()
    book.gone = {"ann@desk.example"}
    async with MailServer() as server:
        await channel(plain(server), book=book).send(MESSAGE, sending())
        assert [one.recipients for one in server.taken] == [(BEN,)]
        book.gone.add(BEN)
        with pytest.raises(SendFailure) as caught:
            await channel(plain(server), book=book).send(MESSAGE, sending("n2"))
    assert "everybody has unsubscribed" in caught.value.detail


async def test_a_repeat_is_the_same_mail() -> None:
    async with MailServer() as server:
        for _ in range(2):
            await channel(plain(server), to=[BEN]).send(MESSAGE, sending())
    assert server.taken[0].content == server.taken[1].content


async def test_an_address_that_is_not_allowed_is_not_reached() -> None:
    async with MailServer() as server:
        raw = {"name": "m", "kind": "email", "to": [BEN], "from": "wire@news.example", "servers": [plain(server)]}
        tools = ChannelTools(poster=Fetcher(AddressGuard(), "t", SystemClock()), base_dir=Path(), guard=AddressGuard())
        with pytest.raises(SendFailure) as caught:
            await build_channel(channel_settings(raw), tools).send(MESSAGE, sending())
    assert caught.value.reason is FailureReason.SSRF_BLOCKED
    assert server.sessions == 0


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"to": ["no address"]}, "is no address"),
        ({"to": ["a@b.example\r\nBcc: c@d.example"]}, "an address is one line"),
        ({"servers": ["http://x.example"]}, 'expected "smtp://host:587"'),
        ({"servers": ["smtp://u:p@x.example"]}, "user and password have keys of their own"),
        ({"username": "u"}, "belong together"),
        ({"username": "u", "password": "p", "starttls": "off"}, "a password is sent under TLS only"),
    ],
)
def test_a_mistake_is_told(wrong: dict[str, object], told: str) -> None:
    raw = {"name": "m", "kind": "email", "to": [BEN], "from": "wire@news.example", "servers": ["smtp://x.example"]}
    with pytest.raises(ConfigError) as caught:
        channel_settings({**raw, **wrong})
    assert told in str(caught.value)


def test_a_digest_begins_with_its_headlines() -> None:
    stories = [alert(brief(number, title=f"Headline {number}"), story=str(number)) for number in range(6)]
    digest: Message = message_of(notification(*stories, event=Event.DIGEST, reason=Reason.DIGEST))
    envelope = Envelope(
        sender="wire@news.example", recipient=BEN, reply_to=None, notification_id="n", domain="news.example"
    )
    html = list(read(email_bytes(digest, View(defuse=False), envelope)).iter_parts())[1].get_content()
    assert html.count("Headline 5") == 2
    assert html.index('href="#a5"') < html.index('id="a0"')
    assert read(email_bytes(digest, View(defuse=False), envelope))["Subject"] == "dprk-arms: 6 stories: Headline 0"


def test_a_long_digest_stays_below_what_readers_clip_and_says_how_much_is_missing() -> None:
    stories = [alert(brief(number, title="Корабли " * 40), story=str(number)) for number in range(300)]
    digest = message_of(notification(*stories, event=Event.DIGEST, reason=Reason.DIGEST))
    content = email_bytes(digest, View(defuse=False), ENVELOPE)
    assert len(content) <= 100_000
    for part in read(content).iter_parts():
        assert re.search(r"and \d+ more", part.get_content())


def test_what_a_template_makes_bold_is_bold() -> None:
    view = View(defuse=False, template=Template.read("**{{ rule.name }}**\n[{{ title }}](https://a.example)"))
    html = list(read(email_bytes(MESSAGE, view, ENVELOPE)).iter_parts())[1].get_content()
    assert "<strong>dprk-arms</strong>" in html
    assert "<mark" not in html


def test_a_flash_is_important_to_mail_programs() -> None:
    flash = replace(MESSAGE, rule=replace(MESSAGE.rule, priority=Priority.FLASH))
    assert read(email_bytes(flash, View(defuse=False), ENVELOPE))["Importance"] == "high"


@pytest.mark.parametrize(
    "text", ["Корабли с оружием " * 20, "무기를 실은 배 " * 30, "é" * 300, "x" * 300, "x" * 180 + "é"]
)
def test_encoded_words_are_as_short_as_they_must_be(text: str) -> None:
    told = message_of(notification(alert(brief(title=text))))
    envelope = replace(ENVELOPE, sender=f"{text[:50]} <wire@news.example>", recipient=f"Zoë <{'a' * 64}@desk.example>")
    content = email_bytes(told, View(defuse=False), envelope)
    head = content.partition(b"\r\n\r\n")[0]
    for line in head.split(b"\r\n"):
        assert len(line) <= 76 or b"=?" not in line or b"@" in line
        assert all(len(word) <= 75 for word in line.split() if b"=?" in word)
    mail = read(content)
    assert mail["Subject"].startswith(f"dprk-arms: {' '.join(text.split())}"[:190])
    assert mail["To"].addresses[0].addr_spec == f"{'a' * 64}@desk.example"
    assert str(make_header(decode_header(message_from_bytes(content)["From"]))).startswith(text[:50].strip())


@pytest.mark.parametrize(
    "title", ["=?utf-8?q?=0D=0ABcc:_x@evil.example?= a", "=?utf-8?b?4oCu?=", "a\r\nBcc: x", "=?x?="]
)
def test_what_looks_encoded_in_a_headline_is_text(title: str) -> None:
    content = email_bytes(message_of(notification(alert(brief(title=title)))), View(defuse=False), ENVELOPE)
    mail = read(content)
    assert "Bcc" not in mail
    assert "\u202e" not in mail["Subject"]
    assert len(mail["Subject"].splitlines()) == 1


async def test_what_each_server_said_is_told() -> None:
    async with MailServer(answers={"MAIL": ["451 greylisted"] * 9}) as busy:
        with pytest.raises(SendFailure) as caught:
            await channel("smtp://127.0.0.1:1", plain(busy), to=[BEN]).send(MESSAGE, sending())
    assert "127.0.0.1:1: " in caught.value.detail
    assert "451 greylisted" in caught.value.detail
