"""Users, teams and sessions as the API shows and takes them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from core.model.user import LONGEST
from core.passwords import LEAST, MOST
from wirewatch.api.model import Body, Bool, Model, Paged
from wirewatch.usecases.permission import Role

Name = Annotated[str, Field(min_length=1, max_length=200)]
Password = Annotated[str, Field(min_length=LEAST, max_length=MOST, json_schema_extra={"format": "password"})]


class User(Model):
    """Somebody who may sign in. `teams`: their names. `has_password`: else signs in elsewhere (OpenID Connect)."""

    user_id: str
    name: str
    role: Role
    enabled: bool
    has_password: bool
    teams: tuple[str, ...]
    time_zone: str | None
    created: datetime
    last_sign_in: datetime | None


class Users(Model):
    users: tuple[User, ...]
    next: str | None


class UsersQuery(Paged):
    """`team`: only its members, by its name."""

    team: Annotated[str | None, Field(max_length=200)] = None


class NewUserBody(Body):
    """`role`: admin for the first user, else viewer. `teams`: names; that of who adds the user where there are none."""

    name: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    password: Password | None = None
    role: Role | None = None
    teams: Annotated[tuple[Name, ...], Field(max_length=1000)] = ()


class UserChangeBody(Body):
    """What is not given stays. `teams`: all that the user is in from now on."""

    role: Role | None = None
    enabled: Bool | None = None
    teams: Annotated[tuple[Name, ...], Field(min_length=1, max_length=1000)] | None = None


class PasswordBody(Body):
    password: Password


class Session(Model):
    """Where somebody is signed in. `session_id` names it and opens nothing."""

    session_id: str
    created: datetime
    last_seen: datetime
    expires: datetime
    address: str
    user_agent: str


class Sessions(Model):
    sessions: tuple[Session, ...]


class Ended(Model):
    """How many sessions ended."""

    ended: int


class Team(Model):
    """`members`: how many."""

    team_id: str
    name: str
    created: datetime
    members: int


class Teams(Model):
    teams: tuple[Team, ...]
    next: str | None


class NewTeamBody(Body):
    name: Name


class TeamName(Model):
    team_id: str
    name: str


class Account(Model):
    """Oneself. `teams`: those that one may work in; `team_id`: where now, null: all of them together."""

    user_id: str
    name: str
    role: Role
    has_password: bool
    time_zone: str | None
    created: datetime
    last_sign_in: datetime | None
    teams: tuple[TeamName, ...]
    team_id: str | None


class AccountBody(Body):
    """What is not given stays. `time_zone`: an IANA zone; null: that of the browser.

    `team`: the name or id of the one to work in from now on, of the session that asks; null: all, for an admin.
    """

    time_zone: Annotated[str, Field(max_length=64)] | None = None
    team: Name | None = None


class OwnPasswordBody(Body):
    old_password: Annotated[str, Field(max_length=MOST, json_schema_extra={"format": "password"})]
    password: Password
