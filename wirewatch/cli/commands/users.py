"""`wirewatch users`: who may sign in; for the first admin and for lock-outs."""

import secrets
import sys
from collections.abc import Callable
from pathlib import Path

import click

from core.passwords import password_problem
from wirewatch.cli import output
from wirewatch.cli.opened import act, acting, config_option, json_option, run
from wirewatch.cli.told import Told
from wirewatch.usecases import users
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Role
from wirewatch.usecases.users import KnownUser, NewUser, UserChange

_COLUMNS = ("name", "role", "state", "teams", "last_sign_in", "created")
_ROLE = click.Choice([role.value for role in Role])
_file_option = click.option(
    "--password-file", type=click.Path(path_type=Path), help="Read the password from a file; - for standard input."
)
_generate_option = click.option("--generate", is_flag=True, help="Make a password and print it once.")


@click.group("users")
def command() -> None:
    """List, show, add, change and remove the people who may sign in."""


@command.command("list")
@config_option
@json_option
def list_users(path: Path, *, as_json: bool) -> None:
    """List all users by name."""
    rows = act(path, lambda me: users.list_page(me, Paging(limit=None))).items
    empty = "There are no users: the console is read-only, and open on loopback alone. `wirewatch users add NAME` adds the first."
    output.show(list(map(_summary, rows)), _COLUMNS, as_json=as_json, empty=empty)


@command.command("show")
@click.argument("name")
@config_option
@json_option
def show(name: str, path: Path, *, as_json: bool) -> None:
    """Show a user and the sessions that are not over."""
    run(_show(path, name, as_json=as_json))


async def _show(path: Path, name: str, *, as_json: bool) -> None:
    async with acting(path) as me:
        found = await users.show(me, name)
        open_now = await users.sessions_of(me, name)
    listed: list[dict[str, object]] = [
        {"session": one.session_id, "address": one.address, "browser": one.user_agent, "begun": one.created, "used": one.last_seen}
        for one in open_now
    ]  # fmt: skip
    if as_json:
        output.print_json({**_summary(found), "sessions": listed})
        return
    output.show_one(_summary(found), as_json=False)
    output.say()
    output.show(listed, ("session", "address", "browser", "begun", "used"), as_json=False, empty="No session is open.")


@command.command("add")
@click.argument("name")
@click.option("--role", type=_ROLE, help="What the user may do; the first user is an admin, the others viewers.")
@_file_option
@_generate_option
@click.option("--no-password", is_flag=True, help="The user signs in elsewhere (OpenID Connect).")
@config_option
def add(
    name: str, role: str | None, path: Path, password_file: Path | None, *, generate: bool, no_password: bool
) -> None:
    """Add a user. The password is asked for; without a terminal it is the first line of standard input."""
    password = None if no_password else _password(password_file, name, generate=generate)
    added = act(
        path, lambda me: users.add(me, NewUser(name=name, password=password, role=None if role is None else Role(role)))
    )
    output.say(f"{added.name} may sign in as {added.role.value}, in the team {', '.join(added.teams)}")
    if generate and password is not None:
        output.say(f"password: {password}")


@command.command("password")
@click.argument("name")
@_file_option
@_generate_option
@config_option
def password(name: str, path: Path, password_file: Path | None, *, generate: bool) -> None:
    """Give a user a new password and end all sessions."""
    new = _password(password_file, name, generate=generate)
    act(path, lambda me: users.set_password(me, name, new))
    output.say(f"{name} has a new password; sessions of before have ended")
    if generate:
        output.say(f"password: {new}")


@command.command("role")
@click.argument("name")
@click.argument("role", type=_ROLE)
@config_option
def change_role(name: str, role: str, path: Path) -> None:
    """Give a user another role, at once also in open sessions."""
    changed = act(path, lambda me: users.change(me, name, UserChange(role=Role(role))))
    output.say(f"{changed.name} is {changed.role.value}")


@command.command("teams")
@click.argument("name")
@click.argument("teams", nargs=-1, required=True, metavar="TEAM ...")
@config_option
def change_teams(name: str, teams: tuple[str, ...], path: Path) -> None:
    """Say which teams a user is in."""
    changed = act(path, lambda me: users.change(me, name, UserChange(teams=teams)))
    output.say(f"{changed.name} is in {', '.join(changed.teams)}")


@command.command("disable")
@click.argument("name")
@config_option
def disable(name: str, path: Path) -> None:
    """Let a user sign in no more, and end all sessions and the use of tokens."""
    changed = act(path, lambda me: users.change(me, name, UserChange(enabled=False)))
    output.say(f"{changed.name} may not sign in; `wirewatch users enable {changed.name}` undoes it")


@command.command("enable")
@click.argument("name")
@config_option
def enable(name: str, path: Path) -> None:
    """Let a disabled user sign in again."""
    changed = act(path, lambda me: users.change(me, name, UserChange(enabled=True)))
    output.say(f"{changed.name} may sign in again")


@command.command("sign-out")
@click.argument("name")
@config_option
def sign_out(name: str, path: Path) -> None:
    """End all sessions of a user."""
    ended = act(path, lambda me: users.end_sessions(me, name))
    output.say(f"ended {ended} session{'' if ended == 1 else 's'} of {name}")


@command.command("remove")
@click.argument("name")
@config_option
def remove(name: str, path: Path) -> None:
    """Remove a user with sessions and tokens; the audit log keeps what was done."""
    removed = act(path, lambda me: users.remove(me, name))
    output.say(f"removed {removed.name}")


def _password(given: Path | None, name: str, *, generate: bool) -> str:
    if generate:
        return secrets.token_urlsafe(15)
    if given is None and sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, value_proc=_checking(name)))
    try:
        with click.open_file("-" if given is None else str(given), encoding="utf-8", errors="strict") as lines:
            found: str = lines.readline(10_000).rstrip("\r\n")
    except (OSError, UnicodeError) as error:
        told = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise Told(f"{output.one_line(str(given))}: the password cannot be read: {told}") from None
    if not found:
        raise click.UsageError(
            "expected a password: on a terminal, as the first line of standard input, in --password-file, or --generate one"
        )
    return found


def _checking(name: str) -> Callable[[str], str]:
    """For a prompt, which asks again for a password that would be refused."""

    def check(typed: str) -> str:
        problem = password_problem(typed, name)
        if problem is not None:
            raise click.UsageError(problem)
        return typed

    return check


def _summary(known: KnownUser) -> dict[str, object]:
    return {
        "id": known.user_id,
        "name": known.name,
        "role": known.role,
        "state": "enabled" if known.enabled else "disabled",
        "password": known.has_password,
        "teams": known.teams,
        "time_zone": known.time_zone,
        "last_sign_in": known.last_sign_in,
        "created": known.created,
    }
