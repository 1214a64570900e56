"""Search in the stored articles by the rules' language, and the list of articles, which is a search for everything."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.management import search as archive_search
from alerts.management.search import Filter, Found, Query
from alerts.rules.aliases import AliasSet
from alerts.rules.checks import has_anchor
from core.db.connection import Connection
from core.store import articles
from core.text.language_code import language_code
from core.text.names import name_key
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.alias_sets import known_aliases
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid, Unreadable

MOST = 200  # articles a page
LIMIT = 50

_LIST = "archive"
_A_DAY = timedelta(days=1)  # clocks of processes differ
_MOST_CODE = 3  # letters of a language's or a country's code


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSearch:
    """`query`: as a rule is written; empty: all articles. `source`: a name or an id. Times are about when it was read."""

    query: str = ""
    source: str | None = None
    lang: str | None = None
    country: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """`next`: the cursor of what follows; None: there is no more. `back_to`: the search took too long and ended early; it looked at
    everything from then on, and `next` goes on from there. `oldest`: when the oldest article that is kept was read.

    `a_rule`: whether the query can be saved as one.
    """

    items: tuple[Found, ...]
    next: str | None
    back_to: datetime | None
    looked: int
    oldest: datetime | None
    a_rule: bool


@reads(Permission.READ_ARTICLES)
async def search(acting: Acting, asked: AskedSearch, paging: Paging) -> SearchPage:
    """A page of the articles found, newest first. Raises Unreadable with every problem of the query, Invalid and BadCursor.

    No article comes twice, and none is left out that was there when the first page was asked for and was not edited since.
    """
    below = paging.after_number(_LIST)
    limit = min(paging.limit or MOST, MOST)
    async with acting.db.connection() as conn:
        query, a_rule = await _query(conn, acting, asked.query)
        oldest = await articles.oldest(conn)
    wanted = _filter(acting, asked, oldest)
    page = await archive_search.search(acting.db, acting.clock, query, wanted, below=below, limit=limit)
    return SearchPage(
        items=tuple(page.found),
        next=None if page.next is None else paging.at_number(_LIST, page.next),
        back_to=page.back_to,
        looked=page.looked,
        oldest=oldest,
        a_rule=a_rule,
    )


async def _query(conn: Connection, acting: Acting, text: str) -> tuple[Query, bool]:
    if not text.strip():
        return archive_search.everything(), False
    known: AliasSet = await known_aliases(conn, acting)
    parsed = archive_search.readable(text, known)
    if parsed.tree is None:
        raise Unreadable(text, parsed.problems)
    return archive_search.query_of(parsed, known), has_anchor(parsed.tree)


def _filter(acting: Acting, asked: AskedSearch, oldest: datetime | None) -> Filter:
    since, until = asked.since, asked.until
    if since is not None and until is not None and since >= until:
        raise Invalid("the time ends before it begins: `since` must be earlier than `until`", "since")
    if (since is None) != (until is None):  # the index takes a time with both its ends
        now = acting.clock.now()
        since = since or min(oldest or now, until or now)
        until = until or max(now, since) + _A_DAY
    return Filter(
        source=name_key(asked.source or "") or None,
        lang=language_code(_code(asked.lang, "lang")) or None,
        country=_code(asked.country, "country"),
        since=since,
        until=until,
        team_id=acting.listed_team,
    )


def folded(text: str | None) -> str | None:
    """As it is compared; None of nothing."""
    return (text or "").strip().casefold() or None


def _code(text: str | None, field: str) -> str | None:
    code = folded(text)
    if code is not None and not (code.isascii() and code.isalpha() and 2 <= len(code) <= _MOST_CODE):
        example = "`en`" if field == "lang" else "`in`"
        raise Invalid(f"{field}: expected a code of two letters, such as {example}, not {text!r}", field)
    return code
