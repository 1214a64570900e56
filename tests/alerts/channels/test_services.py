"""One contract for every kind of channel that speaks to a service, held against a fake of the service.

A kind joins by a fake under tests/fakes/services and a line in SERVICES. What a service refuses, shows and answers is the
fake's to say, from the service's documentation; what a channel owes is said here, once for all.
"""

import html
import unicodedata
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import cast
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts.channels.channel import AskingChannel, Channel, EditingChannel, Receipt, SendFailure, Sending
from alerts.channels.clamp import clamp_text
from alerts.channels.layout import time_text
from alerts.channels.message import Message, message_of
from alerts.channels.registry import KINDS, build_channel, channel_settings
from alerts.channels.rich_text import quoted
from alerts.channels.stored import secrets_of, shown_address
from alerts.management.trial_send import WatchedPoster
from core.clock import SystemClock
from core.model.outcome import FailureReason, Priority
from core.net.client import Fetcher, FetchSettings
from core.net.guard import AddressGuard
from core.text.visible import one_line
from tests.alerts.channels.message_shapes import EVIDENCE, shapes, told
from tests.alerts.making import NOW, alert, brief, notification
from tests.effort import scaled
from tests.fakes.channel_tools import tools
from tests.fakes.services.discord import FakeDiscord
from tests.fakes.services.googlechat import FakeGoogleChat
from tests.fakes.services.mattermost import FakeMattermostBot, FakeMattermostWebhook
from tests.fakes.services.ntfy import FakeNtfy, FakeOldNtfy
from tests.fakes.services.pagerduty import FakePagerDuty
from tests.fakes.services.service import (
    ELSEWHERE,
    LOG_IN,
    LONG_LOG_IN,
    OTHER_SHAPE,
    PROXY_PAGE,
    Broken,
    Failing,
    FakeService,
    Shown,
)
from tests.fakes.services.slack import FakeSlackBot, FakeSlackWebhook
from tests.fakes.services.teams import FakeTeams
from tests.fakes.services.telegram import FakeTelegram

SERVICES: Mapping[str, type[FakeService]] = {
    "slack-webhook": FakeSlackWebhook,
    "slack-bot": FakeSlackBot,
    "discord": FakeDiscord,
    "telegram": FakeTelegram,
    "teams": FakeTeams,
    "mattermost-webhook": FakeMattermostWebhook,
    "mattermost-bot": FakeMattermostBot,
    "googlechat": FakeGoogleChat,
    "pagerduty": FakePagerDuty,
    "ntfy": FakeNtfy,
    "ntfy-old": FakeOldNtfy,
}
SHAPES = shapes()
ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"))
# Letters that stand for those which a markup without escapes would take for its own.
LOOKALIKES = str.maketrans({"∗": "*", "∼": "~", "ˋ": "`", "＿": "_", "＠": "@", "＜": "<", "＞": ">"})


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    settings = FetchSettings(connect_seconds=2.0)
    async with Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/test", SystemClock(), settings) as open_fetcher:
        yield open_fetcher


@pytest.fixture(params=SERVICES)
async def service(request: pytest.FixtureRequest) -> AsyncIterator[FakeService]:
    async with SERVICES[request.param]() as fake:
        yield fake


def channel_to(service: FakeService, fetcher: Fetcher, **more: object) -> Channel:
    raw = {"name": "chat", "kind": service.kind, "timeout_seconds": 5, **service.settings(), **more}
    return build_channel(channel_settings(raw), tools(fetcher, Path()))


def sending(number: int = 1, *, attempt: int = 1, thread: str | None = None) -> Sending:
    return Sending(notification_id=f"n{number}", attempt=attempt, now=NOW, thread=thread)


async def failure_of(channel: Channel, message: Message) -> SendFailure:
    with pytest.raises(SendFailure) as caught:
        await channel.send(message, sending())
    return caught.value


def plain(text: str) -> str:
    """As people read it: without what is not seen, and with one blank for each gap."""
    shown = one_line(text.replace("\n", " ")).translate(ZERO_WIDTH).translate(LOOKALIKES)
    return " ".join(unicodedata.normalize("NFC", shown).split())


