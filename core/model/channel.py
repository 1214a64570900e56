"""A channel as it is kept: a way to people or tools that rules call by its name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDraft:
    """A channel to be stored. `settings`: those of its kind, without name and kind.

    Of a channel in a file they hold no secret. Of one added by command they are as they were given: a secret stands there,
    or its `_file` twin, or `${NAME}` for a variable of the environment. They show in no repr.
    """

    name: str
    kind: str
    settings: Mapping[str, Any] = field(repr=False)
    author: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Who keeps a channel from sending, and since when."""

    by: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    """A stored channel. `enabled`: it sends, else `pause` says who stopped it; `removed`: when it was taken away."""

    channel_id: str
    team_id: str
    name: str
    kind: str
    settings: Mapping[str, Any] = field(repr=False)
    origin: str
    enabled: bool
    pause: Pause | None
    removed: datetime | None
    revision: int
    created: datetime
    updated: datetime
    author: str
