"""Which rows of the outbox are of the channels of one team, by the keys of channels (core/model/channel.py)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, not_

from core.db.tables_alerts import notifications
from core.model.team import DEFAULT_TEAM


@dataclass(frozen=True, slots=True)
class TeamChannels:
    """`team_id`: the team; `all_teams`: the ids of all, since a key without one is the default team's."""

    team_id: str
    all_teams: Sequence[str]

    def condition(self) -> ColumnElement[bool]:
        """Whether the row of a notification is of such a channel."""
        if self.team_id != DEFAULT_TEAM:
            return _begins_with(self.team_id)
        others = [not_(_begins_with(team_id)) for team_id in self.all_teams if team_id != DEFAULT_TEAM]
        return and_(notifications.c.channel.is_not(None), *others)


def _begins_with(team_id: str) -> ColumnElement[bool]:
    return notifications.c.channel.startswith(f"{team_id}/", autoescape=True)
