"""A timer as a row: it survives a restart and cannot leak."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

ESCALATION = "escalation"  # an alert that nobody acknowledged yet, by its id
SNOOZE = "snooze"  # a snoozed alert, by its id
CAP = "cap"  # an hour of a channel that had more than it takes, by both


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """What is due at `due_at`: `kind` says what to do, `key` for whom; one timer for each pair of them."""

    kind: str
    key: str
    due_at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)
    generation: int = 0  # set by the store: which setting of the timer was claimed
