"""`wirewatch users`: the first admin, lock-outs, and passwords that stand in no list of processes."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.fakes.passwords import quick_passwords
from tests.wirewatch.cli.conftest import Newsroom
from wirewatch.cli.main import cli

__all__ = ["quick_passwords"]

pytestmark = pytest.mark.usefixtures("quick_passwords")


def typed(newsroom: Newsroom, text: str, *words: str) -> str:
    """What a command says that is given `text` on standard input."""
    done = CliRunner().invoke(cli, [*words, "--config", str(newsroom.folder / "wirewatch.toml")], input=text)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_first_user_is_added_with_a_password_from_standard_input(newsroom: Newsroom) -> None:
    said = typed(newsroom, "a long walk home\n", "users", "add", "kim", "--role", "admin")
    assert said == "kim may sign in as admin, in the team default\n"
    assert "there is a user 'kim' already" in newsroom.refused("users", "add", "kim", "--generate")
    [row] = newsroom.rows("users", "list")
    assert (row["name"], row["role"], row["state"], row["password"]) == ("kim", "admin", "enabled", True)
    assert "argon2" not in newsroom.told("users", "show", "kim", "--json")
    assert "No session is open." in newsroom.told("users", "show", "kim")


def test_a_password_comes_from_a_file_or_is_made_and_shown_once(newsroom: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("a long walk home\n", encoding="utf-8")
    newsroom.told("users", "add", "kim", "--password-file", str(tmp_path / "password"))
    said = newsroom.told("users", "add", "ann", "--generate")
    assert "ann may sign in as viewer" in said
    assert len(said.partition("password: ")[2].strip()) == 20
    assert "password: " in newsroom.told("users", "password", "ann", "--generate")
    assert "cannot be read" in newsroom.refused("users", "password", "ann", "--password-file", str(tmp_path / "none"))


def test_without_a_password_the_call_is_wrong_and_says_how(newsroom: Newsroom) -> None:
    done = newsroom.run("users", "add", "kim")
    assert done.exit_code == 2
    assert "--password-file" in done.output
    assert newsroom.rows("users", "list") == []
    assert "There are no users" in newsroom.told("users", "list")


def test_roles_teams_and_being_let_in_are_changed_and_an_admin_is_left(newsroom: Newsroom) -> None:
    newsroom.told("users", "add", "kim", "--generate")
    newsroom.told("users", "add", "ann", "--no-password")
    assert newsroom.told("users", "role", "Ann", "editor") == "ann is editor\n"
    assert newsroom.told("users", "teams", "ann", "default") == "ann is in default\n"
    assert "may not sign in" in newsroom.told("users", "disable", "ann")
    assert "may sign in again" in newsroom.told("users", "enable", "ann")
    assert newsroom.told("users", "sign-out", "ann") == "ended 0 sessions of ann\n"
    for words in (("disable", "kim"), ("role", "kim", "viewer"), ("remove", "kim")):
        assert "the only admin" in newsroom.refused("users", *words)
    assert "did you mean 'ann'?" in newsroom.refused("users", "show", "anne")
    assert newsroom.told("users", "remove", "ann") == "removed ann\n"
    assert newsroom.told("users", "remove", "kim") == "removed kim\n"
