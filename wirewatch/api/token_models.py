"""API tokens as the API shows and takes them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from wirewatch.api.model import Body, Float, Model, Paged

_Name = Annotated[str, Field(min_length=1, max_length=200)]


class Token(Model):
    """`owner`, `team`: names; without a team it acts in that of its owner. `works`: not expired, and its owner may sign in."""

    token_id: str
    name: str
    owner: str
    team: str | None
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime | None
    last_used: datetime | None
    last_address: str | None
    works: bool


class Tokens(Model):
    tokens: tuple[Token, ...]
    next: str | None


class TokensQuery(Paged):
    """`own`: only those of who asks."""

    own: Annotated[bool, Field(description="only one's own")] = False


class NewTokenBody(Body):
    """`owner`: a user's name; who asks where it is not given. `days` not given: it does not expire."""

    name: _Name
    scopes: Annotated[
        tuple[_Name, ...],
        Field(
            min_length=1,
            max_length=100,
            description="permissions; `read`: all that read, `all`: all of the owner's role",
        ),
    ]
    owner: _Name | None = None
    team: _Name | None = None
    days: Annotated[Float | None, Field(gt=0, le=36_525)] = None


class MadeToken(Model):
    """`secret`: the token itself, for the header Authorization. It is shown this once."""

    token: Token
    secret: str
