"""Silences, field by field: a stable promise, independent of the store."""

from collections.abc import Sequence
from datetime import datetime

from wirewatch.api.model import Model


class Silence(Model):
    silence_id: str
    rule: str
    source: str | None
    starts: datetime
    ends: datetime
    author: str
    comment: str
    hidden_count: int


class Silences(Model):
    silences: Sequence[Silence]
    next: str | None
