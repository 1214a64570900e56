"""`wirewatch try feed`: feeds, JSON Feeds and news sitemaps as the poll stage reads them."""

from collections import Counter

import click

from core.model.outcome import PollOutcome
from ingest.parse.parser import ParserPool
from ingest.parse.shapes import ParsedEntry, ParsedFeed, ParseFailure
from wirewatch.cli.try_bodies import BAD_INPUT, MOST_BYTES, TOO_LARGE, Body, bodies_of, parsed_in_order
from wirewatch.cli.try_input import Progress, Refusals, emit, input_argument, stamp


@click.command("feed")
@click.argument("feeds", type=input_argument)
@click.option("--url", help="The feed's address, for lines without a url.")
def command(feeds: str, url: str | None) -> None:
    """Parse FEEDS, JSON Lines or one raw feed: {"id", "outcome", "feed", "entries"}.

    A line is {"id", "url"?, "headers"?, "time_zone"?, "path" or "body_base64"}; a path is relative to the file. The outcome
    is that of a poll, and bad_input for a line that names no body.
    """
    refusals, progress, outcomes = Refusals(), Progress("feeds"), Counter[str]()

    def show(body: Body, found: ParsedFeed | ParseFailure) -> None:
        row = _row(body, found)
        outcomes[str(row["outcome"])] += 1
        emit(row)
        progress.step()

    parsed_in_order(bodies_of(feeds, url, refusals), _parse, show)
    progress.total("".join(f", {count:,} {outcome}" for outcome, count in sorted(outcomes.items())))
    refusals.finish()


async def _parse(pool: ParserPool, body: Body) -> ParsedFeed | ParseFailure:
    if body.problem:
        return ParseFailure(BAD_INPUT, body.problem)
    if len(body.data) > MOST_BYTES:
        return TOO_LARGE
    return await pool.parse_feed(body.data, body.headers, body.url, body.source)


def _row(body: Body, found: ParsedFeed | ParseFailure) -> dict[str, object]:
    if isinstance(found, ParseFailure):
        return {"id": body.name, "outcome": found.outcome, "detail": found.detail, "feed": None, "entries": []}
    feed: dict[str, object] = {
        "title": found.title,
        "link": found.link,
        "language": found.language,
        "updated": stamp(found.updated),
    }
    if found.broken:
        feed["broken_entries"] = found.broken
    entries = [_entry(entry) for entry in found.entries]
    return {"id": body.name, "outcome": PollOutcome.OK.value, "feed": feed, "entries": entries}


def _entry(entry: ParsedEntry) -> dict[str, object]:
    return {
        "id": entry.guid,
        "url": entry.url,
        "title": entry.title,
        "authors": list(entry.authors),
        "language": entry.language,
        "published": stamp(entry.published),
        "updated": stamp(entry.updated),
        "summary": entry.summary,
        "content": entry.content,
        "tags": list(entry.tags),
    }
