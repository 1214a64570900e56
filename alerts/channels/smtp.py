"""Letters over SMTP (RFC 5321), through the first of several servers that takes each.

server 1 --(not reached, 4xx)--> server 2 ... --> taken, or why not
   +--(5xx for the message or the address)--> refused for good: no other server would say otherwise
   +--(no answer after the message)--> not tried elsewhere now: it may have been taken

One session carries all that it can; a letter that breaks it holds up no other.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from alerts.channels.channel import SendFailure
from alerts.channels.smtp_session import Failing, Server, Submission, session
from core.model.outcome import FailureReason
from core.text.visible import one_line

_MOST_DETAIL = 600  # characters of what servers said
_BROKEN_IN_A_ROW = 2  # sessions in which nothing was taken, until a server is left alone
_SECONDS = 50.0  # within a send; who was not reached then is reached by the next try

Taken = Callable[[str, str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """`utf8`: an address has letters beyond ASCII before its @, so the server must speak SMTPUTF8 (RFC 6531)."""

    recipient: str
    content: bytes = field(repr=False)
    utf8: bool = False


class _Trouble(Exception):
    """A letter was not taken. `elsewhere`: another server may take it. `broken`: the session is over."""

    def __init__(self, failure: SendFailure, *, elsewhere: bool, broken: bool) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.elsewhere = elsewhere
        self.broken = broken


async def submit(
    submission: Submission, sender: str, letters: Sequence[Letter], taken: Taken
) -> dict[str, SendFailure]:
    """Hand letters over, each to its recipient; by recipient why one was not taken. `taken` is told who has it and what the
    server said, with the server's name, before the next letter goes.
    """
    post = _Post(submission, sender, taken, asyncio.get_running_loop().time() + _SECONDS)
    waiting = list(letters)
    for server in submission.servers:
        if waiting:
            waiting = await post.through(server, waiting)
    return post.failures


class _Post:
    """One round through the servers."""

    def __init__(self, submission: Submission, sender: str, taken: Taken, ends: float) -> None:
        self.failures: dict[str, SendFailure] = {}
        self._submission = submission
        self._sender = sender
        self._taken = taken
        self._ends = ends

    async def through(self, server: Server, letters: Sequence[Letter]) -> list[Letter]:
        """Those that another server may take."""
        waiting, elsewhere = list(letters), list[Letter]()
        broken = 0
        while waiting:
            before = len(waiting)
            if self._is_late():
                self._note(waiting, SendFailure(FailureReason.TIMEOUT, f"{server}: no time was left", retriable=True))
                return []
            try:
                async with session(server, self._submission) as client:
                    took = await self._all(client, server, waiting, elsewhere)
            except SendFailure as failure:  # it talks to nobody now
                self._note(waiting, failure)
                return [*elsewhere, *waiting]
            broken = 0 if took else broken + 1
            if broken >= _BROKEN_IN_A_ROW or len(waiting) == before:
                break
        first = next(iter(self.failures.values()), None)
        if waiting and first is not None:
            self._note(waiting, first)
        return [*elsewhere, *waiting]

    async def _all(self, client: Any, server: Server, waiting: list[Letter], elsewhere: list[Letter]) -> int:
        """How many it took, until all are done or the session is over; those are no longer `waiting`."""
        took = 0
        while waiting and not self._is_late():
            letter = waiting.pop(0)
            try:
                said = await _hand_over(client, Failing(server, self._submission.password), self._sender, letter)
            except _Trouble as trouble:
                if trouble.broken and trouble.elsewhere and took:  # enough for one session: the next takes it
                    waiting.insert(0, letter)
                    return took
                self._note([letter], trouble.failure, final=not trouble.elsewhere)
                if trouble.elsewhere:
                    elsewhere.append(letter)
                if trouble.broken:
                    return took
            else:
                took += 1
                self.failures.pop(letter.recipient, None)
                await self._taken(letter.recipient, f"{server}: {said}")
        return took

    def _note(self, letters: Sequence[Letter], failure: SendFailure, *, final: bool = False) -> None:
        """The first server's reason stands, unless a later one says the last; what each said is told."""
        for letter in letters:
            before = self.failures.get(letter.recipient)
            self.failures[letter.recipient] = failure if final or before is None else _both(before, failure)

    def _is_late(self) -> bool:
        return asyncio.get_running_loop().time() >= self._ends


def _both(first: SendFailure, other: SendFailure) -> SendFailure:
    if other.detail in first.detail or len(first.detail) > _MOST_DETAIL:
        return first
    detail = f"{first.detail}; {other.detail}"
    return SendFailure(first.reason, detail, retriable=first.retriable, status=first.status)


async def _hand_over(client: Any, failing: Failing, sender: str, letter: Letter) -> str:
    """What the server said when it took it. Raises _Trouble."""
    import aiosmtplib  # noqa: PLC0415 - few installations send mail

    if letter.utf8 and not client.supports_extension("smtputf8"):
        detail = "it takes no address with letters beyond ASCII before the @ (SMTPUTF8)"
        raise _Trouble(failing(FailureReason.REFUSED, detail, retriable=False), elsewhere=True, broken=False)
    handed_over = False
    try:
        encoding = "utf-8" if letter.utf8 else "ascii"
        await client.mail(sender, options=_options(client, letter), encoding=encoding)
        await client.rcpt(letter.recipient, encoding=encoding)
        handed_over = True
        response = await client.data(letter.content)
    except aiosmtplib.SMTPResponseException as error:
        failure = failing.refusal(error.code, error.message)
        elsewhere = failure.retriable or failure.reason is FailureReason.AUTH_ERROR
        broken = failure.reason is FailureReason.RATE_LIMITED or not await _started_anew(client)
        raise _Trouble(failure, elsewhere=elsewhere, broken=broken) from error
    except (aiosmtplib.SMTPTimeoutError, TimeoutError) as error:
        reason = FailureReason.TIMEOUT if handed_over else FailureReason.CONNECT
        failure = failing(reason, "no answer in time", retriable=True)
        raise _Trouble(failure, elsewhere=not handed_over, broken=True) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        reason = FailureReason.DISCONNECTED if handed_over else FailureReason.CONNECT
        failure = failing(reason, error, retriable=True)
        raise _Trouble(failure, elsewhere=not handed_over, broken=True) from error
    return one_line(response.message)[:200]


async def _started_anew(client: Any) -> bool:
    """After a refusal: whether the session takes another letter."""
    import aiosmtplib  # noqa: PLC0415 - few installations send mail

    try:
        await client.rset()
    except (aiosmtplib.SMTPException, OSError, TimeoutError):
        return False
    return True


def _options(client: Any, letter: Letter) -> list[str]:
    options = [f"SIZE={len(letter.content)}"] if client.supports_extension("size") else []
    if letter.utf8:
        options.append("SMTPUTF8")
    if letter.utf8 or client.supports_extension("8bitmime"):
        options.append("BODY=8BITMIME")
    return options
