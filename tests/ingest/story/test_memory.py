"""The stories of the last days, article by article."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

from core.model.article import Article
from core.model.ids import derived_id, story_id
from core.model.outcome import StoryVerdict
from core.model.story import StoryArticle
from ingest.parse.clean import article_lines
from ingest.story.memory import WINDOW, Decision, StoryMemory
from tests.data_shared import shared
from tests.fakes.records import WHEN, an_article
from tests.ingest.story.test_judge import CRANE, NEWS

STORY, UPDATE = "\n\n".join(CRANE), "\n\n".join([*NEWS, *CRANE])
OTHER = "Farmers were glad of the rain that fell over the western plains on Sunday night after nine dry weeks in a row."


def article(number: int, text: str, *, title: str = "A title", at: datetime = WHEN) -> Article:
    made = an_article(f"https://news{number}.example/{number}", text=text, at=at)
    return replace(made, title=title, revision=derived_id("revision", title, text))


def told(one: Article, decision: Decision) -> StoryArticle:
    return StoryArticle(
        article=one,
        story_id=decision.story_id,
        verdict=decision.verdict,
        story_size=decision.size,
        story_first_seen=decision.first_seen,
        copy_of=decision.copy_of,
        correction=decision.correction,
        judged=one.accepted,
    )


def test_a_copy_names_the_article_it_is_a_copy_of_and_an_update_likewise() -> None:
    memory = StoryMemory()
    first, copy, update = article(1, STORY), article(2, STORY, title="Other words"), article(3, UPDATE)
    assert memory.judge(first) == Decision(story_id(first.article_id), StoryVerdict.NEW, 1, WHEN)
    assert memory.judge(copy) == Decision(
        story_id(first.article_id), StoryVerdict.COPY, 2, WHEN, copy_of=first.article_id
    )
    last = memory.judge(update)
    assert (last.verdict, last.story_id, last.size) == (StoryVerdict.UPDATE, story_id(first.article_id), 3)
    assert memory.judge(article(4, OTHER)).verdict is StoryVerdict.NEW
    assert len(memory) == 2


def test_a_repeat_changes_nothing() -> None:
    memory = StoryMemory()
    first = article(1, STORY)
    decision = memory.judge(first)
    assert memory.judge(first) == decision
    assert memory.judge(article(2, STORY)).size == 2


def test_an_edit_of_an_article_stays_in_its_story_whatever_it_says() -> None:
    memory = StoryMemory()
    first = memory.judge(article(1, STORY))
    edited = memory.judge(article(1, OTHER))
    assert (edited.story_id, edited.size) == (first.story_id, 1)


def test_what_we_read_later_is_no_news_of_its_publisher() -> None:
    memory = StoryMemory()
    headline = article(1, "", title="Crane falls into the harbour basin and blocks the only entrance to the port")
    first = memory.judge(headline)
    assert first.verdict is StoryVerdict.NEW
    full = replace(headline, text=STORY, revision="full", reread=True)
    assert memory.judge(full) == Decision(first.story_id, StoryVerdict.COPY, 1, WHEN, copy_of=headline.article_id)
    assert memory.judge(article(2, STORY, title="Other words")).story_id == first.story_id
    edited = replace(full, text=UPDATE, revision="edited", reread=False)
    assert memory.judge(edited).verdict is StoryVerdict.UPDATE


def test_headlines_alone_are_stories_of_their_own() -> None:
    memory = StoryMemory()
    titles = ("FLASH: Seoul says missile fired", "FLASH: Tokyo says missile fired", "Breaking news", "Markets close")
    told = [memory.judge(article(number, "", title=title)) for number, title in enumerate(titles)]
    assert [one.verdict for one in told] == [StoryVerdict.NEW] * 4


def test_a_copy_of_an_update_is_a_copy() -> None:
    memory = StoryMemory()
    for number, text in enumerate((STORY, UPDATE)):
        memory.judge(article(number, text))
    assert memory.judge(article(5, UPDATE, title="Elsewhere")).verdict is StoryVerdict.COPY
    assert memory.judge(article(6, STORY, title="Late")).verdict is StoryVerdict.COPY


def test_a_story_is_forgotten_after_the_window_and_everything_of_it() -> None:
    memory = StoryMemory()
    memory.judge(article(1, STORY))
    again = memory.judge(article(2, STORY, at=WHEN + WINDOW + timedelta(seconds=1)))
    assert again.verdict is StoryVerdict.NEW
    assert len(memory) == 1
    memory.judge(article(3, OTHER, at=WHEN + 3 * WINDOW))
    assert len(memory) == 1
    (features,) = memory._features.values()
    assert dict(memory._frequency) == dict.fromkeys(features.facts, 1)
    assert set(memory._index._at) == {anchor for sentence in features.anchors for anchor in sentence}


def test_a_memory_that_is_read_back_decides_as_the_one_that_was_lost() -> None:
    whole, before = StoryMemory(), StoryMemory()
    articles = _real_articles(240)
    first, rest = articles[:160], articles[160:]
    records = [told(one, before.judge(one)) for one in first]
    for one in first:
        whole.judge(one)
    restored = StoryMemory()
    for record in records:
        restored.remember(record)
        restored.remember(record)  # the log may tell it twice
    assert [restored.judge(one) for one in rest] == [whole.judge(one) for one in rest]
    assert [restored.judge(one) for one in first] == [whole.judge(one) for one in first]


def test_of_a_days_news_copies_raise_no_alert_and_few_that_must_are_lost() -> None:
    folder = shared("data", "stories")
    labels = {one["id"]: one for one in map(json.loads, (folder / "labels.jsonl").read_text().splitlines())}
    memory, wanted, right, raised = StoryMemory(), 0, 0, 0
    for one in _real_articles(900):
        alert = memory.judge(one).verdict is not StoryVerdict.COPY
        must = labels[one.source_id]["alert"]
        if must is not None:
            wanted += must
            right += must and alert
            raised += alert
    assert right / wanted > 0.985
    assert right / raised > 0.985


def _real_articles(count: int) -> list[Article]:
    found = []
    with shared("data", "stories", "articles.jsonl").open(encoding="utf-8") as lines:
        for _, line in zip(range(count), lines, strict=False):
            row = json.loads(line)
            text = "\n\n".join(article_lines(row["text"].split("\n\n"), row["title"]))
            at = datetime.fromisoformat(row["published"])
            made = an_article(f"https://news.example/{row['id']}", text=text, at=at)
            revision = derived_id("revision", row["title"], text)
            found.append(replace(made, title=row["title"], revision=revision, source_id=row["id"]))
    return found
