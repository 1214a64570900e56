"""People who use wirewatch, and their sessions."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

LONGEST = 100  # characters of a name
IDLE = timedelta(hours=24)  # a session ends that is not used for so long


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow:
    """`password_hash` None: signs in elsewhere, or not at all. `time_zone` None: that of the browser."""

    user_id: str
    name: str
    password_hash: str | None = field(default=None, repr=False)
    role: str
    enabled: bool = True
    time_zone: str | None = None
    preferences: Mapping[str, Any] = field(default_factory=dict)
    created: datetime
    last_sign_in: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """`session_id` names it and opens nothing. `team_id`: that the user works in; None: none chosen."""

    session_id: str
    user_id: str
    team_id: str | None
    created: datetime
    last_seen: datetime
    expires: datetime
    address: str
    user_agent: str


def user_name(text: str) -> str:
    """The name itself, in its one spelling; raises ValueError with what was expected.

    It stands in the audit log as who did it, so it holds nothing that could pass for another's, or for a remark of ours.
    """
    name = unicodedata.normalize("NFKC", text)
    if not 1 <= len(name) <= LONGEST or name != " ".join(name.split()) or not all(map(_may_stand, name)):
        raise ValueError(
            f"expected a name of 1 to {LONGEST} letters, digits, single blanks and . @ _ ' + -, such as kim or kim@news.example"
        )
    return name


def _may_stand(sign: str) -> bool:
    return sign in " .@_'+-" or unicodedata.category(sign)[0] in "LMN"


def name_key(name: str) -> str:
    """A user's name as it is compared: case and the ways to write one character make no second user."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