def same_urls(url: str, shown: str) -> bool:
    return unquote(one_line(url)) == unquote(html.unescape(shown))


# --- what people see


@pytest.mark.parametrize("shape", SHAPES)
async def test_every_message_is_taken_and_shown_as_meant(service: FakeService, fetcher: Fetcher, shape: str) -> None:
    message = SHAPES[shape]
    channel = channel_to(service, fetcher)
    receipt = await channel.send(message, sending())
    assert receipt.confirmation is channel.capabilities.confirms
    assert service.refusals == []
    (shown,) = service.shown
    assert shown.wrong == ()
    assert shown.pings == ()
    assert plain(message.rule.name)[:30] in plain(shown.text)
    see_headline(message, shown)
    assert len(service.asked[0].body) <= channel.limits.max_bytes


def see_headline(message: Message, shown: Shown) -> None:
    """The headline of the first article, at least its beginning where it is long, and the link to it."""
    if not message.articles:
        assert message.standing is not None
        assert plain(message.standing.because) in plain(shown.text)
        return
    article = message.articles[0]
    headline = plain(article.title) or plain(article.url)
    text = plain(shown.text)
    assert headline in text if len(headline) < 120 else headline[:40] in text
    if len(article.url) <= 2_000:
        assert article.url in shown.text or any(same_urls(article.url, url) for url in shown.urls)


@pytest.mark.parametrize("name", EVIDENCE)
async def test_the_words_of_the_evidence_are_marked(service: FakeService, fetcher: Fetcher, name: str) -> None:
    snippet, words = EVIDENCE[name]
    await channel_to(service, fetcher).send(SHAPES[f"evidence-{name}"], sending())
    (shown,) = service.shown
    assert plain(snippet) in plain(shown.text)
    assert set(words) <= {plain(part) for part in shown.bold}


async def test_outlet_time_and_zone_are_told(service: FakeService, fetcher: Fetcher) -> None:
    message = SHAPES["many-outlets"]
    await channel_to(service, fetcher, time_zone="Asia/Kolkata").send(message, sending())
    text = plain(service.shown[0].text)
    published = message.articles[0].published
    assert published is not None
    assert "Outlet 0 & Sons" in text
    assert time_text(published, "Asia/Kolkata") in text
    assert "+05:30" in text
    assert "+29 outlets: Outlet 1 & Sons" in text


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ("update", "The story was updated"),
        ("correction", "The story was corrected"),
        ("digest", "Digest"),
        ("digest", "40 stories"),
        ("quiet-hours", "Held during quiet hours"),
        ("test", "Test message"),
        ("maybe-sent", "may have been posted before"),
        ("acknowledged", "Acknowledged by Ann <ann@desk.example>"),
        ("acknowledged", "*mine* <!channel> @everyone"),
        ("flatline", "no article from Example World for 6 h"),
        ("redrive", "Sent again"),
    ],
)
async def test_what_kind_of_message_it_is_is_told(
    service: FakeService, fetcher: Fetcher, shape: str, words: str
) -> None:
    await channel_to(service, fetcher).send(SHAPES[shape], sending())
    assert words in plain(service.shown[0].text)


async def test_what_is_left_out_is_counted(service: FakeService, fetcher: Fetcher) -> None:
    message = SHAPES["200-articles"]
    await channel_to(service, fetcher).send(message, sending())
    text = plain(service.shown[0].text)
    seen = sum(f"Story {n} of many" in text for n in range(200))
    assert f"and {200 - seen} more" in text
    assert f"{200 - seen} of 200 articles" in KINDS[service.kind].cut(message)


async def test_links_to_act_by_are_there(service: FakeService, fetcher: Fetcher) -> None:
    message = SHAPES["evidence-latin"]
    assert message.links is not None
    await channel_to(service, fetcher).send(message, sending())
    urls = service.shown[0].urls
    for url in (message.links.alert, message.links.acknowledge, message.links.silence, message.links.why):
        assert any(same_urls(url, shown) for shown in urls)


