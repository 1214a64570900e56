"""kind = "apprise": a service of the library's is told, in a thread, with reasons and without secrets; only from a file."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alerts.channels import apprise
from alerts.channels.apprise import AppriseChannel
from alerts.channels.channel import Confirmation, SendFailure, Sending
from alerts.channels.registry import build_channel, channel_settings
from alerts.channels.settings import Surroundings
from core.errors import ConfigError
from core.model.outcome import FailureReason
from tests.alerts.channels.message_shapes import shapes
from tests.alerts.making import NOW
from tests.fakes.channel_tools import tools
from tests.fakes.receiver import Answer, Receiver, never
from tests.wirewatch.cli.conftest import Newsroom, newsroom  # noqa: F401 - a fixture

pytest.importorskip("apprise", reason="an extra")

SHAPES = shapes()
MESSAGE = SHAPES["evidence-latin"]


def channel(url: str, **more: object) -> AppriseChannel:
    unused: Any = None
    settings = channel_settings({"name": "a", "kind": "apprise", "url": url, **more})
    made = build_channel(settings, tools(unused))
    assert isinstance(made, AppriseChannel)
    return made


def sending() -> Sending:
    return Sending(notification_id="n1", attempt=1, now=NOW)


def address(receiver: Receiver, path: str = "aBcDeF0123456789") -> str:
    return receiver.url.replace("http://", "json://").replace("/hook", f"/{path}")


async def test_a_service_gets_title_and_text() -> None:
    async with Receiver() as receiver:
        receipt = await channel(address(receiver)).send(MESSAGE, sending())
    assert receipt.confirmation is Confirmation.ACCEPTED
    body = receiver.received[0].json
    article = MESSAGE.articles[0]
    assert article.title in body["title"]
    for part in (article.title, article.url, article.source, MESSAGE.rule.name):
        assert part in body["message"]


@pytest.mark.parametrize("shape", SHAPES)
async def test_every_message_is_taken(shape: str) -> None:
    async with Receiver() as receiver:
        await channel(address(receiver)).send(SHAPES[shape], sending())
    body = receiver.received[0].json
    assert body["title"]
    assert len(body["message"]) <= 30_000
    if SHAPES[shape].articles and len(SHAPES[shape].articles[0].url) < 2_000:
        assert SHAPES[shape].articles[0].url.split("?")[0] in body["message"]


async def test_a_refusal_is_tried_again_and_holds_no_secret(capfd: pytest.CaptureFixture[str]) -> None:
    async with Receiver(last=Answer(status=500)) as receiver:
        with pytest.raises(SendFailure) as caught:
            await channel(address(receiver)).send(MESSAGE, sending())
    assert (caught.value.reason, caught.value.retriable) == (FailureReason.OTHER, True)
    assert "500" in caught.value.detail
    out, err = capfd.readouterr()
    assert "aBcDeF0123456789" not in caught.value.detail + out + err


async def test_a_service_that_hangs_is_given_up_in_time() -> None:
    async with Receiver(last=never()) as receiver:
        with pytest.raises(SendFailure) as caught:
            await channel(address(receiver), timeout_seconds=0.3).send(MESSAGE, sending())
        assert (caught.value.reason, caught.value.retriable) == (FailureReason.TIMEOUT, True)


@pytest.mark.parametrize("url", ["", "nonsense://x", "no url at all", "matrix://"])
def test_what_apprise_does_not_know_is_told_without_the_address(url: str) -> None:
    with pytest.raises(ConfigError, match="Apprise knows no such service") as caught:
        channel(url)
    assert not url or url not in str(caught.value)


def test_a_missing_extra_is_told_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apprise, "find_spec", {}.get)  # nothing is there
    with pytest.raises(ConfigError, match=r"pip install 'wirewatch\[apprise\]'"):
        channel("json://127.0.0.1/x")


def test_it_stands_in_a_file_and_says_that_it_goes_past_the_guard(newsroom: Newsroom) -> None:  # noqa: F811 - the fixture
    words = ("channels", "add", "a", "--kind", "apprise", "--set", "url=json://127.0.0.1/x")
    assert "past the address guard" in newsroom.refused(*words)
    settings = channel_settings({"name": "a", "kind": "apprise", "url": "json://127.0.0.1/x"})
    here = Surroundings(kafka_log=False)
    assert settings.unfit(here) is None
    assert settings.unfit(replace(here, in_file=False)) is not None
    assert "past the address guard" in apprise.KIND.note


def test_the_address_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("json://127.0.0.1/aBcDeF0123456789\n")
    unused: Any = None
    settings = channel_settings({"name": "a", "kind": "apprise", "url_file": "url"})
    assert isinstance(build_channel(settings, tools(unused, tmp_path)), AppriseChannel)
