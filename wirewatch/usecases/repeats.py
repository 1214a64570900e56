"""Creations that may be sent again: under one idempotency key a request is carried out once, and answered alike each time.

A request that is refused, or whose process dies, has done nothing, and leaves its key free for another try.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta

from core.store import idempotency
from core.store.idempotency import Claim, Kept
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.refusals import Conflict, Refused

_DEAD_AFTER = timedelta(seconds=120)  # no request is at work for longer: its process has died


class KeyReused(Refused):
    """The key stands for another request."""

    code = "idempotency_key_reused"


class StillRunning(Conflict):
    """The first request with this key is at work."""

    code = "idempotency_key_in_use"


class NotKept(Conflict):
    """It is done, and what it answered held a secret that is told once."""

    code = "answer_not_kept"


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it is sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """A request under a key. `atomic`: one transaction holds all that it does, and its answer; for work that waits for nobody.

    `told_once`: its answer holds a secret, and is not kept.
    """

    key: str = field(repr=False)
    request: bytes = field(repr=False)
    atomic: bool = True
    told_once: bool = False


Work = Callable[[Acting], Awaitable[Answered]]


async def once(asked: Once, acting: Acting, work: Work) -> Answered:
    """What the request answers, or what it answered the first time. Raises KeyReused, StillRunning, NotKept, what `work` raises."""
    claim = _claim(asked, acting)
    async with acting.db.transaction() as conn:
        kept = await idempotency.claim(conn, claim, claim.since - _DEAD_AFTER)
    if kept is not None:
        return _again(kept, claim)
    async with AsyncExitStack() as undo:
        undo.push_async_callback(_free, acting, claim)
        found = await (_atomic if asked.atomic else _in_steps)(asked, claim, acting, work)
        undo.pop_all()
    return found


async def _atomic(asked: Once, claim: Claim, acting: Acting, work: Work) -> Answered:
    async with acting.db.transaction() as conn:
        found = await work(replace(acting, db=acting.db.within(conn)))
        body = None if asked.told_once else found.body
        if not await idempotency.answer(conn, claim, found.status, found.headers, body):
            raise StillRunning("another request with this Idempotency-Key has taken over; ask again for its answer")
    return found


async def _in_steps(asked: Once, claim: Claim, acting: Acting, work: Work) -> Answered:
    found = await work(acting)
    async with acting.db.transaction() as conn:
        await idempotency.answer(conn, claim, found.status, found.headers, None if asked.told_once else found.body)
    return found


async def _free(acting: Acting, claim: Claim) -> None:
    async with acting.db.transaction() as conn:
        await idempotency.forget(conn, claim)


def _claim(asked: Once, acting: Acting) -> Claim:
    key = asked.key.encode()
    return Claim(
        actor=acting.user_id or acting.actor,
        key=hashlib.sha256(key).hexdigest(),
        request_hash=hmac.new(key, b"\0".join([acting.team.encode(), asked.request]), hashlib.sha256).hexdigest(),
        since=acting.clock.now(),
    )


def _again(kept: Kept, claim: Claim) -> Answered:
    if kept.request_hash != claim.request_hash:
        raise KeyReused(
            "this Idempotency-Key came with another request before; give each request a key of its own, such as a random UUID"
        )
    if kept.status is None:
        raise StillRunning("the first request with this Idempotency-Key is still at work; ask again in a second")
    if kept.body is None:
        raise NotKept(
            "it is done; its answer held a secret, which is told once and kept nowhere. If you did not get it, "
            "remove what was made and make another"
        )
    return Answered(kept.status, kept.headers, kept.body)
