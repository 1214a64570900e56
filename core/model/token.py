"""API tokens: how scripts say who they are."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """`scopes`: permissions. `team_id`: that it acts in; None: the one that its owner works in. `expires` None: never."""

    token_id: str
    name: str
    user_id: str
    team_id: str | None
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime | None
    last_used: datetime | None = None
    last_address: str | None = None
