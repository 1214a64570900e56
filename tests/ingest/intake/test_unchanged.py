"""What need not be looked at again: a shortcut that changes no answer."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.model.source import Source
from ingest.intake.new_entries import NewEntries, judge, keyed_entries, keys_of
from ingest.intake.unchanged import UnchangedEntries
from ingest.parse.shapes import ParsedEntry

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOURCE = Source(source_id="s", name="News", url="https://news.example/feed")


class Reader:
    """Polls as the stage does, with a memory in place of the database, and with the shortcut or without."""

    def __init__(self, unchanged: UnchangedEntries | None) -> None:
        self.unchanged = unchanged
        self.known: set[str] = set()
        self.looked_at = 0
        self.first = True

    def poll(self, shown: Sequence[ParsedEntry], now: datetime) -> NewEntries:
        unsettled = shown if self.unchanged is None else self.unchanged.changed("s", shown, now)
        self.looked_at += len(unsettled)
        found, skipped = keyed_entries(unsettled, SOURCE, SOURCE.url, now)
        known = self.known & keys_of(found, skipped)
        overlap = len(unsettled) < len(shown)
        news = judge(found, skipped, known, first_poll=self.first, now=now, overlap=overlap)
        self.known |= news.remember
        self.first = False
        if self.unchanged is not None:
            self.unchanged.remember("s", (one for one in shown if one not in news.waiting), now)
        return news


def entry(slug: str, title: str = "Title", **values: object) -> ParsedEntry:
    return ParsedEntry(**({"url": f"https://news.example/{slug}", "title": title} | values))  # type: ignore[arg-type] # ParsedEntry's own fields


entries = st.builds(
    entry,
    st.sampled_from(["a", "b", "c", ""]),
    st.sampled_from(["One", "Two", "Three"]),
    guid=st.sampled_from([None, "1", "2"]),
    published=st.sampled_from([None, NOW, NOW - timedelta(days=60)]),
)
feeds = st.lists(entries, max_size=4, unique_by=lambda one: one.url)


@given(st.lists(st.tuples(feeds, st.integers(0, 20_000)), max_size=12))
def test_what_is_told_is_the_same_with_and_without(polls: Sequence[tuple[list[ParsedEntry], int]]) -> None:
    short, long, now = Reader(UnchangedEntries()), Reader(None), NOW
    for shown, seconds in polls:
        now += timedelta(seconds=seconds)
        told, wanted = short.poll(shown, now), long.poll(shown, now)
        assert [one.entry for one in told.new] == [one.entry for one in wanted.new]
        assert told.skipped == wanted.skipped
        assert told.rolled_over == wanted.rolled_over
        assert short.known == long.known
    assert short.looked_at <= long.looked_at


def test_only_what_is_new_or_changed_is_looked_at() -> None:
    reader, shown = Reader(UnchangedEntries()), [entry(str(n)) for n in range(100)]
    reader.poll(shown, NOW)
    reader.looked_at = 0
    reader.poll([entry("new"), entry("0", "Corrected"), *shown[1:]], NOW + timedelta(minutes=1))
    assert reader.looked_at == 2


def test_everything_is_looked_at_again_after_half_a_day_so_that_it_outlives_pruning() -> None:
    unchanged, shown = UnchangedEntries(), [entry("a"), entry("b")]
    unchanged.remember("s", shown, NOW)
    unchanged.remember("s", shown, NOW + timedelta(hours=11))
    assert unchanged.changed("s", shown, NOW + timedelta(hours=11)) == []
    assert unchanged.changed("s", shown, NOW + timedelta(hours=13)) == shown


def test_what_left_the_feed_is_forgotten() -> None:
    unchanged = UnchangedEntries()
    unchanged.remember("s", [entry("a"), entry("b")], NOW)
    unchanged.remember("s", [entry("b")], NOW)
    assert unchanged.changed("s", [entry("a"), entry("b")], NOW) == [entry("a")]


def test_sources_do_not_share() -> None:
    unchanged = UnchangedEntries()
    unchanged.remember("s", [entry("a")], NOW)
    assert unchanged.changed("other", [entry("a")], NOW) == [entry("a")]
    unchanged.forget("s")
    assert unchanged.changed("s", [entry("a")], NOW) == [entry("a")]
