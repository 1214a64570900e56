"""What of a feed is new."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.ids import article_id
from core.model.outcome import ArticleOutcome
from ingest.intake.keys import shortened
from ingest.intake.new_entries import NEWEST, is_first_poll
from ingest.parse.shapes import ParsedEntry
from tests.ingest.intake.reader import NOW, SOURCE, Reader, entry


def test_an_entry_is_new_once() -> None:
    reader = Reader()
    assert reader.titles(entry()) == ["Title"]
    assert reader.titles(entry(), entry("b", "Second")) == ["Second"]
    assert reader.titles(entry(), entry("b", "Second")) == []


def test_tracking_parameters_make_no_new_entry() -> None:
    reader = Reader()
    reader.poll(entry("a?utm_source=rss"))
    assert reader.titles(entry("a?utm_source=feed&utm_campaign=2#top")) == []


def test_a_link_of_a_search_engine_is_that_of_the_article_in_it() -> None:
    reader = Reader()
    reader.poll(entry("a"))
    assert reader.titles(entry(url="https://www.google.com/url?rct=j&url=https://news.example/a")) == []


def test_an_edited_headline_is_told_again() -> None:
    reader = Reader()
    reader.poll(entry(guid="1"))
    assert reader.titles(entry(title="Corrected title", guid="1")) == ["Corrected title"]
    assert reader.titles(entry(title="Corrected title", guid="1")) == []
    assert reader.titles(entry(guid="1")) == [], "an edit that is taken back was told before"


def test_an_edited_text_is_told_again_but_other_markup_is_not() -> None:
    reader = Reader()
    reader.poll(entry(summary="<p>Three  hurt</p>"))
    assert reader.titles(entry(summary="<div>Three hurt <img src='pixel?r=2'></div>")) == []
    assert reader.titles(entry(summary="<p>Five hurt</p>")) == ["Title"]


def test_a_guid_that_changes_at_every_poll_raises_no_flood() -> None:
    reader = Reader()
    for number in range(5):
        assert reader.titles(entry(guid=str(number))) == (["Title"] if number == 0 else [])


def test_a_url_that_changes_at_every_poll_raises_no_flood() -> None:
    reader = Reader()
    for number in range(5):
        assert reader.titles(entry(f"a?session={number}", guid="1")) == (["Title"] if number == 0 else [])


def test_a_guid_that_all_entries_share_hides_none() -> None:
    assert Reader().titles(entry("a", "A", guid="x"), entry("b", "B", guid="x")) == ["A", "B"]


def test_a_text_that_changes_at_every_poll_is_told_once_in_half_an_hour() -> None:
    reader = Reader()
    told = []
    for minute in range(0, 120, 5):
        reader.now = NOW + timedelta(minutes=minute)
        told += [minute] if reader.titles(entry(summary=f"{minute} comments")) else []
    assert told == [0, 5, 30, 60, 90]


def test_the_first_poll_takes_what_is_young_or_undated_and_remembers_the_rest() -> None:
    reader = Reader()
    shown = [
        entry("young", "Young", published=NOW - timedelta(hours=47)),
        entry("old", "Old", published=NOW - timedelta(hours=49)),
        entry("revised", "Revised", published=NOW - timedelta(days=9), updated=NOW - timedelta(hours=1)),
        entry("undated", "Undated"),
    ]
    news = reader.poll(*shown)
    assert [one.entry.title for one in news.new] == ["Young", "Revised", "Undated"]
    assert [(one.subject, one.outcome) for one in news.skipped] == [
        (article_id("https://news.example/old"), ArticleOutcome.TOO_OLD)
    ]
    again = reader.poll(*shown)
    assert (again.new, again.skipped) == ((), ())


def test_back_numbers_without_a_date_end_at_the_first_poll_and_are_known_afterwards() -> None:
    shown = [entry(f"x{number}", f"Story {number}") for number in range(500)]
    dated = entry("dated", "Dated", published=NOW - timedelta(hours=1))
    reader = Reader(back_numbers=False)
    news = reader.poll(*shown, dated)
    assert [one.entry.title for one in news.new] == ["Dated"]
    assert {one.outcome for one in news.skipped} == {ArticleOutcome.BACK_NUMBER}
    assert len(news.skipped) == 500
    later = reader.poll(*shown, dated, entry("new", "New and undated"))
    assert [one.entry.title for one in later.new] == ["New and undated"]
    assert later.skipped == ()


def test_of_a_first_poll_with_hundreds_of_dated_entries_the_newest_are_news() -> None:
    shown = [entry(str(n), f"Story {n}", published=NOW - timedelta(minutes=n)) for n in range(500)]
    reader = Reader(back_numbers=False)
    news = reader.poll(*reversed(shown))
    assert {one.entry.title for one in news.new} == {f"Story {n}" for n in range(NEWEST)}
    assert [one.outcome for one in news.skipped] == [ArticleOutcome.BACK_NUMBER] * (500 - NEWEST)
    assert "newest" in news.skipped[0].detail
    again = reader.poll(entry("new", "New", published=NOW), *shown)
    assert [one.entry.title for one in again.new] == ["New"]
    assert again.skipped == ()
    assert len(Reader(back_numbers=True).poll(*shown).new) == 500, "where they are asked for"


def test_of_a_first_poll_what_is_from_before_the_source_was_added_is_marked_so() -> None:
    reader = Reader(added=NOW)
    shown = [entry("old", "Old", published=NOW - timedelta(hours=3)), entry("undated", "Undated")]
    news = reader.poll(entry("new", "New", published=NOW), *shown)
    assert {one.entry.title: one.entry.source_added for one in news.new} == {"New": None, "Old": NOW, "Undated": NOW}
    (late,) = reader.poll(entry("late", "Late", published=NOW - timedelta(hours=5)), *shown).new
    assert late.entry.source_added is None, "it came at a later poll"


def test_of_a_first_poll_all_that_is_younger_than_its_owner_asks_for_passes() -> None:
    since = NOW - timedelta(days=30)
    shown = [entry(str(n), f"Story {n}", published=NOW - timedelta(days=n)) for n in range(50)]
    reader = Reader(back_numbers=False, source=replace(SOURCE, since=since), added=NOW)
    news = reader.poll(*shown, entry("undated", "Undated"))
    assert {one.entry.title for one in news.new} == {f"Story {n}" for n in range(31)}
    assert {one.entry.source_added for one in news.new} == {None}


@pytest.mark.parametrize("published", [None, NOW - timedelta(hours=3)])
def test_a_feed_whose_entries_all_get_other_addresses_and_guids_tells_none_of_them_again(
    published: datetime | None,
) -> None:
    def shown(site: str) -> list[ParsedEntry]:
        return [
            entry(f"{site}/{n}", f"Story {n}", guid=f"{site}{n}", summary=f"Text {n}", published=published)
            for n in range(50)
        ]

    reader = Reader()
    reader.poll(*shown("old"))
    news = reader.poll(entry("new/fresh", "Fresh", guid="f"), *shown("new"))
    assert [one.entry.title for one in news.new] == ["Fresh"]
    assert {one.outcome for one in news.skipped} == {ArticleOutcome.BACK_NUMBER}
    assert len(news.skipped) == 50
    assert not news.rolled_over
    again = reader.poll(entry("new/fresh", "Fresh", guid="f"), *shown("new"))
    assert (again.new, again.skipped) == ((), ())


def test_a_feed_that_has_rolled_over_tells_all_even_where_a_few_texts_come_again() -> None:
    reader = Reader()
    reader.poll(*(entry(f"a{n}", f"Old {n}") for n in range(20)))
    shown = [entry(f"b{n}", f"Old {n}" if n < 9 else f"New {n}") for n in range(20)]
    news = reader.poll(*shown)
    assert len(news.new) == 20
    assert news.rolled_over


def test_texts_that_all_entries_share_do_not_make_them_the_same() -> None:
    reader = Reader()
    reader.poll(*(entry(f"a{n}", "Weather") for n in range(20)))
    assert len(reader.poll(*(entry(f"b{n}", "Weather") for n in range(20))).new) == 20


def test_a_source_that_was_not_polled_for_weeks_has_a_first_poll_again() -> None:
    assert is_first_poll(None, NOW)
    assert is_first_poll(NOW - timedelta(days=15), NOW)
    assert not is_first_poll(NOW - timedelta(days=3), NOW)


def test_a_later_poll_takes_what_is_a_week_old_but_no_archive() -> None:
    reader = Reader()
    reader.poll(entry())
    news = reader.poll(
        entry("week", "Week", published=NOW - timedelta(days=7)),
        entry("year", "Year", published=NOW - timedelta(days=400)),
    )
    assert [one.entry.title for one in news.new] == ["Week"]
    assert [one.outcome for one in news.skipped] == [ArticleOutcome.TOO_OLD]


def test_a_date_that_cannot_be_is_unknown() -> None:
    shown = [
        entry("a", published=NOW + timedelta(days=2), updated=datetime(1, 1, 1, tzinfo=UTC)),
        entry("b", published=NOW + timedelta(hours=13)),
        entry("c", published=datetime(1970, 1, 1, tzinfo=UTC)),
    ]
    dates = [(one.entry.published, one.entry.updated) for one in Reader().poll(*shown).new]
    assert dates == [(None, None), (NOW + timedelta(hours=13), None), (None, None)]


def test_an_entry_without_an_article_ends_here_and_is_told_once() -> None:
    reader = Reader()
    shown = [entry(), ParsedEntry(url="javascript:void(0)", guid="x"), ParsedEntry(url="https://news.example/")]
    news = reader.poll(*shown)
    assert [one.outcome for one in news.skipped] == [ArticleOutcome.BAD_URL, ArticleOutcome.HOMEPAGE]
    assert reader.poll(*shown).skipped == ()


def test_a_feed_that_shows_nothing_of_the_poll_before_has_rolled_over() -> None:
    reader = Reader()
    assert not reader.poll(entry("a"), entry("b", "B")).rolled_over
    assert not reader.poll(entry("b", "B"), entry("c", "C")).rolled_over
    assert reader.poll(entry("x", "X"), entry("y", "Y")).rolled_over
    assert not reader.poll().rolled_over


def test_relative_links_are_resolved_and_text_of_any_kind_passes() -> None:
    news = Reader().poll(ParsedEntry(url="/a?x=1", title="a\ud800b\0c", summary="\udfff"))
    assert news.new[0].entry.url == "https://news.example/a?x=1"
    assert news.new[0].entry.title == "a\ufffdb\ufffdc"


def test_a_body_that_no_record_holds_is_shortened() -> None:
    made = Reader().poll(entry(summary="s" * 400, content="c" * 400)).new[0].entry
    short = shortened(made, 200)
    assert (len(short.summary), len(short.content)) == (50, 150)
    assert shortened(made, 800) is made


@given(
    st.lists(
        st.lists(
            st.builds(
                ParsedEntry,
                url=st.sampled_from(["https://e.com/a", "https://e.com/b", "/c", "", "mailto:x", "https://e.com/"]),
                guid=st.sampled_from([None, "1", "2"]),
                title=st.sampled_from(["A", "B"]),
                published=st.none() | st.datetimes(timezones=st.just(UTC)),
            ),
            max_size=6,
        ),
        max_size=6,
    )
)
def test_polling_the_same_feed_again_brings_nothing(polls: list[list[ParsedEntry]]) -> None:
    reader = Reader()
    for shown in polls:
        reader.poll(*shown)
        again = reader.poll(*shown)
        # Two entries of one URL or guid may swap which of them is the version told.
        if len({one.url for one in shown}) == len(shown):
            assert again.new == ()