async def test_only_the_configured_mention_pings(service: FakeService, fetcher: Fetcher) -> None:
    configured, pinged = service.mention
    channel = channel_to(service, fetcher, mentions={"flash": configured} if configured else {})
    hostile = SHAPES["all-pings"]
    flash = replace(hostile, rule=replace(hostile.rule, priority=Priority.FLASH))
    other = replace(hostile, stories=tuple(replace(one, alert_id="another") for one in hostile.stories))
    await channel.send(flash, sending(1))
    await channel.send(other, sending(2))
    assert [sorted(shown.pings) for shown in service.shown] == [sorted(pinged), []]


TEMPLATE = """
**{{ rule.name }}** {{ why|join(", ") }}
{% for article in articles %}
[{{ article.headline }}]({{ article.url }}) {{ article.facts|join(" · ") }}
{{ article.quote }}
{% endfor %}
{% for story in stories %}{{ story.outlets|join(", ") }} {% endfor %}
"""


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "flatline"])
async def test_a_template_breaks_nothing(service: FakeService, fetcher: Fetcher, shape: str) -> None:
    await channel_to(service, fetcher, template=TEMPLATE).send(SHAPES[shape], sending())
    (shown,) = service.shown
    assert (service.refusals, shown.wrong, shown.pings) == ([], (), ())
    see_headline(SHAPES[shape], shown)


@pytest.mark.parametrize("words", ["word " * 1_900, "x" * 9_500, "aa\n" * 3_100])
async def test_a_template_that_writes_too_much_gives_way(service: FakeService, fetcher: Fetcher, words: str) -> None:
    await channel_to(
        service, fetcher, template=f"{{{{ title }}}}{{% for a in articles %}}\n{words}{{% endfor %}}"
    ).send(SHAPES["update"], sending())
    (shown,) = service.shown
    assert service.refusals == []
    assert "North Korea ships arms to Russia" in plain(shown.text)


