"""Sources, field by field: a stable promise, independent of the store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field

from core.model.outcome import PollOutcome
from core.model.source import SourceKind
from ingest.poll.health import FeedState
from wirewatch.api.model import Body, Bool, Float, Model, Moment, PagedAll
from wirewatch.usecases.sources import KnownSource

Url = Annotated[str, Field(min_length=1, max_length=4096)]
SourceName = Annotated[str, Field(min_length=1, max_length=200)]
Tag = Annotated[str, Field(min_length=1, max_length=60, description="without comma, semicolon and bar")]
Tags = Annotated[tuple[Tag, ...], Field(max_length=20)]
Country = Annotated[str, Field(max_length=100, description="ISO 3166-1 alpha-2, such as IN")]
Lang = Annotated[str, Field(max_length=100, description="ISO 639-1, such as en")]
Zone = Annotated[str, Field(max_length=100, description="IANA name, such as Asia/Kolkata")]
Seconds = Annotated[Float, Field(gt=0, le=1e9)]
Patience = Annotated[Float, Field(ge=0, le=1e9)]


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
    tags: Sequence[str]
    site: str | None


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
    paused_at: datetime | None
    paused_by: str | None
    state: PollState


class Health(Model):
    state: FeedState
    sentence: str


class Rhythm(Model):
    """Entries by hour and by day in UTC, the oldest first; delays from publication to the poll that saw it."""

    hours: Sequence[int]
    days: Sequence[int]
    delay_p50_seconds: float | None
    delay_p95_seconds: float | None


class Source(Model):
    """`file`: the one that manages it; it is changed there. `next_poll`: when it is polled next and why, in words."""

    source: SourceRow
    health: Health
    rhythm: Rhythm
    next_poll: str
    file: str | None

    @classmethod
    def of_known(cls, known: KnownSource) -> Self:
        """The model of a stored source; what is secret in its address is cut out."""
        return cls(
            source=SourceRow.of(known.row),
            health=Health.of(known.health),
            rhythm=Rhythm.of(known.rhythm),
            next_poll=known.next_poll,
            file=known.file,
        )


class Sources(Model):
    sources: Sequence[Source]
    next: str | None


class SourcesQuery(PagedAll):
    state: Literal["failing", "degraded", "stale", "paused", "healthy"] | None = None
    tag: Annotated[str | None, Field(max_length=60)] = None
    text: Annotated[str | None, Field(max_length=200, description="part of a name or address")] = None


class NewSourceBody(Body):
    """Without a `name` it gets the feed's own. `look`: at its address first, so that a page is told from a feed."""

    url: Url
    name: SourceName | None = None
    kind: SourceKind = SourceKind.AUTO
    country: Country | None = None
    lang: Lang | None = None
    time_zone: Zone | None = None
    since: Moment | None = None
    interval_seconds: Seconds | None = None
    full_text: Bool = True
    patience_seconds: Patience = 28_800.0
    tags: Tags = ()
    site: Url | None = None
    look: Bool = True


class SourceChange(Body):
    """What is given is changed; null takes away what may be missing."""

    name: SourceName | None = None
    url: Url | None = None
    kind: SourceKind | None = None
    country: Country | None = None
    lang: Lang | None = None
    time_zone: Zone | None = None
    since: Moment | None = None
    interval_seconds: Seconds | None = None
    full_text: Bool | None = None
    patience_seconds: Patience | None = None
    tags: Tags | None = None
    site: Url | None = None


class AddedSource(Model):
    """`note`: what the look says that hinders nothing, such as that nobody answers now."""

    source: Source
    note: str | None


class BulkBody(Body):
    """`sources`: ids, names or addresses. `add`, `remove`: tags, for the action `tag`."""

    action: Literal["pause", "resume", "poll", "tag", "remove"]
    sources: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=4096)], ...], Field(min_length=1, max_length=1000)
    ]
    add: Tags = ()
    remove: Tags = ()


class BulkResult(Model):
    """Of one source. `problem` null: it is done."""

    name: str
    problem: str | None
    code: str | None


class BulkResults(Model):
    results: Sequence[BulkResult]


class TagCount(Model):
    tag: str
    sources: int


class TagCounts(Model):
    tags: Sequence[TagCount]
