"""What a feed says of an article, beside its page and in its place."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.model.article import ArticleFlag, TextOrigin
from core.model.source import Entry, Source
from ingest.parse.feed_parts import beside, is_unfinished, read_entry, text_of_feed, with_feed
from ingest.parse.shapes import ParsedPage, ParseFailure

URL = "https://herald.example/a"
ENTRY = Entry(
    entry_id="e",
    source=Source(source_id="s", name="Herald", url="https://herald.example/feed"),
    url=URL,
    title="Crane falls",
    seen=datetime(2026, 3, 2, tzinfo=UTC),
)
FIRST = "A crane fell into the harbour basin on Monday morning and blocked the only entrance, the port authority said."
SECOND = "Three ships wait outside, and divers are to look at the wreck before the tide turns in the late afternoon."
THIRD = "The owner of the crane did not reply to questions; the police speak of a broken cable and of strong wind."


def page(*paragraphs: str) -> ParsedPage:
    return ParsedPage(canonical_url=URL, title="Crane falls", text="\n\n".join(paragraphs))


def test_the_longer_of_content_and_summary_is_the_feeds_text_and_the_other_stands_before_it() -> None:
    told = replace(ENTRY, summary=f"<p>{THIRD}</p>", content=f"<p>{FIRST}</p><p>{SECOND}</p>")
    assert text_of_feed(told) == f"{THIRD}\n\n{FIRST}\n\n{SECOND}"
    assert text_of_feed(replace(told, summary=FIRST)) == f"{FIRST}\n\n{SECOND}"
    assert text_of_feed(ENTRY) == ""


@pytest.mark.parametrize(
    "line",
    [
        "The post Crane falls appeared first on Herald.",
        "Der Beitrag Crane falls erschien zuerst auf Herald.",
        "Continue reading Crane falls",
        "Weiterlesen",
        "[…]",
    ],
)
def test_what_software_puts_under_an_entry_is_not_its_text(line: str) -> None:
    assert text_of_feed(replace(ENTRY, summary=f"<p>{FIRST}</p><p>{line}</p>")) == FIRST


def test_a_page_that_has_it_all_gets_nothing_beside() -> None:
    found = with_feed(page(FIRST, SECOND, THIRD), replace(ENTRY, summary=f"<p>{SECOND}</p>"))
    assert (found.text_origin, found.feed_text) == (TextOrigin.PAGE, "")


def test_what_the_page_does_not_say_goes_along() -> None:
    found = with_feed(page(FIRST, SECOND, FIRST), replace(ENTRY, summary=THIRD))
    assert (found.text_origin, found.feed_text) == (TextOrigin.PAGE, THIRD)


def test_a_page_that_has_less_than_its_feed_is_a_stub() -> None:
    told = replace(ENTRY, content=f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>")
    found = with_feed(page("A crane fell.", "This article is for members."), told)
    assert (found.text_origin, found.text) == (TextOrigin.FEED, f"{FIRST}\n\n{SECOND}\n\n{THIRD}")
    assert ArticleFlag.UNFINISHED in found.flags


def test_words_are_compared_whatever_the_script() -> None:
    text = "北朝鮮は月曜日にミサイルを発射したと韓国軍が発表した。"
    assert beside("ミサイルを発射したと韓国軍", text) == ""
    assert beside("日本政府は抗議した", text) == "日本政府は抗議した"
    assert beside("a crane FELL into the harbour", FIRST) == ""


def test_a_headline_alone_is_an_article() -> None:
    found = read_entry(ENTRY)
    assert isinstance(found, ParsedPage)
    assert (found.title, found.text, found.text_origin) == ("Crane falls", "", TextOrigin.HEADLINE)
    html = (
        f"<p>{FIRST}</p><ul><li><a href='/x'>Also read: Other news</a></li></ul><p>Share this article</p><p>Second.</p>"
    )
    told = read_entry(replace(ENTRY, url=URL + "?utm_medium=rss", content=html, lang="en-GB"))
    assert isinstance(told, ParsedPage)
    assert (told.text.split("\n\n"), told.canonical_url, told.lang) == ([FIRST, "Second."], URL, "en")


def test_an_entry_that_says_nothing_is_none() -> None:
    found = read_entry(replace(ENTRY, title=""))
    assert isinstance(found, ParseFailure)
    assert found.outcome == "no_text"


@pytest.mark.parametrize(
    "end",
    [
        "More to follow.", "This is a developing story.", "Mehr in Kürze.", "Weitere Informationen folgen.",
        "Plus d'informations à venir.", "Habrá ampliación.", "Notizia in aggiornamento", "Notícia em atualização",
        "Подробности позже.", "Новость дополняется", "Więcej informacji wkrótce", "Meer volgt", "Artikeln uppdateras.",
        "詳細は追って", "자세한 내용은 잠시 후", "详情稍后", "المزيد لاحقا", "Haber güncelleniyor", "פרטים נוספים בהמשך",
        "Berita ini akan diperbarui", "Podrobnosti připravujeme", "Please check back for updates.",
    ],
)  # fmt: skip
def test_articles_say_in_many_languages_that_more_will_follow(end: str) -> None:
    assert is_unfinished(f"{FIRST} {end}")
    assert not is_unfinished(f"{FIRST} {end} {THIRD * 4}")


def test_an_article_that_is_whole_says_nothing_of_the_kind() -> None:
    assert not is_unfinished(f"{FIRST}\n\n{SECOND}\n\n{THIRD}")
