"""The files of right forms that `python -m bench.forms` measures by: how they are read, and that each is whole."""

import re
from pathlib import Path

import pytest

from bench.attested import folded
from bench.forms import FOLDER, FRESH, HALVES, half_of, scored
from bench.paradigms import Headword, headwords, read

FILES = sorted(FOLDER.glob("*.txt"))


def right(*lines: str) -> str:
    """The expression of the last line."""
    return [*headwords(lines)][-1].right


def test_a_macro_stands_for_its_endings_and_uses_those_above_it() -> None:
    found = re.compile(right("# Turkish", "", "CASE = (nin|e)?", "NOUN = (<CASE>|ler<CASE>)", "millet millet<NOUN>"))
    assert all(map(found.fullmatch, ("millet", "millete", "milletler", "milletlernin")))
    assert not found.fullmatch("milletlik")


def test_a_macro_puts_a_stem_in_its_place_and_hands_it_on() -> None:
    lines = ("AL = (و)?ال…", "H = [وب]?…", "NOUN = (<AL>|<H>ه?)", "كتاب <NOUN:كتاب|كتب>")
    found = re.compile(right(*lines))
    assert all(map(found.fullmatch, ("كتاب", "وكتابه", "والكتاب", "الكتب")))
    assert not found.fullmatch("الكتابه")


def test_a_macro_that_is_not_defined_is_told() -> None:
    with pytest.raises(ValueError, match="<CASE> is not defined above"):
        right("millet millet<CASE>")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_file_has_fifty_headwords_or_more_whose_own_form_is_right(path: Path) -> None:
    rows = read(path)
    assert len(rows) == len({row.word for row in rows}) >= 50
    assert len(rows) % 2 == 0
    wrong = [row.word for row in rows if not re.fullmatch(row.right, row.word.lower().replace("\u0307", ""))]
    assert wrong == []


@pytest.mark.parametrize("path", sorted(FRESH.glob("*.txt")), ids=lambda path: path.stem)
def test_the_fresh_words_are_thirty_that_no_half_has(path: Path) -> None:
    rows = half_of(path.stem, "fresh")
    assert len({row.word for row in rows}) == len(rows) == 30
    assert {row.word for row in rows} & {row.word for row in half_of(path.stem, None)} == set()
    assert [row.word for row in rows if not re.fullmatch(row.right, row.word.lower().replace("\u0307", ""))] == []


def test_the_halves_are_every_other_headword() -> None:
    halves = [half_of("tr", half) for half in HALVES]
    assert [row for pair in zip(*halves, strict=True) for row in pair] == half_of("tr", None)


def test_a_word_is_scored_by_what_real_text_has_of_it() -> None:
    words = {folded(word): [word] for word in ("silahlar", "silahın", "silahlık", "silahçı", "tüfek")}
    score = scored(Headword("silah", "silah(lar|ın|lık)?"), "tr", words)
    assert score.found == {"silahlar", "silahin"}
    assert score.missed == {"silahlik"}
    assert not score.wrong


def test_arabic_is_scored_without_its_hamza() -> None:
    score = scored(Headword("إيران", "[وب]?إيران"), "ar", {folded("وايران"): ["وايران"], folded("بإيران"): ["بإيران"]})
    assert len(score.found) == 2
    assert not score.missed | score.wrong
