"""Words of a text. What a word is, tests/alerts/rules/test_reference.py says by another implementation."""

from hypothesis import given
from hypothesis import strategies as st

from core.text.tokens import distinct_words, words_of

PIECES = st.sampled_from(
    [
        "don't",
        "“Paris”",
        "naïve",
        "U.S.",
        "don’t—“so…”",
        "a\u00a0b",
        "北京",
        "co-op",
        "ﬁne",
        "Zür\u0308ich",
        "한국",
        " ",
        "\n\n",
        ",",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map(" ".join), st.lists(PIECES).map("".join)))
def test_distinct_words_are_the_words_each_once(text: str) -> None:
    assert distinct_words(text) == set(words_of(text))
