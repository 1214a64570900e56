"""Folding: which spellings are one word, what stays apart, and that places stay those of the original text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.fold import fold, fold_pattern
from core.text.invisible import without_invisible
from core.text.tokens import distinct_words, tokenize, words_of
from tests.effort import tries

LETTERS = {
    "latin": "ABZabzÉßłŁøØđÐæŒþıİĳŉﬁ\u0301\u0308",
    "greek": "ΑΒΝΥΗαβνυηςσάΐᾳµΩ\u0301",
    "cyrillic": "АВЕКМНОРСТХІЈавекмнорстухіїйёўґһӏ",
    "arabic": "ابكکيیىةهھہۂۀؤئأإآٱﷲﻻ\u0640\u064e\u0651\u0654\u0670\u200c",
    "hebrew": "אבםשׁﬡ\u05b0\u05bc\u05be\u05f3",
    "syriac": "ܐܒ\u0711\u0730",
    "indic": "कख़किம௧১\u093c\u094d",
    "single": "北韓한국ナがก้ำကខ",
    "digits": "0９१٣๕𝟗²½①",
    "signs": " -.'’ʻʿʹ\n\u00ad\u200b\u2060\ufe0f\u3164",
}
TEXTS = st.one_of(
    *(st.text(letters + LETTERS["signs"], max_size=12) for letters in LETTERS.values()),
    st.text("".join(LETTERS.values()), max_size=16),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=24),
)


@tries(1500)
@given(TEXTS)
def test_what_is_folded_folds_to_itself(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    words = words_of(text)
    assert words_of(folded) == words
    assert [fold(word) for word in words] == words
    assert [words_of(word) for word in words] == [[word] for word in words]


@tries(1500)
@given(TEXTS)
def test_places_are_those_of_the_words_in_the_text(text: str) -> None:
    found = tokenize(text)
    before = 0
    for word, start, end in zip(found.words, found.starts, found.ends, strict=True):
        assert before <= start < end <= len(text)
        piece = text[start:end]
        assert piece == piece.strip()
        assert without_invisible(piece[0] + piece[-1]) == piece[0] + piece[-1]
        assert word in distinct_words(piece) or len(words_of(piece)) > 1, (
            "a character may hold the end of one word and another"
        )
        before = start


@tries(500)
@given(TEXTS)
def test_however_a_text_is_encoded_its_words_are_the_same(text: str) -> None:
    assert words_of(unicodedata.normalize("NFD", text)) == words_of(unicodedata.normalize("NFC", text))


@tries(500)
@given(
    st.text(LETTERS["latin"] + LETTERS["cyrillic"] + LETTERS["arabic"], max_size=10),
    st.text("\u200b\u2060\ufe0f\u00ad", max_size=3),
)
def test_what_is_not_seen_changes_no_word(text: str, unseen: str) -> None:
    assert words_of(unseen.join(text)) == words_of(text)
    assert fold(unseen.join(text)) == fold(text)


@tries(500)
@given(st.text(LETTERS["latin"] + LETTERS["cyrillic"] + LETTERS["hebrew"], max_size=10))
def test_upper_and_lower_case_are_one(text: str) -> None:
    assert words_of(text.upper()) == words_of(text.upper().lower())


def alike(*rows: str) -> list[tuple[str, str]]:
    parts = [row.split(" | ") for row in rows]
    return [(first, other) for first, *others in parts for other in others]


@pytest.mark.parametrize(
    ("one", "other"),
    alike(
        "Lodz | Łódź | łódź | ŁÓDŹ",
        "Tromso | Tromsø | TROMSØ",
        "Dordevic | Đorđević | Ðorđević",
        "Thordur | Þórður | ÞÓRÐUR",
        "isik | ışık | IŞIK | ISIK | İŞİK",
        "Diyarbakir | Diyarbakır | DİYARBAKIR | DIYARBAKIR",
        "Strasse | Straße | STRASSE | STRAẞE",
        "Aero oeuvre | Ærø œuvre | ÆRØ ŒUVRE",
        "Hal Ghaxaq Zebbug | Ħal Għaxaq Żebbuġ",
        "Nala Sapmi | Ŋala Sápmi | ŋala Sápmi",
        "Hausa barawo kasa | Hausa ɓarawo ƙasa",
        "كوريا | كوريـــا | كُورِيَا | کوریا | ﻛﻮﺭﻳﺎ",
        "احمد | أحمد | أَحْمَدُ | ٱحمد",
        "الله | ﷲ | ٱللَّه",
        "فاطمة | فاطمه | فَاطِمَةُ | فاطمۀ",
        "على | علي | علی",
        "ايران | ایران | اِیران",
        "مسؤول | مسؤول | مَسْؤُول",
        "رئيس | رئیس | رىٔيس",
        "میخواهم | می‌خواهم",
        "خانه | خانهٔ | خانۀ",
        "שלום | שָׁלוֹם | שׁלום",
        "ܫܠܡܐ | ܫܠܳܡܳܐ",
        "123 | ١٢٣ | ۱۲۳ | १२३ | ১২৩ | ๑๒๓ | １２３ | 𝟏𝟐𝟑 | ௧௨௩ | ᠑᠒᠓",
        "Sana'a | Sanaʿa | Sanaʾa | Sana’a | Sanaʻa | Sanaˈa",
        "Rus' | Rusʹ | Rusʼ",
        "Pyongyang | Pyong\u00adyang | Pyong\u00ad\nyang | Pyong\u00ad\r\n yang | Pyong\u180eyang | Pyong\u2063yang | Pyong\U000e0041yang",
        "COVID | СOVID | COVІD",
        "Андрій | Андрiй | Aндрій",
        "Россия | Pоссия | Poсcия",
        "Київ | Kиїв | Киïв",
        "Југославија | Jугославија",
        "NATO | ΝATO | NAΤO",
        "ΕΛΛΑΔΑ | EΛΛAΔA",
        "apple | αpple | appӏe",
        "ТАСС | TАСС | ТАСC",
    ),
)
def test_spellings_of_one_word(one: str, other: str) -> None:
    assert words_of(other) == words_of(one)
    assert fold(other) == " ".join(words_of(one)) or "'" in fold(one)


@pytest.mark.parametrize(
    ("one", "other"),
    alike(
        "ه | ھ",
        "و | ؤ",
        "ي | ئ | ے",
        "م | ם",
        "μg | mg",
        "kΩ | κω",
        "iPhoneом | iphoneom",
        "IPHONEОМ | iphoneom",
        "Pyong\u00ad\n\nyang | Pyongyang",
        "Pyong yang | Pyongyang",
        "क | कि",
        "ว | วิ",
        "ә | а",
        "ґ | г",
    ),
)
def test_other_words(one: str, other: str) -> None:
    assert words_of(other) != words_of(one)


@pytest.mark.parametrize(
    ("pattern", "folded"),
    [
        ("Łód?", "lod?"),
        ("Андр?й", "андр?и"),
        ("Mоск?а", "моск?а"),
        ("СOVI?", "covi?"),
        ("كِتا?", "كتا?"),
    ],
)
def test_patterns_are_folded_like_words(pattern: str, folded: str) -> None:
    assert fold_pattern(pattern) == folded
    assert fold_pattern(folded) == folded


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("in Þórður's", ["in", "Þórður", "s"]),
        ("«كُورِيَـا»", ["كُورِيَـا"]),
        ("Kim\u200b, \u200fمحمد\u200f", ["Kim", "محمد"]),
        ("Pyong\u00ad\nyang's", ["Pyong\u00ad\nyang", "s"]),
        ("ﬁne ﷲ ½ İ", ["ﬁne", "ﷲ", "½", "½", "İ"]),
        ("ใน๒๕๖๗", ["ใ", "น", "๒๕๖๗"]),
    ],
)
def test_places(text: str, shown: list[str]) -> None:
    found = tokenize(text)
    assert [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)] == shown
