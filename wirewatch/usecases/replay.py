"""Replay: stored history through a rule version, compared with what was found at the time; nothing is delivered."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import datetime, timedelta

from alerts.management.replay import Place, Replayed, Span
from alerts.management.replay import replay as run_replay
from alerts.rules.ruleset import RuleCompiler
from core.db.connection import Connection
from core.model import ids
from core.model.match import Match
from core.model.rule import RuleRow
from core.store import articles
from core.store.findings import Finding
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.alias_sets import known_aliases
from wirewatch.usecases.named_rules import stored_rule, version, versions_of
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid

Moment = datetime | timedelta  # a time, or a span before now


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedReplay:
    """`number` or `query` name another version or text than the one in force; `until` None: now."""

    rule: str
    number: int | None = None
    query: str | None = None
    since: Moment
    until: Moment | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A replay about to run. `key` tells it from another: the rule's text and the range as they were asked for."""

    key: str
    span: Span
    articles: int  # at most so many are read


@dataclass(frozen=True, slots=True)
class Course:
    """How the caller keeps a replay's course: from where in which range it goes on, and what is told of each page."""

    span: Span
    place: Place
    step: Callable[[Place, Sequence[Match]], None]


@reads(Permission.READ_ARTICLES)
async def replay(acting: Acting, asked: AskedReplay, begin: Callable[[Begun], Awaitable[Course]]) -> Replayed:
    """Run stored articles through a rule. Raises NotFound, Invalid with every problem of its text."""
    async with acting.db.connection() as conn:
        row = await _row_asked(acting, conn, asked)
        aliases = (await known_aliases(conn, acting)).terms
        compiler = RuleCompiler()
        problems = compiler.problems(row.query, aliases)
        if problems:
            raise Invalid("\n".join(problems))
        compiled = compiler.empty().updated([row], (), aliases)
        span = _span(asked, acting.clock.now())
        total = await articles.count(conn, span.since, span.until)
        used = sorted((name, *terms) for name, terms in aliases.items()) if "@" in row.query else []
        course = await begin(Begun(_key(asked, row, repr(used)), span, total))
        return await run_replay(conn, compiled, row, course.span, course.place, course.step)


async def _row_asked(acting: Acting, conn: Connection, asked: AskedReplay) -> RuleRow:
    row = await stored_rule(conn, acting, asked.rule)
    if asked.number is not None:
        row = version(await versions_of(conn, row), asked.number)
    elif asked.query is not None:
        row = changed(row, query=asked.query)
    if not row.query:
        raise Invalid(f"rule {row.name!r} watches a source for silence; it has no query and matches no article")
    return row


def _span(asked: AskedReplay, now: datetime) -> Span:
    span = Span(_time(now, asked.since), now if asked.until is None else _time(now, asked.until))
    if span.since >= span.until:
        raise Invalid(f"nothing lies from {span.since:%Y-%m-%d %H:%M:%SZ} until {span.until:%Y-%m-%d %H:%M:%SZ}")
    return span


def _time(now: datetime, moment: Moment) -> datetime:
    return now - moment if isinstance(moment, timedelta) else moment


def _key(asked: AskedReplay, row: RuleRow, aliases: str) -> str:
    """The range goes in as it was typed: `7d` is the same range when the run goes on."""
    return ids.derived_id("replay", row.rule_id, row.version, row.query, aliases, repr((asked.since, asked.until)))


__all__ = ["AskedReplay", "Begun", "Course", "Finding", "replay"]
