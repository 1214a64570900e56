"""Text of publishers, receivers and colleagues steers nothing that people look at: every command, every page, logs and chats
with a newsroom in which all such text is poisoned. A command or page that is new is walked too, or fails here."""

import asyncio
import csv
import io
import json
import logging
import re
import unicodedata
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click
import orjson
import pytest
import structlog
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.layout import View
from alerts.channels.message import message_of
from alerts.channels.slack_text import slack_body
from alerts.channels.webhook import webhook_body
from alerts.match.words import words_of_article
from core.db.connection import Connection
from core.db.engine import Database
from core.logsetup import set_up_logging
from core.model.alert import Alert, Notification
from core.model.alert_state import AlertEvent
from core.model.channel import ChannelDraft
from core.model.deadletter import DeadLetter
from core.model.match import Evidence
from core.model.outcome import (
    AlertOutcome,
    AlertStatus,
    DeadLetterReason,
    FailureReason,
    NotificationState,
    PollOutcome,
    Stage,
)
from core.model.rule import AliasDraft, RuleDraft
from core.model.silence import Silence
from core.model.token import TokenRow
from core.model.user import UserRow
from core.store import (
    alert_states,
    alerts,
    aliases,
    articles,
    channels,
    dead_letters,
    findings,
    notifications,
    rules,
    silences,
    sources,
    tokens,
    traces,
    users,
)
from core.store.articles import StoredArticle
from core.store.dead_letters import DeadLetterRow
from core.store.findings import Finding
from core.store.notifications import Attempt
from core.store.traces import TraceRow
from core.supervise import RoleState, RoleStatus
from core.text.visible import json_text, lines, one_line
from tests.fakes.records import a_match, a_notification, a_source, a_story_article, an_alert
from tests.wirewatch.cli.conftest import NOW
from tests.wirewatch.people import browser
from tests.wirewatch.statuspage import StatusPage, status_page
from wirewatch.cli import output
from wirewatch.cli.main import cli
from wirewatch.dead_letters import row_of
from wirewatch.usecases.session_life import Came, begin

POISON = (
    "Esc \x1b]0;pwned\x07\x1b[2J\x1b[45m\x9b2J\r\nFORGED line \x85FORGED \u2028FORGED \u202egnp.exe\u2066\u200b\x7f\b"
    "[red]m[/red] [link=http://evil.example]l[/link] <b onclick=x>b</b> & | `code` <!channel> <@U1> end"
)
URL = "https://news.example/story-1"
PRINTED = "".join(sign for sign in POISON if unicodedata.category(sign) not in ("Cc", "Zl", "Zp"))  # for names
RULE = f"rule {POISON}"
ALIAS = "alias"
TITLE = f"arms {POISON}"
ALERT = an_alert()
OURS = re.compile("\x1b\\[(?:1;33|3[12]|0)m")
# What draws no line of others' words: the pipeline itself, whose output is the log, and the show of our own newsroom.
EXCUSED = {("run",), ("demo",), ("migrate",)}


@dataclass(frozen=True)
class Call:
    """`words` after the command's name; `code`: how it ends."""

    words: tuple[str, ...] = ()
    code: int = 0


def poisoned_alert() -> tuple[Alert, Notification]:
    brief = replace(ALERT.articles[0].brief, title=TITLE, source_name=POISON, snippet=f"... arms ... {POISON}", url=URL)
    evidence = (Evidence(0, 4, "body", 10, 14, "arms"), Evidence(0, 4, "title", 0, 4, POISON))
    rule = replace(ALERT.rule, name=RULE, query=f'arms OR "{POISON}"')
    alert = replace(
        ALERT, rule=rule, articles=(replace(ALERT.articles[0], brief=brief, evidence=evidence),), created=NOW
    )
    return alert, replace(a_notification(alert, at=NOW), channel="desk")


