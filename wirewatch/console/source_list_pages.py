"""Pages of lists and packs of sources: bringing them in by a plan, and handing them out."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from ingest.lists.listed import MOST_BYTES, Fact, Listed, ListFormat, NoList
from ingest.lists.read import read_list
from ingest.lists.table import write_table
from wirewatch.console.forms import Form, curl, form
from wirewatch.console.render import html
from wirewatch.console.uploads import upload
from wirewatch.packs.catalogue import catalogue, key_of
from wirewatch.routing import action, page
from wirewatch.serving import ACTING, SERVING
from wirewatch.usecases import source_lists
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid, Refused
from wirewatch.usecases.source_facts import checked_tags
from wirewatch.usecases.source_lists import Brought
from wirewatch.usecases.source_plan import PlanLine, PlanOptions, Verdict, counts
from wirewatch.usecases.source_web import web_of
from wirewatch.usecases.sources import SourceFilter

READ, CHANGE = Permission.READ_SOURCES, Permission.CHANGE_SOURCES
_SHOWN = 500  # lines of a plan on a page
_ENTRIES = 100  # of a pack on a page
_SIGNS = {
    "add": "good", "added": "good", "same_as": "off", "conflict": "warn", "unreachable": "warn", "not_a_feed": "bad",
    "invalid": "bad",
}  # fmt: skip
_BOXES = ("rename", "take_found", "look")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line as a page shows it."""

    place: int
    word: str
    sign: str
    name: str
    url: str
    why: str


async def import_page(request: web.Request) -> web.Response:
    """The form."""
    return await _import(request, {"look": "on"})


async def bring(request: web.Request) -> web.Response:
    """Show the plan of a list, or do what it says."""
    sent, files = await upload(request, 2 * MOST_BYTES)
    typed = {"text": sent.text("text"), "tags": sent.text("tags"), **{name: sent.text(name) for name in _BOXES}}
    try:
        listed, options = await asyncio.to_thread(_listed, sent, files), _options(sent)
        plan = await _plan(request, listed, options, look=sent.has("look"))
    except (NoList, Refused) as error:
        return await _import(request, typed, problem=str(error), status=422)
    if sent.text("do") != "bring":
        rows = _troubled_first([_row(line) for line in plan])
        kept = write_table([_facts(one) for one in listed])
        adds = sum(line.adds for line in plan)
        more: dict[str, Any] = {"plan": plan, "lines": rows, "counts": counts(plan), "kept": kept, "adds": adds}
        return await _import(request, {**typed, "text": ""}, **more)
    done = await source_lists.bring(request[ACTING], plan)
    rows = _troubled_first([_row(one.line, one) for one in done])
    counted = dict(Counter(one.outcome.value for one in done))
    return await _import(request, {}, done=done, lines=rows, counts=counted)


def _listed(sent: Form, files: dict[str, bytes]) -> list[Listed]:
    """Raises NoList."""
    body = files.get("file") or sent.text("text").encode("utf-8", "replace")
    if not body:
        raise NoList("choose a file, or paste the list")
    kind = sent.text("format")
    return read_list(body, ListFormat(kind) if kind in set(ListFormat) else None)


def _options(sent: Form) -> PlanOptions:
    tags = checked_tags(tag for part in sent.text("tags").split(",") if (tag := part.strip()))
    return PlanOptions(tags=tags, rename=sent.has("rename"), take_found=sent.has("take_found"))


async def _plan(request: web.Request, listed: Sequence[Listed], options: PlanOptions, *, look: bool) -> list[PlanLine]:
    if not look:
        return await source_lists.plan(request[ACTING], listed, options)
    async with web_of(request[ACTING], request[SERVING].web) as reach:
        return await source_lists.plan(request[ACTING], listed, options, reach)


async def _import(
    request: web.Request, typed: dict[str, str], *, problem: str | None = None, status: int = 200, **more: Any
) -> web.Response:
    body = {"text": "https://news.example/world.xml World", "dry_run": True}
    return await html(
        request,
        "source_import.html",
        status=status,
        typed={name: typed.get(name, "") for name in ("text", "tags", *_BOXES)},
        problem=problem,
        shown=_SHOWN,
        curl=curl(request, "POST", "/api/v1/source-imports", body),
        **{"plan": None, "done": None, "lines": [], "counts": {}, "kept": "", "adds": 0, **more},
    )


def _row(line: PlanLine, done: Brought | None = None) -> Row:
    word = line.verdict.value if done is None else done.outcome.value
    found = "found these: " + ", ".join(one.url for one in line.found[:5]) if line.found else ""
    if line.verdict is Verdict.NOT_A_FEED and not found:
        found = "it announces no feed"
    other = f"the source {line.other}" if line.other else ""
    why = "; ".join(filter(None, (line.detail if done is None else done.detail, other, found)))
    return Row(place=line.place, word=word.replace("_", " "), sign=_SIGNS[word], name=line.name, url=line.url, why=why)


