"""Operations on sources. A path names a source by its id, or by its name or address."""

from http import HTTPStatus
from typing import Any

from wirewatch.api.operation import Answer, Call, operation
from wirewatch.api.problems import Refusal, of_refused
from wirewatch.api.source_list_models import FoundFeed, NotAFeedProblem
from wirewatch.api.source_models import (
    AddedSource,
    BulkBody,
    BulkResult,
    BulkResults,
    NewSourceBody,
    Source,
    SourceChange,
    Sources,
    SourcesQuery,
    TagCount,
    TagCounts,
)
from wirewatch.usecases import source_changes, sources
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.discovery import NotAFeed, add_seen
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid
from wirewatch.usecases.source_changes import Bulk
from wirewatch.usecases.source_facts import NewSource
from wirewatch.usecases.source_web import web_of
from wirewatch.usecases.sources import SourceFilter

READ, CHANGE = Permission.READ_SOURCES, Permission.CHANGE_SOURCES


@operation("GET", "/sources", summary="List sources", access=READ, query=SourcesQuery, answer=Sources)
async def list_sources(call: Call[SourcesQuery, None]) -> Sources:
    """By id, with their state in a word and a sentence; with a filter by name."""
    asked, paging = call.query, Paging(call.query.limit, call.query.cursor)
    wanted = SourceFilter(state=asked.state, tag=asked.tag, text=asked.text or None)
    if wanted == SourceFilter():
        page = await sources.list_page(call.acting, paging)
    else:
        page = await sources.find(call.acting, paging, wanted)
    return Sources(sources=[Source.of_known(one) for one in page.items], next=page.next)


@operation("GET", "/source-tags", summary="List tags of sources", access=READ, answer=TagCounts)
async def list_source_tags(call: Call[Any, None]) -> TagCounts:
    """With the number of sources that have them, the most frequent first."""
    found = await sources.tags(call.acting)
    return TagCounts(tags=[TagCount(tag=tag, sources=count) for tag, count in found.items()])


@operation("GET", "/sources/{source}", summary="Show a source", access=READ, answer=Source)
async def show_source(call: Call[Any, None]) -> Answer:
    """With its rhythm, and when it is polled next and why."""
    return await _shown(call.acting, call.path["source"])


@operation(
    "POST",
    "/sources",
    summary="Add a source",
    access=CHANGE,
    body=NewSourceBody,
    answer=AddedSource,
    status=HTTPStatus.CREATED,
    creates=True,
    atomic=False,  # it waits for the site
)
async def add_source(call: Call[Any, NewSourceBody]) -> Answer:
    """Polled soon. A page that is no feed is refused (`not_a_feed`) with the feeds of its site; one that does not answer is
    added, with a note."""
    body = call.body
    if not body.look and body.name is None:
        raise Invalid("expected a name: nobody looks what the feed calls itself", "name")
    facts = body.model_dump(exclude={"look", "name"})
    new = NewSource(**facts, name=body.name or "")
    if not body.look:
        added, note = await sources.add(call.acting, new), None
    else:
        async with web_of(call.acting, call.serving.web) as web:
            try:
                seen = await add_seen(call.acting, web, new)
            except NotAFeed as error:
                raise Refusal(not_a_feed(error)) from None
        added, note = seen.source, seen.note
    known = await sources.show(call.acting, added.source_id)
    model = AddedSource(source=Source.of_known(known), note=note)
    return Answer(model, etag=known.tag, headers={"Location": f"/api/v1/sources/{added.source_id}"})


@operation(
    "PATCH", "/sources/{source}", summary="Change a source", access=CHANGE, body=SourceChange, answer=Source, stale=True
)
async def change_source(call: Call[Any, SourceChange]) -> Answer:
    """Another address keeps what is known of its entries, so none alerts again. A source of a file is changed there."""
    body = call.body
    facts = {name: getattr(body, name) for name in body.model_fields_set}
    for name in ("name", "url", "kind", "full_text", "patience_seconds", "tags"):
        if name in facts and facts[name] is None:
            raise Invalid("expected a value: it cannot be taken away", name)
    changed = await source_changes.change(call.acting, call.path["source"], facts)
    return await _shown(call.acting, changed.source_id)


@operation("DELETE", "/sources/{source}", summary="Remove a source", access=CHANGE, status=204, stale=True)
async def remove_source(call: Call[Any, None]) -> None:
    """Its articles stay. Where other teams read it too, only one's own stops."""
    await sources.remove(call.acting, call.path["source"])


@operation("POST", "/sources/{source}/pause", summary="Pause a source", access=CHANGE, answer=Source, stale=True)
async def pause_source(call: Call[Any, None]) -> Answer:
    """It is not polled until it is resumed; also one that a file manages."""
    return await _shown(call.acting, (await source_changes.pause(call.acting, call.path["source"])).source_id)


@operation("POST", "/sources/{source}/resume", summary="Resume a source", access=CHANGE, answer=Source, stale=True)
async def resume_source(call: Call[Any, None]) -> Answer:
    """It is polled at once."""
    return await _shown(call.acting, (await source_changes.resume(call.acting, call.path["source"])).source_id)


@operation("POST", "/sources/{source}/poll", summary="Poll a source now", access=CHANGE, answer=Source)
async def poll_source(call: Call[Any, None]) -> Answer:
    """A process that polls does it within seconds."""
    return await _shown(call.acting, (await source_changes.poll_now(call.acting, call.path["source"])).source_id)


@operation("POST", "/source-bulk", summary="Change many sources", access=CHANGE, body=BulkBody, answer=BulkResults)
async def change_many_sources(call: Call[Any, BulkBody]) -> BulkResults:
    """Each by itself, with a result for each."""
    body = call.body
    wanted = Bulk(action=body.action, names=body.sources, add=body.add, remove=body.remove)
    return BulkResults(results=BulkResult.of_all(await source_changes.bulk(call.acting, wanted)))


def not_a_feed(error: NotAFeed) -> NotAFeedProblem:
    """The refusal with the feeds that were found."""
    feeds = tuple(FoundFeed.of_found(feed) for feed in error.found)
    return NotAFeedProblem(**of_refused(error).model_dump(), feeds=feeds)


async def _shown(acting: Acting, name: str) -> Answer:
    known = await sources.show(acting, name)
    return Answer(Source.of_known(known), etag=known.tag)


OPERATIONS = [
    list_sources,
    list_source_tags,
    add_source,
    show_source,
    change_source,
    remove_source,
    pause_source,
    resume_source,
    poll_source,
    change_many_sources,
]