def poisoned_letter() -> DeadLetterRow:
    letter = DeadLetter(
        topic="entries", partition=0, offset=1, key=POISON, value_base64=b64encode(POISON.encode()).decode(),
        reason=DeadLetterReason.UNREADABLE, detail=POISON, at=NOW,
    )  # fmt: skip
    return row_of(letter)


async def fill(conn: Connection) -> None:
    """One of everything, each with text from outside."""
    alert, note = poisoned_alert()
    source = replace(a_source(name=POISON), country="IN")
    state = sources.PollState(
        next_poll=NOW, last_attempt=NOW, outcome=PollOutcome.HTTP_4XX, error=f"HTTP 404 {POISON}", failures=3
    )
    await sources.add(conn, source, NOW)
    await sources.save_poll(conn, source.source_id, state)
    draft = RuleDraft(name=RULE, query="arms", canonical="arms", author=POISON, comment=POISON)
    await rules.put(conn, draft, NOW)
    await rules.put(conn, replace(draft, query=f'arms AND NOT "{one_line(POISON)}"'), NOW)
    await aliases.put(conn, AliasDraft(name=ALIAS, terms=(POISON,), author=POISON, comment=POISON), NOW)
    await aliases.put(conn, AliasDraft(name=ALIAS, terms=("arms", POISON), author=POISON, comment=POISON), NOW)
    await alerts.insert_alert(conn, alert, AlertOutcome.CREATED)
    said = AlertEvent(alert_id=alert.alert_id, at=NOW, by=POISON, comment=POISON, via=POISON)
    await alert_states.put(conn, replace(said, status=AlertStatus.ACKNOWLEDGED))
    await notifications.add(conn, note, NOW)
    answer = Attempt(at=NOW, reason=FailureReason.GONE, status=404, latency_seconds=0.1, detail=f"HTTP 404: {POISON}")
    await notifications.record_attempt(conn, note.notification_id, answer, state=NotificationState.DEAD)
    silence = Silence(
        silence_id="s1",
        rule=RULE,
        source=POISON,
        starts=NOW,
        ends=NOW.replace(year=NOW.year + 1),
        author=POISON,
        comment=POISON,
    )
    await silences.add(conn, silence)
    await dead_letters.put_many(conn, [poisoned_letter()])
    await channels.put(
        conn, ChannelDraft(name="wire", kind="webhook", settings={"url": "http://127.0.0.1:9/"}, author=POISON), NOW
    )
    story = a_story_article(URL, text=f"Talks about arms. {POISON}", at=NOW)
    article = replace(story.article, title=TITLE, source_name=POISON, authors=(POISON,), tags=(POISON,), section=POISON)
    story = replace(story, article=article)
    await articles.put_many(conn, [StoredArticle(story, words_of_article(article))])
    match = replace(a_match(URL, at=NOW), rule=alert.rule, article=alert.articles[0].brief, story_id=story.story_id)
    await findings.put_many(conn, [Finding(match=match, outcome=AlertOutcome.CREATED, alert_id=alert.alert_id)])
    kim = UserRow(
        user_id="u1", name="kim", password_hash=None, role="admin", enabled=True, time_zone=POISON, preferences={},
        created=NOW, last_sign_in=NOW,
    )  # fmt: skip
    await users.add(conn, kim)
    browser = Came(address=POISON, user_agent=POISON)
    await begin(conn, kim, browser, NOW)
    token = TokenRow(
        token_id="t1", name=f"ci {POISON}", user_id="u1", team_id=None, scopes=("alerts:read",), created=NOW, expires=None,
        last_used=NOW, last_address=POISON,
    )  # fmt: skip
    await tokens.add(conn, token, "ww_secret")
    await traces.add_many(
        conn, [TraceRow(subject=article.article_id, stage=Stage.READ, outcome="ok", at=NOW, detail=POISON)]
    )


