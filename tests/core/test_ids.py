"""Derived ids: the same for the same thing for ever, different for different things."""

from hypothesis import given
from hypothesis import strategies as st

from core.model import ids

TEXTS = st.text(max_size=30)


def test_ids_do_not_change_between_versions_of_wirewatch() -> None:
    """Stored rows and receivers rely on them; a change here is a migration."""
    assert ids.derived_id("rule", "dprk") == "c482c4926c17231feac59113"


@given(st.lists(TEXTS, max_size=4), st.lists(TEXTS, max_size=4))
def test_different_parts_give_different_ids(a: list[str], b: list[str]) -> None:
    assert (ids.derived_id("x", *a) == ids.derived_id("x", *b)) == (a == b)


@given(TEXTS)
def test_the_kind_is_part_of_the_id(text: str) -> None:
    assert ids.article_id(text) != ids.story_id(text)


def test_an_edit_is_another_match_of_the_same_article() -> None:
    assert ids.match_id("r", 1, "a", "one") != ids.match_id("r", 1, "a", "two")
