"""The one consume loop: read, decode, handle, append the results, commit. At least once, and in order per key.

fetch -> decode ==(bad record)==> dead letter
            |                          |
         handle ==(bad record)=========+
            |                          v
            +-------> append outputs and dead letters -> commit

Results are acknowledged by the log before the commit, so a crash repeats work and never loses it. A record that cannot
be read or handled is dead-lettered with its reason. When the records of most sources fail, the code is at fault: the loop
raises StageBroken and dead-letters nothing more. For a record of a later release it raises UpgradeFirst; from then on the
stage joins its group only when it can read the waiting records, and leaves them to newer processes until then. Unavailable,
OSError and other errors of ours pass to the supervisor, uncommitted.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Generic, Self, TypeVar

import structlog

from core.clock import Clock
from core.errors import RecordError, UpgradeFirst, WirewatchError
from core.faults import FaultPoint, reach
from core.log.flow import FETCH_SECONDS, Flow
from core.log.log import (
    MAX_RECORD_BYTES,
    Delivery,
    EventLog,
    OnAssign,
    OnRevoke,
    Record,
    Subscription,
    TopicPartition,
    Writer,
    check,
)
from core.log.options import Consumed, FaultPoints, Options, Output, Progress
from core.log.topics import DEADLETTER
from core.model.codec import decode, encode
from core.model.deadletter import DeadLetter
from core.model.outcome import DeadLetterReason
from core.tasks import first_error, leaves

__all__ = ["Alone", "Consumed", "FaultPoints", "Options", "Output", "Progress", "consume_batches", "consume_each"]

T = TypeVar("T")

_logger = structlog.get_logger(__name__)


BatchHandler = Callable[[Sequence[T]], Awaitable[Sequence[Output]]]
EachHandler = Callable[[T], Awaitable[Sequence[Output]]]
OnCommitted = Callable[[Sequence[Consumed[T]]], None]

TRACEBACKS = 100  # of different errors, in a stage's life

_NO_FAULTS = FaultPoints()


async def consume_batches(  # noqa: PLR0913 - one call, everything named
    log: EventLog,
    *,
    group: str,
    topic: str,
    record_type: type[T],
    handle: BatchHandler[T],
    on_committed: OnCommitted[T] | None = None,
    on_assign: Callable[[], Awaitable[None]] | None = None,
    writer: str | None = None,
    max_batch: int = 256,
    faults: FaultPoints = _NO_FAULTS,
    options: Options | None = None,
) -> None:
    """Hand batches to `handle` one after another, until cancelled.

    When a batch fails because of a record, its records are handled one by one to find that record. A cancelled loop
    drops its batch; the next run gets it again.

    `writer`: results are appended under this name, which is taken at each assignment from its holder: an owner that
    was replaced and does not know it yet can append no more. `on_assign` is awaited after that, before the first batch.
    """
    stage = _Stage(_Task(log, topic, record_type, faults, options or Options()), handle)
    idle = asyncio.Event()
    idle.set()

    async def finish(_: frozenset[TopicPartition]) -> None:
        await idle.wait()

    async def begin(_: frozenset[TopicPartition]) -> None:
        if writer is not None:
            await stage.take(writer)
        if on_assign is not None:
            await on_assign()

    await stage.look(group)
    async with stage, _member(log, group, topic, finish, begin) as subscription:
        while True:
            batch = await subscription.fetch(max_batch, FETCH_SECONDS)
            if not batch:
                continue
            idle.clear()
            try:
                done = await stage.work(batch)
                await subscription.commit(_next_offsets(batch))
            finally:
                idle.set()
            stage.committed(len(batch), max(delivery.appended for delivery in batch))
            if on_committed is not None and done:
                on_committed(done)


async def consume_each(  # noqa: PLR0913 - one call, everything named
    log: EventLog,
    *,
    group: str,
    topic: str,
    record_type: type[T],
    handle: EachHandler[T],
    concurrency: int = 64,
    max_ahead: int = 1024,
    faults: FaultPoints = _NO_FAULTS,
    options: Options | None = None,
) -> None:
    """Handle up to `concurrency` records at once, those of one key one after another, until cancelled.

    `max_ahead` bounds, in each partition, how far work may run ahead of the lowest unfinished record: that many records
    are repeated after a crash at most, and one slow key holds up no partition but its own. Cancelled, it lets what is in
    work finish for STOP_SECONDS, drops the rest and commits what is finished.
    """

    async def handle_one(records: Sequence[T]) -> Sequence[Output]:
        return await handle(records[0])

    stage = _Stage(_Task(log, topic, record_type, faults, options or Options()), handle_one)
    flow = Flow(stage.work, stage.committed, stage.clock, max_ahead)
    joined: list[Subscription] = []

    async def release(places: frozenset[TopicPartition]) -> None:
        for subscription in joined:  # none yet while it is still joining
            await flow.release(places, subscription)

    await stage.look(group)
    async with _member(log, group, topic, release) as subscription:
        joined.append(subscription)
        try:
            await flow.run(subscription, concurrency)
        except BaseExceptionGroup as together:
            raise first_error(together) from together


class Alone(Generic[T]):
    """For records that a stage has stored elsewhere: each is handled as one of `topic`, and dead-lettered if it fails."""

    def __init__(self, log: EventLog, topic: str, record_type: type[T], options: Options | None = None) -> None:
        self._task = _Task(log, topic, record_type, _NO_FAULTS, options or Options())
        self._shown: set[tuple[str, str, int]] = set()

    async def work(self, key: str, record: T, handle: Callable[[], Awaitable[Sequence[Output]]]) -> None:
        """Append what `handle` makes of it. Raises what consume_each raises."""

        async def handled(_: Sequence[T]) -> Sequence[Output]:
            return await handle()

        stage = _Stage(self._task, handled, self._shown)
        nowhere, now = -1, self._task.options.clock.now()
        delivery = Delivery(self._task.topic, nowhere, nowhere, key, encode(record), (), now)
        await stage.finish([(delivery, record)], [])


@asynccontextmanager
async def _member(
    log: EventLog, group: str, topic: str, on_revoke: OnRevoke, on_assign: OnAssign | None = None
) -> AsyncIterator[Subscription]:
    subscription = await log.subscribe(group, [topic], on_revoke, on_assign)
    try:
        yield subscription
    finally:
        await subscription.close()


@dataclass(frozen=True, slots=True)
class _Task(Generic[T]):
    log: EventLog
    topic: str
    record_type: type[T]
    faults: FaultPoints
    options: Options


class _Stage(Generic[T]):
    """Decode, handle, append: what both loops do with a batch, be it of one."""

    def __init__(self, task: _Task[T], handle: BatchHandler[T], shown: set[tuple[str, str, int]] | None = None) -> None:
        self._log = task.log
        self._topic = task.topic
        self._record_type = task.record_type
        self._faults = task.faults
        self._options = task.options
        self._handle = handle
        self._shown = set() if shown is None else shown  # errors whose traceback is in the log
        self._writer: Writer | None = None  # for the results, where only one owner may append them

    @property
    def clock(self) -> Clock:
        return self._options.clock

    async def take(self, name: str) -> None:
        """Append results under this name from now on."""
        await self._let_go()
        self._writer = await self._log.writer(name)

    async def _let_go(self) -> None:
        if self._writer is not None:
            await self._writer.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._let_go()

    async def look(self, group: str) -> None:
        """Where it stopped for a record of a later release: raise UpgradeFirst as long as one waits, without joining."""
        failures = self._options.failures
        if failures.upgrade_first:
            raise_if_later(await self._log.waiting(group, self._topic), self._record_type)
            failures.upgrade_first = False

    async def work(self, batch: Sequence[Delivery]) -> list[Consumed[T]]:
        """Handle the batch and append what comes of it; when this returns, the batch may be committed."""
        readable: list[tuple[Delivery, T]] = []
        letters: list[DeadLetter] = []
        for delivery in batch:
            try:
                readable.append((delivery, decode(delivery.value, self._record_type)))
            except UpgradeFirst as e:
                self._options.failures.upgrade_first = True
                raise UpgradeFirst(e.detail, _named(delivery)) from e
            except RecordError as e:
                # what is on our log is ours: no source made it unreadable
                letters.append(self._letter(delivery, [f"{delivery.partition}:{delivery.offset}"], e))
        await self.finish(readable, letters)
        return [Consumed(record, delivery.appended) for delivery, record in readable]

    async def finish(self, readable: Sequence[tuple[Delivery, T]], letters: list[DeadLetter]) -> None:
        """Handle the readable records, append their results, and dead-letter failing ones, with the earlier `letters`."""
        outputs = await self._handled(readable, letters)
        _reach(self._faults.before_append)
        for topic, records in _by_topic(outputs).items():
            await (self._writer or self._log).append(topic, records)
        if letters:
            await self._log.append(DEADLETTER.name, [Record(self._topic, encode(letter)) for letter in letters])
            self._report(letters)
        _reach(self._faults.after_append)

    async def _handled(
        self, readable: Sequence[tuple[Delivery, T]], letters: list[DeadLetter]
    ) -> list[tuple[str, Record]]:
        if not readable:
            return []
        outputs = await self._tried([record for _, record in readable])
        if not isinstance(outputs, RecordError):
            for one in readable:
                self._options.failures.passed(self._origins(*one))
            return outputs
        if len(readable) == 1:
            delivery = readable[0][0]
            letters.append(self._letter(delivery, self._origins(*readable[0]), outputs))
            return []
        found: list[tuple[str, Record]] = []
        for one in readable:
            found += await self._handled([one], letters)
        return found

    def _origins(self, delivery: Delivery, record: T) -> Sequence[str]:
        return [delivery.key] if self._options.origins_of is None else self._options.origins_of(record)

    async def _tried(self, records: Sequence[T]) -> list[tuple[str, Record]] | RecordError:
        try:
            outputs = await self._handle(records)
            encoded = [(output.topic, Record(output.key, encode(output.record))) for output in outputs]
            check([record for _, record in encoded])
        except Exception as e:  # a record's failure ends here, under its name
            if _is_ours(e):
                raise
            return self._as_record_error(e)
        return encoded

    def _as_record_error(self, error: Exception) -> RecordError:
        for leaf in leaves(error):
            if isinstance(leaf, RecordError):
                return leaf
        place = _place(error)
        shown = place in self._shown
        if len(self._shown) < TRACEBACKS:
            self._shown.add(place)
        # A publisher can send thousands that fail alike; writing a traceback for each would hold up all the others.
        _logger.error(
            "record_failed", error=f"{type(error).__name__}: {error}"[:500], exc_info=None if shown else error
        )
        return RecordError(DeadLetterReason.FAILED, f"{type(error).__name__}: {error}")

    def _letter(self, delivery: Delivery, origins: Sequence[str], error: RecordError) -> DeadLetter:
        """Dead-letter a record; raises StageBroken when the records of most sources fail."""
        self._options.failures.failed(origins, str(error))
        fits = len(delivery.value) <= MAX_RECORD_BYTES // 2  # base64 and JSON around it
        return DeadLetter(
            topic=delivery.topic,
            partition=delivery.partition,
            offset=delivery.offset,
            key=delivery.key.encode("utf-8", "replace").decode(),
            value_base64=b64encode(delivery.value).decode() if fits else None,
            reason=_reason(error),
            detail=error.detail.encode("utf-8", "replace").decode()[:2000],
            at=self._options.clock.now(),
        )

    def _report(self, letters: Sequence[DeadLetter]) -> None:
        for letter in letters:
            _logger.warning(
                "record_dead_lettered",
                topic=letter.topic,
                partition=letter.partition,
                offset=letter.offset,
                reason=letter.reason.value,
                detail=letter.detail,
            )
            if self._options.on_dead_letter is not None:
                self._options.on_dead_letter(letter.reason)

    def committed(self, records: int, newest: datetime) -> None:
        _reach(self._faults.after_commit)
        if self._options.on_progress is not None:
            self._options.on_progress(Progress(self._topic, records, newest))


def raise_if_later(waiting: Sequence[Delivery], record_type: type) -> None:
    """Raises UpgradeFirst for the first of these records that a later release wrote."""
    for delivery in waiting:
        try:
            decode(delivery.value, record_type)
        except UpgradeFirst as e:
            raise UpgradeFirst(e.detail, _named(delivery)) from e
        except RecordError:
            continue  # to dead-letter in its turn


def _named(delivery: Delivery) -> str:
    return f"record {delivery.offset} of {delivery.topic}/{delivery.partition}"


def _reach(point: FaultPoint | None) -> None:
    if point is not None:
        reach(point)


def _reason(error: RecordError) -> DeadLetterReason:
    """A handler may name a reason of its own; the set stays closed."""
    return next((reason for reason in DeadLetterReason if reason.value == error.reason), DeadLetterReason.FAILED)


def _next_offsets(batch: Sequence[Delivery]) -> dict[TopicPartition, int]:
    return {TopicPartition(d.topic, d.partition): d.offset + 1 for d in batch}


def _by_topic(outputs: Sequence[tuple[str, Record]]) -> dict[str, list[Record]]:
    topics: dict[str, list[Record]] = {}
    for topic, record in outputs:
        topics.setdefault(topic, []).append(record)
    return topics


def _is_ours(error: Exception) -> bool:
    """Not the record's fault: for the supervisor."""
    return any(
        isinstance(leaf, WirewatchError | OSError | MemoryError) and not isinstance(leaf, RecordError)
        for leaf in leaves(error)
    )


def _place(error: BaseException) -> tuple[str, str, int]:
    """Which error, and the line that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = ("", 0) if trace is None else (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
    return type(error).__name__, *where
