"""Machine code finds the words that core.text.tokens finds, in any script, or leaves them to it."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.native.addressed import Addressed
from alerts.rules.native.article import Prepared
from alerts.rules.native.letters import TABLE
from alerts.rules.native.text import READ, read_words, words_for
from core.text.document import Document, FieldText
from tests.effort import tries
from tests.reference_articles import OTHER_SCRIPTS, article, articles

_CODE = (1 << 20) - 1 | 1 << 20


def row(one: Prepared, low: int, high: int) -> list[tuple[str, int, int]]:
    """Folded word, start and end of some words of the row."""
    words = one.words
    return [
        ("".join(chr(int(c) & _CODE) for c in words.letters[words.first[k] : words.first[k + 1]]), int(s), int(e))
        for k, (s, e) in enumerate(zip(words.start[low:high], words.end[low:high], strict=True), low)
    ]


def expected(text: FieldText) -> list[tuple[str, int, int]]:
    return list(zip(text.tokens.words, text.tokens.starts, text.tokens.ends, strict=True))


def same_units(numbers: list[int], theirs: list[int]) -> bool:
    """Whether two numberings part the words alike."""
    return [a == b for a, b in pairwise(numbers)] == [a == b for a, b in pairwise(theirs)]


def check(title: str, text: str) -> None:
    document = Document(article(4, title, text))
    one = Prepared.empty()
    one.read(document, others=True)
    low = 0
    for place, field in enumerate((document.title, document.body, document.author, document.section, document.tag)):
        high = int(one.bounds[place])
        assert row(one, low, high) == expected(field), (title, text)
        assert same_units(one.words.paragraph[low:high].tolist(), list(field.paragraphs)), (title, text)
        low = high
    one.tell_sentences(document.text, document.article.lang)
    body = slice(int(one.bounds[0]), int(one.bounds[1]))
    assert same_units(one.words.sentence[body].tolist(), list(document.body.sentences))


SCRIPTS = "abcXYZ019_ \n\t.,'-’“”–éÉßﬁйЙёЁΣςά\u0301\u0308\u0327\u200b\u00ad\ufe0f😀北韓한국ｶナ가ก้ำ\u0e31अ\u093c\u0915क़ب\u064bאָ½№™Ⅷ𝐁İ"


@tries(600)
@given(st.text(st.sampled_from(SCRIPTS), max_size=30), st.text(max_size=20))
def test_words_and_places_are_those_of_the_tokenizer(mixed: str, any_text: str) -> None:
    check(any_text, mixed)
    check(mixed, f"{any_text}\n\n{mixed}")


@tries(400)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_words_of_arbitrary_unicode_too(text: str) -> None:
    check("", text)


def test_lone_surrogates_separate_words() -> None:
    check("a\ud800b", "c\udfffd e")


def test_real_articles_in_all_scripts() -> None:
    for one in articles(40):
        check(one.title, one.text)


BLOCKS = {
    "Latin": "A-ɏ",
    "Latin with marks": "\u0041-\u005a\u0300-\u036f\u1e00-\u1eff",
    "Greek": "\u0370-\u03ff\u1f00-\u1fff",
    "Cyrillic": "\u0400-\u052f",
    "mixed": "AaEeKkMOopcxyBHTАаЕеКкМОорсхуВНТΑαΕΚκΜμΟορχΥΝνΩ\u0301",
    "Hebrew": "\u0590-\u05ff\ufb1d-\ufb4f",
    "Arabic": "\u0600-\u06ff",
    "more Arabic": "\u0620-\u065f\u0670-\u06d5\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc",
    "hamza": "اويىیهـ\u064e\u0651\u0653\u0654\u0655\u0308",
    "Syriac": "\u0700-\u074f",
    "Devanagari": "\u0900-\u097f",
    "Bengali": "\u0980-\u09ff",
    "Tamil": "\u0b80-\u0bff",
    "Thai": "\u0e00-\u0e7f",
    "Lao": "\u0e80-\u0eff",
    "Myanmar": "\u1000-\u109f",
    "Georgian": "\u10a0-\u10ff",
    "Hangul": "\u1100-\u11ff\u3130-\u318f\uac00-\uac40",
    "Khmer": "\u1780-\u17ff",
    "kana": "\u3040-\u30ff\uff61-\uff9f",
    "wide": "\uff00-\uff60",
    "not seen": "ab\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u2028\u2029\u2060-\u206f\u3164\ufe0f\ufff0-\U000e0020 \n\r\v\t",
}


@pytest.mark.parametrize("script", BLOCKS)
def test_words_of_each_script(script: str) -> None:
    """Where letters, marks and signs of one script stand in any order."""
    letters = st.from_regex(rf"[{BLOCKS[script]} \n\u00ad\u200c0]{{0,16}}", fullmatch=True)

    @tries(150)
    @given(letters)
    def look(text: str) -> None:
        check("", text)

    look()


FREQUENT = [
    *(text for _, text in OTHER_SCRIPTS[:3]),
    "أَعْلَنَ الرَّئِيسُ كوريـــا ١٢٣ ﷲ ﻻ مسؤول على",
    "می‌خواهم خانهٔ ایران ۱۲۳",
    "ہوئے اُردو",
    "בְּרֵאשִׁית תל־אביב צה״ל",
    "Łódź żółć Đorđević Þórður Tromsø Straße",
    "DİYARBAKIR'DA ışık",
    "Україна їжак",
    "Ελλάδα ΝΑΤΟ",
    "ประเทศไทย ๒๕๖๗",
    "किम १२३",
    "ܫܠܳܡܳܐ",
    "Pyong\u00adyang a\u2063b",
]


@pytest.mark.parametrize("text", FREQUENT)
def test_what_is_frequent_needs_no_help_from_python(text: str) -> None:
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    for block in np.unique(codes >> 8):
        TABLE.fill(int(block))
    words = words_for(len(text))
    letters, row = TABLE.addressed, Addressed(words, words)
    assert read_words(codes, letters.row, row.row, len(words.letters) - 16, True) == READ
