"""What a stage passes to the consume loop and gets back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Self, TypeVar

from core.clock import Clock, SystemClock
from core.faults import FaultPoint
from core.log.failures import FailureLimit
from core.metrics import Metrics
from core.model.outcome import DeadLetterReason

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Output:
    """A result: `record` goes to `topic` under `key`."""

    topic: str
    key: str
    record: object


@dataclass(frozen=True, slots=True)
class Consumed(Generic[T]):
    """A record that is done with, and when it was appended."""

    record: T
    appended: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """A commit: how many records, and when the newest of them was appended."""

    topic: str
    records: int
    appended: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultPoints:
    """Where a test can kill this stage."""

    before_append: FaultPoint | None = None
    after_append: FaultPoint | None = None
    after_commit: FaultPoint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of a stage for the consume loop.

    `failures` should outlive the stage's restarts. `origins_of`: whose a record is, for `failures`; by default its key's.
    """

    clock: Clock = field(default_factory=SystemClock)
    failures: FailureLimit = field(default_factory=FailureLimit)
    origins_of: Callable[[Any], Sequence[str]] | None = None
    on_dead_letter: Callable[[DeadLetterReason], None] | None = None
    on_progress: Callable[[Progress], None] | None = None

    @classmethod
    def counting(cls, clock: Clock, metrics: Metrics, failures: FailureLimit | None = None) -> Self:
        """Those of a stage: what it sets aside is counted."""

        def count(reason: DeadLetterReason) -> None:
            metrics.deadletter.labels(reason=reason).inc()

        return cls(clock=clock, failures=failures or FailureLimit(), on_dead_letter=count)
