"""`wirewatch check`: everything that is wrong is told at once, what is well too, and the exit code says which."""

import asyncio
import socket
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alerts.match.words import words_of_article
from alerts.rules import engine
from core.clock import SystemClock
from core.db.engine import Database
from core.store import articles
from core.store.articles import StoredArticle
from tests.alerts.making import story_article
from tests.alerts.rules_in_store import put_rule
from tests.fakes.web import FakeWeb
from wirewatch import reach
from wirewatch.cli.main import cli

FEED = (
    b"<rss version='2.0'><channel><title>T</title><link>https://a.example/</link>"
    b"<item><title>One</title><link>https://a.example/1</link></item></channel></rss>"
)
DEAD = "http://127.0.0.1:1/hook"


def check(folder: Path, text: str, *options: str) -> Result:
    (folder / "wirewatch.toml").write_text(text, encoding="utf-8")
    return CliRunner().invoke(cli, ["check", "--config", str(folder / "wirewatch.toml"), *options])


def test_what_is_right_is_counted_and_ends_with_0(tmp_path: Path) -> None:
    text = (
        '[[sources]]\nname = "A"\nurl = "https://a.example/feed"\n'
        '[[rules]]\nname = "r"\nquery = "arms"\nchannels = ["desk"]\n'
        '[[channels]]\nname = "desk"\nkind = "webhook"\nurl = "https://chat.example/hook"\n'
    )
    done = check(tmp_path, text, "--offline")
    assert done.exit_code == 0
    assert "1 sources, 1 rules, 1 channels" in done.stdout
    assert "ok  the rules of these files are matched by the interpreter" in done.stdout
    assert done.stderr == ""
    assert not (tmp_path / "data").exists()


def test_many_rules_without_numba_are_a_warning_that_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WIREWATCH_MATCHER", raising=False)
    monkeypatch.setattr(engine, "find_spec", lambda _: None)
    text = "".join(f'[[rules]]\nname = "r{k}"\nquery = "word{k}"\n' for k in range(engine.MANY + 1))
    done = check(tmp_path, text, "--offline")
    assert done.exit_code == 0
    assert "warning: 5001 rules are matched by the interpreter" in done.stderr
    assert "pip install 'wirewatch[fast]'" in done.stderr


async def _stored(folder: Path) -> None:
    """Forty articles of one place, two of them a day."""
    (folder / "data").mkdir()
    now = SystemClock().now()
    async with Database.open("sqlite:", folder / "data") as db:
        made = []
        for number in range(40):
            story = story_article(number)
            article = replace(story.article, domain="kcna.kp", accepted=now - timedelta(days=(39 - number) / 2))
            made.append(StoredArticle(replace(story, article=article), words_of_article(article)))
        async with db.transaction() as conn:
            await articles.put_many(conn, made)


def test_a_rule_that_asks_for_a_place_alone_is_told_with_how_much_that_is(tmp_path: Path) -> None:
    text = '[[rules]]\nname = "r"\nquery = "domain:kcna.kp"\n[[rules]]\nname = "s"\nquery = "Kim"\n'
    done = check(tmp_path, text, "--offline")
    assert (done.exit_code, done.stderr.count("warning: ")) == (0, 1)
    assert "whole-place: " in done.stderr
    assert "no article is stored yet, so how many these are is not known" in done.stderr
    assert not (tmp_path / "data").exists()
    asyncio.run(_stored(tmp_path))
    assert "matches: about 2 articles a day over the last 7 days" in check(tmp_path, text, "--offline").stderr
    (tmp_path / "data" / "wirewatch.db").write_bytes(b"no database" * 1000)
    assert "the database cannot be read, so how many" in check(tmp_path, text, "--offline").stderr


def test_damaged_files_are_named_with_the_way_back_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with closing(sqlite3.connect(tmp_path / "data" / "wirewatch.db")) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.commit()
    done = check(tmp_path, "", "--offline", "--data")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "ok  data wirewatch.db: 0.0 MB, no damage" in done.stdout
    (tmp_path / "data" / "log.db").write_bytes(b"no database" * 1000)
    done = check(tmp_path, "", "--offline", "--data")
    assert done.exit_code == 1
    assert "data log.db: " in done.stderr
    assert "is damaged" in done.stderr
    assert "wirewatch restore FILE" in done.stderr
    assert "ok  data wirewatch.db" in done.stdout
    assert check(tmp_path, "", "--offline").exit_code == 0, "to its end it takes time, so only when asked for"


