"""`wirewatch rules preview`: what a rule would have found in the stored articles."""

from datetime import timedelta
from pathlib import Path

import click

from alerts.highlight import highlight
from alerts.preview import Against, Preview, Shown, Window, compare
from alerts.preview import preview as run_preview
from wirewatch.cli import output
from wirewatch.cli.opened import config_option, json_option, open_database, run
from wirewatch.cli.rule_texts import named

_MOST_MISSED = 5


@click.command("preview")
@click.argument("query")
@click.option("--days", type=click.FloatRange(0, 3650, min_open=True), default=7, show_default=True)
@click.option("--against", help="A stored rule: what is gained and lost against it.")
@click.option("--limit", type=click.IntRange(0, 10000), default=10, show_default=True, help="Stories to show.")
@config_option
@json_option
def preview(query: str, path: Path, days: float, against: str | None, limit: int, *, as_json: bool) -> None:
    """What QUERY (or a stored rule of that name) would have found; nothing is stored or sent."""
    found, other = run(_previewed(path, query, days, against))
    if as_json:
        _as_json(found, other, limit)
        return
    _headline(found, days)
    _stories(found, limit)
    for name, count in found.top_sources():
        click.echo(f"  {count:>5}  {output.one_line(name)}")
    _missed(found)
    if other is not None:
        click.echo(f"\nAgainst {against}: {len(other.gained)} gained, {len(other.lost)} lost, {other.same} the same")
        for sign, shown in [("+", other.gained), ("-", other.lost)]:
            for one in shown[:limit]:
                click.echo(f"  {sign} {_title(one)}")


async def _previewed(path: Path, query: str, days: float, against: str | None) -> tuple[Preview, Against | None]:
    async with open_database(path) as opened, opened.db.connection() as conn:
        now = opened.clock.now()
        window = Window(now - timedelta(days=days), now)
        new = await named(conn, opened.config, query)
        old = None if against is None else await named(conn, opened.config, against)
        found = await run_preview(conn, new.tree, window)
        other = None if old is None else compare(found, await run_preview(conn, old.tree, window))
    return found, other


def _headline(found: Preview, days: float) -> None:
    alerts = len(found.stories)
    click.echo(
        f"{_many(alerts, 'alert')} in {days:g} days, about {found.alerts_a_day:.1f} a day"
        f" ({_many(len(found.matches), 'article')}; copies of a story raise one alert)."
    )
    reach = (found.until - found.since) / timedelta(days=1)
    if reach < days * 0.95:
        span = f"{reach:.1f} days" if reach >= 1 else _many(round(reach * 24), "hour")
        click.echo(f"Stored articles reach back {span} only.")
    rest = "" if found.complete else "; older ones were left out"
    click.echo(f"{_many(found.read, 'candidate')} read{rest}.")
    if found.alerts_by_day:
        click.echo("By day: " + ", ".join(f"{day} {count}" for day, count in found.alerts_by_day.items()))


def _stories(found: Preview, limit: int) -> None:
    stories = list(found.stories.values())
    for story in stories[:limit]:
        first = story[0]
        article = first.story.article
        texts = [evidence.text for evidence in first.evidence]
        copies = f" and {_many(len(story) - 1, 'copy', 'copies')}" if len(story) > 1 else ""
        click.echo(f"\n{_title(first)}")
        click.echo(f"  {highlight(first.snippet, texts, mark=output.marked, plain=output.one_line)}")
        source = output.one_line(article.source_name)
        click.echo(f"  {output.cell(article.accepted)}  {source}  {output.one_line(article.url)}{copies}")
    if len(stories) > limit > 0:
        click.echo(f"\n... and {_many(len(stories) - limit, 'story', 'stories')} more; --limit shows them")
    if stories:
        click.echo("\nSources with most matches:")


def _missed(found: Preview) -> None:
    if found.missed:
        click.echo("\nJust missed, where nothing else matched:")
    for word, near in sorted(found.missed.items(), key=lambda item: -sum(item[1].values()))[:_MOST_MISSED]:
        said = ", ".join(f"{other} in {_many(count, 'article')}" for other, count in near.most_common(3))
        click.echo(f"  {word}: {said}")


def _title(shown: Shown) -> str:
    texts = [evidence.text for evidence in shown.evidence if evidence.field == "title"]
    return highlight(shown.story.article.title, texts, mark=output.marked, plain=output.one_line)


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def _as_json(found: Preview, other: Against | None, limit: int) -> None:
    alerts = len(found.stories)
    summary: dict[str, object] = {
        "kind": "summary",
        "alerts": alerts,
        "alerts_a_day": round(found.alerts_a_day, 3),
        "articles": len(found.matches),
        "candidates": found.read,
        "complete": found.complete,
        "since": found.since,
        "by_day": {day.isoformat(): count for day, count in found.alerts_by_day.items()},
        "top_sources": dict(found.top_sources()),
        "missed": {word: dict(near.most_common()) for word, near in found.missed.items()},
    }
    if other is not None:
        summary |= {"gained": len(other.gained), "lost": len(other.lost), "same": other.same}
    output.print_json(summary)
    for story in list(found.stories.values())[:limit]:
        for shown in story:
            output.print_json({"kind": "match", **_shown(shown)})
    if other is not None:
        for kind, rows in (("gained", other.gained), ("lost", other.lost)):
            for shown in rows[:limit]:
                output.print_json({"kind": kind, **_shown(shown)})


def _shown(shown: Shown) -> dict[str, object]:
    article = shown.story.article
    return {
        "article_id": article.article_id,
        "story_id": shown.story.story_id,
        "verdict": shown.story.verdict,
        "url": article.url,
        "title": article.title,
        "source": article.source_name,
        "accepted": article.accepted,
        "snippet": shown.snippet,
        "evidence": shown.evidence,
    }
