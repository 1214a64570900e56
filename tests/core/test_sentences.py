"""Where sentences begin: what ends one, and the same answer as the plain reading of the rules for it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.sentences import _ABBREVIATIONS, paragraph_starts, sentence_starts
from tests.effort import tries

# The two kinds of full stop side by side, and the word before one searched forwards: slow, and plain to see.
END = re.compile(r"[.!?…]+[\"'’”»)\]]*(?=\s+[\"'‘“«(\[¿¡]*(\S))|[。！？｡]+[」』”’）]*")
LAST_WORD = re.compile(r"(\w+(?:\.\w+)*)\.$")


def plainly(text: str) -> list[int]:
    return sorted(
        {*paragraph_starts(text), *(found.end() for found in END.finditer(text) if not continues(text, found))}
    )


def continues(text: str, found: re.Match[str]) -> bool:
    if found[1] is not None and found[1].islower():
        return True
    if found[0] != ".":
        return False
    before = LAST_WORD.search(text, max(0, found.start() - 20), found.start() + 1)
    word = before[1] if before is not None else ""
    return word.lower() in _ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word.isupper())


pieces = st.sampled_from(
    [
        *sorted(_ABBREVIATIONS),
        *"ABzß漢한İ.!?…。！？｡\"'’”»)]‘“«(¿」』（）_-",
        " ",
        "  ",
        "\n",
        "\n \n",
        "\u2028",
        "U.S",
        "internationalisation",
        "3.5",
    ]
)


@tries(1000)
@given(st.lists(pieces, max_size=40).map("".join) | st.text(max_size=200))
def test_sentences_begin_where_the_plain_reading_says(text: str) -> None:
    assert sentence_starts(text) == plainly(text)


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("It fell. Nobody saw it.", "Nobody"),
        ("“It fell.” Nobody saw it.", "Nobody"),
        ("雨が降った。風も吹いた。", "風"),
        ("A headline\n\nand its text", "and"),
    ],
)
def test_a_full_stop_before_a_capital_and_a_blank_line_end_a_sentence(text: str, second: str) -> None:
    assert text[sentence_starts(text)[1] :].lstrip().startswith(second)


@pytest.mark.parametrize(
    "text", ["He met Gen. Ellis.", "The U.S. Army came.", "J. Ellis came.", "It cost 3.5 crowns.", "So... he left."]
)
def test_abbreviations_initials_and_small_letters_behind_end_none(text: str) -> None:
    assert sentence_starts(text) == [0]