def calls(folder: Path) -> dict[tuple[str, ...], list[Call]]:
    """How each command is called; what a command changes is changed last."""
    _, note = poisoned_alert()
    letter = poisoned_letter().letter_id
    article = {
        "id": POISON,
        "title": TITLE,
        "text": POISON,
        "published": "2026-03-01T12:00:00Z",
        "source": POISON,
        "url": URL,
    }
    page = {"id": POISON, "url": URL, "html": f"<html><title>{POISON}</title><body><p>{POISON * 5}</p></body></html>"}
    feed = {"id": POISON, "body_base64": ""}
    trace = {"source": POISON, "entry": POISON, "published_unix": 1.0}
    inputs = {"articles": article, "pages": page, "feeds": feed, "rules": {"id": POISON, "query": f"arms AND ({POISON}"},
              "dates": {"raw": POISON}, "trace": trace}  # fmt: skip
    path = {name: str(folder / f"{name}.jsonl") for name in inputs}
    for name, value in inputs.items():
        (folder / f"{name}.jsonl").write_bytes(orjson.dumps(value) + b"\n" + POISON.encode() + b"\n")
    path["sources"] = str(folder / "sources.csv")
    table = [("name", "url", "tags"), (POISON, "https://list.example/", POISON), (POISON, POISON, POISON)]
    with (folder / "sources.csv").open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows(table)
    path["terms"] = str(folder / "terms.txt")
    (folder / "terms.txt").write_text(f"{POISON}\nab* {POISON}\n")
    (folder / "bad.toml").write_text(
        f'[[rules]]\nname = {json.dumps(RULE)}\nquery = {json.dumps(POISON)}\n"{one_line(POISON)}" = 1\n'
    )
    (folder / "good.toml").write_text(
        f'[[aliases]]\nname = "poisoned"\nterms = [{json.dumps(POISON)}]\n'
        f"[[sources]]\nname = {json.dumps(one_line(POISON)[:90])}\nurl = 'https://applied.example/'\n"
    )
    return {
        ("check",): [Call((), 1), Call(("--config", str(folder / "bad.toml")), 1)],
        ("reload",): [Call((), 1), Call(("--config", str(folder / "bad.toml")), 1)],
        ("apply",): [Call((str(folder / "bad.toml"),), 1), Call((str(folder / "good.toml"), "--dry-run")),
                     Call((path["feeds"],), 1)],
        ("backup",): [Call((str(folder / "kept.tar"),)), Call((str(folder / "kept.tar"),), -1)],
        ("restore",): [Call((path["articles"],), 1), Call((str(folder / f"no {one_line(POISON)[:40]}".replace("/", "")),), -1)],
        ("try", "rule"): [Call(("arms", path["articles"]), 1), Call((POISON, path["articles"]), 1)],
        ("try", "rules"): [Call((path["rules"], path["articles"]), 1)],
        ("try", "check"): [Call((path["rules"],), 1)],
        ("try", "feed"): [Call((path["feeds"],), 1)],
        ("try", "page"): [Call((path["pages"],), 1)],
        ("try", "date"): [Call((path["dates"],), 1)],
        ("try", "stories"): [Call((path["articles"],), 1)],
        ("try", "schedule"): [Call((path["trace"], "--polls-per-day", "10"), 1)],
        ("sources", "list"): [Call()],
        ("sources", "show"): [Call((POISON,)), Call((f"no {POISON}",), 1)],
        ("sources", "add"): [Call(("https://other.example/", "--name", f"other {PRINTED}")),
                             Call(("https://more.example/", "--name", f"more {POISON}"), 2), Call((POISON, "--name", "x"), 2),
                             Call(("https://third.example/", "--name", f"other {PRINTED}"), 1)],
        ("sources", "discover"): [Call(("http://127.0.0.1:9/",), 1), Call((POISON,), 1)],
        ("sources", "preview"): [Call(("http://127.0.0.1:9/",), 1), Call((POISON,), 1)],
        ("sources", "import"): [Call((path["feeds"], "--no-look"), 1), Call((path["sources"], "--no-look", "--dry-run")),
                                Call((path["sources"], "--no-look", "--tag", one_line(POISON)[:40]), 1)],
        ("sources", "export"): [Call(), Call(("--format", "toml"))],
        ("sources", "packs"): [Call(), Call((POISON,))],
        ("sources", "change"): [Call((f"no {POISON}", "--lang", "en"), 1), Call((POISON, "--country", POISON), 2)],
        ("sources", "tag"): [Call((f"other {PRINTED}", "--add", "x")), Call((POISON, "--add", POISON), 1)],
        ("sources", "pause"): [Call((f"other {PRINTED}",)), Call((f"no {POISON}",), 1)],
        ("sources", "resume"): [Call((f"other {PRINTED}",)), Call((f"no {POISON}",), 1)],
        ("sources", "poll"): [Call((f"other {PRINTED}",)), Call((f"no {POISON}",), 1)],
        ("sources", "move"): [Call((f"no {POISON}", "https://x.example/"), 1)],
        ("sources", "remove"): [Call((f"other {PRINTED}",)), Call((f"no {POISON}",), 1)],
        ("rules", "list"): [Call()],
        ("rules", "show"): [Call((RULE,)), Call((POISON,), 1)],
        ("rules", "diff"): [Call((RULE, "1", "2"))],
        ("rules", "health"): [Call()],
        ("rules", "preview"): [Call(("arms",)), Call((RULE,)), Call((f"({POISON}",), 1)],
        ("rules", "format"): [Call((RULE,)), Call((f"gone {POISON}",), 1)],
        ("rules", "translate"): [Call((f"arms AND {POISON}", "--from", "lucene"), -1)],
        ("rules", "add"): [Call((f"new {PRINTED}", "arms", "--comment", POISON)), Call((f"more {POISON}", "arms"), 1),
                           Call(("new", f"({POISON}"), 1),
                           Call(("new", "arms", "--channel", POISON), 1)],
        ("rules", "rollback"): [Call((RULE, "1")), Call((RULE, "99"), 1)],
        ("rules", "rename"): [Call((f"no {POISON}", "x"), 1)],
        ("rules", "disable"): [Call((RULE,)), Call((POISON,), 1)],
        ("rules", "enable"): [Call((RULE,)), Call((POISON,), 1)],
        ("rules", "remove"): [Call((RULE,)), Call((RULE,), 1)],
        ("aliases", "list"): [Call()],
        ("aliases", "show"): [Call((ALIAS,)), Call((POISON,), 1)],
        ("aliases", "diff"): [Call((ALIAS, "1", "2"))],
        ("aliases", "export"): [Call((ALIAS,)), Call((POISON,), 1)],
        ("aliases", "import"): [Call(("brought", path["terms"], "--dry-run"), 1), Call((POISON, path["terms"]), 1),
                                Call(("brought", path["sources"], "--column", POISON), -1)],
        ("aliases", "add"): [Call(("other", f"x {one_line(POISON)}"), -1), Call((POISON, "x"), 2)],
        ("aliases", "rollback"): [Call((ALIAS, "1"), -1)],
        ("aliases", "remove"): [Call((ALIAS,), -1)],
        ("alerts", "list"): [Call(), Call(("--rule", f"no {POISON}"), 1)],
        ("alerts", "show"): [Call((ALERT.alert_id,)), Call((POISON,), 1)],
        ("alerts", "ack"): [Call((ALERT.alert_id, "--comment", POISON, "--by", one_line(POISON)[:90])), Call((POISON,), 1)],
        ("alerts", "assign"): [Call((ALERT.alert_id, "nobody", "--comment", POISON)), Call((ALERT.alert_id, POISON), 1)],
        ("alerts", "comment"): [Call((ALERT.alert_id, POISON)), Call((ALERT.alert_id, "x", "--by", POISON), -1)],
        ("alerts", "snooze"): [Call((ALERT.alert_id, "--for", "1h")), Call((POISON, "--for", "1h"), 1)],
        ("alerts", "resolve"): [Call((ALERT.alert_id, "--comment", POISON)), Call((POISON,), 1)],
        ("alerts", "not-relevant"): [Call((ALERT.alert_id,)), Call((POISON,), 1)],
        ("alerts", "rotate-links"): [Call(), Call(("--revoke",))],
        ("alerts", "release"): [Call((ALERT.alert_id, "--comment", POISON)), Call((POISON,), 1)],
        ("deliveries", "list"): [Call()],
        ("deliveries", "causes"): [Call()],
        ("deliveries", "show"): [Call((note.notification_id,)), Call((POISON,), 1)],
        ("deliveries", "redrive"): [Call((note.notification_id,)), Call((POISON,), 1)],
        ("deadletters", "list"): [Call()],
        ("deadletters", "show"): [Call((letter,)), Call((POISON,), 1)],
        ("deadletters", "redrive"): [Call((letter,)), Call((POISON,), 1)],
        ("deadletters", "drop"): [Call((letter, "--yes")), Call((POISON, "--yes"), 1)],
        ("channels", "list"): [Call()],
        ("channels", "show"): [Call(("wire",)), Call((POISON,), 1)],
        ("channels", "add"): [Call((f"new{one_line(POISON)[:30]}", "--kind", "webhook", "--set", f"url_file={POISON}"), -1),
                              Call((POISON, "--kind", POISON), 1),
                              Call(("new", "--kind", "webhook", "--set", f"{POISON}={POISON}"), 1)],
        ("channels", "change"): [Call(("wire", "--set", f"url_file={POISON}", "--unset", "url"), -1),
                                 Call(("wire", "--unset", POISON), 1), Call(("wire",), 2)],
        ("channels", "test"): [Call(("wire",), 1), Call((POISON,), 1)],
        ("channels", "pause"): [Call(("wire",)), Call(("wire",), 1)],
        ("channels", "resume"): [Call(("wire",)), Call((POISON,), 1)],
        ("channels", "subscribe"): [Call(("wire", POISON), 1), Call((POISON, "ann@desk.example"), 1)],
        ("channels", "key"): [Call(("--new",)), Call(("wire",), 1), Call((POISON,), 1)],
        ("webhook", "listen"): [Call(("--secret", POISON), 1), Call(("--secret-file", one_line(POISON)), 1)],
        ("channels", "remove"): [Call(("wire",)), Call((POISON,), 1)],
        ("routes", "list"): [Call()],
        ("routes", "show"): [Call((RULE,)), Call((RULE, "--source", POISON, "--words", POISON)), Call((POISON,), 1)],
        ("silences", "list"): [Call(), Call(("--all",))],
        ("silences", "add"): [Call(("--rule", f"*{POISON}*", "--for", "1h", "--comment", POISON), -1),
                              Call(("--rule", "no" + one_line(POISON).replace("[", ""), "--for", "1h", "--comment", POISON), 1)],
        ("silences", "remove"): [Call(("s1",)), Call((POISON,), 1)],
        ("tokens", "list"): [Call()],
        ("tokens", "add"): [
            Call((POISON, "--user", "kim"), 1),
            Call((POISON, "--user", POISON), 1),
            Call(("ci", "--user", "kim", "--scope", POISON), 1),
        ],
        ("tokens", "remove"): [Call(("t1",)), Call((POISON,), 1)],
        ("users", "list"): [Call()],
        ("users", "show"): [Call(("kim",)), Call((POISON,), 1)],
        ("users", "add"): [Call(("ann", "--generate")), Call((POISON, "--generate"), 1), Call(("li", "--password-file", one_line(POISON)), 1)],
        ("users", "password"): [Call(("ann", "--generate")), Call((POISON, "--generate"), 1)],
        ("users", "role"): [Call(("ann", "editor")), Call((POISON, "editor"), 1)],
        ("users", "teams"): [Call(("ann", "default")), Call(("ann", POISON), 1)],
        ("users", "disable"): [Call(("ann",)), Call((POISON,), 1)],
        ("users", "enable"): [Call(("ann",)), Call((POISON,), 1)],
        ("users", "sign-out"): [Call(("ann",)), Call((POISON,), 1)],
        ("users", "remove"): [Call(("ann",)), Call((POISON,), 1)],
        ("trace",): [Call((URL,)), Call((POISON,), 1)],
        ("explain",): [Call(("arms", URL)), Call((RULE, URL)), Call((POISON, URL), 1)],
        ("reprocess",): [Call(("--since", "7d")), Call(("--since", "7d", "--source", POISON))],
        ("replay",): [Call(("--rule", RULE, "--since", "7d")), Call(("--rule", POISON, "--since", "7d"), 1)],
    }  # fmt: skip


