"""The pages of the archive: search, an article with its way through the stages, stories that run, and one story."""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from wirewatch.console import article_view
from wirewatch.console.forms import curl, form
from wirewatch.console.render import html
from wirewatch.routing import action, page
from wirewatch.serving import ACTING, READER
from wirewatch.usecases import articles, search, stories
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid, NotFound, Refused, Unreadable
from wirewatch.usecases.search import AskedSearch
from wirewatch.usecases.stories import AskedStories, Order

_FIELDS = ("query", "source", "lang", "country", "since", "until")
_STORY_FIELDS = ("order", "hours", "outlets", "lang", "country")
_HOURS = (1, 6, 24, 72, 720)
_ROWS = 50
_MOST_CHARACTERS = 9000  # of a field of an address
_MOST_SENT = 100_000  # of a field of a form
_LONGEST = 6000  # characters of an address, with room for that of a proxy


async def search_page(request: web.Request) -> web.Response:
    """The archive by the rules' language. Without a query: all articles, the newest first."""
    return await _search(request, _typed(request, _FIELDS), request.query.get("cursor"))


async def search_asked(request: web.Request) -> web.Response:
    """The same of a form: what fits into an address leads there, so that it can be kept and passed on; what does not is answered here."""
    sent = await form(request)
    typed = {name: sent.text(name)[:_MOST_SENT] for name in _FIELDS}
    cursor = sent.text("cursor") or None
    address = _address(request.path, typed)
    if len(address) <= _LONGEST and cursor is None:
        raise web.HTTPSeeOther(address)
    return await _search(request, typed, cursor, long=len(address) > _LONGEST)


async def articles_page(request: web.Request) -> web.Response:
    """The articles of today, as the reader's zone has it, with the filters of the search."""
    typed = _typed(request, _FIELDS)
    if not any(typed.values()):
        today = request[ACTING].clock.now().astimezone(request[READER].zone)
        typed["since"] = f"{today:%Y-%m-%d}T00:00"
    return await _search(request, typed, request.query.get("cursor"))


async def _search(
    request: web.Request, typed: Mapping[str, str], cursor: str | None, *, long: bool = False
) -> web.Response:
    """`long`: it fits into no address, so buttons take the place of links."""
    wrong = dict.fromkeys(_FIELDS, "")
    problems: list[article_view.ProblemView] = []
    found = None
    try:
        asked = _asked(typed, request[READER].zone)
        found = await search.search(request[ACTING], asked, Paging(_ROWS, cursor))
    except Unreadable as error:
        problems = article_view.problem_views(
            error, lambda text: "" if long else _address(request.path, {**typed, "query": text})
        )
        wrong["query"] = "This is no query yet." if len(problems) == 1 else "This is no query yet; see all problems."
    except Invalid as error:
        if error.field not in _FIELDS:
            raise
        wrong[error.field] = str(error)
    following = None if found is None or found.next is None else {**typed, "cursor": found.next}
    program = _program(typed, request[READER].zone)
    return await html(
        request,
        "search.html",
        status=422 if any(wrong.values()) else 200,
        typed=typed,
        wrong=wrong,
        problems=problems,
        found=found,
        items=[]
        if found is None
        else [article_view.found_view(one, "" if long else typed["query"]) for one in found.items],
        further=cursor is not None,
        following=following,
        long=long,
        next=None if long or following is None or found is None or found.back_to else _address(request.path, following),
        rule=found is not None and found.a_rule,
        curl=curl(request, "POST", "/api/v1/articles/search", {name: one for name, one in program.items() if one})
        if long
        else curl(request, "GET", f"/api/v1/articles{_query(program)}"),
    )


async def article_page(request: web.Request) -> web.Response:
    """Text and facts of an article, its story, what became of it, and what it was before edits."""
    article_id = request.match_info["article_id"]
    try:
        found = await articles.show(request[ACTING], article_id, request.query.get("query", "")[:_MOST_CHARACTERS])
    except (NotFound, Invalid):
        raise web.HTTPNotFound(text="There is no such article; it may be older than the retention keeps.\n") from None
    return await html(
        request,
        "article.html",
        shown=article_view.article_view(found),
        trace=found.trace,
        curl=curl(request, "GET", f"/api/v1/articles/{article_id}"),
    )


