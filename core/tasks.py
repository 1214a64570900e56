"""Tasks: distinguishes a stop from an unrequested CancelledError, and picks the error of a group that counts.

A client that cancels a task of its own and awaits it can raise CancelledError in its caller. Mistaken for a stop, that
would end a role for good without a message.
"""

import asyncio
from collections.abc import Awaitable, Iterator

from core.errors import EndedUnasked, StageBroken, WirewatchError

UNASKED = "cancelled without being asked to"


def cancellations() -> int:
    """How often the current task has been asked to stop; that it went up tells a stop from other cancellations."""
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()


async def kept(work: Awaitable[None]) -> None:
    """For a task group: `work` goes on until it is cancelled; an end that nobody asked for is the group's failure.

    A task group takes a task that returned, or that somebody else cancelled, for done, and goes on without it.
    """
    before = cancellations()
    try:
        await work
    except asyncio.CancelledError as error:
        if cancellations() > before:
            raise
        raise EndedUnasked(UNASKED) from error
    raise EndedUnasked("ended without being asked to")


def leaves(error: BaseException) -> Iterator[BaseException]:
    """The errors themselves; what uses task groups raises groups of them."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from leaves(inner)
    else:
        yield error


def is_bug(error: BaseException) -> bool:
    """Whether it is a mistake of ours that one strange piece of input met: that one's misfortune, and not the stage's.

    What we raise on purpose, and what comes of services and of the machine, is for others to handle.
    """
    return not any(isinstance(leaf, WirewatchError | OSError | MemoryError) for leaf in leaves(error))


def first_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that counts: one that says what to mend, before one that says to try again."""
    found = list(leaves(group))
    return next((leaf for leaf in found if isinstance(leaf, StageBroken)), found[0])


def describe(error: BaseException) -> str:
    """An error in one line; a group by its members, each once."""
    return "; ".join(dict.fromkeys(_in_a_line(leaf) for leaf in leaves(error)))


def _in_a_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