def test_all_problems_of_all_files_are_told_at_once_with_place_and_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "more.toml").write_text('[[rules]]\nname = "r"\nquery = "arms AND ("\nprioriti = "low"\n', "utf-8")
    text = 'include = ["more.toml"]\n[fetch]\nmax_bites = 1\n[[rules]]\nname = "s"\nquery = "a NEAR/0 b"\n'
    done = check(tmp_path, text, "--offline")
    assert done.exit_code == 1
    assert 'wirewatch.toml:3: fetch.max_bites: unknown key; did you mean "max_bytes"?' in done.stderr
    assert 'more.toml:4: rules[0].prioriti: unknown key; did you mean "priority"?' in done.stderr
    assert "Traceback" not in done.output


def test_rules_and_channels_are_told_together_and_counted(tmp_path: Path) -> None:
    text = (
        '[[rules]]\nname = "r"\nquery = "arms AND ("\nchannels = ["dsk"]\n'
        '[[channels]]\nname = "desk"\nkind = "webhook"\nurl = "https://chat.example/hook"\n'
    )
    done = check(tmp_path, text, "--offline")
    assert done.exit_code == 1
    for part in ("rules[0].query", "rules[0].channels[0]: there is no channel 'dsk'; did you mean \"desk\"?"):
        assert part in done.stderr
    told = [line for line in done.stderr.splitlines() if line.startswith("wirewatch.toml:")]
    assert done.stderr.splitlines()[-1] == f"{len(told)} problems"


def test_a_secret_file_that_is_missing_does_not_hide_the_other_problems(tmp_path: Path) -> None:
    text = (
        '[[channels]]\nname = "chat"\nkind = "slack"\nurl_file = "none.txt"\n'
        f'[[channels]]\nname = "desk"\nkind = "webhook"\nurl = "{DEAD}"\n'
    )
    done = check(tmp_path, text)
    assert done.exit_code == 1
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert "channels[0].url_file: the file none.txt cannot be read" in done.stderr
    assert "channel 'desk' 127.0.0.1:1" in done.stderr


@pytest.mark.parametrize(
    ("settings", "file", "told"),
    [
        ('kind = "slack"\nurl_file = "s.txt"', "hooks.example/T0", "url_file: expected an http:// or https:// URL"),
        (f'kind = "webhook"\nurl = "{DEAD}"\nsecret_file = "s.txt"', "not-base64!", "secret_file: the secret is not"),
    ],
)
def test_a_secret_file_that_holds_no_such_secret_is_told_without_it(
    tmp_path: Path, settings: str, file: str, told: str
) -> None:
    (tmp_path / "s.txt").write_text(file, encoding="utf-8")
    done = check(tmp_path, f'[[channels]]\nname = "desk"\n{settings}\n', "--offline")
    assert done.exit_code == 1
    assert f"channels[0].{told}" in done.stderr
    assert file not in done.output


def test_a_warning_is_told_and_is_no_problem(tmp_path: Path) -> None:
    done = check(tmp_path, '[[rules]]\nname = "r"\nquery = "missile* OR missiles"\n', "--offline")
    assert done.exit_code == 0
    assert "warning: wirewatch.toml:3: rules[0].query" in done.stderr


def test_a_file_that_is_not_there_or_no_toml_ends_with_1(tmp_path: Path) -> None:
    assert check(tmp_path, "[server\n", "--offline").exit_code == 1
    done = CliRunner().invoke(cli, ["check", "--config", str(tmp_path / "absent.toml")])
    assert done.exit_code == 1
    assert "absent.toml: there is no such file" in done.stderr


def test_a_wrong_call_ends_with_2(tmp_path: Path) -> None:
    assert check(tmp_path, "", "--ofline").exit_code == 2


@pytest.fixture
def sources() -> str:
    return "".join(f'[[sources]]\nname = "{name}"\nurl = "{{{name}}}"\n' for name in ("good", "gone", "page"))


