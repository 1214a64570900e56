"""Sources, field by field: a stable promise, independent of the store."""

from collections.abc import Sequence
from datetime import datetime

from core.model.outcome import PollOutcome
from core.model.source import SourceKind
from ingest.poll.health import FeedState
from wirewatch.api.model import Model


class SourceFacts(Model):
    source_id: str
    name: str
    url: str
    kind: SourceKind
    interval_seconds: float | None
    full_text: bool
    patience_seconds: float
    country: str | None
    lang: str | None
    time_zone: str | None
    since: datetime | None


class PollState(Model):
    next_poll: datetime
    interval_seconds: float | None
    last_attempt: datetime | None
    last_success: datetime | None
    last_new: datetime | None
    failures: int
    outcome: PollOutcome | None
    error: str | None
    entries_seen_total: int


class SourceRow(Model):
    source: SourceFacts
    origin: str
    enabled: bool
    created: datetime
    state: PollState


class Health(Model):
    state: FeedState
    sentence: str


class Source(Model):
    source: SourceRow
    health: Health


class Sources(Model):
    sources: Sequence[Source]
    next: str | None
