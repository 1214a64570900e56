"""`wirewatch replay`: run stored articles through a rule version and compare with its earlier matches."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from alerts.management.replay import Place, Replayed
from core.model.match import Match
from wirewatch.cli import output
from wirewatch.cli.counting import counting
from wirewatch.cli.opened import acting, config_option, json_option, run
from wirewatch.cli.shadow import Shadow, is_begun
from wirewatch.cli.times import SINCE
from wirewatch.usecases.replay import AskedReplay, Begun, Course, Finding
from wirewatch.usecases.replay import replay as run_replay

_COLUMNS = ("change", "accepted", "title", "source", "then")


@click.command("replay")
@click.option("--rule", required=True, help="A stored rule's name.")
@click.option("--version", "number", type=int, help="One of its versions; default: the current one.")
@click.option("--query", help="A query to run instead of the rule's own.")
@click.option("--since", type=SINCE, required=True, help="7d, 2026-03-01 or 2026-03-01T12:00Z.")
@click.option("--until", type=SINCE, help="The same; default: now.")
@click.option(
    "--shadow",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file for the new matches, one record a line. An interrupted run continues from it.",
)
@config_option
@json_option
def command(path: Path, shadow: Path | None, *, as_json: bool, **call: Any) -> None:
    """Run stored articles through a rule and report matches gained, lost and unchanged; nothing is delivered."""
    asked = AskedReplay(**call)
    if asked.number is not None and asked.query is not None:
        raise click.UsageError("give --version or --query, not both")
    try:
        found = run(_replay(path, asked, shadow))
    except KeyboardInterrupt:
        if shadow is not None and is_begun(shadow):
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


async def _replay(path: Path, asked: AskedReplay, shadow: Path | None) -> Replayed:
    async with acting(path) as me:
        with ExitStack() as watched:
            kept = _Kept(shadow, watched)
            found = await run_replay(me, asked, kept.begin)
        if kept.shadow is not None:
            kept.shadow.done()
        return found


@dataclass(slots=True)
class _Kept:
    """The course of a replay: shown where somebody watches, and kept in the shadow file where there is one."""

    path: Path | None
    watched: ExitStack
    shadow: Shadow | None = field(default=None, init=False)

    async def begin(self, begun: Begun) -> Course:
        if self.path is not None:
            self.shadow = await asyncio.to_thread(Shadow.open, self.path, begun.key, begun.span)
        progress = self.watched.enter_context(counting("articles", begun.articles))

        def step(place: Place, fresh: Sequence[Match]) -> None:
            progress(place.read)
            if self.shadow is not None:
                self.shadow.step(place, fresh)

        if self.shadow is None:
            return Course(begun.span, Place(), step)
        return Course(self.shadow.span, self.shadow.place, step)


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