async def test_every_source_service_and_receiver_is_reached_and_each_trouble_told(tmp_path: Path, sources: str) -> None:
    async with FakeWeb() as web:
        web.serve("/feed", FEED, content_type="application/rss+xml")
        web.serve("/gone", status=404)
        web.serve("/page", "<html><body>No feed</body></html>")
        addresses = {"good": web.url("/feed"), "gone": web.url("/gone"), "page": web.url("/page")}
        channels = "".join(
            f'[[channels]]\nname = "{name}"\nkind = "webhook"\nurl = "{url}"\n'
            for name, url in (("desk", web.url("/hook")), ("dead", DEAD))
        )
        text = '[fetch]\nallow_networks = ["127.0.0.0/8"]\n' + sources.format(**addresses) + channels
        done = await asyncio.to_thread(check, tmp_path, text)
        assert web.count("/hook") == 0  # nothing is sent
    assert done.exit_code == 1
    assert f"ok  source 'good' {addresses['good']}: 1 entries" in done.stdout
    assert "ok  database" in done.stdout
    assert "ok  channel 'desk'" in done.stdout
    assert f"source 'gone' {addresses['gone']}: http_4xx" in done.stderr
    assert f"source 'page' {addresses['page']}: not_a_feed" in done.stderr
    assert "channel 'dead' 127.0.0.1:1: cannot be reached" in done.stderr
    assert done.stderr.splitlines()[-1] == "3 problems"


async def test_a_private_address_is_refused_by_check_as_by_run(tmp_path: Path) -> None:
    async with FakeWeb() as web:
        web.serve("/feed", FEED)
        text = f'[[sources]]\nname = "A"\nurl = "{web.url("/feed")}"\n'
        done = await asyncio.to_thread(check, tmp_path, text)
        assert web.count("/feed") == 0
    assert done.exit_code == 1
    assert "blocked_address" in done.stderr
    assert 'add "127.0.0.0/8" to fetch.allow_networks' in done.stderr


async def test_a_receiver_that_run_would_refuse_is_a_problem_of_check(tmp_path: Path) -> None:
    async with FakeWeb() as web:
        text = f'[[channels]]\nname = "desk"\nkind = "webhook"\nurl = "{web.url("/hook")}"\n'
        done = await asyncio.to_thread(check, tmp_path, text)
        allowed = await asyncio.to_thread(check, tmp_path, '[fetch]\nallow_networks = ["127.0.0.0/8"]\n' + text)
    assert done.exit_code == 1
    assert "ok  channel" not in done.stdout
    assert "channel 'desk'" in done.stderr
    assert (
        'blocked_address: 127.0.0.1 is not a public address; add "127.0.0.0/8" to fetch.allow_networks' in done.stderr
    )
    assert allowed.exit_code == 0


