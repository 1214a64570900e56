"""`wirewatch tokens`: tokens for scripts, made and removed at the machine."""

from datetime import timedelta
from pathlib import Path

import click

from wirewatch.cli import output
from wirewatch.cli.opened import act, config_option, json_option
from wirewatch.cli.times import SPAN
from wirewatch.usecases import tokens
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.tokens import READ, KnownToken, NewToken

_COLUMNS = ("id", "name", "owner", "state", "scopes", "expires", "last_used")


@click.group("tokens")
def command() -> None:
    """List, add and remove API tokens."""


@command.command("list")
@config_option
@json_option
def list_tokens(path: Path, *, as_json: bool) -> None:
    """List the tokens of all users, the newest first."""
    rows = act(path, lambda me: tokens.list_page(me, Paging(limit=None))).items
    empty = "There is no token. `wirewatch tokens add NAME --user USER` makes one."
    output.show(list(map(_summary, rows)), _COLUMNS, as_json=as_json, empty=empty)


@command.command("add")
@click.argument("name")
@click.option("--user", help="Whose token it is; may be left out where there is one user.")
@click.option(
    "--scope", "scopes", multiple=True, help="A permission, such as alerts:read; read or all for many. Default: read."
)
@click.option("--expires", type=SPAN, metavar="SPAN", help="When it ends, such as 90d; without, when it is removed.")
@click.option("--in-team", "team", help="The team that it acts in; without, that of its owner.")
@config_option
def add(
    name: str, user: str | None, scopes: tuple[str, ...], expires: timedelta | None, team: str | None, path: Path
) -> None:
    """Make a token and print it, this once."""
    new = NewToken(name=name, scopes=scopes or (READ,), owner=user, team=team, lasting=expires)
    made = act(path, lambda me: tokens.add(me, new))
    output.say(made.secret)
    output.say(f"the token {made.token.name!r} of {made.token.owner}; it is not shown again", err=True)


@command.command("remove")
@click.argument("token", metavar="ID_OR_NAME")
@config_option
def remove(token: str, path: Path) -> None:
    """Remove a token, by its id or name; from now on it opens nothing."""
    gone = act(path, lambda me: tokens.remove(me, token))
    output.say(f"removed the token {gone.name!r} of {gone.owner}")


def _summary(known: KnownToken) -> dict[str, object]:
    return {
        "id": known.token_id,
        "name": known.name,
        "owner": known.owner,
        "state": "works" if known.works else "over",
        "team": known.team,
        "scopes": known.scopes,
        "created": known.created,
        "expires": known.expires,
        "last_used": known.last_used,
        "last_address": known.last_address,
    }
