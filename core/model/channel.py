"""A channel as it is kept: a way to people or tools that the rules of its team call by its name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.model.team import DEFAULT_TEAM

_KEY = re.compile(r"[0-9a-f]{24}/")  # how the key of another team's channel begins: with the id of the team
_TEAM = re.compile(rf"{DEFAULT_TEAM}/(?={_KEY.pattern})|{_KEY.pattern}")


def channel_key(team_id: str, name: str) -> str:
    """What the outbox calls a channel: TEAM_ID/NAME, or its name alone where it is the default team's.

    So nothing changes where there is one team. A name that looks like a key of another team's is no bare key.
    """
    bare = team_id == DEFAULT_TEAM and _KEY.match(name) is None
    return name if bare else f"{team_id}/{name}"


def key_parts(key: str) -> tuple[str, str]:
    """The id of a channel's team and its name, of its key."""
    name = channel_name(key)
    return (key[: -len(name) - 1] or DEFAULT_TEAM if key != name else DEFAULT_TEAM), name


def channel_name(key: str) -> str:
    """The name of a channel, as people see it, of its key."""
    return key[found.end() :] if (found := _TEAM.match(key)) else key


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDraft:
    """A channel to be stored. `settings`: those of its kind, without name and kind. `team`: the name of its team.

    Of a channel in a file they hold no secret. Of one added by command they are as they were given: a secret stands there,
    or its `_file` twin, or `${NAME}` for a variable of the environment. They show in no repr.
    """

    name: str
    kind: str
    settings: Mapping[str, Any] = field(repr=False)
    author: str
    team: str = DEFAULT_TEAM


@dataclass(frozen=True, slots=True)
class Pause:
    """Who keeps a channel from sending, and since when. `because`: where it is wirewatch itself."""

    by: str
    since: datetime
    because: str = ""


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

    @property
    def key(self) -> str:
        """What the outbox calls it."""
        return channel_key(self.team_id, self.name)
