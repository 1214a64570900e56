"""What a rule would have found in stored articles: the answer to "what will I get" before the rule is saved.

Pure but for reading the store. Exact on what it reads: every article is judged by alerts.rules.explain.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.rules.aliases import AliasSet
from alerts.rules.anchors import required_words
from alerts.rules.expand import expand
from alerts.rules.explain import Explained, explain, just_missed
from alerts.rules.frequency import weight
from alerts.rules.parser import parse
from alerts.rules.problem import render
from alerts.rules.syntax import And, Node, Not, Term
from alerts.rules.walk import nodes_of
from alerts.snippet import snippet
from core.errors import UserError
from core.model.match import Evidence
from core.model.story import StoryArticle
from core.store import articles
from core.text.document import Document

MOST_ARTICLES = 20_000  # candidates read by one preview
_PAGE = 200
_MOST_COPIES = 1000  # of one story
_STEM = 4  # letters that words which look alike begin with
_MOST_NEAR = 500  # articles searched for words that look like the rule's


@dataclass(frozen=True, slots=True)
class Window:
    """Articles accepted from `since` until before `until`, at most `most` candidates, the newest."""

    since: datetime
    until: datetime
    most: int = MOST_ARTICLES


@dataclass(frozen=True, slots=True)
class Shown:
    """An article that matches, with why."""

    story: StoryArticle
    evidence: tuple[Evidence, ...]
    snippet: str


@dataclass(slots=True, kw_only=True)
class Preview:
    """`matches`: newest first. An alert is one a story: copies collapse. `complete` False: older candidates were left out.
    `since`: where the window or the stored articles begin, whichever is later.

    `missed`: words of the rule -> words that look like them in articles that do not match, with the number of articles.
    """

    read: int = 0
    complete: bool = True
    matches: list[Shown] = field(default_factory=list)
    missed: dict[str, Counter[str]] = field(default_factory=dict)
    since: datetime
    until: datetime

    @property
    def alerts_a_day(self) -> float:
        """Over the time that stored articles reach back, at least a day."""
        days = (self.until - self.since) / timedelta(days=1)
        return len(self.stories) / max(days, 1.0)

    @property
    def stories(self) -> dict[str, list[Shown]]:
        """Matches by story, the newest story first."""
        found: dict[str, list[Shown]] = {}
        for shown in self.matches:
            found.setdefault(shown.story.story_id, []).append(shown)
        return found

    @property
    def alerts_by_day(self) -> dict[date, int]:
        """Alerts on each day (UTC) that has any: a story counts on the day of its first match."""
        firsts = (min(shown.story.article.accepted for shown in story) for story in self.stories.values())
        return dict(sorted(Counter(first.date() for first in firsts).items()))

    def top_sources(self, most: int = 5) -> list[tuple[str, int]]:
        """The sources with most matches."""
        return Counter(shown.story.article.source_name for shown in self.matches).most_common(most)


@dataclass(frozen=True, slots=True)
class Against:
    """What one rule finds and another does not, by article."""

    gained: tuple[Shown, ...]
    lost: tuple[Shown, ...]
    same: int


def rule_tree(query: str, aliases: AliasSet) -> Node:
    """The tree of a rule, aliases expanded. Raises UserError with every problem and its fixes."""
    parsed = parse(query, aliases=aliases)
    if parsed.tree is None:
        raise UserError("\n".join(render(problem, query) for problem in parsed.problems))
    return expand(parsed.tree, aliases)


async def preview(conn: AsyncConnection, tree: Node, window: Window) -> Preview:
    """Judge the stored articles that may match; then look among the others for words just missed."""
    result = Preview(since=window.since, until=window.until)
    near: set[str] = set()
    async for story in _candidates(conn, tree, window, result):
        verdict = explain(tree, Document(story.article))
        if verdict.true:
            result.matches.append(_shown(verdict, story))
        elif len(near) < _MOST_NEAR:
            near.add(story.article.article_id)
            _note_missed(result.missed, verdict, story)
    async for story in _nearly(conn, tree, window):
        if story.article.article_id not in near:
            near.add(story.article.article_id)
            _note_missed(result.missed, explain(tree, Document(story.article)), story)
    oldest = await articles.oldest(conn)
    if oldest is not None:
        result.since = min(max(window.since, oldest), window.until)
    return result


async def first_page(conn: AsyncConnection, tree: Node, window: Window, stories: int) -> list[list[Shown]]:
    """The newest stories that match, each with all its matches, newest first: what is shown while the rest is judged."""
    found: dict[str, list[Shown]] = {}
    async for story in _candidates(conn, tree, window, Preview(since=window.since, until=window.until)):
        if len(found) >= stories:
            break
        if story.story_id not in found and explain(tree, Document(story.article)).true:
            found[story.story_id] = await _matches_of_story(conn, tree, window, story.story_id)
    return list(found.values())


async def _matches_of_story(conn: AsyncConnection, tree: Node, window: Window, story_id: str) -> list[Shown]:
    told = []
    for story in reversed(await articles.of_story(conn, story_id, _MOST_COPIES)):
        if window.since <= story.article.accepted < window.until:
            verdict = explain(tree, Document(story.article))
            if verdict.true:
                told.append(_shown(verdict, story))
    return told


def missed_words(verdict: Explained, document: Document) -> dict[str, dict[str, int]]:
    """`just_missed` for the words that made the rule false: not for those it excludes, or has an alternative to."""
    failing = {word for term in _failing(verdict) for word in _words(term)}
    return {word: near for word, near in just_missed(verdict.node, document).items() if word in failing}


def _failing(verdict: Explained) -> Iterator[Term]:
    if verdict.true or isinstance(verdict.node, Not):
        return
    if isinstance(verdict.node, Term):
        yield verdict.node
    for child in verdict.children:
        yield from _failing(child)


def _shown(verdict: Explained, story: StoryArticle) -> Shown:
    evidence = tuple(verdict.proof())
    return Shown(story, evidence, snippet(story.article.text, evidence))


def compare(new: Preview, old: Preview) -> Against:
    """What the new rule gains and loses."""
    before, after = (_by_article(one.matches) for one in (old, new))
    return Against(
        gained=tuple(shown for key, shown in after.items() if key not in before),
        lost=tuple(shown for key, shown in before.items() if key not in after),
        same=len(after.keys() & before.keys()),
    )


def _by_article(matches: Iterable[Shown]) -> Mapping[str, Shown]:
    return {shown.story.article.article_id: shown for shown in matches}


async def _candidates(
    conn: AsyncConnection, tree: Node, window: Window, result: Preview
) -> AsyncIterator[StoryArticle]:
    words = required_words(tree, weight)
    async for story in _pages(conn, [[]] if words is None else words, window):
        result.read += 1
        yield story
    result.complete = result.read < window.most


async def _nearly(conn: AsyncConnection, tree: Node, window: Window) -> AsyncIterator[StoryArticle]:
    """Articles that hold some part of what must be there, but not all: where a word just missed is to be found."""
    if isinstance(tree, And):
        searches = [required_words(part, weight) for part in tree.children]
    else:
        searches = [[[word[:_STEM] + "*"] for word in sorted(_words(tree))]]
    piece = Window(window.since, window.until, _MOST_NEAR // len(searches))
    for words in searches:
        if words:
            async for story in _pages(conn, words, piece):
                yield story


def _words(tree: Node) -> set[str]:
    terms = [node for node in nodes_of(tree) if isinstance(node, Term) and not node.cased]
    return {word.text for term in terms for word in term.words if word.is_literal and len(word.text) >= _STEM}


async def _pages(conn: AsyncConnection, anyof: Sequence[Sequence[str]], window: Window) -> AsyncIterator[StoryArticle]:
    cursor: int | None = None
    left = window.most
    while left > 0:
        page = await articles.candidates(
            conn, anyof, since=window.since, until=window.until, before_cursor=cursor, limit=min(_PAGE, left)
        )
        for found in page:
            yield found.story_article
        if len(page) < min(_PAGE, left):
            return
        left -= len(page)
        cursor = page[-1].cursor


def _note_missed(missed: dict[str, Counter[str]], verdict: Explained, story: StoryArticle) -> None:
    for word, near in missed_words(verdict, Document(story.article)).items():
        missed.setdefault(word, Counter()).update(near.keys())
