"""Shows what a rule would have found in stored articles, before the rule is saved.

Pure but for reading the store. Exact on what it reads: every article that holds the words which must be there is judged by
the matcher that production uses.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from alerts.management.candidates import Group, groups
from alerts.management.near_words import just_missed, words_nearly
from alerts.match.snippet import snippet
from alerts.rules.aliases import AliasSet
from alerts.rules.expand import expand
from alerts.rules.explain import explain
from alerts.rules.kept import parse_once
from alerts.rules.missed import JustMissed
from alerts.rules.problem import render
from alerts.rules.ruleset import RuleSet
from alerts.rules.syntax import Node
from core.db.connection import Connection
from core.errors import UserError
from core.model.article import Article
from core.model.match import Evidence
from core.model.story import StoryArticle
from core.model.team import DEFAULT_TEAM
from core.store import articles
from core.text.document import Document

MOST_ARTICLES = 20_000  # candidates read by one preview
Judge = Callable[[Article], tuple[Evidence, ...] | None]  # the evidence of an article that matches

_FIRST_PAGE = 25  # the first articles are looked for in small pages, so that they are there soon
_PAGE = 200  # and then twice as many each time, up to:
_LARGEST_PAGE = 2000  # PostgreSQL looks at all articles of the words for each page
_MOST_COPIES = 1000  # of one story
MOST_NEAR = 500  # articles searched for words that look like the rule's


@dataclass(frozen=True, slots=True)
class Window:
    """Articles accepted from `since` until before `until`, at most `most` candidates, the newest; those that the team reads."""

    since: datetime
    until: datetime
    most: int = MOST_ARTICLES
    team_id: str = DEFAULT_TEAM


@dataclass(frozen=True, slots=True)
class Shown:
    """An article that matches, with why."""

    story: StoryArticle
    evidence: tuple[Evidence, ...]
    snippet: str


@dataclass(slots=True, kw_only=True)
class Preview:
    """`matches`: newest first. An alert is one a story: copies collapse. `complete` False: older candidates were left out.
    `since`: where the window, the stored articles or what was judged begin, whichever is latest.

    `missed`: words of the rule -> words that look like them, with the number of articles that the rule would find by them.
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
    parsed = parse_once(query, aliases)
    if parsed.tree is None:
        raise UserError("\n".join(render(problem, query) for problem in parsed.problems))
    return expand(parsed.tree, aliases)


def production_judge(query: str, aliases: AliasSet) -> Judge:
    """The matcher that production uses, with this rule alone, which `rule_tree` could read."""
    compiled = RuleSet.of([("preview", query)], aliases.terms)

    def judge(article: Article) -> tuple[Evidence, ...] | None:
        return next((hit.evidence for hit in compiled.match(article)), None)

    return judge


def _plain_judge(tree: Node) -> Judge:
    def judge(article: Article) -> tuple[Evidence, ...] | None:
        verdict = explain(tree, Document(article))
        return tuple(verdict.proof()) if verdict.true else None

    return judge


async def preview(
    conn: Connection,
    tree: Node,
    window: Window,
    judge: Judge | None = None,
    *,
    progress: Callable[[int], None] | None = None,
) -> Preview:
    """Judge the stored articles that may match; then look among the others for words just missed.

    `judge`: see `production_judge`; without it, the tree is evaluated plainly. `progress` is called for every article read.
    """
    judged = Judged(Preview(since=window.since, until=window.until), judge or _plain_judge(tree), window)
    look = JustMissed(tree)
    async for story in _candidates(conn, tree, window):
        judged.take(story, look)
        if progress is not None:
            progress(judged.result.read)
    judged.result.complete = judged.result.read < window.most
    async for story in _nearly(conn, tree, window):
        judged.look_at(story, look)
    return judged.ended(await articles.oldest(conn))