def leaves(command: click.Command, name: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that does something, discovered as a user would reach it."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    ctx = click.Context(command)
    for word in command.list_commands(ctx):
        inner = command.get_command(ctx, word)
        assert inner is not None
        yield from leaves(inner, (*name, word))


def steering(text: str) -> list[str]:
    """What in an output would steer a terminal, turn text round, or is a line that another wrote."""
    plain = OURS.sub("", text)
    found = [repr(character) for character in plain if not character.isprintable() and character != "\n"]
    return found + [line for line in plain.split("\n") if line.startswith("FORGED")]


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
def test_no_command_lets_others_text_steer_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, terminal: bool
) -> None:
    path = tmp_path / "wirewatch.toml"
    path.write_text(f'data_dir = "data"\n[[rules]]\nname = {json.dumps(f"rule {PRINTED}")}\nquery = "arms"\n')
    (tmp_path / "data").mkdir()

    async def prepare() -> None:
        async with Database.open("sqlite:", tmp_path / "data") as db, db.transaction() as conn:
            await fill(conn)

    asyncio.run(prepare())
    monkeypatch.setattr(output, "_on_terminal", lambda: terminal)
    monkeypatch.setenv("COLUMNS", "5000")  # no cell is folded
    planned = calls(tmp_path)
    found, wrong = dict(leaves(cli)), list[object]()
    assert set(found) - EXCUSED == set(planned)
    for name, todo in planned.items():
        options = {option for parameter in found[name].params for option in parameter.opts}
        for call in todo:
            variants = [call.words, (*call.words, "--json")] if "--json" in options and call.code == 0 else [call.words]
            if name[-1] in (
                "add",
                "remove",
                "rollback",
                "redrive",
                "drop",
                "rename",
                "move",
                "pause",
                "resume",
                "change",
                "test",
            ):
                variants = variants[:1]
            for words in variants:
                config = ("--config", str(path)) if "--config" in options and "--config" not in words else ()
                done = CliRunner().invoke(cli, [*name, *words, *config], color=True)
                if call.code not in (-1, done.exit_code) or steering(done.output):
                    wrong.append((name, words, done.exit_code, steering(done.output), done.exception))
                if "--json" in words:
                    assert all(orjson.loads(line) for line in done.stdout.splitlines())
    assert not wrong, "\n".join(map(repr, wrong))


