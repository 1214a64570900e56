"""Channels, field by field: a stable promise, independent of the store."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field

from alerts.channels.form_fields import FormField, Shape
from alerts.channels.kind import Kind as KindOfChannel
from alerts.management.trial_send import Trial as TrialSend
from core.model.outcome import FailureReason
from wirewatch.api.model import Body, Model
from wirewatch.usecases.channels import KnownChannel, ShownChannel, StoredChannel

ChannelName = Annotated[str, Field(min_length=1, max_length=64, description="as rules call it")]
Settings = Annotated[
    dict[str, Any], Field(max_length=100, description="the keys of its kind, as docs/channels.md has them")
]


class Pause(Model):
    """`because`: what wirewatch itself paused it for; null: somebody did."""

    by: str
    since: datetime
    because: str | None = None


class Circuit(Model):
    """Of an endpoint that fails: nothing is sent to it before `left_alone_until`, then one message is tried."""

    failures: int
    since: datetime
    left_alone_until: datetime
    reason: FailureReason
    detail: str


class Channel(Model):
    """`settings`: without secrets. `waiting`, `dead`: notifications. `pause` null: it sends. `circuit` null: nothing fails."""

    channel_id: str
    team: str
    name: str
    kind: str
    settings: dict[str, Any]
    origin: str
    file: str | None
    pause: Pause | None
    waiting: int
    oldest: datetime | None
    dead: int
    circuit: Circuit | None
    author: str
    created: datetime
    updated: datetime

    @classmethod
    def of_known(cls, known: KnownChannel, **more: Any) -> Self:
        """The model of a stored channel."""
        row, queue = known.row, known.queue
        names = ("channel_id", "name", "kind", "origin", "author", "created", "updated")
        given = {name: getattr(row, name) for name in names}
        pause = row.pause
        endpoint = None if queue is None else queue.endpoint
        return cls(
            **given,
            team=known.team,
            file=known.file,
            settings=dict(known.settings),
            pause=None if pause is None else Pause(by=pause.by, since=pause.since, because=pause.because or None),
            waiting=known.waiting,
            oldest=None if queue is None else queue.oldest,
            dead=0 if queue is None else queue.dead,
            circuit=None if endpoint is None else Circuit.of(endpoint),
            **more,
        )


class Channels(Model):
    channels: Sequence[Channel]
    next: str | None


class ChannelDetails(Channel):
    """`rules`: the names of those in force that send to it. `unsubscribed`: who wants no mail of it any more, since when."""

    rules: Sequence[str]
    unsubscribed: Mapping[str, datetime]

    @classmethod
    def of_shown(cls, shown: ShownChannel) -> Self:
        """The model of a channel with who uses it."""
        return cls.of_known(shown.channel, rules=shown.rules, unsubscribed=dict(shown.unsubscribed))


class NewChannel(Body):
    name: ChannelName
    kind: Annotated[str, Field(max_length=64, description="one of GET /channel-kinds")]
    settings: Settings = Field(default={})


class ChannelChange(Body):
    """`settings`: laid over those that it has; `without`: keys to take away. What is kept of secrets need not be given."""

    settings: Settings = Field(default={})
    without: Annotated[tuple[Annotated[str, Field(max_length=64)], ...], Field(max_length=100)] = ()


class ChannelStored(Model):
    """`changed` false: it was so already. `notes`: what the process that delivers must have."""

    channel: ChannelDetails
    changed: bool
    notes: Sequence[str]

    @classmethod
    def of_stored(cls, stored: StoredChannel, shown: ShownChannel) -> Self:
        """The model of a channel that was added or changed."""
        return cls(channel=ChannelDetails.of_shown(shown), changed=stored.changed, notes=stored.notes)


class Waiting(Model):
    """How many notifications wait."""

    waiting: int


class TrialRequest(Model):
    """As it went out, without secrets; `answer`: the beginning of what came back. `status` null: nothing did."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str
    status: int | None
    answer: str


class Trial(Model):
    """A test message. `problem` null: it was taken. `sample`: there was no alert to send. `cut`: what the limits left out.

    `wait_seconds`: for how long the receiver wants nothing more, where it says so.
    """

    problem: str | None
    detail: str
    sample: bool
    title: str
    cut: Sequence[str]
    seconds: float
    wait_seconds: float | None
    requests: Sequence[TrialRequest]

    @classmethod
    def of_trial(cls, trial: TrialSend) -> Self:
        """The model of a trial."""
        return cls.of(trial)


class Setting(Model):
    """`needed`: a channel of the kind must have it. `choices`: all values, or all keys of a table; empty: any.

    `secret`: never shown again. `advanced`: most channels leave it as it is.
    """

    key: str
    shape: Shape
    needed: bool
    secret: bool
    default: Any
    choices: Sequence[str]
    meaning: str
    advanced: bool


class Kind(Model):
    """`note`: what whoever runs wirewatch should know of every channel of the kind."""

    kind: str
    what: str
    note: str
    settings: Sequence[Setting]

    @classmethod
    def of_kind(cls, name: str, kind: KindOfChannel[Any], fields: Sequence[FormField]) -> Self:
        """The model of a kind of channel."""
        return cls(kind=name, what=kind.what, note=kind.note, settings=Setting.of_all(fields))


class Kinds(Model):
    kinds: Sequence[Kind]
