"""Numbers in words and in figures are values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.outcome import StoryVerdict
from ingest.story.memory import StoryMemory
from ingest.story.numbers import tokens_of
from ingest.story.words import CODES, language
from tests.ingest.story.cases import made

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
FORTY_ONE = {
    "ar": "واحد وأربعون", "cs": "čtyřicet jedna", "da": "enogfyrre", "de": "einundvierzig", "el": "σαράντα ένα",
    "en": "forty-one", "es": "cuarenta y uno", "fa": "چهل و یک", "fi": "neljäkymmentäyksi", "fr": "quarante et un",
    "he": "ארבעים ואחת", "hi": "इकतालीस", "hu": "negyvenegy", "id": "empat puluh satu", "it": "quarantuno",
    "ja": "四十一", "ko": "마흔한", "nl": "eenenveertig", "no": "førtién", "pl": "czterdzieści jeden",
    "pt": "quarenta e um", "ro": "patruzeci și unu", "ru": "сорок один", "sv": "fyrtioett", "tr": "kırk bir",
    "uk": "сорок один", "vi": "bốn mươi mốt", "zh": "四十一", "az": "qırx bir", "bg": "четиридесет и един",
    "bn": "একচল্লিশ", "et": "nelikümmend üks", "hr": "četrdeset jedan", "hy": "քառասունմեկ", "ka": "ორმოცდაერთი",
    "kk": "қырық бір", "lt": "keturiasdešimt vienas", "lv": "četrdesmit viens", "sk": "štyridsaťjeden",
    "sl": "enainštirideset", "sr": "четрдесет и један", "sw": "arobaini na moja", "ta": "நாற்பத்தி ஒன்று",
    "te": "నలభై ఒకటి", "th": "สี่สิบเอ็ดคน", "ur": "اکتالیس",
}  # fmt: skip


def spelled(number: int) -> str:
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")
    for value, word in ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= value:
            rest = number % value
            link = " and " if rest and value == 100 else " "
            return f"{spelled(number // value)} {word}{link if rest else ''}{spelled(rest) if rest else ''}"
    raise AssertionError


def values(text: str, code: str = "en") -> list[str]:
    return [token.number for token in tokens_of(text, language(code)) if token.number]


@given(st.integers(1, 10**12 - 1))
def test_any_number_in_words_is_its_value(number: int) -> None:
    assert values(spelled(number)) == values(f"{number}") == values(f"{number:,}")


@pytest.mark.parametrize("code", CODES)
def test_every_language_counts(code: str) -> None:
    assert values(FORTY_ONE[code], code) == ["41"]


@pytest.mark.parametrize(
    ("code", "text", "value"),
    [
        ("en", "$2.1bn", "2100000000"), ("en", "2,100 million", "2100000000"), ("en", "1,00,000", "100000"),
        ("en", "1 lakh", "100000"), ("en", "fifty-2", "52"), ("en", "two dozen", "24"), ("en", "3rd", "3"),
        ("de", "2,5 Millionen", "2500000"), ("de", "1.234.567", "1234567"), ("de", "zweihunderteinundvierzig", "241"),
        ("fr", "quatre-vingt-dix-sept", "97"), ("fr", "12 500", "12500"), ("es", "2.500 millones", "2500000000"),
        ("ar", "٢٫٥ مليون", "2500000"), ("ar", "ثلاثة عشر", "13"), ("ar", "خمسة وعشرون", "25"), ("zh", "3万", "30000"),
        ("zh", "一亿二千万", "120000000"), ("ja", "250万", "2500000"), ("ko", "３만", "30000"), ("hi", "२.५ लाख", "250000"),
        ("id", "dua belas", "12"), ("da", "femoghalvfems", "95"), ("ru", "двадцати трёх", "23"), ("tr", "onüç", "13"),
        ("en", "10:47", "10:47"),
    ],
)  # fmt: skip
def test_scales_signs_and_digits_of_each_language(code: str, text: str, value: str) -> None:
    assert values(text, code) == [value]


def test_numbers_that_stand_side_by_side_are_not_one() -> None:
    assert values("three four, twenty thirty and 5 6, one hundred, two") == ["3", "4", "20", "30", "5", "6", "100", "2"]


STORY = (
    "The harbour of Larnport was closed after a crane fell into the channel and {} sailors were hurt, the port said.\n\n"
    "The wheat terminal stands still and the harbour master, Mara Ellis, expects divers from the naval base.\n\n"
    "Ships wait outside and their owners have asked the ministry whether they may be unloaded at Ostmouth instead.\n\n"
    "The crane had passed its last inspection without a complaint, according to records of the city.\n\n"
    "It belongs to Harrow Lifting, which has worked in the port since the grain dock was built."
)
counts = st.integers(2, 10**6)
ways = st.sampled_from([str, spelled, "{:,}".format])


def second(first: str, later: str) -> StoryVerdict:
    memory = StoryMemory()
    memory.judge(made(("Crane falls", STORY.format(first)), "https://one.example/a"))
    return memory.judge(made(("Crane falls", STORY.format(later)), "https://two.example/b")).verdict


@given(counts, ways, ways)
def test_the_same_number_is_no_update_however_it_is_written(number: int, one: object, other: object) -> None:
    assert callable(one)
    assert callable(other)
    assert second(one(number), other(number)) is StoryVerdict.COPY


@given(counts, counts, ways, ways)
def test_another_number_is_an_update_both_ways(a: int, b: int, one: object, other: object) -> None:
    assert callable(one)
    assert callable(other)
    if a != b:
        assert second(one(a), other(b)) is StoryVerdict.UPDATE
        assert second(other(b), one(a)) is StoryVerdict.UPDATE
