"""What folding promises of any text: one answer, exact places, and no difference by encoding, case or what is not seen."""

import sys
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from core.text.fold import fold
from core.text.tokens import distinct_words, tokenize, words_of
from tests.effort import tries
from tests.reference_words import ALIKE, script
from tests.reference_words import words_of as plainly
from tests.script_articles import ARTICLES, HARAKAT, OTHER_DIGITS, UNSEEN

LETTERS = "".join(sorted({c for _, title, text in ARTICLES for c in title + text if c.isalnum() and c not in "ำຳﾞ"}))
MARKS = (
    "\u0301\u0308\u0323\u0327\u0328\u0338\u0342\u05b8\u0654\u0655\u0670\u0730\u093c\u0e31\u0eb4\u17d2\u1037" + HARAKAT
)
SIGNS = " ,.-'’ʻʼʿ\n־״،۔।ـ"
COMPATIBLE = (*"ำຳﬁﷺ½Ⅷ㍿ﾊＡ１𝐁ﻻ℃ŉ", "ﾊﾞ")  # characters that are several, or others, in plain letters
PLAIN = [
    *LETTERS,
    *MARKS,
    *SIGNS,
    *UNSEEN,
    *OTHER_DIGITS,
    *"".join(ALIKE).replace("-", ""),
    "\u00ad\n",
    "ł",
    "ẞ",
    "İ",
    "ı",
]
# A run of one script, with marks and what is not seen, is likelier than any mixture.
scripts = st.sampled_from([unicodedata.normalize("NFKC", title + text).replace("ํ", "") for _, title, text in ARTICLES])
runs = scripts.flatmap(lambda text: st.text(st.sampled_from(text), max_size=12))
plain = st.lists(runs | st.sampled_from(PLAIN), max_size=8).map("".join)
mixed = plain | st.lists(st.sampled_from([*PLAIN, *COMPATIBLE]), max_size=20).map("".join)
any_text = mixed | st.text(max_size=20)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("\u0425i Jinping met Putin", "xi"),
        ("X\u0456 Jinping met Putin", "xi"),
        ("президент \u0425i прибыл", "хі"),
        ("лидер EC заявил".replace("EC", "\u0415C"), "ес"),
        ("an \u0410I model", "ai"),
        ("N\u0391\u03a4O met", "nato"),
        ("\u0425i", "xi"),
        ("\u04d8liyev dedi", "əliyev"),
        ("м\u0259дениет министрі", "мәдениет"),
    ],
)
def test_a_word_that_imitates_words_of_two_scripts_is_one_of_the_script_around_it(text: str, word: str) -> None:
    assert word in words_of(text)


@tries(600)
@given(any_text)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    for word in words_of(text):
        assert words_of(word) == [word]


@tries(600)
@given(plain)
@example("Pyong\u00ad\nyang \u200bKim\u200b")
def test_words_stand_where_they_say_one_behind_the_other(text: str) -> None:
    tokens = tokenize(text)
    end = 0
    for word, start, stop in zip(tokens.words, tokens.starts, tokens.ends, strict=True):
        assert word in distinct_words(text[start:stop])
        assert end <= start < stop <= len(text)
        end = stop


@tries(600)
@given(any_text)
def test_a_word_is_found_in_its_place_whatever_characters_it_is_made_of(text: str) -> None:
    """Several words may stand in one character (½), one behind the other."""
    tokens = tokenize(text)
    assert tokens.starts == sorted(tokens.starts)
    for word, start, stop in zip(tokens.words, tokens.starts, tokens.ends, strict=True):
        assert 0 <= start < stop <= len(text)
        assert word in distinct_words(text[start:stop])
    assert distinct_words(text) >= set(tokens.words), "with every reading of a word of two scripts"


@tries(600)
@given(mixed)
def test_words_and_places_are_those_of_the_table_read_plainly(text: str) -> None:
    tokens = tokenize(text)
    wanted = plainly(text, [0], [0])
    assert tokens.words == [one.folded for one in wanted]
    assert tokens.starts == [one.start for one in wanted]
    assert tokens.ends == [one.end for one in wanted]


@tries(600)
@given(any_text)
def test_the_encoding_of_marks_changes_no_word(text: str) -> None:
    assert words_of(unicodedata.normalize("NFC", text)) == words_of(text)
    assert words_of(unicodedata.normalize("NFD", text)) == words_of(text)


@tries(600)
@given(plain)
def test_capitals_change_no_word(text: str) -> None:
    """But where Greek letters look like Latin ones: H and Η do, h and η do not."""
    assume(not any(script(c) == "GREEK" for c in text) or all(script(c) == "GREEK" for c in text if c.isalpha()))
    assert words_of(text.upper()) == words_of(text)
    assert words_of(text.lower()) == words_of(text)


@tries(600)
@given(plain, st.lists(st.tuples(st.integers(0, 60), st.sampled_from(UNSEEN)), max_size=6))
def test_what_is_not_seen_changes_no_word(text: str, strewn: list[tuple[int, str]]) -> None:
    mixed = text.replace("\u00ad", "")  # one with a line break behind it joins two words
    for at, unseen in strewn:
        mixed = mixed[:at] + unseen.replace("\u00ad", "\u200b") + mixed[at:]
    assert words_of(mixed) == words_of(text.replace("\u00ad", ""))


@pytest.mark.parametrize("between", ["\u00ad\n", "\u00ad\r\n", "\u00ad", "\u200b\u00ad\n"])
def test_a_soft_hyphen_joins_a_word_over_the_end_of_its_line(between: str) -> None:
    text = f"in Pyong{between}yang now"
    tokens = tokenize(text)
    assert tokens.words == ["in", "pyongyang", "now"]
    assert (tokens.starts[1], tokens.ends[1]) == (3, len(text) - 4)


def test_a_soft_hyphen_joins_no_paragraphs() -> None:
    assert words_of("Pyong\u00ad\n\nyang") == ["pyong", "yang"]


def test_the_digits_of_every_script_are_digits() -> None:
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        if char.isdecimal():
            assert words_of(f"1{char}") == [f"1{unicodedata.decimal(char)}"], hex(code)


def test_every_character_that_unicode_does_not_show_is_left_out() -> None:
    """Default_Ignorable_Code_Point."""
    shown = [0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0x200B, 0x2010)]
    shown += [*range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x3164, *range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0]
    shown += [*range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000)]
    for code in shown:
        assert words_of(f"{chr(code)}a{chr(code)}b{chr(code)}") == ["ab"], hex(code)
