"""Operations on articles and stories."""

from typing import Annotated, Any

from pydantic import Field

from core.errors import Unavailable
from wirewatch.api.article_models import Articles, ListedArticle, Revision, Stories, Story, WholeArticle, WholeStory
from wirewatch.api.model import Body, Int, Moment, Paged, Query, QueryInt
from wirewatch.api.operation import Call, operation
from wirewatch.api.push_models import PushBody, PushResults, given
from wirewatch.api.rule_models import RuleText
from wirewatch.api.trace_models import StoryArticle, Trace, Traced
from wirewatch.usecases import articles, push, search, stories
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.search import AskedSearch
from wirewatch.usecases.stories import AskedStories, Order, RunningStory

_TEXT = 8192


class ArticleQuery(Query):
    query: Annotated[str, Field(max_length=_TEXT, description="as a rule is written; empty: all articles")] = ""
    source: Annotated[str | None, Field(max_length=500, description="the name or the id of a source")] = None
    lang: Annotated[str | None, Field(max_length=3, description="two letters, such as `en`")] = None
    country: Annotated[str | None, Field(max_length=3, description="of the source, two letters, such as `in`")] = None
    since: Annotated[Moment | None, Field(description="read since then")] = None
    until: Annotated[Moment | None, Field(description="read before then")] = None
    limit: Annotated[QueryInt, Field(ge=1, le=search.MOST, description="rows a page")] = search.LIMIT
    cursor: Annotated[str | None, Field(max_length=2000, description="the `next` of the page before")] = None


class SearchBody(Body):
    query: RuleText = ""
    source: Annotated[str | None, Field(max_length=500, description="the name or the id of a source")] = None
    lang: Annotated[str | None, Field(max_length=3, description="two letters, such as `en`")] = None
    country: Annotated[str | None, Field(max_length=3, description="of the source, two letters, such as `in`")] = None
    since: Annotated[Moment | None, Field(description="read since then")] = None
    until: Annotated[Moment | None, Field(description="read before then")] = None
    limit: Annotated[Int, Field(ge=1, le=search.MOST, description="rows a page")] = search.LIMIT
    cursor: Annotated[str | None, Field(max_length=2000, description="the `next` of the page before")] = None


class TraceQuery(Query):
    article: str = ""  # its address or id


class StoryQuery(Paged):
    order: Annotated[Order, Field(description="only `newest` has further pages: the others change meanwhile")] = (
        Order.OUTLETS
    )
    hours: Annotated[QueryInt, Field(ge=1, le=8760, description="that got an article within so many hours")] = 24
    outlets: Annotated[QueryInt, Field(ge=1, le=10_000, description="with so many outlets at least")] = 1
    lang: Annotated[str | None, Field(max_length=3)] = None
    country: Annotated[str | None, Field(max_length=3)] = None


@operation(
    "GET",
    "/articles",
    summary="Search the stored articles",
    access=Permission.READ_ARTICLES,
    query=ArticleQuery,
    answer=Articles,
)
async def list_articles(call: Call[ArticleQuery, None]) -> Articles:
    """By the rules' language, newest first; without a query, all of them."""
    return await _found(call.acting, call.query)


@operation(
    "POST",
    "/articles/search",
    summary="Search the stored articles by a long query",
    access=Permission.READ_ARTICLES,
    body=SearchBody,
    answer=Articles,
)
async def search_articles(call: Call[Query, SearchBody]) -> Articles:
    """The same as `GET /articles`, for a query that fits into no address."""
    return await _found(call.acting, call.body)


async def _found(acting: Acting, given: ArticleQuery | SearchBody) -> Articles:
    asked = AskedSearch(
        query=given.query,
        source=given.source,
        lang=given.lang,
        country=given.country,
        since=given.since,
        until=given.until,
    )
    page = await search.search(acting, asked, Paging(given.limit, given.cursor))
    return Articles(
        articles=[ListedArticle.of_found(one) for one in page.items],
        next=page.next,
        back_to=page.back_to,
        oldest=page.oldest,
        looked=page.looked,
    )


