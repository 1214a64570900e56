"""The progress of a long command, on standard error and only on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def counting(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A function that shows how many are done, with `total` as a bar with the time left. The display ends with the work."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - in a pipe nobody watches
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = [TextColumn("{task.completed:,.0f} {task.description}")]
    bar = [BarColumn(), TaskProgressColumn(), TimeRemainingColumn()] if total is not None else []
    console = Console(stderr=True)
    with Progress(*columns, *bar, console=console, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)