def test_commands_print_through_one_function() -> None:
    folder = Path(output.__file__).parent
    printing = {
        str(path.relative_to(folder))
        for path in folder.rglob("*.py")
        if re.search(r"click\.s?echo\(|(?<!\.)\bprint\(|sys\.std(out|err)\.write\(", path.read_text(encoding="utf-8"))
    }
    assert printing == {"output.py", "try_input.py"}  # the latter: JSON Lines and how far a command is


# --- pages and API


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as made:
        async with made.db.transaction() as conn:
            await fill(conn)
        made.roles["match"] = RoleStatus(RoleState.RESTARTING, POISON, 4, well=False)
        made.health.failing[POISON] = POISON
        await made.collector.collect()
        yield made


async def test_no_page_and_no_answer_of_the_api_lets_others_text_through_raw(page: StatusPage) -> None:
    paths = {
        str(resource.canonical)
        .replace("{alert_id}", ALERT.alert_id)
        .replace("{user_id}", "u1")
        .replace("{name}", "kim")
        for resource in page.server.application().router.resources()
    }
    assert len(paths) > 10
    paths |= {
        "/api/v1/trace?article=" + URL,
        "/?renew=off",
        "/nope%1b[2J%0aFORGED%c2%9b",
        "/api/v1/alerts?outcome=%1b[2J",
    }
    paths -= {"/api/v1/stream", "/sign-out"}  # the former has no end, the latter is tried elsewhere
    async with browser(page, "kim") as kim:
        session = kim.session
        for path in paths:
            async with session.get(f"{page.server.address}{path}") as answer:
                text = await answer.text()
                kind = answer.content_type
            html = kind == "text/html"  # where a line end is a blank
            assert [found for found in steering(text) if not (html and "FORGED" in found)] == [], path
            assert not html or "<b onclick" not in text, path
            if kind == "application/json" and answer.status == 200:
                assert orjson.loads(text), path
        async with session.get(f"{page.server.address}/api/v1/alerts") as answer:
            (row,) = orjson.loads(await answer.read())["alerts"]
            assert row["alert"]["articles"][0]["brief"]["title"] == TITLE  # in the API it is data