def test_channels_that_ask_no_server_are_looked_at_too(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("x", encoding="utf-8")
    channels = (
        '[server]\nallow_exec = true\n[[channels]]\nname = "book"\nkind = "file"\npath = "data/alerts.jsonl"\n'
        '[[channels]]\nname = "shut"\nkind = "file"\npath = "folder/alerts.jsonl"\n'
        '[[channels]]\nname = "bell"\nkind = "exec"\ncommand = ["true"]\n'
        '[[channels]]\nname = "readers"\nkind = "feed"\n'
    )
    done = check(tmp_path, channels)
    assert "ok  channel 'book' file data/alerts.jsonl\n" in done.stdout
    assert "ok  channel 'bell' program true\n" in done.stdout
    assert "ok  channel 'readers' feed, read from a process with the role serve\n" in done.stdout
    assert f"channel 'shut' file folder/alerts.jsonl: {tmp_path / 'folder'} cannot be written to" in done.stderr
    assert done.exit_code == 1


def test_a_template_that_says_nothing_is_told(tmp_path: Path) -> None:
    channel = '[[channels]]\nname = "desk"\nkind = "webhook"\nurl = "https://chat.example/h"\ntemplate = "x"\n'
    done = check(tmp_path, channel, "--offline")
    assert done.exit_code == 1
    told = "channel desk: template: has no effect: what a webhook channel sends is fixed; leave it out"
    assert done.stderr.splitlines()[0] == told


def test_nothing_is_made(tmp_path: Path) -> None:
    done = check(tmp_path, 'data_dir = "new/data"\n')
    assert done.exit_code == 0
    assert "ok  database: embedded, will be made in" in done.stdout
    assert [path.name for path in tmp_path.rglob("*")] == ["wirewatch.toml"]


def test_a_data_directory_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    done = check(tmp_path, 'data_dir = "file/data"\n')
    assert done.exit_code == 1
    assert "ok  log" not in done.stdout
    assert f"{tmp_path / 'file'} is no directory" in done.stderr


@pytest.mark.parametrize(("name", "what"), [("log.db", "log"), ("wirewatch.db", "database")])
def test_a_damaged_file_is_told_without_being_asked_for(tmp_path: Path, name: str, what: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_bytes(b"no database" * 1000)
    done = check(tmp_path, 'data_dir = "data"\n')
    assert done.exit_code == 1
    assert f"ok  {what}" not in done.stdout
    assert f"{name} is damaged" in done.stderr


def test_a_full_disk_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "free_bytes", lambda _: (4096, 10_000_000_000))
    done = check(tmp_path, "")
    assert done.exit_code == 1
    assert "the disk is full" in done.stderr
    assert "ok  log" not in done.stdout


async def test_a_stored_rule_for_a_channel_that_is_missing_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    async with Database.open("sqlite:", tmp_path / "data") as db:
        await put_rule(db, "night", channels=("pager",))
    done = await asyncio.to_thread(check, tmp_path, 'data_dir = "data"\n')
    assert done.exit_code == 1
    assert "rule 'night': there is no channel 'pager', so its alerts would wait for it" in done.stderr
    assert "ok  database" in done.stdout


async def test_a_channel_of_another_team_is_none_for_a_stored_rule(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    async with Database.open("sqlite:", tmp_path / "data") as db:
        await put_rule(db, "night", channels=("pager",))
    pager = '[[channels]]\nname = "pager"\nteam = "sport"\nkind = "webhook"\nurl = "http://127.0.0.1:9/"\n'
    done = await asyncio.to_thread(check, tmp_path, 'data_dir = "data"\n' + pager)
    assert "rule 'night': there is no channel 'pager', so its alerts would wait for it" in done.stderr


async def test_offline_asks_nobody(tmp_path: Path) -> None:
    async with FakeWeb() as web:
        text = f'[fetch]\nallow_networks = ["127.0.0.0/8"]\n[[sources]]\nname = "A"\nurl = "{web.url("/feed")}"\n'
        done = await asyncio.to_thread(check, tmp_path, text, "--offline")
        assert web.count() == 0
    assert done.exit_code == 0


def test_a_broker_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    for place, told in (
        ("nohost.invalid:9092", "no address is known for 'nohost.invalid'"),
        ("127.0.0.1:1", "no broker answers there"),
    ):
        done = check(tmp_path, f'[log]\nurl = "kafka://{place}"\n')
        assert done.exit_code == 1
        assert told in done.stderr
        assert "AddressFamily" not in done.stderr


def test_a_broken_template_is_a_problem_that_says_where_and_what(tmp_path: Path) -> None:
    channel = '[[channels]]\nname = "chat"\nkind = "slack"\nurl = "https://chat.example/hook"\n'
    done = check(tmp_path, f'{channel}template = "{{{{ rule.nam }}}}"\n', "--offline")
    assert done.exit_code == 1
    assert "channel chat: template: 'dict object' has no attribute 'nam'" in done.stderr
    assert check(tmp_path, f'{channel}template = "{{{{ rule.name }}}}"\n', "--offline").exit_code == 0


def test_a_rule_with_a_broken_template_is_a_problem_with_its_line(tmp_path: Path) -> None:
    done = check(tmp_path, '[[rules]]\nname = "one"\nquery = "harbour"\ntemplate = "{{ nobody }}"\n', "--offline")
    assert done.exit_code == 1
    assert "wirewatch.toml:4: rules[0].template: rule 'one': 'nobody' is undefined" in done.stderr


def test_a_mail_server_that_cannot_be_reached_is_told_and_one_that_stands_in_makes_it_a_warning(tmp_path: Path) -> None:
    text = (
        '[fetch]\nallow_networks = ["127.0.0.0/8"]\n[[channels]]\nname = "mail"\nkind = "email"\nto = ["a@b.example"]\n'
        'from = "w@b.example"\nstarttls = "off"\n'
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        there = f'"smtp://127.0.0.1:{server.getsockname()[1]}"'
        well = check(tmp_path, f"{text}servers = [{there}]\n")
        one = check(tmp_path, f'{text}servers = ["smtp://127.0.0.1:1", {there}]\n')
        none = check(tmp_path, f'{text}servers = ["smtp://127.0.0.1:1"]\n')
    assert f"ok  channel 'mail' 127.0.0.1:{server_port(there)}" in well.stdout
    assert (one.exit_code, none.exit_code) == (0, 1)
    assert "channel 'mail' 127.0.0.1:1: cannot be reached" in one.stderr
    assert "channel 'mail' 127.0.0.1:1: cannot be reached" in none.stderr


def server_port(address: str) -> str:
    return address.strip('"').rpartition(":")[2]