def _troubled_first(rows: Sequence[Row]) -> list[Row]:
    """What is added without a word comes last, where a page does not show all."""
    if len(rows) <= _SHOWN:
        return list(rows)
    return sorted(rows, key=lambda row: (row.sign == "good", row.place))


def _facts(one: Listed) -> dict[Fact, str]:
    """A line of a list as a row of a table that says the same."""
    said = {
        Fact.NAME: one.name,
        Fact.URL: one.url,
        Fact.KIND: one.kind.value,
        Fact.INTERVAL_SECONDS: "" if one.interval_seconds is None else f"{one.interval_seconds:.10g}",
        Fact.FULL_TEXT: "" if one.full_text else "false",
        Fact.COUNTRY: one.country or "",
        Fact.LANG: one.lang or "",
        Fact.TIME_ZONE: one.time_zone or "",
        Fact.PATIENCE_SECONDS: "" if one.patience_seconds is None else f"{one.patience_seconds:.10g}",
        Fact.SINCE: "" if one.since is None else one.since.isoformat(),
        Fact.TAGS: ",".join(one.tags),
        Fact.SITE: one.site or "",
        Fact.PAUSED: "true" if one.paused else "",
    }
    return {fact: text for fact, text in said.items() if text}


async def export(request: web.Request) -> web.StreamResponse:
    """Choose a format; with one, the file."""
    asked = request.query.get("format", "")
    if asked not in set(ListFormat):
        return await html(
            request, "source_export.html", formats=list(ListFormat), tag=request.query.get("tag", "")[:60]
        )
    wanted = SourceFilter(tag=request.query.get("tag", "")[:60] or None)
    made = await source_lists.export(request[ACTING], ListFormat(asked), wanted)
    named = {"Content-Disposition": f'attachment; filename="{made.file_name}"'}
    return web.Response(text=made.text, content_type=made.media_type, charset="utf-8", headers=named)


async def packs_page(request: web.Request) -> web.Response:
    """The packs, and the sources of one to tick."""
    return await _packs(request)


async def add_pack(request: web.Request) -> web.Response:
    """Add a pack, or what was ticked of it."""
    sent = await form(request)
    try:
        pack = source_lists.pack_named(request.query.get("pack", ""))
        options = PlanOptions(tags=_options(sent).tags, rename=True)
        lines = source_lists.lines_of(pack)
        if sent.text("do") != "all":
            ticked = set(sent.many("url"))
            lines = [line for line in lines if line.url in ticked]
            if not lines:
                raise Invalid("tick the sources first, or add the whole pack")
        done = await source_lists.bring(request[ACTING], await source_lists.plan(request[ACTING], lines, options))
    except Refused as error:
        return await _packs(request, problem=str(error))
    trouble = [_row(one.line, one) for one in done if one.outcome not in ("added", "same_as")]
    counted = dict(Counter(one.outcome.value for one in done))
    return await _packs(request, done=True, counts=counted, trouble=trouble)


async def _packs(request: web.Request, *, problem: str | None = None, **more: Any) -> web.Response:
    known = await source_lists.list_packs(request[ACTING])
    groups: dict[str, list[source_lists.KnownPack]] = {}
    for one in known:
        groups.setdefault(one.pack.group, []).append(one)
    chosen = next((one for one in known if one.pack.name == request.query.get("pack", "")), None)
    text = request.query.get("text", "").strip()[:200]
    start = request.query.get("from", "0")
    first = int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 0
    entries: list[tuple[Any, bool]] = []
    following = None
    if chosen is not None:
        there = await source_lists.read_of(request[ACTING], chosen.pack)
        asked = text.casefold()
        matching = [one for one in chosen.pack.entries if asked in f"{one.name} {one.url}".casefold()]
        entries = [(one, key_of(one.url) in there) for one in matching[first : first + _ENTRIES]]
        if len(matching) > first + _ENTRIES:
            query = {"pack": chosen.pack.name, "from": str(first + _ENTRIES)} | ({"text": text} if text else {})
            following = f"/sources/packs?{urlencode(query)}"
    name = "PACK" if chosen is None else chosen.pack.name
    return await html(
        request,
        "source_packs.html",
        status=200 if problem is None else 422,
        groups=groups,
        pack=None if chosen is None else chosen.pack,
        there=0 if chosen is None else chosen.read,
        entries=entries,
        next=following,
        text=text,
        total=len(catalogue()),
        problem=problem,
        curl=curl(request, "POST", f"/api/v1/source-packs/{name}", {}),
        **{"done": False, "counts": {}, "trouble": [], **more},
    )


ROUTES = [
    page("/sources/import", CHANGE, import_page),
    action("/sources/import", CHANGE, bring),
    page("/sources/export", READ, export),
    page("/sources/packs", READ, packs_page),
    action("/sources/packs", CHANGE, add_pack),
]
