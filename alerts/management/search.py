"""Search in the stored articles by the rules' language: newest first, with evidence, a page at a time.

The word index gives candidates; what is found is decided by the matcher that production uses, so that a search and the rule
that is made of it never disagree. A search that would take too long ends early and says how far back it came.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from alerts.management.candidates import Group, groups
from alerts.management.preview import Judge, Shown, production_judge
from alerts.match.snippet import SnippetsOf
from alerts.match.words import words_of_article
from alerts.rules.aliases import AliasSet
from alerts.rules.expand import expand
from alerts.rules.explain import explain
from alerts.rules.parser import Parsed, parse
from alerts.rules.syntax import Node
from core.clock import Clock
from core.db.engine import Database
from core.model.article import Article
from core.model.match import Evidence
from core.store import archive
from core.store.archive import Question
from core.store.facts import fact, within
from core.text.document import Document
from core.text.language_code import language_code
from core.text.names import name_key

SECONDS = 0.6  # a search goes on looking for more
_FIRST, _MOST = 32, 256  # articles that are read and judged at once
_SAMPLE, _COMMON = 48, 0.05  # of the newest articles: a pattern that this share of them has is common


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What else an article must be; None: anything. `source`: its id, or its name whatever the case.

    `since` and `until` (not included) are about when it was accepted. `team_id`: who must read its source.
    """

    source: str | None = None
    lang: str | None = None
    country: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    team_id: str | None = None

    def holds(self, article: Article) -> bool:
        """Whether the article is so."""
        return (
            (self.source is None or self.source in (article.source_id, name_key(article.source_name)))
            and (self.lang is None or language_code(article.lang) == self.lang)
            and (self.country is None or (article.country or "").casefold() == self.country)
            and (self.since is None or article.accepted >= self.since)
            and (self.until is None or article.accepted < self.until)
            and (self.team_id is None or article.read_by(self.team_id))
        )

    def facts(self) -> list[Group]:
        """The same as words of the index, as far as it has them."""
        found: list[Group] = []
        if self.source is not None:
            found.append([[fact("source", self.source)], [fact("name", self.source)]])
        asked = (("lang", self.lang), ("country", self.country), ("team", self.team_id))
        found.extend([[fact(name, value)]] for name, value in asked if value is not None)
        if self.since is not None and self.until is not None:
            days = within(self.since, self.until)
            found.extend([] if days is None else [[[day] for day in days]])
        return found


@dataclass(frozen=True, slots=True)
class Query:
    """A text that was read: its tree, and who decides. `tree` None: no text, so every article is found."""

    tree: Node | None
    judge: Judge

    def question(self, wanted: Filter) -> Question:
        """What the index is asked."""
        words, facts = ([], []) if self.tree is None else groups(self.tree)
        return Question(words=words, facts=[*facts, *wanted.facts()])


@dataclass(frozen=True, slots=True)
class Found:
    """An article that was found, with its number in the archive."""

    number: int
    shown: Shown


@dataclass(slots=True, kw_only=True)
class Page:
    """`next`: below which number the rest lies; None: there is no more. `back_to`: where the search ended early, when the last
    article that it looked at was accepted. `looked`: articles that were judged."""

    found: list[Found] = field(default_factory=list)
    next: int | None = None
    back_to: datetime | None = None
    looked: int = 0


def readable(text: str, aliases: AliasSet) -> Parsed:
    """The text as a query of the archive: a rule, or what would be one if it named a word that must be there."""
    return parse(text, aliases=aliases, anchored=False)


def query_of(parsed: Parsed, aliases: AliasSet) -> Query:
    """The query of a text without problems."""
    if parsed.tree is None:
        raise ValueError("a text with problems")
    tree = expand(parsed.tree, aliases)
    if parse(parsed.text, aliases=aliases).tree is not None:
        return Query(tree, production_judge(parsed.text, aliases))
    return Query(tree, _judge_of(tree))


def everything() -> Query:
    """Finds every article."""
    return Query(None, lambda _: ())


def _judge_of(tree: Node) -> Judge:
    """What decides of rules in production, for a tree that production would refuse for want of an anchor."""

    def judge(article: Article) -> tuple[Evidence, ...] | None:
        verdict = explain(tree, Document(article))
        return tuple(dict.fromkeys(verdict.proof())) if verdict.true else None

    return judge


async def search(db: Database, clock: Clock, query: Query, wanted: Filter, *, below: int | None, limit: int) -> Page:
    """The next `limit` articles below that number. Reads the store in short transactions, and judges in a thread."""
    page, ends = Page(), clock.monotonic() + SECONDS
    judging = _Judging(db, query, wanted, lambda: clock.monotonic() >= ends)
    question = await narrowed(db, query.question(wanted))
    async for piece in archive.pieces(db, question, below):
        left = list(piece.numbers)
        size = _FIRST if query.tree is not None else min(limit + 1, _MOST)
        while left:
            done = await judging.of(left[:size], page)
            if len(page.found) > limit:
                del page.found[limit:]
                page.next = page.found[-1].number
                return page
            del left[:done]
            size = min(2 * size, _MOST)
            if judging.late() and (left or piece.down_to > 0):
                return await _early(db, page, left[0] + 1 if left else piece.down_to)
        if judging.late() and piece.down_to > 0:
            return await _early(db, page, piece.down_to)
    return page


@dataclass(frozen=True, slots=True)
class _Judging:
    db: Database
    query: Query
    wanted: Filter
    late: Callable[[], bool]

    async def of(self, numbers: Sequence[int], page: Page) -> int:
        """Add what is found among the articles of these numbers; how many of them are done, one at least."""
        async with self.db.connection() as conn:
            rows = await archive.records(conn, numbers)
        found, judged = await asyncio.to_thread(self._hits, rows)
        page.found += found
        page.looked += judged
        if judged == len(rows):
            return len(numbers)  # some may have been deleted or edited meanwhile
        return numbers.index(rows[judged][0])

    def _hits(self, rows: Sequence[tuple[int, bytes]]) -> tuple[list[Found], int]:
        found: list[Found] = []
        for judged, (number, record) in enumerate(rows):
            if judged and self.late():
                return found, judged
            story = archive.opened(record)
            evidence = self.query.judge(story.article) if self.wanted.holds(story.article) else None
            if evidence is not None:
                found.append(Found(number, Shown(story, evidence, SnippetsOf(story.article).of(evidence))))
        return found, len(rows)


async def _early(db: Database, page: Page, number: int) -> Page:
    async with db.connection() as conn:
        page.next, page.back_to = number, await archive.accepted_at(conn, number)
    return page


async def narrowed(db: Database, question: Question) -> Question:
    """The index reads all that it has of a pattern before it gives the first article: of a common one, such as `con*`, for
    seconds. The matcher finds those soon without its help."""
    if not any(map(_patterns, question.words)):
        return question
    async with db.connection() as conn:
        newest = await archive.newest(conn, _SAMPLE)
    known = await asyncio.to_thread(lambda: [words_of_article(archive.opened(record).article) for record in newest])
    left = [group for group in question.words if not any(_is_common(word, known) for word in _patterns(group))]
    return replace(question, words=left)


def _patterns(group: Group) -> list[str]:
    return [word for member in group for word in member if len(word) > 1 and word.endswith("*")]


def _is_common(pattern: str, known: Sequence[Sequence[str]]) -> bool:
    holding = sum(any(word.startswith(pattern[:-1]) for word in words) for words in known)
    return holding >= _COMMON * len(known)