async def stories_page(request: web.Request) -> web.Response:
    """What runs now: by outlets, by speed, or the newest."""
    typed = _typed(request, _STORY_FIELDS)
    wrong = ""
    found = None
    try:
        found = await stories.running(
            request[ACTING], _asked_stories(typed), Paging(_ROWS, request.query.get("cursor"))
        )
    except Refused as error:
        wrong = str(error)
    following = None if found is None or found.next is None else {**typed, "cursor": found.next}
    return await html(
        request,
        "stories.html",
        status=422 if wrong else 200,
        typed=typed,
        wrong=wrong,
        orders=[(Order.OUTLETS, "most outlets"), (Order.SPEED, "fastest"), (Order.NEWEST, "newest")],
        spans=_HOURS,
        items=() if found is None else [article_view.story_row(one) for one in found.items],
        next=None if following is None else _address(request.path, following),
        curl=curl(request, "GET", f"/api/v1/stories{_query(typed)}"),
    )


async def story_page(request: web.Request) -> web.Response:
    """One story: its articles in the order in which they were read."""
    story_id = request.match_info["story_id"]
    try:
        found = await stories.show(request[ACTING], story_id, Paging(_ROWS, request.query.get("cursor")))
    except NotFound as error:
        raise web.HTTPNotFound(text=f"{error}.\n".capitalize()) from None
    following = found.members.next
    return await html(
        request,
        "story.html",
        story=article_view.whole_story(found, request[ACTING].clock.now()),
        next=None if following is None else _address(request.path, {"cursor": following}),
        curl=curl(request, "GET", f"/api/v1/stories/{story_id}"),
    )


def _typed(request: web.Request, names: tuple[str, ...]) -> dict[str, str]:
    return {name: request.query.get(name, "").strip()[:_MOST_CHARACTERS] for name in names}


def _asked(typed: Mapping[str, str], zone: ZoneInfo) -> AskedSearch:
    return AskedSearch(
        query=typed["query"],
        source=typed["source"] or None,
        lang=typed["lang"] or None,
        country=typed["country"] or None,
        since=_moment(typed, "since", zone),
        until=_moment(typed, "until", zone),
    )


def _moment(typed: Mapping[str, str], name: str, zone: ZoneInfo) -> datetime | None:
    """What a field for a date and time sends: without a zone it is the reader's."""
    text = typed[name]
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(
            f"expected a date or a date and time, such as 2026-11-27T14:03, not {text[:40]!r}", name
        ) from None


def _program(typed: Mapping[str, str], zone: ZoneInfo) -> dict[str, str]:
    """The same question as the API takes it."""
    asked = dict(typed)
    for name in ("since", "until"):
        try:
            moment = _moment(typed, name, zone)
        except Invalid:
            moment = None
        asked[name] = "" if moment is None else moment.isoformat().replace("+00:00", "Z")
    return asked


def _asked_stories(typed: Mapping[str, str]) -> AskedStories:
    order = typed["order"] or Order.OUTLETS.value
    if order not in {one.value for one in Order}:
        raise Invalid(f"order: expected one of {', '.join(Order)}", "order")
    return AskedStories(
        order=Order(order),
        hours=_count(typed["hours"], "hours", 24, 8760),
        outlets=_count(typed["outlets"], "outlets", 1, 10_000),
        lang=typed["lang"] or None,
        country=typed["country"] or None,
    )


def _count(text: str, name: str, otherwise: int, most: int) -> int:
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most):
        raise Invalid(f"{name}: expected a whole number from 1 to {most}", name)
    return int(text)


def _query(given: Mapping[str, str]) -> str:
    asked = {name: value for name, value in given.items() if value}
    return f"?{urlencode(asked)}" if asked else ""


def _address(path: str, given: Mapping[str, str]) -> str:
    return f"{path}{_query(given)}"


ROUTES = [
    page("/stories", Permission.READ_ARTICLES, stories_page),
    page("/stories/{story_id}", Permission.READ_ARTICLES, story_page),
    page("/search", Permission.READ_ARTICLES, search_page),
    action("/search", Permission.READ_ARTICLES, search_asked),
    page("/articles", Permission.READ_ARTICLES, articles_page),
    action("/articles", Permission.READ_ARTICLES, search_asked),
    page("/articles/{article_id}", Permission.READ_ARTICLES, article_page),
]