@given(
    title=st.text(max_size=400),
    snippet=st.text(max_size=900),
    source=st.text(max_size=100),
    articles=st.integers(1, 60),
)
@hypothesis_settings(
    max_examples=scaled(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_any_text_is_taken_and_breaks_no_markup(
    service: FakeService, fetcher: Fetcher, title: str, snippet: str, source: str, articles: int
) -> None:
    told_of = alert(*[brief(n, title=title, snippet=snippet, source=source) for n in range(articles)])
    message = message_of(notification(told_of))
    service.clear()
    await channel_to(service, fetcher).send(message, sending())
    (shown,) = service.shown
    assert (service.refusals, shown.wrong, shown.pings) == ([], (), ())
    see_headline(message, shown)


BUT_MARKS = st.characters(exclude_characters="»«")  # with which kinds without bold mark the evidence


@given(
    before=st.text(BUT_MARKS, max_size=40),
    word=st.text(st.characters(categories=["Lu", "Ll", "Lo", "Nd"]), min_size=1, max_size=12),
    joint=st.sampled_from(["", " ", ",", "는", "が", "*", "_"]),
    after=st.text(BUT_MARKS, max_size=40),
)
@hypothesis_settings(
    max_examples=scaled(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_words_of_any_script_are_marked_as_text_and_break_no_markup(
    service: FakeService, fetcher: Fetcher, before: str, word: str, joint: str, after: str
) -> None:
    snippet = f"{before} {word}{joint}{after}"
    message = message_of(notification(told(brief(snippet=snippet), (word,))))
    marked = any(span.bold for span in quoted(clamp_text(one_line(snippet), 250), [word]))
    service.clear()
    await channel_to(service, fetcher).send(message, sending())
    (shown,) = service.shown
    assert (service.refusals, shown.wrong, shown.pings) == ([], (), ())
    assert not marked or plain(word) in {plain(part) for part in shown.bold}
    assert plain(clamp_text(one_line(snippet), 250)) in plain(shown.text)


# --- what answers mean


FAILURES = [
    pytest.param(name, failing, id=f"{name}-{failing.answer.status}-{failing.answer.body[:50]}")
    for name, fake in SERVICES.items()
    for failing in fake.failures
]


@pytest.mark.parametrize(("name", "failing"), FAILURES)
async def test_a_documented_failure_is_understood(name: str, failing: Failing, fetcher: Fetcher) -> None:
    async with SERVICES[name]() as service:
        service.nexts.append(failing.answer)
        failure = await failure_of(channel_to(service, fetcher), SHAPES["evidence-latin"])
    assert (failure.reason, failure.retriable) == (failing.reason, failing.retriable)
    assert failure.retry_after_seconds == failing.retry_after
    assert failure.holds_all == failing.holds_all
    assert failing.words in failure.detail
    assert failure.status == failing.answer.status


@pytest.mark.parametrize(
    "answer", [LOG_IN, LONG_LOG_IN, OTHER_SHAPE], ids=["a log-in page", "a long log-in page", "another shape"]
)
async def test_a_success_that_is_not_the_services_own_is_no_delivery(
    service: FakeService, fetcher: Fetcher, answer: object
) -> None:
    service.nexts.append(answer)  # type: ignore[arg-type]
    failure = await failure_of(channel_to(service, fetcher), SHAPES["evidence-latin"])
    assert (failure.reason, failure.retriable) == (FailureReason.REFUSED, True)


async def test_a_redirect_is_not_followed(service: FakeService, fetcher: Fetcher) -> None:
    service.nexts.append(ELSEWHERE)
    failure = await failure_of(channel_to(service, fetcher), SHAPES["evidence-latin"])
    assert (failure.reason, failure.retriable) == (FailureReason.REDIRECT, False)
    assert len(service.asked) == 1


async def test_a_proxys_page_is_tried_again(service: FakeService, fetcher: Fetcher) -> None:
    service.nexts.append(PROXY_PAGE)
    failure = await failure_of(channel_to(service, fetcher), SHAPES["evidence-latin"])
    assert (failure.reason, failure.retriable) == (FailureReason.SERVER_ERROR, True)


@pytest.mark.parametrize("broken", [Broken.SLOW, Broken.RESET, Broken.MUTE, Broken.LARGE])
async def test_what_was_taken_is_delivered_however_the_answer_comes(
    service: FakeService, fetcher: Fetcher, broken: Broken
) -> None:
    service.nexts.append(broken)
    channel = channel_to(service, fetcher)
    assert (await channel.send(SHAPES["evidence-latin"], sending())).confirmation is channel.capabilities.confirms
    assert len(service.shown) == 1


async def test_a_lost_answer_is_a_failure_that_may_have_arrived(service: FakeService, fetcher: Fetcher) -> None:
    service.nexts.append(Broken.LOST)
    failure = await failure_of(channel_to(service, fetcher), SHAPES["evidence-latin"])
    assert (failure.reason, failure.retriable) == (FailureReason.DISCONNECTED, True)


async def test_no_secret_is_in_what_is_said_of_a_failure(service: FakeService, fetcher: Fetcher) -> None:
    assert service.secrets
    said = " ".join(service.secrets)
    channel = channel_to(service, fetcher)
    for status in (200, 400, 401, 429, 500):
        service.nexts.append(replace(LOG_IN, status=status, body=f"you sent {said} to {service.url()}"))
        failure = await failure_of(channel, SHAPES["evidence-latin"])
        for secret in service.secrets:
            assert secret not in f"{failure.detail} {failure} {failure!r} {channel!r}"


async def test_no_secret_is_in_what_a_trial_shows(service: FakeService, fetcher: Fetcher) -> None:
    chosen = channel_settings({"name": "chat", "kind": service.kind, **service.settings()})
    secrets = secrets_of(chosen, Path())
    watched = WatchedPoster(fetcher, partial(shown_address, chosen, secrets), secrets)
    await build_channel(chosen, tools(watched)).send(SHAPES["evidence-latin"], sending())
    (request,) = watched.requests
    assert request.url.startswith("http://127.0.0.1:")
    for secret in service.secrets:
        assert secret not in f"{request}"


# --- what a channel says that it can do


async def test_a_message_is_brought_up_to_date_where_that_is_said(service: FakeService, fetcher: Fetcher) -> None:
    channel = channel_to(service, fetcher)
    if not channel.capabilities.edit:
        pytest.skip("this one cannot")
    editing = cast(EditingChannel, channel)
    receipt = await channel.send(SHAPES["evidence-latin"], sending())
    assert receipt.reference
    await editing.edit(SHAPES["acknowledged"], receipt.reference, sending())
    await editing.edit(
        SHAPES["acknowledged"], receipt.reference, sending()
    )  # twice the same: nothing to do is no failure
    (shown,) = service.shown
    assert shown.edits >= 1
    assert ("Acknowledged by Ann" if service.tells_state else "acknowledged") in plain(shown.text)
    assert shown.pings == ()
    assert shown.wrong == ()


async def test_a_message_that_is_gone_cannot_be_brought_up_to_date(service: FakeService, fetcher: Fetcher) -> None:
    channel = channel_to(service, fetcher)
    if not channel.capabilities.edit or not service.tells_gone:
        pytest.skip("this one cannot")
    receipt = await channel.send(SHAPES["evidence-latin"], sending())
    service.forget(receipt.reference)
    with pytest.raises(SendFailure) as caught:
        await cast(EditingChannel, channel).edit(SHAPES["update"], receipt.reference, sending())
    assert (caught.value.reason, caught.value.retriable) == (FailureReason.GONE, False)


async def test_an_answer_is_below_the_first_where_that_is_said(service: FakeService, fetcher: Fetcher) -> None:
    channel = channel_to(service, fetcher)
    if not channel.capabilities.thread:
        pytest.skip("this one cannot")
    first = await channel.send(SHAPES["evidence-latin"], sending(1))
    await channel.send(SHAPES["update"], sending(2, thread=first.reference))
    assert service.shown[0].thread == ""
    assert service.shown[1].thread
    assert service.shown[1].thread in first.reference


async def test_an_answer_to_what_is_gone_stands_alone(service: FakeService, fetcher: Fetcher) -> None:
    channel = channel_to(service, fetcher)
    if not channel.capabilities.thread:
        pytest.skip("this one cannot")
    first = await channel.send(SHAPES["evidence-latin"], sending(1))
    service.forget(first.reference)
    service.shown.clear()
    await channel.send(SHAPES["update"], sending(2, thread=first.reference))
    assert len(service.shown) == 1


async def test_a_lost_answer_is_asked_for_where_that_is_said(service: FakeService, fetcher: Fetcher) -> None:
    channel = channel_to(service, fetcher)
    if not channel.capabilities.asks:
        pytest.skip("this one cannot")
    asking = cast(AskingChannel, channel)
    first = await channel.send(SHAPES["evidence-latin"], sending(1))
    for number, thread in ((2, None), (3, first.reference if channel.capabilities.thread else None)):
        message = replace(SHAPES["update"], maybe_sent=NOW - timedelta(seconds=30))
        assert await asking.find(message, sending(number, attempt=2, thread=thread)) is None
        service.nexts.append(Broken.LOST)
        with pytest.raises(SendFailure):
            await channel.send(SHAPES["update"], sending(number, thread=thread))
        found = await asking.find(message, sending(number, attempt=2, thread=thread))
        assert isinstance(found, Receipt)
        assert found.reference


async def test_a_repeat_is_shown_once_where_the_service_drops_it(service: FakeService, fetcher: Fetcher) -> None:
    channel = channel_to(service, fetcher)
    if not channel.capabilities.idempotent:
        pytest.skip("this one cannot")
    await channel.send(SHAPES["evidence-latin"], sending())
    await channel.send(SHAPES["evidence-latin"], sending(attempt=2))
    assert len(service.shown) == 1


async def test_the_same_message_id_and_attempt_give_the_same_body(service: FakeService, fetcher: Fetcher) -> None:
    channel = channel_to(service, fetcher)
    for _ in range(2):
        await channel.send(SHAPES["evidence-latin"], sending())
    first, second = service.asked
    assert first.body == second.body
