"""`wirewatch try page`: articles' pages as the read stage reads them."""

from collections import Counter

import click

from core.clock import SystemClock
from core.model.outcome import ArticleOutcome
from ingest.parse.dated import chosen_time
from ingest.parse.parser import ParserPool
from ingest.parse.shapes import ParsedPage, ParseFailure
from ingest.read.assemble import flags_of
from wirewatch.cli.try_bodies import BAD_INPUT, MOST_BYTES, TOO_LARGE, Body, bodies_of, parsed_in_order
from wirewatch.cli.try_input import Progress, Refusals, emit, input_argument, stamp

_NOWHERE = "https://page.invalid/page.html"  # a page whose address nobody said; RFC 2606


@click.command("page")
@click.argument("pages", type=input_argument)
@click.option("--url", help="The page's address, for lines without a url.")
def command(pages: str, url: str | None) -> None:
    """Read PAGES, JSON Lines or one raw page: {"id", "outcome", "url", "canonical_url", "title", "text", ...}.

    A line is {"id", "url", "headers"?, "time_zone"?, "country"?, "lang"?, "entry"?, "path" or "html"}; a path is relative to
    the file. `entry` is what a feed said of it: {"title"?, "summary"?, "content"?, "published"?}. The outcome is that of an
    article, and bad_input for a line that names no page.
    """
    refusals, progress, outcomes = Refusals(), Progress("pages"), Counter[str]()

    def show(body: Body, found: ParsedPage | ParseFailure) -> None:
        row = _row(body, found)
        outcomes[str(row["outcome"])] += 1
        emit(row)
        progress.step()

    parsed_in_order(bodies_of(pages, url, refusals), _parse, show)
    progress.total("".join(f", {count:,} {outcome}" for outcome, count in sorted(outcomes.items())))
    refusals.finish()


async def _parse(pool: ParserPool, body: Body) -> ParsedPage | ParseFailure:
    if body.problem:
        return ParseFailure(BAD_INPUT, body.problem)
    if len(body.data) > MOST_BYTES:
        return TOO_LARGE
    return await pool.read_page(body.data, body.content_type, body.url or _NOWHERE, body.entry(SystemClock().now()))


def _row(body: Body, found: ParsedPage | ParseFailure) -> dict[str, object]:
    if isinstance(found, ParseFailure):
        return {"id": body.name, "outcome": found.outcome, "detail": found.detail, "url": body.url or None, "text": ""}
    return {
        "id": body.name,
        "outcome": ArticleOutcome.ACCEPTED.value,
        "url": body.url or None,
        "canonical_url": None if found.canonical_url == _NOWHERE else found.canonical_url,
        "title": found.title,
        "text": found.text,
        "authors": list(found.authors),
        "published": stamp(found.published),
        "published_confidence": found.published_confidence.value,
        "updated": stamp(found.updated),
        "language": found.lang,
        "section": found.section,
        "tags": list(found.tags),
        "agencies": list(found.agencies),
        "flags": sorted(flags_of(found, chosen_time(found.times, SystemClock().now()))),
        "how": found.how,
        "times": [
            {"origin": one.origin, "time": stamp(one.at), "confidence": one.confidence.value} for one in found.times
        ],
    }
