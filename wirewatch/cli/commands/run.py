"""`wirewatch run`: the pipeline until SIGTERM or SIGINT; a second signal stops it at once. SIGHUP reloads."""

import asyncio
import ctypes
import gc
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click
import structlog
from uvloop import new_event_loop

from core.errors import UserError
from core.logsetup import set_up_logging
from core.tasks import leaves
from wirewatch.app import App
from wirewatch.config.loading import Config
from wirewatch.config.rules import load_with_rules, word_list_advice
from wirewatch.roles import ALL_ROLES, Role

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_M_ARENA_MAX = -8  # glibc's malloc.h
_logger = structlog.get_logger(__name__)


@click.command("run")
@click.option("--config", "path", type=click.Path(path_type=Path), default="wirewatch.toml", show_default=True)
@click.option(
    "--role",
    "roles",
    type=click.Choice([role.value for role in Role]),
    multiple=True,
    help="Run only this role; repeatable.",
)
def command(path: Path, roles: tuple[str, ...]) -> None:
    """Run the pipeline, all roles in one process by default."""
    asked: list[int] = []  # to reload, while what it asks for may have been read already
    signal.signal(signal.SIGHUP, lambda number, _frame: asked.append(number))
    config = load_with_rules(path)  # reports all problems before it opens anything
    _set_up_log(config)
    if advised := word_list_advice(config):
        _logger.warning("word_lists_missing", told=advised)
    wanted = frozenset(map(Role, roles)) or ALL_ROLES
    _share_arenas()
    try:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(_run(config, wanted, asked))
    except* UserError as group:
        raise UserError("; ".join(str(error) for error in leaves(group))) from None


def _set_up_log(config: Config) -> None:
    as_json = {"auto": None, "json": True, "console": False}[config.log.format]
    set_up_logging(secrets=config.secrets, level=config.log.level.upper(), as_json=as_json)
    for renamed in config.renamed:
        _logger.warning("config_key_renamed", told=str(renamed))


async def _run(config: Config, roles: frozenset[Role], asked: Sequence[int]) -> None:
    """`asked`: signals to reload that came before this."""
    app = App(config, roles=roles, relog=_set_up_log)
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()

    def stop() -> None:
        if app.stopping:
            sys.stderr.flush()
            os._exit(1)  # asked twice: at once; what was acknowledged is durable
        app.stop()
        if not app.health.started and task is not None:
            task.cancel()  # still waiting for a service

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop)
    loop.add_signal_handler(signal.SIGHUP, app.reload)
    if asked:
        app.reload()
    try:
        async with app:
            _collect_seldom()
            await app.wait()
    except asyncio.CancelledError:
        if not app.stopping:
            raise


def _share_arenas() -> None:
    """glibc gives threads arenas of their own, up to eight for each core, and returns little of that memory. Threads here
    mostly wait, so two arenas are enough. A setting from outside is kept; other C libraries have no such setting."""
    if "MALLOC_ARENA_MAX" not in os.environ:
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def _collect_seldom() -> None:
    """Objects made at the start (code, above all the matcher) stay. Collecting garbage among them again and again would
    stall the event loop for up to half a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 50)
