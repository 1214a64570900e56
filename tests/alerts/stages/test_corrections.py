"""From an edit to the message that corrects: the match stage and the decider on one database."""

from dataclasses import replace

import pytest

from alerts.match.rule_cache import RuleCache
from alerts.match.stage import MatchParts, MatchStage
from alerts.rules.ruleset import RuleCompiler
from core.db.engine import Database
from core.log.memory import MemoryLog
from core.metrics import Metrics
from core.model.match import Match
from core.model.outcome import AlertOutcome, Reason, StoryVerdict
from core.model.story import StoryArticle
from tests.alerts.making import NOW, story_article
from tests.alerts.rules_in_store import put_rule
from tests.alerts.stages.newsroom import Newsroom
from tests.fakes.clock import FakeClock

FIRST = "Ships with arms left for Russia. The ministry did not comment."


class Desk:
    """What articles become, from the match stage on."""

    def __init__(self, db: Database) -> None:
        self.rules = RuleCache(db, RuleCompiler(), clock=FakeClock(NOW), metrics=Metrics())
        clock = FakeClock(NOW)
        self.matching = MatchStage(
            MatchParts(log=MemoryLog(clock), db=db, rules=self.rules, clock=clock, metrics=Metrics())
        )
        self.newsroom = Newsroom(db)
        self.last: list[Match] = []

    async def rule(self, query: str) -> None:
        await put_rule(self.newsroom.db, "one", query=query)
        await self.rules.refresh()

    async def read(self, story: StoryArticle) -> list[tuple[Reason, str]]:
        """The messages so far, by reason and why, once this article went through."""
        outputs = await self.matching.handle([story])
        self.last = [output.record for output in outputs if isinstance(output.record, Match)]
        await self.newsroom.give(*self.last)
        return sorted((told.reason, told.because) for told in await self.newsroom.outbox() if told.sequence)


@pytest.fixture
def desk(db: Database) -> Desk:
    return Desk(db)


def first() -> StoryArticle:
    return story_article(1, title="Arms ship seen", text=FIRST, revision="a")


def edit(text: str, title: str = "Ship seen", revision: str = "b") -> StoryArticle:
    edited = story_article(1, title=title, text=text, revision=revision, verdict=StoryVerdict.COPY)
    return replace(edited, copy_of=edited.article.article_id)


async def test_words_that_are_gone_are_named_and_the_rule_that_still_holds_says_so(desk: Desk) -> None:
    await desk.rule("Russia OR arms")
    assert await desk.read(first()) == []
    told = await desk.read(edit("Ships left for Russia. The ministry did not comment."))
    assert told == [(Reason.CORRECTION, 'the words "arms" are gone from the article; the rule still holds')]
    assert await desk.read(edit("Ships left for Russia. The ministry did not comment.")) == told  # repeated


async def test_a_rule_that_no_longer_holds_is_told_with_the_words_that_went(desk: Desk) -> None:
    await desk.rule("Russia AND arms")
    await desk.read(first())
    told = await desk.read(edit("Ships with grain left for Russia. The ministry did not comment."))
    assert told == [(Reason.CORRECTION, 'the words "arms" are gone from the article; the rule no longer holds')]
    assert await desk.newsroom.outcomes(*desk.last) == [AlertOutcome.CORRECTED]
    assert desk.last[0].article.snippet.startswith("Ships with grain left")  # as it reads now


async def test_an_edit_that_leaves_the_evidence_is_a_copy(desk: Desk) -> None:
    await desk.rule("Russia AND arms")
    await desk.read(first())
    assert await desk.read(edit("Ships with arms left for Russia. The ministry declined to comment.")) == []
    assert await desk.newsroom.outcomes(*desk.last) == [AlertOutcome.REPEATED]


async def test_what_we_read_again_ourselves_takes_nothing_back(desk: Desk) -> None:
    await desk.rule("Russia AND arms")
    await desk.read(first())
    ours = edit("Ships with grain left for Russia.")
    assert await desk.read(replace(ours, article=replace(ours.article, reread=True))) == []
    assert desk.last == []


async def test_an_article_that_nobody_was_told_of_corrects_nothing(desk: Desk) -> None:
    await desk.rule("Putin")
    await desk.read(first())
    assert await desk.read(edit("Ships with grain left for Russia.")) == []
    assert desk.last == []