@operation(
    "GET", "/articles/{article_id}", summary="Show an article", access=Permission.READ_ARTICLES, answer=WholeArticle
)
async def show_article(call: Call[Any, None]) -> WholeArticle:
    """Its text and facts, what it was before edits, its story, and its path through the stages."""
    found = await articles.show(call.acting, call.path["article_id"])
    story = found.trace.article
    return WholeArticle(
        article=None if story is None else StoryArticle.of(story),
        revisions=[Revision.of(one.article) for one in found.revisions],
        others=[ListedArticle.of_story(one) for one in found.others],
        trace=Trace.of(found.trace),
    )


@operation(
    "GET",
    "/articles/{article_id}/trace",
    summary="Trace an article by its id",
    access=Permission.READ_ARTICLES,
    answer=Traced,
)
async def trace_one(call: Call[Any, None]) -> Traced:
    """Its path through the stages, and a conclusion in a sentence."""
    return Traced(trace=Trace.of(await articles.trace(call.acting, call.path["article_id"])))


@operation(
    "GET", "/trace", summary="Trace an article", access=Permission.READ_ARTICLES, query=TraceQuery, answer=Traced
)
async def trace_article(call: Call[TraceQuery, None]) -> Traced:
    """Its path through the stages, and a conclusion in a sentence."""
    return Traced(trace=Trace.of(await articles.trace(call.acting, call.query.article)))


@operation(
    "GET",
    "/stories",
    summary="List the stories that run",
    access=Permission.READ_ARTICLES,
    query=StoryQuery,
    answer=Stories,
)
async def list_stories(call: Call[StoryQuery, None]) -> Stories:
    """Of two articles or more: those in most outlets, the fastest, or the newest first."""
    given = call.query
    asked = AskedStories(
        order=given.order, hours=given.hours, outlets=given.outlets, lang=given.lang, country=given.country
    )
    page = await stories.running(call.acting, asked, Paging(given.limit, given.cursor))
    return Stories(stories=[Story.of_running(one) for one in page.items], next=page.next)


@operation(
    "GET",
    "/stories/{story_id}",
    summary="Show a story",
    access=Permission.READ_ARTICLES,
    query=Paged,
    answer=WholeStory,
)
async def show_story(call: Call[Paged, None]) -> WholeStory:
    """Its articles in the order in which they were read."""
    found = await stories.show(call.acting, call.path["story_id"], Paging(call.query.limit, call.query.cursor))
    row = found.row
    return WholeStory(
        story_id=found.story_id,
        story=None if row is None else Story.of_running(RunningStory(row, found.first, found.an_hour)),
        articles=[ListedArticle.of_story(one) for one in found.members.items],
        next=found.members.next,
    )


@operation(
    "POST",
    "/articles",
    summary="Push articles",
    access=Permission.PUSH_ARTICLES,
    body=PushBody,
    answer=PushResults,
    most_bytes=32_000_000,
    any_text=True,
    creates=True,
    atomic=False,  # it waits for the log
)
async def push_articles(call: Call[Query, PushBody]) -> PushResults:
    """Articles that your own crawler has read enter the same pipeline as polled ones: identity, story, match. Up to 500; each has its
    own result, in order: `accepted` (the log has it), `duplicate` (it brings nothing new), `invalid` (with each place).

    An article is `{"url", "title", "text", "source", "lang", "country", "published", "updated", "authors", "section", "tags"}`; `url` and
    `title` are required, and paragraphs of `text` are parted by a blank line. 503: none was accepted, send all again.
    """
    log = call.serving.log
    if log is None:
        raise Unavailable("this process has no event log; push to one that has another role than deliver, too")
    results = await push.push(call.acting, log, [given(one) for one in call.body.articles])
    return PushResults.of_pushed(results)


OPERATIONS = [
    list_articles,
    search_articles,
    push_articles,
    show_article,
    trace_one,
    trace_article,
    list_stories,
    show_story,
]
