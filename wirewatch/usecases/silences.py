"""Silences: not to hear of some rules for a while, on purpose and for a reason."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from alerts.pipeline.silence import covers
from core.bounded import LAST_YEAR
from core.db.connection import Connection
from core.model import ids
from core.model.rule import RuleRow
from core.model.silence import Silence
from core.store import alerts, hidden, rules, silences
from core.store.alerts import AlertRow
from core.store.hidden import Span
from core.store.silences import Phase
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.pages import Page, Paging, cursor
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid, NotFound
from wirewatch.usecases.tags import tag

PREVIEW = timedelta(days=7)
_PIECE, _MOST = 100, 1000  # alerts that are read at a time, and for a page at most
_LONGEST = 200  # characters of a pattern
_LONGEST_COMMENT = 2000
_LONGEST_SPAN = timedelta(days=3650)
_Place = tuple[datetime, str]  # of an alert in the list: when it was made, and its id


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
    """`rule` and `source`: a name or a pattern of names; a `source` of None means every source. `starts` None: now."""

    rule: str
    source: str | None = None
    starts: datetime | None = None
    lasting: timedelta
    comment: str


@dataclass(frozen=True, slots=True)
class AddedSilence:
    """`covered`: how many rules in force it covers; None where that depends on the source of the match."""

    silence: Silence
    covered: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SilencePreview:
    """What a silence would have hidden from `since` on. `rules`: the names of those in force that it covers.

    `by_rule`: alerts by the name of their rule, the most first; `newest`: some of them, the newest first.
    """

    since: datetime
    rules: tuple[str, ...]
    alerts: int
    by_rule: Mapping[str, int]
    newest: tuple[AlertRow, ...]


@reads(Permission.READ_SILENCES)
async def list_page(
    acting: Acting, paging: Paging, *, over: bool = True, state: SilenceState | None = None
) -> Page[KnownSilence]:
    """The team's silences, those that begin last first; `over`: those that are over, too; `state`: only those."""
    now = acting.clock.now()
    phase = Phase(state.value) if state is not None else None if over else Phase.NOT_OVER
    async with acting.db.connection() as conn:
        rows = await silences.page(
            conn,
            limit=paging.asked,
            after=paging.after_moment("silences"),
            phase=None if phase is None else (phase, now),
            team_id=acting.listed_team,
        )
    known = [KnownSilence(row, _state(row, now)) for row in rows]
    return paging.page("silences", known, lambda one: (one.silence.starts, one.silence.silence_id))


@reads(Permission.READ_SILENCES)
async def show(acting: Acting, silence_id: str) -> KnownSilence:
    """One silence. Raises NotFound."""
    async with acting.db.connection() as conn:
        found = await _stored(acting, conn, silence_id)
    return KnownSilence(found, _state(found, acting.clock.now()))


@reads(Permission.READ_SILENCES)
async def hid(acting: Acting, silence_id: str, paging: Paging) -> Page[AlertRow]:
    """The alerts that somebody was not told of because of the silence, or of another one over the same rules at that time; the
    newest first. Raises NotFound.

    A page of a silence over few of many alerts may have less rows than asked for, and a next page.
    """
    async with acting.db.connection() as conn:
        silence = await _stored(acting, conn, silence_id)
        of_team = await rules.list_all(conn, silence.team_id)
        until = min(silence.ends, acting.clock.now())
        span = _span(silence, of_team, silence.starts, until)
        names = {row.rule_id: row.name for row in of_team}
        list_name, most = f"hid {silence_id}", _MOST if paging.limit is None else paging.limit
        after = paging.after_moment(list_name)
        look = partial(hidden.newest, conn, span, _PIECE, silenced=True)
        found, after = await _newest(conn, silence, names, most, look, after)
    if after is None or len(found) > most:
        return paging.page(list_name, found, lambda row: (row.alert.created, row.alert.alert_id))
    return Page(tuple(found), cursor(list_name, *after))


@reads(Permission.READ_SILENCES)
async def preview(acting: Acting, new: NewSilence, shown: int = 10) -> SilencePreview:
    """What the silence would have hidden in the last week. Raises Invalid, and NotFound for a name that no rule in force has."""
    now = acting.clock.now()
    since = now - PREVIEW
    silence = _made(acting, new)
    async with acting.db.connection() as conn:
        covered = await _covered(acting, conn, silence)
        of_team = await rules.list_all(conn, acting.team)
        names = {row.rule_id: row.name for row in of_team}
        span = _span(silence, of_team, since, now)
        by_rule: Counter[str] = Counter()
        for group in await hidden.groups(conn, span, by_source=silence.source is not None):
            if covers(silence, names.get(group.rule_id, ""), group.source, acting.team):
                by_rule[names[group.rule_id]] += group.number
        look = partial(hidden.newest, conn, span, _PIECE)
        newest = (await _newest(conn, silence, names, shown, look, None))[0] if by_rule else []
    return SilencePreview(
        since=since,
        rules=tuple(covered),
        alerts=by_rule.total(),
        by_rule=dict(by_rule.most_common()),
        newest=tuple(newest[:shown]),
    )


@changes(Permission.CHANGE_SILENCES, "silence.add")
async def add(acting: Acting, new: NewSilence) -> AddedSilence:
    """Keep matches of a rule from raising alerts for a while. Raises Invalid, and NotFound for a name that no rule in force has."""
    silence = _made(acting, new)
    async with acting.db.transaction() as conn:
        covered = await _covered(acting, conn, silence)
        await silences.add(conn, silence)
        await acting.note(conn, silence.silence_id, after=_told(silence))
    return AddedSilence(silence, len(covered) if new.source is None else None)


