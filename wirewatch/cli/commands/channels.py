"""`wirewatch channels`: list, add, change, pause and test channels while the pipeline runs."""

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path

import click

from alerts.channels.registry import KINDS
from alerts.channels.signing import PrivateKey, private_text
from alerts.channels.stored import given
from alerts.management.trial_send import Trial
from wirewatch.cli import output
from wirewatch.cli.opened import act, acting, config_option, json_option, run
from wirewatch.health.spans import span
from wirewatch.usecases import channels, feeds, subscriptions
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.channels import KnownChannel, NewChannel, ShownChannel, StoredChannel
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.refusals import Invalid

_COLUMNS = ("name", "kind", "state", "waiting", "origin", "settings")

_set_option = click.option(
    "--set", "pairs", metavar="KEY=VALUE", multiple=True, help="A setting of the kind; repeatable."
)
_ask_option = click.option(
    "--ask",
    "asked",
    metavar="KEY",
    multiple=True,
    help="A setting to type in without echo, or to read from standard input.",
)


@click.group("channels")
def command() -> None:
    """List, show, add, change, pause and test channels."""


@command.command("list")
@config_option
@json_option
def list_channels(path: Path, *, as_json: bool) -> None:
    """List all channels with the number of waiting messages."""
    rows = list(map(_summary, act(path, lambda me: channels.list_page(me, Paging(limit=None))).items))
    empty = (
        "No channel is stored; `wirewatch channels add` adds one, `wirewatch run` stores those of the configuration."
    )
    columns = (*_COLUMNS, "note") if any(row["note"] for row in rows) else _COLUMNS
    output.show(rows, columns, as_json=as_json, empty=empty)


@command.command("show")
@click.argument("name")
@config_option
@json_option
def show(name: str, path: Path, *, as_json: bool) -> None:
    """Show a channel: its settings without secrets, the rules that send to it, and the addresses of a feed, which are secrets."""

    async def answer(me: Acting) -> tuple[ShownChannel, tuple[str, ...]]:
        found = await channels.show(me, name)
        if found.channel.row.kind != "feed":
            return found, ()
        with suppress(Invalid):  # its token is not here
            return found, await feeds.addresses(me, name, os.environ)
        return found, ()

    found, addresses = act(path, answer)
    feed = {"addresses": addresses} if addresses else {}
    gone = [f"{address} since {since:%Y-%m-%d %H:%M} UTC" for address, since in sorted(found.unsubscribed.items())]
    left = {"unsubscribed": gone} if gone or found.channel.row.kind == "email" else {}
    output.show_one({**_summary(found.channel), "rules": found.rules, **feed, **left}, as_json=as_json)


@command.command("add")
@click.argument("name")
@click.option("--kind", required=True, help=f"One of {', '.join(KINDS)}.")
@_set_option
@_ask_option
@config_option
def add(name: str, kind: str, pairs: tuple[str, ...], asked: tuple[str, ...], path: Path) -> None:
    """Store a channel; running processes use it within seconds."""
    new = NewChannel(name=name, kind=kind, settings=given(kind, _settings(pairs, asked)))
    stored = act(path, lambda me: channels.add(me, new, os.environ))
    _say_stored(name, stored, "stored")


@command.command("change")
@click.argument("name")
@_set_option
@_ask_option
@click.option("--unset", "without", metavar="KEY", multiple=True, help="A setting to remove.")
@config_option
def change(name: str, pairs: tuple[str, ...], asked: tuple[str, ...], without: tuple[str, ...], path: Path) -> None:
    """Change settings of an added channel and keep the others. Its waiting messages are tried at once."""
    if not (pairs or asked or without):
        raise click.UsageError("say what changes: --set KEY=VALUE, --ask KEY or --unset KEY")
    stored = run(_change(path, name, _settings(pairs, asked), without))
    _say_stored(name, stored, "changed")


async def _change(path: Path, name: str, texts: dict[str, str], without: tuple[str, ...]) -> StoredChannel:
    async with acting(path) as me:
        kind = (await channels.show(me, name)).channel.row.kind
        return await channels.change(me, name, given(kind, texts), without, os.environ)


@command.command("remove")
@click.argument("name")
@config_option
def remove(name: str, path: Path) -> None:
    """Remove a channel that no rule sends to, with its secrets."""
    act(path, lambda me: channels.remove(me, name))
    output.say(f"removed {name!r}")


@command.command("subscribe")
@click.argument("name")
@click.argument("address")
@config_option
def subscribe(name: str, address: str, path: Path) -> None:
    """Mail to somebody again who had unsubscribed from an e-mail channel."""
    act(path, lambda me: subscriptions.subscribe(me, name, address))
    output.say(f"{address} gets the mails of {name!r} again")


