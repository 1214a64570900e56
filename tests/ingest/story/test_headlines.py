"""Items of a headline alone, and the articles below the same headline in other outlets."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.model.outcome import StoryVerdict
from ingest.story.headlines import SAME_STORY, headline_of
from ingest.story.memory import StoryMemory
from tests.ingest.story.cases import made

NEW, COPY, UPDATE = StoryVerdict.NEW, StoryVerdict.COPY, StoryVerdict.UPDATE
HEADLINE = "Harbour of Larnport closed after crane falls into channel"
TEXT = (
    "A crane fell into the main channel on Monday, the port authority said, and nine ships wait outside.\n\n"
    "Nobody was hurt. Divers will look at the wreck once the wind has dropped, the harbour master told reporters."
)
OTHER = (
    "Two cranes stand still at the second port of the county, where dockers walked out over pay on Thursday.\n\n"
    "Their union wants nine per cent. Talks are to go on next week, a spokeswoman for the owners said in the evening."
)
JAPANESE = "ラルンポート港、クレーン転落で閉鎖"
JAPANESE_TEXT = "港湾当局によると、月曜日に主要航路へクレーンが転落し、船九隻が沖で待機している。けが人はいない。\n\n潜水士が風の収まるのを待って現場を調べるという。"


def verdicts(*items: tuple[str, str, str], hours: float = 0) -> list[StoryVerdict]:
    """Of an outlet's title and text each; `hours`: between one and the next."""
    memory, told = StoryMemory(), []
    for place, (outlet, title, text) in enumerate(items):
        article = made((title, text), f"https://{outlet}.example/{place}")
        told.append(memory.judge(replace(article, accepted=article.accepted + timedelta(hours=hours * place))).verdict)
    return told


@pytest.mark.parametrize(("title", "text"), [(HEADLINE, TEXT), (JAPANESE, JAPANESE_TEXT)])
def test_a_headline_alone_after_its_article_is_a_copy_and_the_article_after_it_an_update(title: str, text: str) -> None:
    assert verdicts(("wire", title, text), ("feed", title, "")) == [NEW, COPY]
    assert verdicts(("wire", title, text), ("feed", f"{title} - Gazette", title)) == [NEW, COPY]
    assert verdicts(("feed", title, ""), ("wire", title, text)) == [NEW, UPDATE]
    assert verdicts(("feed", title, ""), ("wire", title, text), ("paper", title, text)) == [NEW, UPDATE, COPY]
    assert verdicts(("feed", title, ""), ("wire", f"{title} | Gazette", "")) == [NEW, COPY]


def test_a_headline_of_a_few_words_may_stand_above_anything() -> None:
    for title in ("Weather forecast", "News in brief", "天気予報", "Live: the day's news"):
        assert verdicts(("wire", title, TEXT), ("feed", title, "")) == [NEW, NEW]
        assert verdicts(("feed", title, ""), ("wire", title, TEXT)) == [NEW, NEW]


def test_an_outlet_that_has_a_headline_again_tells_something_else() -> None:
    assert verdicts(("wire", HEADLINE, TEXT), ("wire", HEADLINE, "")) == [NEW, NEW]
    assert verdicts(("wire", HEADLINE, TEXT), ("paper", HEADLINE, OTHER), ("feed", HEADLINE, "")) == [NEW, NEW, NEW]


def test_after_a_day_the_same_headline_is_another_story() -> None:
    hours = SAME_STORY / timedelta(hours=1)
    assert verdicts(("wire", HEADLINE, TEXT), ("feed", HEADLINE, ""), hours=hours) == [NEW, COPY]
    assert verdicts(("wire", HEADLINE, TEXT), ("feed", HEADLINE, ""), hours=hours + 1) == [NEW, NEW]


def test_another_number_or_name_is_another_headline() -> None:
    for other in (HEADLINE.replace("Larnport", "Osmund"), f"{HEADLINE} killing 9", HEADLINE.replace("closed", "open")):
        assert verdicts(("wire", HEADLINE, TEXT), ("feed", other, "")) == [NEW, NEW]


def test_what_else_an_item_tells_is_told() -> None:
    short = "The crane's driver was found dead in the hull."
    assert verdicts(("wire", HEADLINE, TEXT), ("feed", HEADLINE, short)) == [NEW, UPDATE]


def test_the_memory_of_headlines_ends_with_that_of_their_texts() -> None:
    memory = StoryMemory(window=timedelta(hours=1))
    first = made((HEADLINE, TEXT), "https://wire.example/1")
    memory.judge(first)
    later = made((HEADLINE, ""), "https://feed.example/1")
    assert memory.judge(replace(later, accepted=first.accepted + timedelta(hours=2))).verdict is NEW


def test_an_outlets_name_behind_a_headline_is_left_out() -> None:
    keys = headline_of(HEADLINE, "").keys
    for form in (f"{HEADLINE} - The Larnport Gazette", f"{HEADLINE} | Gazette", f"{HEADLINE.upper()}!"):
        assert set(keys) & set(headline_of(form, "").keys), form
