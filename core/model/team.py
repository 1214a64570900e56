"""Teams share an installation: rules, aliases, channels and silences belong to one, and each subscribes to sources."""

from dataclasses import dataclass
from datetime import datetime

DEFAULT_TEAM = "default"  # id and name of the one team of an installation that knows of none


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    team_id: str
    name: str
    created: datetime
