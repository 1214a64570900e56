"""A mapping in versions: each is what a plain dict would be, and older versions stay what they were."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.match.overlay import Overlay

KEYS = st.sampled_from("abcdef")
CHANGE = st.tuples(st.dictionaries(KEYS, st.integers(0, 9), max_size=4), st.sets(KEYS, max_size=3))


def same(overlay: Overlay[int], plain: dict[str, int]) -> None:
    assert dict(overlay.items()) == plain
    assert len(overlay) == len(plain)
    assert {key: overlay.get(key) for key in "abcdefg"} == {key: plain.get(key) for key in "abcdefg"}


@given(st.dictionaries(KEYS, st.integers(0, 9)), st.lists(CHANGE, max_size=8), st.integers(0, 8), st.integers(0, 8))
def test_versions_are_what_plain_dicts_would_be(
    first: dict[str, int], changes: list[tuple[dict[str, int], set[str]]], compact_at: int, taken_over: int
) -> None:
    """One version is compacted, and later versions go on upon that, as a merge does it."""
    plain = dict(first)
    versions = [(Overlay.of(first.items()), plain)]
    for new, removed in changes:
        plain = {key: value for key, value in plain.items() if key not in removed} | new
        versions.append((versions[-1][0].changed(Overlay.of(new.items()), removed), plain))
    for overlay, wanted in versions:
        same(overlay, wanted)
        same(overlay.compacted(), wanted)
    before = versions[min(compact_at, len(versions) - 1)][0]
    compact = before.compacted()
    for overlay, wanted in versions[compact_at:]:
        same(overlay.on(compact, before), wanted)
    for overlay, wanted in versions[compact_at + taken_over :]:
        later = overlay.on(compact, before).changed(Overlay.of([("g", 1)]), {"a"})
        assert dict(later.items()) == {key: value for key, value in wanted.items() if key != "a"} | {"g": 1}


def test_an_empty_one_takes_its_first_values_as_the_base() -> None:
    empty: Overlay[int] = Overlay()
    full = empty.changed(Overlay.of([("a", 1)]), {"b"})
    same(full, {"a": 1})
    same(full.on(empty.compacted(), empty), {"a": 1})


def test_no_piece_of_a_large_one_is_large() -> None:
    """A dict holds all threads up while it grows, and while it is let go."""
    large: Overlay[int] = Overlay.of((f"rule{number}", number) for number in range(100_000))
    changed = large.changed(Overlay.of([("new", 1)]), {"rule7"}).compacted()
    for overlay in (large, changed):
        assert len(overlay) == 100_000
        assert sum(len(piece) for piece in overlay.pieces()) == 100_000
        assert max(len(piece) for piece in overlay.pieces()) < 1_000