# --- logs and chats


@pytest.mark.usefixtures("logging_as_it_was")
@pytest.mark.parametrize("as_json", [False, True])
def test_no_log_line_is_forged_or_steered(*, as_json: bool) -> None:
    out = io.StringIO()
    set_up_logging(stream=out, as_json=as_json)
    log = structlog.get_logger("x")
    log.info("polled", title=POISON, inner={"k": [POISON]})
    log.warning(POISON)
    logging.getLogger("library").error("told by %s", POISON)
    try:
        int(POISON)
    except ValueError:
        log.exception("failed", source=POISON)
    assert [piece for piece in steering(out.getvalue()) if as_json or "FORGED" not in piece] == []
    written = out.getvalue().splitlines()
    if as_json:
        assert [json.loads(line)["event"] for line in written[:3]] == ["polled", POISON, f"told by {POISON}"]
        assert len(written) == 4
    else:
        assert not [line for line in written if line.startswith("FORGED")]  # a traceback's lines are set in


def test_a_chat_line_stays_one_line_and_calls_nobody() -> None:
    _, note = poisoned_alert()
    posted = orjson.loads(slack_body(message_of(note, console_url=""), View()))
    texts = [posted["text"], *(block["text"]["text"] for block in posted["blocks"])]
    for text in texts:
        assert (
            steering(text.replace("@\u200b", "@")) == []
        )  # the blank without width is ours: it keeps a name from pinging
        assert "<!" not in text
        assert "<@" not in text
        assert "<b" not in text
    headline, *rest = texts[2].split("\n")
    assert headline.startswith(f"*<{URL}|arms Esc")
    assert headline.endswith(">*")
    assert len(rest) == 2


def test_a_webhook_s_body_is_data() -> None:
    _, note = poisoned_alert()
    body = orjson.loads(webhook_body(message_of(note, console_url=""), attempt=1))
    assert body["articles"][0]["title"] == TITLE
    assert body["rule"]["name"] == RULE


# --- the functions themselves


@given(st.text())
def test_one_line_is_one_line_and_steers_nothing(text: str) -> None:
    shown = one_line(text)
    assert len(shown.splitlines()) <= 1
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    assert one_line(shown) == shown
    assert output.one_line(text).isprintable()
    assert lines(text).replace("\n", " ") == one_line(lines(text))


@given(
    st.recursive(
        st.text() | st.integers(-9, 9) | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_json_of_the_same_value_stays_the_same_value(value: object) -> None:
    encoded = json.dumps(value, ensure_ascii=False)
    assert json.loads(json_text(encoded)) == value
    assert not re.search("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]", json_text(encoded))
