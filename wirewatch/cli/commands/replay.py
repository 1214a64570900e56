"""`wirewatch replay`: stored history through a rule version, compared with what was found at the time."""

from collections.abc import Iterator
from dataclasses import replace as changed
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import click

from alerts.replay import Replayed
from alerts.replay import replay as run_replay
from alerts.rules.ruleset import RuleCompiler
from core.errors import UserError
from core.model.codec import encode
from core.model.match import Match
from core.store.findings import Finding
from wirewatch.cli import output
from wirewatch.cli.opened import config_option, json_option, open_database, run
from wirewatch.cli.rule_texts import known_aliases, stored_rule, version, versions_of
from wirewatch.cli.times import SINCE, before

_COLUMNS = ("change", "accepted", "title", "source", "then")


@click.command("replay")
@click.option("--rule", required=True, help="A stored rule's name.")
@click.option("--version", "number", type=int, help="One of its versions; the one in force if it is not given.")
@click.option("--query", help="A text to run in place of the rule's own.")
@click.option("--since", type=SINCE, required=True, help="7d, 2026-03-01 or 2026-03-01T12:00Z.")
@click.option("--shadow", type=click.File("wb"), help="Where to write what is found now: match records, a line each.")
@config_option
@json_option
def command(
    rule: str,
    path: Path,
    since: datetime | timedelta,
    shadow: IO[bytes] | None,
    *,
    as_json: bool,
    **text: int | str | None,
) -> None:
    """Run stored articles through a rule and say what is gained, lost and the same; nothing is delivered."""
    if text["number"] is not None and text["query"] is not None:
        raise click.UsageError("give --version or --query, not both")
    found = run(_replay(path, rule, text, since))
    if shadow is not None:
        shadow.writelines(encode(match) + b"\n" for match in (*found.same, *found.gained))
    rows = list(_rows(found))
    if as_json:
        output.print_json({"kind": "summary", **_summary(found)})
        for row in rows:
            output.print_json({"kind": "article", **row})
        return
    output.show([row for row in rows if row["change"] != "same"], _COLUMNS, as_json=False, empty="It finds the same.")
    click.echo()
    output.show_one(_summary(found), as_json=False)


async def _replay(path: Path, name: str, text: dict[str, int | str | None], since: datetime | timedelta) -> Replayed:
    async with open_database(path) as opened, opened.db.connection() as conn:
        row = await stored_rule(conn, name)
        number, query = text["number"], text["query"]
        if isinstance(number, int):
            row = version(await versions_of(conn, name), number)
        elif isinstance(query, str):
            row = changed(row, query=query)
        aliases = (await known_aliases(conn, opened.config)).terms
        compiler = RuleCompiler()
        problems = compiler.problems(row.query, aliases)
        if problems:
            raise UserError("\n".join(problems))
        compiled = compiler.empty().updated([row], (), aliases)
        now = opened.clock.now()
        return await run_replay(conn, compiled, row, since=before(now, since), until=now)


def _summary(found: Replayed) -> dict[str, object]:
    return {
        "articles_read": found.read,
        "gained": len(found.gained),
        "lost": len(found.lost),
        "same": len(found.same),
        "no_longer_stored": len(found.gone),
        "stories_now": found.stories_now,
        "stories_then": found.stories_then,
    }


def _rows(found: Replayed) -> Iterator[dict[str, object]]:
    for match in found.gained:
        yield _row("gained", match, None)
    for finding in found.lost:
        yield _row("lost", finding.match, finding)
    for match in found.same:
        yield _row("same", match, None)
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
