"""Silences: not to hear of some rules for a while, on purpose and for a reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.pipeline.silence import covers
from core.model import ids
from core.model.silence import Silence
from core.store import rules, silences
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import NotFound


class SilenceState(StrEnum):
    """Where a silence stands now."""

    TO_COME = "to come"
    IN_FORCE = "in force"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class KnownSilence:
    silence: Silence
    state: SilenceState


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSilence:
    """`rule` and `source`: a name or a pattern of names; a `source` of None means every source."""

    rule: str
    source: str | None = None
    lasting: timedelta
    comment: str


@dataclass(frozen=True, slots=True)
class AddedSilence:
    """`covered`: how many rules in force it covers; None where that depends on the source of the match."""

    silence: Silence
    covered: int | None


@reads(Permission.READ_SILENCES)
async def list_page(acting: Acting, paging: Paging, *, over: bool = True) -> Page[KnownSilence]:
    """The team's silences, those that begin last first; `over`: those that are over, too."""
    now = acting.clock.now()
    async with acting.db.connection() as conn:
        rows = await silences.page(
            conn,
            limit=paging.asked,
            after=paging.after_moment("silences"),
            ends_after=None if over else now,
            team_id=acting.listed_team,
        )
    known = [KnownSilence(row, _state(row, now)) for row in rows]
    return paging.page("silences", known, lambda one: (one.silence.starts, one.silence.silence_id))


@changes(Permission.CHANGE_SILENCES, "silence.add")
async def add(acting: Acting, new: NewSilence) -> AddedSilence:
    """Keep matches of a rule from raising alerts for a while. Raises NotFound for a name that no rule in force has."""
    now = acting.clock.now()
    silence = Silence(
        silence_id=ids.new_id(),
        rule=new.rule,
        source=new.source,
        starts=now,
        ends=now + new.lasting,
        author=acting.actor,
        comment=new.comment,
        team_id=acting.team,
    )
    async with acting.db.transaction() as conn:
        covered: int | None = None
        if new.source is None:
            names = [row.name for row in await rules.list_active(conn, acting.team)]
            covered = sum(covers(silence, name, "", acting.team) for name in names)
            if not covered and not any(sign in new.rule for sign in "*?["):
                raise NotFound.of("rule", new.rule, names)
        await silences.add(conn, silence)
        await acting.note(conn, silence.silence_id, rule=new.rule, source=new.source, ends=silence.ends.isoformat())
    return AddedSilence(silence, covered)


@changes(Permission.CHANGE_SILENCES, "silence.remove")
async def remove(acting: Acting, silence_id: str) -> None:
    """End a silence now; it stays in the list. Raises NotFound for one that is over or never was."""
    async with acting.db.transaction() as conn:
        if not await silences.remove(conn, silence_id, acting.clock.now(), acting.team):
            known = await silences.page(conn, team_id=acting.team)
            raise NotFound.of("silence", silence_id, [row.silence_id for row in known])
        await acting.note(conn, silence_id)


def _state(silence: Silence, now: datetime) -> SilenceState:
    if silence.ends <= now:
        return SilenceState.OVER
    return SilenceState.IN_FORCE if silence.starts <= now else SilenceState.TO_COME