@command.command("pause")
@click.argument("name")
@config_option
def pause(name: str, path: Path) -> None:
    """Pause a channel; its messages wait."""
    waiting = act(path, lambda me: channels.pause(me, name))
    output.say(f"paused {name!r}, {waiting} waiting; `wirewatch channels resume {name!r}` sends what waits")


@command.command("resume")
@click.argument("name")
@config_option
def resume(name: str, path: Path) -> None:
    """Resume a paused channel; it sends its waiting messages first."""
    waiting = act(path, lambda me: channels.resume(me, name))
    output.say(f"resumed {name!r}, {waiting} waiting")


@command.command("test")
@click.argument("name")
@config_option
@json_option
def test(name: str, path: Path, *, as_json: bool) -> None:
    """Send the newest alert (or a sample) through a channel as a test; exit 1 if the receiver refuses it."""
    trial = act(path, lambda me: channels.test(me, name, os.environ))
    if as_json:
        output.print_json(_trial_json(name, trial))
    else:
        _say_trial(trial)
    if trial.problem is not None:
        raise click.exceptions.Exit(1)


@command.command("key")
@click.argument("name", required=False)
@click.option("--new", is_flag=True, help="Make a private key and print it with its public key; nothing is stored.")
@config_option
def key(name: str | None, path: Path, *, new: bool) -> None:
    """Print the public keys that a webhook channel's receiver checks its signatures with."""
    if new == (name is not None):
        raise click.UsageError("give the NAME of a channel, or --new")
    if name is not None:
        for public in act(path, lambda me: channels.public_keys(me, name, os.environ)):
            output.say(public)
        return
    private = PrivateKey(secrets.token_bytes(32))
    output.say(f"secret      {private_text(private.seed)}")
    output.say(f"public key  {private.public}")


def _settings(pairs: tuple[str, ...], asked: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign or not key:
            raise click.UsageError("--set takes KEY=VALUE, such as --set url=https://chat.example/hook")
        found[key] = value
    terminal = sys.stdin.isatty()
    for key in asked:
        text = click.prompt(key, hide_input=True) if terminal else sys.stdin.readline()
        found[key] = str(text).strip()
    return found


def _say_stored(name: str, stored: StoredChannel, done: str) -> None:
    for note in stored.notes:
        output.say(output.one_line(f"note: {note}"), err=True)
    if stored.changed:
        output.say(f"{name!r} is {done}; `wirewatch channels test {name!r}` sends a test message")
    else:
        output.say(f"{name!r} is unchanged")


def _summary(known: KnownChannel) -> dict[str, object]:
    row = known.row
    return {
        "name": row.name,
        "kind": row.kind,
        "state": "active" if row.pause is None else "gone" if row.pause.because else "paused",
        "paused_by": None if row.pause is None else row.pause.by,
        "paused_since": None if row.pause is None else row.pause.since,
        "paused_because": None if row.pause is None else row.pause.because or None,
        "waiting": known.waiting,
        "origin": row.origin if known.file is None else f"{row.origin} {known.file}",
        "settings": dict(known.settings),
        "note": KINDS[row.kind].note if row.kind in KINDS else "",
        "author": row.author,
        "created": row.created,
        "changed": row.updated,
    }


def _say_trial(trial: Trial) -> None:
    what = "a sample, since there is no alert yet" if trial.sample else f"the newest alert, {trial.title!r}"
    output.say(f"message  {output.one_line(what)}")
    output.say(f"cut      {', '.join(trial.cut) or 'nothing'}")
    for request in trial.requests:
        output.say(f"request  {request.method} {request.url}")
        for name, value in request.headers.items():
            output.say(f"         {output.one_line(f'{name}: {value}')}")
        output.say(f"         {output.one_line(request.body)}")
        if request.status is not None:
            output.say(f"answer   HTTP {request.status} {output.one_line(request.answer)}".rstrip())
    if trial.wait_seconds is not None:
        output.say(f"wait     the receiver asks for {span(trial.wait_seconds)} without messages")
    if trial.problem is None:
        output.say(f"result   {output.good('ok')}, {trial.detail} in {trial.seconds:.2f} s")
    else:
        output.say(f"result   {output.bad('failed')} after {trial.seconds:.2f} s: {output.one_line(trial.problem)}")


def _trial_json(name: str, trial: Trial) -> dict[str, object]:
    return {
        "channel": name,
        "ok": trial.problem is None,
        "problem": trial.problem,
        "detail": trial.detail,
        "sample": trial.sample,
        "title": trial.title,
        "cut": trial.cut,
        "seconds": round(trial.seconds, 3),
        "wait_seconds": trial.wait_seconds,
        "requests": [
            {
                "method": one.method,
                "url": one.url,
                "headers": dict(one.headers),
                "body": one.body,
                "status": one.status,
                "answer": one.answer,
            }
            for one in trial.requests
        ],
    }
