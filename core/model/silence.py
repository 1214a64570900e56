"""A silence: matches that raise no alert for a while, on purpose, by somebody, for a reason."""

from dataclasses import dataclass
from datetime import datetime

from core.model.team import DEFAULT_TEAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """`rule` and `source` are globs over names (`dprk-*`); a `source` of None means every source.

    In force from `starts` until before `ends`. `hidden_count`: matches it has hidden so far.
    """

    silence_id: str
    rule: str
    source: str | None = None
    starts: datetime
    ends: datetime
    author: str
    comment: str
    hidden_count: int = 0
    team_id: str = DEFAULT_TEAM  # whose rules it hides
