"""Dead letters of the log, field by field: a stable promise, independent of the store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from core.model.outcome import DeadLetterReason, Stage
from wirewatch.api.model import Body, Model
from wirewatch.usecases.dead_letters import DeadLetterRow, DeadLetterState

_MOST_SHOWN = 20_000


class DeadLetter(Model):
    """`stage` null: of a topic that no stage reads. `subject`: the address of its article, where it can be read."""

    letter_id: str
    state: DeadLetterState
    stage: Stage | None
    reason: DeadLetterReason
    subject: str
    topic: str
    partition: int
    offset: int
    at: datetime
    changed: datetime

    @classmethod
    def of_row(cls, row: DeadLetterRow, **more: Any) -> Self:
        """The model of a stored dead letter."""
        letter = row.letter
        return cls(
            letter_id=row.letter_id,
            state=row.state,
            stage=row.stage,
            reason=letter.reason,
            subject=row.subject,
            topic=letter.topic,
            partition=letter.partition,
            offset=letter.offset,
            at=letter.at,
            changed=row.changed,
            **more,
        )


class DeadLetters(Model):
    dead_letters: Sequence[DeadLetter]
    next: str | None


class DeadLetterDetails(DeadLetter):
    """`record`: the beginning of it as text; null where it was too large to be kept: it stands in its topic only."""

    key: str
    detail: str
    record: str | None
    record_bytes: int | None

    @classmethod
    def of_details(cls, row: DeadLetterRow) -> Self:
        """The model with the error and the record."""
        value = row.letter.original()
        text = None if value is None else value[: _MOST_SHOWN * 4].decode("utf-8", "replace")[:_MOST_SHOWN]
        size = None if value is None else len(value)
        return cls.of_row(row, key=row.letter.key, detail=row.letter.detail, record=text, record_bytes=size)


class WhichDeadLetters(Body):
    """All that wait for a decision; `stage`, `reason`: only those."""

    stage: Stage | None = None
    reason: DeadLetterReason | None = None


class Decided(Model):
    """How many."""

    letters: int
