"""Operations that look for feeds, and on lists and packs of sources."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

from aiohttp import web as http

from ingest.lists.listed import MOST_BYTES, Listed, NoList
from ingest.lists.read import read_list
from wirewatch.api.operation import Call, operation
from wirewatch.api.problems import Refusal
from wirewatch.api.source_list_models import (
    AddressBody,
    ExportQuery,
    ImportBody,
    ImportLine,
    ImportResult,
    Pack,
    PackBody,
    Packs,
    Preview,
    Site,
)
from wirewatch.api.sources import CHANGE, READ, not_a_feed
from wirewatch.usecases import discovery, source_lists
from wirewatch.usecases.refusals import Invalid
from wirewatch.usecases.source_plan import PlanOptions, counts
from wirewatch.usecases.source_web import web_of
from wirewatch.usecases.sources import SourceFilter


@operation(
    "POST", "/source-discovery", summary="Find the feeds of a site", access=CHANGE, body=AddressBody, answer=Site
)
async def discover_feeds(call: Call[Any, AddressBody]) -> Site:
    """The best first, with what each would bring. The site is visited, which takes seconds, a minute at most."""
    async with web_of(call.acting, call.serving.web) as web:
        return Site.of_site(await discovery.discover(call.acting, web, call.body.url))


@operation("POST", "/source-preview", summary="Preview a feed", access=CHANGE, body=AddressBody, answer=Preview)
async def preview_feed(call: Call[Any, AddressBody]) -> Preview:
    """What a first poll would bring, with its first articles as they would be read. Nothing is kept."""
    async with web_of(call.acting, call.serving.web) as web:
        try:
            return Preview.of_preview(await discovery.preview(call.acting, web, call.body.url))
        except discovery.NotAFeed as error:
            raise Refusal(not_a_feed(error)) from None


@operation(
    "POST",
    "/source-imports",
    summary="Bring in a list of sources",
    access=CHANGE,
    body=ImportBody,
    answer=ImportResult,
    most_bytes=2 * MOST_BYTES,
)
async def import_sources(call: Call[Any, ImportBody]) -> ImportResult:
    """OPML, CSV, TOML or an address a line, with a result a line; a repeat adds nothing twice. `dry_run` answers the plan."""
    body = call.body
    try:
        listed = await asyncio.to_thread(read_list, body.text.encode("utf-8", "replace"), body.format)
    except NoList as error:
        raise Invalid(str(error), "text") from None
    options = PlanOptions(tags=body.tags, rename=body.rename, take_found=body.take_found)
    return await _brought(call, listed, options, look=body.look, dry_run=body.dry_run)


@operation(
    "GET",
    "/source-export",
    summary="Export sources",
    access=READ,
    query=ExportQuery,
    media="text/plain",
)
async def export_sources(call: Call[ExportQuery, None]) -> http.Response:
    """All that is said of them, as OPML, CSV, TOML or an address a line. Who may not change sources gets addresses without
    what is secret in them."""
    made = await source_lists.export(call.acting, call.query.format, SourceFilter(tag=call.query.tag))
    return http.Response(
        text=made.text,
        content_type="text/plain",
        headers={"Content-Disposition": f'attachment; filename="{made.file_name}"'},
    )


@operation("GET", "/source-packs", summary="List packs of sources", access=READ, answer=Packs)
async def list_source_packs(call: Call[Any, None]) -> Packs:
    """Public feeds by topic, language, region and country."""
    return Packs(packs=[Pack.of_known(one) for one in await source_lists.list_packs(call.acting)])


@operation(
    "POST",
    "/source-packs/{pack}",
    summary="Add the sources of a pack",
    access=CHANGE,
    body=PackBody,
    answer=ImportResult,
)
async def add_source_pack(call: Call[Any, PackBody]) -> ImportResult:
    """What does not answer its first poll is looked for on its publisher's site."""
    pack = source_lists.pack_named(call.path["pack"])
    options = PlanOptions(tags=call.body.tags, rename=True)
    return await _brought(call, source_lists.lines_of(pack), options, look=False, dry_run=call.body.dry_run)


async def _brought(
    call: Call[Any, Any], listed: Sequence[Listed], options: PlanOptions, *, look: bool, dry_run: bool
) -> ImportResult:
    me = call.acting
    if look:
        async with web_of(me, call.serving.web) as web:
            plan = await source_lists.plan(me, listed, options, web)
    else:
        plan = await source_lists.plan(me, listed, options)
    if dry_run:
        return ImportResult(lines=[ImportLine.of_line(line) for line in plan], counts=counts(plan))
    done = await source_lists.bring(me, plan)
    lines = [ImportLine.of_line(one.line, one) for one in done]
    return ImportResult(lines=lines, counts=dict(Counter(one.outcome.value for one in done)))


OPERATIONS = [
    discover_feeds,
    preview_feed,
    import_sources,
    export_sources,
    list_source_packs,
    add_source_pack,
]
