"""`wirewatch rules preview`: what a rule would have found in the stored articles."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import click

from alerts.management.preview import Against, Preview, Shown
from core.text.highlight import highlight
from wirewatch.cli import output
from wirewatch.cli.counting import counting
from wirewatch.cli.opened import acting, config_option, json_option, run
from wirewatch.usecases.preview import AskedPreview, Previewed, Stories
from wirewatch.usecases.preview import preview as run_preview

_MOST_MISSED = 5


@click.command("preview")
@click.argument("query")
@click.option("--days", type=click.FloatRange(0, 3650, min_open=True), default=7, show_default=True)
@click.option("--against", help="A stored rule to compare with: matches gained and lost.")
@click.option("--limit", type=click.IntRange(0, 10000), default=10, show_default=True, help="Stories to show.")
@config_option
@json_option
def preview(query: str, path: Path, days: float, against: str | None, limit: int, *, as_json: bool) -> None:
    """Show what QUERY (or a stored rule of that name) would have found; nothing is stored or sent.

    The newest stories appear at once; the numbers follow when every candidate has been checked.
    """
    asked = AskedPreview(query=query, days=days, against=against)
    found = run(_preview(path, asked, 0 if as_json else limit))
    if as_json:
        _as_json(found.found, found.against, limit)
        return
    _numbers(found.found, days, limit)
    if found.against is not None:
        _compared(found.against, against or "", limit)


async def _preview(path: Path, asked: AskedPreview, stories: int) -> Previewed:
    async with acting(path) as me:
        with ExitStack() as watched:
            return await run_preview(me, asked, _Watcher(stories, watched))


@dataclass(slots=True)
class _Watcher:
    """Shows the first stories, then how far the rest is."""

    stories: int
    watched: ExitStack
    _progress: Callable[[int], None] = field(default=lambda _: None, init=False)

    def first(self, stories: Stories) -> None:
        _stories(stories)
        self._progress = self.watched.enter_context(counting("articles judged"))

    def judged(self, articles: int) -> None:
        self._progress(articles)


def _numbers(found: Preview, days: float, limit: int) -> None:
    left = len(found.stories) - limit
    if limit > 0 and left > 0:
        output.say(f"... and {_many(left, 'story', 'stories')} more; --limit shows them\n")
    _headline(found, days)
    if found.matches:
        output.say("\nSources with most matches:")
    for name, count in found.top_sources():
        output.say(f"  {count:>5}  {output.one_line(name)}")
    _missed(found)


def _compared(other: Against, against: str, limit: int) -> None:
    output.say(f"\nAgainst {against}: {len(other.gained)} gained, {len(other.lost)} lost, {other.same} the same")
    for sign, shown in [("+", other.gained), ("-", other.lost)]:
        for one in shown[:limit]:
            output.say(f"  {sign} {_title(one)}")


def _headline(found: Preview, days: float) -> None:
    alerts = len(found.stories)
    output.say(
        f"{_many(alerts, 'alert')} in {days:g} days, about {found.alerts_a_day:.1f} a day"
        f" ({_many(len(found.matches), 'article')}; copies of a story raise one alert)."
    )
    reach = (found.until - found.since) / timedelta(days=1)
    if reach < days * 0.95:
        span = f"{reach:.1f} days" if reach >= 1 else _many(round(reach * 24), "hour")
        output.say(f"Stored articles reach back {span} only.")
    rest = "" if found.complete else "; older ones were left out"
    if found.read:
        output.say(f"{_many(found.read, 'candidate')} read{rest}.")
    else:
        output.say("No stored article of that time holds all that the rule asks for.")
    if found.alerts_by_day:
        output.say("By day: " + ", ".join(f"{day} {count}" for day, count in found.alerts_by_day.items()))


def _stories(stories: Stories) -> None:
    for story in stories:
        first = story[0]
        article = first.story.article
        texts = [evidence.text for evidence in first.evidence]
        copies = f" and {_many(len(story) - 1, 'copy', 'copies')}" if len(story) > 1 else ""
        output.say(_title(first))
        output.say(f"  {highlight(first.snippet, texts, mark=output.marked, plain=output.one_line)}")
        source = output.one_line(article.source_name)
        output.say(f"  {output.cell(article.accepted)}  {source}  {output.one_line(article.url)}{copies}\n")


def _missed(found: Preview) -> None:
    if found.missed:
        output.say("\nJust missed. With these words, too, the rule would find more:")
    for word, near in sorted(found.missed.items(), key=lambda item: -sum(item[1].values()))[:_MOST_MISSED]:
        said = ", ".join(f"{other} in {_many(count, 'article')}" for other, count in near.most_common(3))
        output.say(f"  {word}: {said}")


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