@changes(Permission.CHANGE_SILENCES, "silence.remove")
async def remove(acting: Acting, silence_id: str) -> None:
    """End a silence now; it stays in the list. Raises NotFound for one that is over or never was."""
    async with acting.db.transaction() as conn:
        before, now = await silences.get(conn, silence_id), acting.clock.now()
        if before is not None:
            await acting.unchanged(conn, silence_id, tag_of(before))
        if before is None or not await silences.remove(conn, silence_id, now, acting.team):
            known = await silences.page(conn, team_id=acting.team)
            raise NotFound.of("silence", silence_id, [row.silence_id for row in known])
        await acting.note(conn, silence_id, before=_told(before), after=_told(replace(before, ends=now)))


def tag_of(silence: Silence) -> str:
    """Of what people say of it, not of what it hides."""
    return tag(silence.rule, silence.source, silence.starts, silence.ends, silence.comment)


def _told(silence: Silence) -> dict[str, object]:
    """For the audit log."""
    return {
        "rule": silence.rule,
        "source": silence.source,
        "starts": silence.starts.isoformat(),
        "ends": silence.ends.isoformat(),
        "comment": silence.comment,
    }


def _made(acting: Acting, new: NewSilence) -> Silence:
    now = acting.clock.now()
    starts = now if new.starts is None else new.starts
    for field, pattern in (("rule", new.rule), ("source", new.source)):
        if pattern is not None and not 0 < len(pattern.strip()) <= _LONGEST:
            raise Invalid(f"{field}: expected a name or a pattern of at most {_LONGEST} characters", field)
    if not timedelta(0) < new.lasting <= _LONGEST_SPAN:
        raise Invalid("a silence lasts more than no time and at most ten years", "lasting")
    if not new.comment.strip():
        raise Invalid("say why: the comment is shown with what is hidden", "comment")
    if len(new.comment) > _LONGEST_COMMENT:
        raise Invalid(f"the comment is longer than {_LONGEST_COMMENT} characters", "comment")
    if starts.year > LAST_YEAR:  # its end would leave the calendar
        raise Invalid(f"expected a year up to {LAST_YEAR}", "starts")
    if starts + new.lasting <= now:
        raise Invalid("it would be over already", "starts")
    return Silence(
        silence_id=ids.new_id(),
        rule=new.rule.strip(),
        source=None if new.source is None else new.source.strip(),
        starts=starts,
        ends=starts + new.lasting,
        author=acting.actor,
        comment=new.comment.strip(),
        team_id=acting.team,
    )


async def _covered(acting: Acting, conn: Connection, silence: Silence) -> list[str]:
    """The names of the rules in force that it covers, whatever the source. Raises NotFound for a name that none has."""
    names = [row.name for row in await rules.list_active(conn, acting.team)]
    anywhere = replace(silence, source=None)
    covered = [name for name in names if covers(anywhere, name, "", acting.team)]
    if not covered and not any(sign in silence.rule for sign in "*?["):
        raise NotFound.of("rule", silence.rule, names)
    return covered


def _span(silence: Silence, of_team: Sequence[RuleRow], since: datetime, until: datetime) -> Span:
    anywhere = replace(silence, source=None)
    rule_ids = [row.rule_id for row in of_team if covers(anywhere, row.name, "", silence.team_id)]
    return Span(since=since, until=until, rule_ids=rule_ids)


async def _newest(
    conn: Connection,
    silence: Silence,
    names: Mapping[str, str],
    most: int,
    look: Callable[..., Awaitable[list[str]]],
    after: _Place | None,
) -> tuple[list[AlertRow], _Place | None]:
    """The alerts that it covers, piece by piece until they are more than `most` or `_MOST` were looked at; and behind which one
    to look on, None: there are no more. `look`: the ids of the next piece."""
    found: list[AlertRow] = []
    for _ in range(_MOST // _PIECE):
        rows = await alerts.get_many(conn, await look(after=after))
        found += [row for row in rows if _covers(silence, row, names)]
        after = (rows[-1].alert.created, rows[-1].alert.alert_id) if len(rows) == _PIECE else None
        if after is None or len(found) > most:
            break
    return found, after


def _covers(silence: Silence, row: AlertRow, names: Mapping[str, str]) -> bool:
    source = row.alert.articles[0].brief.source_name if row.alert.articles else ""
    return covers(silence, names.get(row.alert.rule.rule_id, ""), source, silence.team_id)


async def _stored(acting: Acting, conn: Connection, silence_id: str) -> Silence:
    found = await silences.get(conn, silence_id)
    if found is None or acting.listed_team not in (None, found.team_id):
        known = await silences.page(conn, limit=1000, team_id=acting.listed_team)
        raise NotFound.of("silence", silence_id, [row.silence_id for row in known])
    return found


def _state(silence: Silence, now: datetime) -> SilenceState:
    if silence.ends <= now:
        return SilenceState.OVER
    return SilenceState.IN_FORCE if silence.starts <= now else SilenceState.TO_COME


__all__ = [
    "AddedSilence",
    "AlertRow",
    "KnownSilence",
    "NewSilence",
    "SilencePreview",
    "SilenceState",
    "add",
    "hid",
    "list_page",
    "preview",
    "remove",
    "show",
]
