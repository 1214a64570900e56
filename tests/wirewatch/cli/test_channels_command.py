"""`wirewatch channels`: added, changed and paused by command, with no secret on the screen, and tried out for real."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from core.clock import SystemClock
from core.db.engine import Database
from core.model.outcome import AlertOutcome
from core.store import alerts, audit, channels, notifications
from core.store.audit import AuditRow
from tests.fakes.receiver import Answer, Receiver
from tests.fakes.records import a_notification, an_alert
from tests.wirewatch.cli.conftest import CONFIG, Newsroom
from wirewatch.cli.main import cli
from wirewatch.config.channels import channel_drafts
from wirewatch.config.loading import load

URL = "https://chat.example/services/T012/aBcDeFgHiJ"
SECRET = "whsec_d2lyZXdhdGNoLXRlc3Qtc2VjcmV0LW9mLW91cnM="
FILE = '[[channels]]\nname = "ops"\nkind = "slack"\nurl = "https://chat.example/services/T099/zZyYxXwW"\n'
ADD = ("channels", "add", "desk", "--kind", "webhook", "--set", f"url={URL}")


def store_the_files(newsroom: Newsroom) -> None:
    """As `run` does at its start."""
    config = load(newsroom.folder / "wirewatch.toml")
    newsroom.write(lambda conn: channels.sync_from_config(conn, channel_drafts(config), SystemClock().now()))


def audited(newsroom: Newsroom) -> list[AuditRow]:
    found: list[AuditRow] = []

    async def read(conn: Any) -> None:
        found.extend(await audit.list_rows(conn))

    newsroom.write(read)
    return found


def test_a_channel_is_added_shown_changed_and_removed_without_a_word_of_its_secrets(newsroom: Newsroom) -> None:
    said = newsroom.told(*ADD, "--set", "timeout_seconds=5")
    said += newsroom.told("channels", "change", "desk", "--set", f"secret={SECRET}")
    said += newsroom.told("channels", "list") + newsroom.told("channels", "show", "desk")
    (row,) = newsroom.rows("channels", "list")
    assert (row["name"], row["kind"], row["state"], row["origin"]) == ("desk", "webhook", "active", "db")
    assert row["settings"] == {"url": "https://chat.example/[secret]", "secret": "[secret]", "timeout_seconds": 5}
    said += newsroom.told("channels", "change", "desk", "--unset", "secret") + orjson.dumps(row).decode()
    (row,) = newsroom.rows("channels", "show", "desk")
    assert row["settings"] == {"url": "https://chat.example/[secret]", "timeout_seconds": 5}
    assert newsroom.told("channels", "change", "desk", "--set", "timeout_seconds=5") == "'desk' is unchanged\n"
    said += newsroom.told("channels", "remove", "desk")
    assert newsroom.rows("channels", "list") == []
    entries = audited(newsroom)
    assert [entry.action for entry in entries][-1] == "channel.add"
    assert {entry.action for entry in entries} == {"channel.add", "channel.change", "channel.remove"}
    assert not [part for part in ("T012", "aBcDeF", SECRET) if part in said + repr(entries)]


def test_a_secret_is_typed_unseen_or_read_from_standard_input(newsroom: Newsroom) -> None:
    words = ["channels", "add", "desk", "--kind", "webhook", "--ask", "url", "--ask", "secret"]
    done = CliRunner().invoke(
        cli, [*words, "--config", str(newsroom.folder / "wirewatch.toml")], input=f"{URL}\n{SECRET}\n"
    )
    assert done.exit_code == 0, done.output
    assert "T012" not in done.output
    (row,) = newsroom.rows("channels", "list")
    assert set(row["settings"]) == {"url", "secret"}


def test_what_stands_elsewhere_need_not_be_here_and_is_told(newsroom: Newsroom) -> None:
    words = ("channels", "add", "desk", "--kind", "webhook")
    done = newsroom.run(*words, "--set", "url=${NO_SUCH_HOOK}", "--set", "secret_file=secrets/desk")
    assert done.exit_code == 0, done.output
    assert "url: the variable NO_SUCH_HOOK is not set here" in done.stderr
    assert "secret_file: there is no file secrets/desk here" in done.stderr
    (row,) = newsroom.rows("channels", "list")
    assert row["settings"] == {"url": "${NO_SUCH_HOOK}", "secret_file": "secrets/desk"}
    assert "NO_SUCH_HOOK is not set" in newsroom.refused("channels", "test", "desk")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "desk", "--kind", "webhok", "--set", "url=x"), 'unknown kind "webhok"'),
        (("add", "desk", "--kind", "webhook", "--set", "ulr=https://a.example/"), 'unknown key; did you mean "url"?'),
        (("add", "desk", "--kind", "webhook"), "exactly one of `url` and `url_file`"),
        (("add", "desk", "--kind", "webhook", "--set", "url=chat.example"), "begin it with https://"),
        (("add", " ", "--kind", "webhook", "--set", f"url={URL}"), "name"),
        (("add", "desk", "--kind", "webhook", "--set", f"url={URL}", "--set", "secret=T0ken"), "secret: "),
        (("add", "desk", "--kind", "webhook", "--set", f"url={URL}", "--set", "timeout_seconds=99"), "timeout_seconds"),
        (("show", "desk"), "there is no channel 'desk'; `wirewatch channels list` shows them"),
        (("pause", "desk"), "there is no channel 'desk'"),
        (("test", "desk"), "there is no channel 'desk'"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_every_reason(
    newsroom: Newsroom, words: tuple[str, ...], told: str
) -> None:
    error = newsroom.refused("channels", *words)
    assert told in error
    assert "T0ken" not in error
    assert newsroom.rows("channels", "list") == []


@pytest.mark.parametrize("key", ["name", "kind"])
def test_name_and_kind_are_no_settings(newsroom: Newsroom, key: str) -> None:
    assert f"channel 'desk': {key}: not a setting" in newsroom.refused(*ADD, "--set", f"{key}=slack")
    assert newsroom.rows("channels", "list") == []


def test_a_channel_is_not_added_twice_and_a_slip_gets_the_name_that_was_meant(newsroom: Newsroom) -> None:
    newsroom.told(*ADD)
    assert "there already; `wirewatch channels change`" in newsroom.refused(*ADD)
    assert "did you mean 'desk'?" in newsroom.refused("channels", "show", "dsk")
    assert "has no setting 'secret'" in newsroom.refused("channels", "change", "desk", "--unset", "secret")
    assert newsroom.run("channels", "change", "desk").exit_code == 2
    assert newsroom.run("channels", "change", "desk", "--set", "url").exit_code == 2


def test_a_channel_of_a_file_is_changed_there_and_paused_here(newsroom: Newsroom) -> None:
    (newsroom.folder / "wirewatch.toml").write_text(CONFIG + FILE, encoding="utf-8")
    assert "is not stored yet; `wirewatch run` stores it" in newsroom.refused("channels", "pause", "ops")
    store_the_files(newsroom)
    managed = "channel 'ops' is managed in wirewatch.toml; change it there"
    assert managed in newsroom.refused("channels", "add", "ops", "--kind", "slack", "--set", f"url={URL}")
    assert managed in newsroom.refused("channels", "change", "ops", "--set", "timeout_seconds=3")
    assert managed in newsroom.refused("channels", "remove", "ops")
    newsroom.told("channels", "pause", "ops")
    (row,) = newsroom.rows("channels", "list")
    assert (row["state"], row["origin"]) == ("paused", "file wirewatch.toml")
    assert row["settings"] == {"url": "https://chat.example/[secret]"}
    store_the_files(newsroom)
    assert newsroom.rows("channels", "list")[0]["state"] == "paused", "a start resumes nothing"


def test_a_pause_is_told_wherever_what_waits_is_told(newsroom: Newsroom) -> None:
    newsroom.told(*ADD)
    now = SystemClock().now()
    note = a_notification(an_alert("s", at=now), channel="desk", at=now)
    newsroom.write(lambda conn: notifications.add(conn, note, now))
    said = newsroom.told("channels", "pause", "desk")
    assert said.startswith("paused 'desk', 1 waiting; `wirewatch channels resume 'desk'`")
    (row,) = newsroom.rows("channels", "list")
    assert (row["state"], row["waiting"]) == ("paused", 1)
    assert row["paused_by"]
    paused = f"paused by {row['paused_by']} since"
    assert f"is paused already, by {row['paused_by']}" in newsroom.refused("channels", "pause", "desk")
    assert f"channel desk: {paused}" in newsroom.run("deliveries", "list").stderr
    assert newsroom.told("deliveries", "show", note.notification_id).count(paused) == 1
    checked = newsroom.run("check")
    assert f"warning: channel desk: {paused}" in checked.stderr
    assert "1 message waits" in checked.stderr
    assert newsroom.told("channels", "resume", "desk") == "resumed 'desk', 1 waiting\n"
    assert "is not paused" in newsroom.refused("channels", "resume", "desk")


def test_rules_send_to_channels_that_were_added_by_command(newsroom: Newsroom) -> None:
    newsroom.told(*ADD)
    assert "did you mean 'desk'?" in newsroom.refused("rules", "add", "arms", "arms", "--channel", "dsk")
    newsroom.told("rules", "add", "arms", "arms", "--channel", "desk")
    (shown,) = newsroom.rows("channels", "show", "desk")
    assert shown["rules"] == ["arms"]
    assert "rule 'arms' sends to channel 'desk'" in newsroom.refused("channels", "remove", "desk")
    newsroom.told("rules", "remove", "arms")
    newsroom.told("channels", "remove", "desk")


def test_rules_in_files_name_channels_that_were_added_by_command(newsroom: Newsroom) -> None:
    text = CONFIG + FILE + "[[rules]]\nname = 'arms'\nquery = 'arms'\nchannels = ['dsk', 'ops']\n"
    (newsroom.folder / "wirewatch.toml").write_text(text, encoding="utf-8")
    assert "rules[0].channels[0]: there is no channel 'dsk'; there are ops" in newsroom.refused("check", "--offline")
    newsroom.told(*ADD)
    assert "there is no channel 'dsk'; did you mean \"desk\"?" in newsroom.refused("check", "--offline")
    (newsroom.folder / "wirewatch.toml").write_text(text.replace("dsk", "desk"), encoding="utf-8")
    newsroom.told("check", "--offline")


async def _received(newsroom: Newsroom, answer: Answer, then: Callable[[Receiver], Awaitable[None]]) -> None:
    async with Receiver([answer]) as receiver:
        await then(receiver)


def try_out(newsroom: Newsroom, answer: Answer, *words: str) -> tuple[int, str, list[Any]]:
    """Exit code, output and what the receiver got, of a test of a channel that posts to it."""
    found: list[Any] = []

    async def tried(receiver: Receiver) -> None:
        set_url = ("--set", f"url={receiver.url}?key=T0ken123", "--set", f"secret={SECRET}")
        done = await asyncio.to_thread(
            newsroom.run, "channels", "add", "hook", "--kind", "webhook", *set_url, "--set", "timeout_seconds=5"
        )
        assert done.exit_code == 0, done.output
        done = await asyncio.to_thread(newsroom.run, "channels", "test", "hook", *words)
        found.extend([done.exit_code, done.output, receiver.received])

    asyncio.run(_received(newsroom, answer, tried))
    code, out, received = found
    return code, out, received


@pytest.fixture
def reaching(newsroom: Newsroom) -> Newsroom:
    text = CONFIG + '[fetch]\nallow_networks = ["127.0.0.0/8"]\n'
    (newsroom.folder / "wirewatch.toml").write_text(text, encoding="utf-8")
    return newsroom


def test_a_test_sends_a_signed_sample_and_shows_what_went_out_and_came_back(reaching: Newsroom) -> None:
    code, out, received = try_out(reaching, Answer(status=204))
    assert code == 0, out
    (sent,) = received
    assert (sent.json["event"], sent.json["reason"], sent.json["attempt"]) == ("test", "first", 1)
    assert "a sample, since there is no alert yet" in out
    assert f"webhook-id: {sent.headers['webhook-id']}" in out
    assert "webhook-signature: v1," in out
    assert sent.body.decode() in out
    assert "cut      nothing" in out
    assert "answer   HTTP 204" in out
    assert "T0ken123" not in out
    (entry, *_) = audited(reaching)
    assert (entry.action, entry.subject, entry.after) == ("channel.test", "hook", {"delivered": True})
    assert reaching.rows("deliveries", "list") == [], "a test is no notification"


def test_a_test_sends_the_newest_alert_where_there_is_one(reaching: Newsroom) -> None:
    alert = an_alert("s", at=SystemClock().now())
    reaching.write(lambda conn: alerts.insert_alert(conn, alert, AlertOutcome.CREATED))
    code, out, received = try_out(reaching, Answer(status=200), "--json")
    assert code == 0, out
    (sent,) = received
    assert sent.json["articles"][0]["url"] == alert.articles[0].brief.url
    told = orjson.loads(out)
    assert (told["ok"], told["sample"], told["cut"]) == (True, False, [])
    assert told["requests"][0]["status"] == 200
    assert orjson.loads(told["requests"][0]["body"]) == sent.json


def test_a_test_that_is_not_taken_says_why_and_ends_with_1(reaching: Newsroom) -> None:
    code, out, _ = try_out(reaching, Answer(status=403, body="no such key T0ken123"))
    assert code == 1
    assert "auth_error: HTTP 403" in out
    assert "T0ken123" not in out
    assert audited(reaching)[0].after == {"delivered": False}


def test_a_test_tells_for_how_long_the_receiver_wants_nothing_more(reaching: Newsroom) -> None:
    busy = Answer(status=429, headers={"Retry-After": "120"})
    code, out, _ = try_out(reaching, busy)
    assert code == 1
    assert "wait     the receiver asks for 2 min without messages" in out


def test_a_test_keeps_to_the_address_guard(newsroom: Newsroom) -> None:
    code, out, received = try_out(newsroom, Answer(status=204))
    assert code == 1
    assert "ssrf_blocked" in out
    assert received == []


def test_a_channel_of_a_file_is_tried_before_the_first_start(tmp_path: Path) -> None:
    text = '[[channels]]\nname = "ops"\nkind = "slack"\nurl = "http://127.0.0.1:9/T0ken123"\n'
    (tmp_path / "wirewatch.toml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(cli, ["channels", "test", "ops", "--config", str(tmp_path / "wirewatch.toml")])
    assert done.exit_code == 1
    assert "POST http://127.0.0.1:9/[secret]" in done.output
    assert "ssrf_blocked" in done.output
    assert "T0ken123" not in done.output


async def test_the_database_file_is_what_keeps_the_secret(tmp_path: Path) -> None:
    """Whoever reads the database reads it: documented, and the reason for `_file` and `${NAME}`."""
    async with Database.open("sqlite:", tmp_path) as db:
        async with db.transaction() as conn:
            from core.model.channel import ChannelDraft  # noqa: PLC0415 - only here

            draft = ChannelDraft(name="d", kind="webhook", settings={"url": URL}, author="ann")
            await channels.put(conn, draft, SystemClock().now())
        async with db.connection() as conn:
            (row,) = await channels.list_all(conn)
    assert row.settings["url"] == URL


def test_the_public_key_of_a_channel_is_printed_and_a_pair_is_made(newsroom: Newsroom) -> None:
    made = dict(line.rsplit(maxsplit=1) for line in newsroom.told("channels", "key", "--new").splitlines())
    private, public = made["secret"], made["public key"]
    newsroom.told(*ADD, "--set", f"secret={private} {SECRET}")
    assert newsroom.told("channels", "key", "desk") == f"{public}\n"
    newsroom.told("channels", "change", "desk", "--set", f"secret={SECRET}")
    assert "signs with no private key" in newsroom.refused("channels", "key", "desk")
    assert newsroom.run("channels", "key").exit_code == 2
    assert newsroom.run("channels", "key", "desk", "--new").exit_code == 2
