"""Models of the audit log in the API."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from wirewatch.api.model import Model, Moment, Paged, Query

_Word = Annotated[str | None, Field(max_length=500)]


class AuditFilter(Query):
    actor: Annotated[_Word, Field(description="a user's name; their tokens are found with it")] = None
    action: Annotated[_Word, Field(description="such as `rule.put`, or `rule` for all that is done to rules")] = None
    subject: Annotated[_Word, Field(description="what it was done to; `*` stands for any text")] = None
    since: Annotated[Moment | None, Field(description="not before then")] = None
    until: Annotated[Moment | None, Field(description="before then")] = None


class AuditQuery(Paged, AuditFilter):
    """A page of it."""


class AuditAction(Model):
    """`address`: null for a command at the machine. `before`, `after`: null where it was not, or is not, there."""

    number: int
    at: datetime
    actor: str
    address: str | None
    action: str
    subject: str
    team: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    detail: Mapping[str, Any]


class AuditActions(Model):
    actions: Sequence[AuditAction]
    next: str | None
