"""Passwords and keys of sources and receivers: used where they are due, shown nowhere."""

import base64
import io
import ssl
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import orjson
import pytest
import structlog
from click.testing import CliRunner

from alerts.channels.channel import SendFailure
from alerts.channels.posting import post
from core.clock import SystemClock
from core.db.engine import Database
from core.errors import ConfigError
from core.logsetup import set_up_logging
from core.model.outcome import PollOutcome
from core.net.client import Posted
from core.net.failure import FetchFailure, FetchProblem
from core.store import sources
from tests.wirewatch.statuspage import status_page
from wirewatch.cli.main import cli
from wirewatch.config.loading import load

SECRETS = ("S3cretFeedPw", "tokQUERY12345", "Bearer-77")
SOURCE = """
[[sources]]
name = "Behind a password"
url = "http://user:S3cretFeedPw@feeds.example/a.xml?apikey=tokQUERY12345"
headers = { X-Token = "Bearer-77" }
"""


def config(folder: Path, text: str) -> Path:
    path = folder / "wirewatch.toml"
    path.write_text(text, encoding="utf-8")
    return path


async def store(path: Path) -> None:
    """As `run` stores the configuration's sources, with an error that repeats the address."""
    now = SystemClock().now()
    made = load(path, {})
    made.data_dir.mkdir(exist_ok=True)
    async with Database.open("sqlite:", made.data_dir) as db, db.transaction() as conn:
        await sources.sync_from_config(conn, made.sources, now)
        error = "redirects lead back to http://user:S3cretFeedPw@feeds.example/a.xml?apikey=tokQUERY12345"
        state = sources.PollState(
            next_poll=now, last_attempt=now, outcome=PollOutcome.REDIRECT_LOOP, error=error, failures=3
        )
        await sources.save_poll(conn, made.sources[0].source_id, state)


async def test_a_password_in_an_address_leaves_it_and_becomes_a_header_for_that_address(tmp_path: Path) -> None:
    made = load(config(tmp_path, SOURCE), {})
    (source,) = made.sources
    assert source.url == "http://feeds.example/a.xml?apikey=tokQUERY12345"
    basic = base64.b64encode(b"user:S3cretFeedPw").decode()
    assert made.access == {source.url: {"X-Token": "Bearer-77", "Authorization": f"Basic {basic}"}}
    assert {*SECRETS, basic} <= made.secrets
    assert not any(secret in repr(made) for secret in ("S3cretFeedPw", "Bearer-77"))


async def test_user_and_password_have_settings_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "pw.txt").write_text("from-a-file\n", encoding="utf-8")
    text = '[[sources]]\nname = "A"\nurl = "https://a.example/"\nusername = "ann"\npassword_file = "pw.txt"\n'
    made = load(config(tmp_path, text), {})
    basic = base64.b64encode(b"ann:from-a-file").decode()
    assert made.access == {"https://a.example/": {"Authorization": f"Basic {basic}"}}
    for wrong, told in (
        ('password = "x"\npassword_file = "pw.txt"', "only one of"),
        ('password_file = "none.txt"', "cannot be read"),
        ('headers = { Host = "x" }', "no header that can be set"),
        ('headers = { "X\\nY" = "x" }', "no header that can be set"),
        ('headers = { X = "a\\r\\nb" }', "no line of printable ASCII"),
    ):
        with pytest.raises(ConfigError, match=told):
            load(config(tmp_path, f'[[sources]]\nname = "A"\nurl = "https://a.example/"\n{wrong}\n'), {})


async def test_the_page_and_the_api_show_no_secret(tmp_path: Path) -> None:
    async with status_page(tmp_path) as page:
        await store(config(tmp_path, SOURCE))
        await page.add_source("Old", "http://user:S3cretFeedPw@feeds.example/b.xml?apikey=tokQUERY12345")
        async with aiohttp.ClientSession() as session:
            for path in ("/api/v1/sources",):
                async with session.get(f"{page.server.address}{path}") as answer:
                    text = await answer.text()
                assert "Behind a password" in text
                assert "Old" in text
                assert not [secret for secret in SECRETS if secret in text]


def test_commands_show_no_secret(tmp_path: Path) -> None:
    import asyncio  # noqa: PLC0415 - the commands run loops of their own

    path = config(tmp_path, SOURCE + "[fetch]\ntimeout_seconds = 2\n")
    asyncio.run(store(path))
    for words in (
        ["sources", "list"],
        ["sources", "show", "Behind a password"],
        ["sources", "show", "Behind a password", "--json"],
        ["check"],
    ):
        done = CliRunner().invoke(cli, [*words, "--config", str(path)])
        assert "Behind a password" in done.output
        assert not [secret for secret in SECRETS if secret in done.output]


def test_a_password_is_not_added_by_command(tmp_path: Path) -> None:
    path = config(tmp_path, "")
    words = ["sources", "add", "https://ann:pw@a.example/", "--name", "A", "--config", str(path)]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 1
    assert "password_file" in done.output
    assert "ann" not in done.output


@pytest.mark.usefixtures("logging_as_it_was")
def test_the_log_shows_no_secret(tmp_path: Path) -> None:
    out = io.StringIO()
    set_up_logging(secrets=load(config(tmp_path, SOURCE), {}).secrets, stream=out)
    log = structlog.get_logger("x")
    log.warning("polled", url="https://other.example/?token=notConfigured", detail="saw S3cretFeedPw and tokQUERY12345")
    assert not [secret for secret in (*SECRETS, "notConfigured") if secret in out.getvalue()]


class Echo:
    """A receiver that answers with what it was asked for, or cannot be reached and says where."""

    def __init__(self, *, reached: bool) -> None:
        self._reached = reached

    async def request(
        self,
        method: str,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        timeout_seconds: float,
        *,
        tls: ssl.SSLContext | None = None,
        answer_bytes: int = 4096,
    ) -> Posted:
        if not self._reached:
            raise FetchFailure(FetchProblem.CONNECT, f"cannot connect to {url}")
        answer = f"no hook at {url} nor {url.rpartition('/')[2]}; \x1b]0;pwned\x07\x1b[2Jbad\r\nline"
        return Posted(status=404, headers={}, body=answer)


@pytest.mark.parametrize("reached", [True, False])
async def test_what_a_receiver_s_answer_repeats_of_its_address_is_cut_out(*, reached: bool) -> None:
    url = "https://hooks.example/services/T012ABCDE/B012ABCDE/aBcDeFgHiJkL"
    with pytest.raises(SendFailure) as caught:
        await post(Echo(reached=reached), url, b"{}", {}, timeout_seconds=1, now=SystemClock().now())
    assert not [part for part in ("T012ABCDE", "aBcDeFgHiJkL") if part in caught.value.detail]
    assert caught.value.detail.isprintable()
    assert orjson.loads(orjson.dumps(caught.value.detail)) == caught.value.detail
