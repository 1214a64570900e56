"""`wirewatch replay`: stored history through a rule version, compared with what was found at the time."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from alerts.management.replay import Place, Replayed, Span
from alerts.management.replay import replay as run_replay
from alerts.rules.ruleset import RuleCompiler
from core.db.connection import Connection
from core.errors import UserError
from core.model import ids
from core.model.match import Match
from core.model.rule import RuleRow
from core.store import articles
from core.store.findings import Finding
from wirewatch.cli import output
from wirewatch.cli.counting import counting
from wirewatch.cli.opened import config_option, json_option, open_database, run
from wirewatch.cli.rule_texts import known_aliases, stored_rule, version, versions_of
from wirewatch.cli.shadow import Shadow, is_begun
from wirewatch.cli.times import SINCE, before

_COLUMNS = ("change", "accepted", "title", "source", "then")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The call. `number` and `query` name another version or text than the one in force."""

    rule: str
    number: int | None
    query: str | None
    since: datetime | timedelta
    until: datetime | timedelta | None
    shadow: Path | None


@click.command("replay")
@click.option("--rule", required=True, help="A stored rule's name.")
@click.option("--version", "number", type=int, help="One of its versions; the one in force if it is not given.")
@click.option("--query", help="A text to run in place of the rule's own.")
@click.option("--since", type=SINCE, required=True, help="7d, 2026-03-01 or 2026-03-01T12:00Z.")
@click.option("--until", type=SINCE, help="The same; now if it is not given.")
@click.option(
    "--shadow",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file for what is found now: match records, a line each. A run that was cut short goes on from it.",
)
@config_option
@json_option
def command(path: Path, *, as_json: bool, **call: Any) -> None:
    """Run stored articles through a rule and say what is gained, lost and the same; nothing is delivered."""
    asked = _Asked(**call)
    if asked.number is not None and asked.query is not None:
        raise click.UsageError("give --version or --query, not both")
    try:
        found = run(_replay(path, asked))
    except KeyboardInterrupt:
        if asked.shadow is not None and is_begun(asked.shadow):
            output.say("stopped; the same command goes on from here", err=True)
        raise
    rows = list(_rows(found))
    if as_json:
        output.print_json({"kind": "summary", **_summary(found)})
        for row in rows:
            output.print_json({"kind": "article", **row})
        return
    output.show([row for row in rows if row["change"] != "same"], _COLUMNS, as_json=False, empty="It finds the same.")
    output.say()
    output.show_one(_summary(found), as_json=False)


async def _replay(path: Path, asked: _Asked) -> Replayed:
    async with open_database(path) as opened, opened.db.connection() as conn:
        row = await _row_asked(conn, asked)
        aliases = (await known_aliases(conn, opened.config)).terms
        compiler = RuleCompiler()
        problems = compiler.problems(row.query, aliases)
        if problems:
            raise UserError("\n".join(problems))
        compiled = compiler.empty().updated([row], (), aliases)
        span = _span(asked, opened.clock.now())
        shadow = None
        if asked.shadow is not None:
            shadow = await asyncio.to_thread(Shadow.open, asked.shadow, _key(asked, row, aliases), span)
            span = shadow.span
        total = await articles.count(conn, span.since, span.until)
        with counting("articles", total) as progress:

            def step(place: Place, fresh: Sequence[Match]) -> None:
                progress(place.read)
                if shadow is not None:
                    shadow.step(place, fresh)

            found = await run_replay(conn, compiled, row, span, shadow.place if shadow is not None else Place(), step)
        if shadow is not None:
            shadow.done()
        return found


async def _row_asked(conn: Connection, asked: _Asked) -> RuleRow:
    row = await stored_rule(conn, asked.rule)
    if asked.number is not None:
        row = version(await versions_of(conn, asked.rule), asked.number)
    elif asked.query is not None:
        row = changed(row, query=asked.query)
    if not row.query:
        raise UserError(f"rule {row.name!r} watches a source for silence; it has no query and matches no article")
    return row


def _span(asked: _Asked, now: datetime) -> Span:
    span = Span(before(now, asked.since), now if asked.until is None else before(now, asked.until))
    if span.since >= span.until:
        raise UserError(f"nothing lies from {output.cell(span.since)} until {output.cell(span.until)}")
    return span


def _key(asked: _Asked, row: RuleRow, aliases: Mapping[str, Sequence[str]]) -> str:
    """Of the rule's text, the aliases and the range as it was typed: `7d` is the same range when the run goes on."""
    used = sorted((name, *terms) for name, terms in aliases.items()) if "@" in row.query else []
    return ids.derived_id("replay", row.rule_id, row.version, row.query, repr(used), repr((asked.since, asked.until)))


def _summary(found: Replayed) -> dict[str, object]:
    return {
        "articles_read": found.read,
        "gained": len(found.gained),
        "lost": len(found.lost),
        "same": len(found.same),
        "no_longer_stored": len(found.gone),
        "stories_now": found.stories_now,
        "stories_then": found.stories_then,
        "stories_sent": found.stories_sent,
    }


def _rows(found: Replayed) -> Iterator[dict[str, object]]:
    for match in found.gained:
        yield _row("gained", match, None)
    for finding in found.lost:
        yield _row("lost", finding.match, finding)
    for match, then in found.same:
        yield _row("same", match, then)
    for finding in found.gone:
        yield _row("no longer stored", finding.match, finding)


def _row(change: str, match: Match, then: Finding | None) -> dict[str, object]:
    return {
        "change": change,
        "article_id": match.article.article_id,
        "story_id": match.story_id,
        "accepted": match.accepted,
        "title": match.article.title,
        "source": match.article.source_name,
        "url": match.article.url,
        "evidence": sorted({evidence.text for evidence in match.evidence}),
        "then": None if then is None else then.outcome,
    }
