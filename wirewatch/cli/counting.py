"""How far a long command is, on standard error and only where somebody watches: a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn


@contextmanager
def counting(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A function to be told how many are done; with `total` a bar and the time left. It is gone when the work is done."""
    columns = [TextColumn("{task.completed:,.0f} {task.description}")]
    bar = [BarColumn(), TaskProgressColumn(), TimeRemainingColumn()] if total is not None else []
    console = Console(stderr=True)
    with Progress(*columns, *bar, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)
