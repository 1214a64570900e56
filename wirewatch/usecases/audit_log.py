"""The audit log: who changed what, when, from where, and what it was before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from core.store import audit, teams
from core.store.audit import NumberedAudit, WantedAudit
from wirewatch.usecases.acting import DECLARED, Acting, reads
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAction:
    """`team`: a name. `address`: None for a command at the machine. `before`, `after`: None where it was not, or is not, there."""

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

    @property
    def changes(self) -> Sequence[tuple[str, object, object]]:
        """What differs: the name, its value before and after; None where it was not, or is not, there."""
        before, after = self.before or {}, self.after or {}
        names = [*before, *(name for name in after if name not in before)]
        pairs = [(name, before.get(name), after.get(name)) for name in names]
        return [(name, old, new) for name, old, new in pairs if old != new]


@reads(Permission.READ_AUDIT)
async def list_page(acting: Acting, wanted: WantedAudit, paging: Paging) -> Page[KnownAction]:
    """Actions of all teams, newest first. Raises BadCursor, Invalid."""
    after = paging.after_numbered_moment("audit")
    wanted = replace(wanted, since=_utc(wanted.since, "since"), until=_utc(wanted.until, "until"))
    async with acting.db.connection() as conn:
        rows = await audit.page(conn, wanted, limit=paging.asked, after=after)
        names = await teams.names_by_id(conn)
    known = [_known(row, names) for row in rows]
    return paging.page("audit", known, lambda one: (one.at, str(one.number)))


@reads(Permission.READ_AUDIT)
async def show(acting: Acting, number: int) -> KnownAction:
    """One action. Raises NotFound."""
    async with acting.db.connection() as conn:
        row = await audit.get(conn, number)
        names = await teams.names_by_id(conn)
    if row is None:
        raise NotFound(f"there is no action {number}; it may be older than retention.audit_days")
    return _known(row, names)


def _utc(moment: datetime | None, field: str) -> datetime | None:
    try:
        return None if moment is None else moment.astimezone(UTC)
    except OverflowError:
        raise Invalid(f"{field}: the calendar ends before then", field) from None


def verbs() -> tuple[str, ...]:
    """What an action can be, by name."""
    return tuple(sorted({one.action for one in DECLARED.values() if one.action is not None} | {"session.begin"}))


def _known(numbered: NumberedAudit, teams_by_id: Mapping[str, str]) -> KnownAction:
    row = numbered.row
    return KnownAction(
        number=numbered.number,
        at=row.at,
        actor=row.actor,
        address=row.address,
        action=row.action,
        subject=row.subject,
        team=teams_by_id.get(row.team_id, row.team_id),
        before=row.before,
        after=row.after,
        detail=row.detail,
    )


__all__ = ["KnownAction", "WantedAudit", "list_page", "show", "verbs"]