@dataclass(slots=True)
class Judged:
    """A preview in the making. `near`: articles that were searched for words just missed."""

    result: Preview
    judge: Judge
    window: Window
    near: set[str] = field(default_factory=set)
    since: datetime | None = None  # the oldest that was judged

    def take(self, story: StoryArticle, look: JustMissed) -> None:
        """Judge a candidate."""
        accepted = story.article.accepted
        self.result.read += 1
        self.since = accepted if self.since is None else min(self.since, accepted)
        if not story.article.read_by(self.window.team_id):
            return
        evidence = self.judge(story.article)
        if evidence is not None:
            self.result.matches.append(_shown(evidence, story))
        elif len(self.near) < MOST_NEAR:
            self.look_at(story, look)

    def look_at(self, story: StoryArticle, look: JustMissed) -> None:
        """Look for words just missed, in an article that does not match."""
        article = story.article
        if article.article_id not in self.near and article.read_by(self.window.team_id):
            self.near.add(article.article_id)
            for word, near in just_missed(look, article).items():
                self.result.missed.setdefault(word, Counter()).update(near)

    def ended(self, oldest: datetime | None) -> Preview:
        """The whole; `oldest`: of the stored articles."""
        result = self.result
        if oldest is not None:
            result.since = min(max(self.window.since, oldest), self.window.until)
        if not result.complete:
            result.since = max(result.since, self.since or self.window.until)
        return result


async def first_page(
    conn: Connection, tree: Node, window: Window, stories: int, judge: Judge | None = None
) -> list[list[Shown]]:
    """The newest stories that match, each with all its matches, newest first: what is shown while the rest is judged."""
    judge = judge or _plain_judge(tree)
    found: dict[str, list[Shown]] = {}
    if not stories:
        return []
    async for story in _candidates(conn, tree, window, _FIRST_PAGE):
        ours = story.article.read_by(window.team_id)
        if story.story_id in found or not ours or judge(story.article) is None:
            continue
        found[story.story_id] = await _matches_of_story(conn, judge, window, story.story_id)
        if len(found) == stories:
            break
    return list(found.values())


async def _matches_of_story(conn: Connection, judge: Judge, window: Window, story_id: str) -> list[Shown]:
    told = []
    for story in reversed(await articles.of_story(conn, story_id, _MOST_COPIES)):
        if window.since <= story.article.accepted < window.until and story.article.read_by(window.team_id):
            evidence = judge(story.article)
            if evidence is not None:
                told.append(_shown(evidence, story))
    return told


def _shown(evidence: tuple[Evidence, ...], story: StoryArticle) -> Shown:
    return Shown(story, evidence, snippet(story.article.text, evidence))


def compare(new: Preview, old: Preview) -> Against:
    """What the new rule gains and loses, in the time that both were judged for."""
    since = max(new.since, old.since)
    before, after = (
        _by_article(shown for shown in one.matches if shown.story.article.accepted >= since) for one in (old, new)
    )
    return Against(
        gained=tuple(shown for key, shown in after.items() if key not in before),
        lost=tuple(shown for key, shown in before.items() if key not in after),
        same=len(after.keys() & before.keys()),
    )


def _by_article(matches: Iterable[Shown]) -> Mapping[str, Shown]:
    return {shown.story.article.article_id: shown for shown in matches}


async def _candidates(conn: Connection, tree: Node, window: Window, first: int = _PAGE) -> AsyncIterator[StoryArticle]:
    words, facts = groups(tree)
    words = words or [[[]]]
    async for story in _pages(conn, words[0], window, also=words[1:], facts=facts, first=first):
        yield story


async def _nearly(conn: Connection, tree: Node, window: Window) -> AsyncIterator[StoryArticle]:
    searched = words_nearly(tree)
    if searched:
        near = replace(window, most=MOST_NEAR)
        async for story in _pages(conn, searched[0], near, also=searched[1:], facts=groups(tree)[1]):
            yield story


async def _pages(
    conn: Connection,
    anyof: Sequence[Sequence[str]],
    window: Window,
    *,
    also: Sequence[Group] = (),
    facts: Sequence[Group] = (),
    first: int = _PAGE,
) -> AsyncIterator[StoryArticle]:
    cursor: int | None = None
    left, size = window.most, first
    while left > 0:
        size = min(size, left)
        page = await articles.candidates(
            conn,
            anyof,
            also=also,
            since=window.since,
            until=window.until,
            before_cursor=cursor,
            limit=size,
            facts=facts,
        )
        for found in page:
            yield found.story_article
        if len(page) < size:
            return
        left -= len(page)
        cursor = page[-1].cursor
        size = min(2 * size, _LARGEST_PAGE)
