"""`wirewatch tokens`: made and removed at the machine; the token alone goes to standard output."""

import pytest

from tests.fakes.passwords import quick_passwords
from tests.wirewatch.cli.conftest import Newsroom

__all__ = ["quick_passwords"]

pytestmark = pytest.mark.usefixtures("quick_passwords")


def test_a_token_is_made_printed_alone_listed_and_removed(newsroom: Newsroom) -> None:
    newsroom.told("users", "add", "kim", "--generate")
    done = newsroom.run("tokens", "add", "nightly", "--scope", "alerts:read", "--expires", "90d")
    assert done.exit_code == 0
    secret = done.stdout.strip()
    assert secret.startswith("ww_")
    assert len(secret) == 46
    [row] = newsroom.rows("tokens", "list")
    assert (row["name"], row["owner"], row["state"], row["scopes"]) == ("nightly", "kim", "works", ["alerts:read"])
    assert row["expires"] is not None
    assert secret not in newsroom.told("tokens", "list", "--json")
    assert newsroom.told("tokens", "remove", "nightly") == "removed the token 'nightly' of kim\n"
    assert newsroom.rows("tokens", "list") == []


def test_without_users_there_is_nobody_whose_token_it_could_be(newsroom: Newsroom) -> None:
    assert "wirewatch users add" in newsroom.refused("tokens", "add", "ci")


def test_among_several_users_the_owner_is_named(newsroom: Newsroom) -> None:
    newsroom.told("users", "add", "kim", "--generate")
    newsroom.told("users", "add", "ann", "--no-password")
    assert "say whose token it is" in newsroom.refused("tokens", "add", "ci")
    newsroom.told("tokens", "add", "ci", "--user", "ann")
    newsroom.told("tokens", "add", "ci", "--user", "kim")
    assert "2 users have a token 'ci'" in newsroom.refused("tokens", "remove", "ci")
    assert "already" in newsroom.refused("tokens", "add", "ci", "--user", "ann")
    assert "has the role viewer" in newsroom.refused(
        "tokens", "add", "more", "--user", "ann", "--scope", "rules:change"
    )
