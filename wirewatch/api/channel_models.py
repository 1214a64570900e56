"""Channels, field by field: a stable promise, independent of the store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from wirewatch.api.model import Model
from wirewatch.usecases.channels import KnownChannel


class Pause(Model):
    by: str
    since: datetime


class Channel(Model):
    """`settings`: without secrets. `waiting`: notifications that wait for it. `pause` null: it sends."""

    channel_id: str
    name: str
    kind: str
    settings: dict[str, Any]
    origin: str
    pause: Pause | None
    waiting: int
    author: str
    created: datetime
    updated: datetime

    @classmethod
    def of_known(cls, known: KnownChannel) -> Self:
        """The model of a stored channel."""
        row = known.row
        names = ("channel_id", "name", "kind", "origin", "author", "created", "updated")
        given = {name: getattr(row, name) for name in names}
        pause = None if row.pause is None else Pause.of(row.pause)
        return cls(**given, settings=dict(known.settings), pause=pause, waiting=known.waiting)


class Channels(Model):
    channels: Sequence[Channel]
    next: str | None
