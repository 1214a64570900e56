"""What need not be looked at again: a shortcut that changes no answer."""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.intake.unchanged import UnchangedEntries
from ingest.parse.shapes import ParsedEntry
from tests.ingest.intake.reader import NOW, Reader, entry

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
    short, long = Reader(unchanged=UnchangedEntries()), Reader()
    for shown, seconds in polls:
        short.now = long.now = long.now + timedelta(seconds=seconds)
        told, wanted = short.poll(*shown), long.poll(*shown)
        assert [one.entry for one in told.new] == [one.entry for one in wanted.new]
        assert told.skipped == wanted.skipped
        assert told.rolled_over == wanted.rolled_over
        assert short.known.keys() == long.known.keys()
    assert short.looked_at <= long.looked_at


def test_only_what_is_new_or_changed_is_looked_at() -> None:
    reader, shown = Reader(unchanged=UnchangedEntries()), [entry(str(n)) for n in range(100)]
    reader.poll(*shown)
    reader.looked_at = 0
    reader.now += timedelta(minutes=1)
    reader.poll(entry("new"), entry("0", "Corrected"), *shown[1:])
    assert reader.looked_at == 2


def test_everything_is_looked_at_again_after_half_a_day_so_that_it_outlives_pruning() -> None:
    unchanged, shown = UnchangedEntries(), [entry("a"), entry("b")]
    unchanged.remember("s", shown, NOW)
    unchanged.remember("s", shown, NOW + timedelta(hours=11))
    assert unchanged.parted("s", shown, NOW + timedelta(hours=11))[0] == []
    assert unchanged.parted("s", shown, NOW + timedelta(hours=13))[0] == shown


def test_what_left_the_feed_is_forgotten() -> None:
    unchanged = UnchangedEntries()
    unchanged.remember("s", [entry("a"), entry("b")], NOW)
    unchanged.remember("s", [entry("b")], NOW)
    assert unchanged.parted("s", [entry("a"), entry("b")], NOW)[0] == [entry("a")]


def test_sources_do_not_share() -> None:
    unchanged = UnchangedEntries()
    unchanged.remember("s", [entry("a")], NOW)
    assert unchanged.parted("other", [entry("a")], NOW)[0] == [entry("a")]
    unchanged.forget("s")
    assert unchanged.parted("s", [entry("a")], NOW)[0] == [entry("a")]
