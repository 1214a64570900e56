"""`wirewatch webhook`: for those who build a receiver of webhooks."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from alerts.channels.signing import Key, PublicKey, keys_of, public_key_of
from core.clock import SystemClock
from wirewatch.cli import output
from wirewatch.cli.opened import json_option
from wirewatch.cli.told import Told


@click.group("webhook")
def command() -> None:
    """Try out a receiver of webhooks."""


@command.command("listen")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8090, show_default=True, help="0: any free one.")
@click.option("--secret", help="The channel's secret, whsec_... Others on the machine can read a command line.")
@click.option("--secret-file", type=click.Path(path_type=Path), help="The file with it.")
@click.option("--public-key", help="The channel's public key, whpk_...")
@click.option("--status", type=click.IntRange(200, 599), default=200, show_default=True, help="Answer with it.")
@click.option("--delay", type=click.FloatRange(0, 600), default=0.0, help="Answer so many seconds later.")
@click.option("--retry-after", help="Answer with this header Retry-After.")
@click.option("--count", type=click.IntRange(1), help="End after so many; exit 1 if one was not as it should be.")
@json_option
def listen(  # noqa: PLR0913 - one parameter an option
    *,
    host: str,
    port: int,
    secret: str | None,
    secret_file: Path | None,
    public_key: str | None,
    status: int,
    delay: float,
    retry_after: str | None,
    count: int | None,
    as_json: bool,
) -> None:
    """Receive webhooks, print and verify each, and answer as told."""
    from wirewatch.webhook_listen import Answers, Listener  # noqa: PLC0415 - serving and schemas take long to load

    keys = _keys(secret, secret_file, public_key)
    if retry_after is not None and not (retry_after.isascii() and retry_after.isprintable()):
        raise click.BadParameter("expected seconds or a date", param_hint="--retry-after")
    told = _Told(as_json=as_json, count=count)
    answers = Answers(status=status, delay_seconds=delay, retry_after=retry_after)
    listener = Listener(keys, answers, told.tell, SystemClock())

    def ready(at: str, on: int) -> None:
        shown = f"[{at}]" if ":" in at else at
        checked = "signatures are checked" if keys else "signatures are not checked: give --secret or --public-key"
        output.say(f"listening on http://{shown}:{on}/ ({checked})", err=True)

    async def serve() -> None:
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(listener.serve(host, port, ready))
            ended = group.create_task(told.done.wait())
            await asyncio.wait([serving, ended], return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                await asyncio.sleep(delay + 0.2)  # for the last answer to go out
            serving.cancel()
            ended.cancel()

    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(serve())
    except* OSError as errors:
        error = errors.exceptions[0]
        raise Told(f"cannot listen on {host}:{port}: {getattr(error, 'strerror', None) or error}") from None
    if count is not None and told.wrong:
        raise click.exceptions.Exit(1)


class _Told:
    """Prints what arrives, and counts."""

    def __init__(self, *, as_json: bool, count: int | None) -> None:
        self._as_json = as_json
        self._count = count
        self._heard = 0
        self.wrong = 0
        self.done = asyncio.Event()

    def tell(self, arrived: Any) -> None:
        self._heard += 1
        self.wrong += bool(arrived.problems)
        if self._as_json:
            output.print_json(arrived.as_json())
        else:
            _say(arrived)
        sys.stdout.flush()
        if self._count is not None and self._heard >= self._count:
            self.done.set()


def _say(arrived: Any) -> None:
    body = arrived.body if isinstance(arrived.body, dict) else {}
    first: Any = next(iter(_of(body, "articles", list)), {})
    what = [
        arrived.id or "no id",
        f"attempt {body.get('attempt', '?')}",
        f"{body.get('event', '?')} ({body.get('reason', '?')})",
        str(_of(body, "rule", dict).get("name", "")),
        _of(first, "title", str),
    ]
    output.say(output.one_line("  ".join(part for part in what if part)))
    age = "no age" if arrived.age_seconds is None else f"{arrived.age_seconds} s old"
    seen = "new" if not arrived.seen else f"came {arrived.seen} time{'s' if arrived.seen > 1 else ''} before: drop it"
    output.say(f"    signature {arrived.signature}, {age}, {seen}, answered {arrived.status}")
    for problem in arrived.problems:
        output.say(f"    {output.bad('wrong')}: {output.one_line(problem)}")


def _of(body: Any, key: str, kind: type[Any]) -> Any:
    value = body.get(key) if isinstance(body, dict) else None
    return value if isinstance(value, kind) else kind()


def _keys(secret: str | None, secret_file: Path | None, public_key: str | None) -> list[Key | PublicKey]:
    found: list[Key | PublicKey] = []
    if secret_file is not None:
        if secret is not None:
            raise click.UsageError("give only one of --secret and --secret-file")
        try:
            secret = secret_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Told(output.one_line(f"cannot read {secret_file}: {type(error).__name__}")) from None
    try:
        found += keys_of(secret) if secret is not None else ()
        found += [public_key_of(part) for part in (public_key or "").split()]
    except ValueError as error:
        raise Told(str(error)) from None
    return found
