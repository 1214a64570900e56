"""Words of languages whose forms are made by rule, against forms that newspapers have: the files beside this one."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.forms.by_rule import MAKERS
from alerts.rules.forms.dictionary import MOST_FORMS
from alerts.rules.forms.expansion import listed_forms
from alerts.rules.forms.guess import languages_of
from alerts.rules.parser import parse
from alerts.rules.ruleset import RuleSet
from alerts.rules.syntax import Forms
from core.text.tokens import tokenize
from tests.reference_articles import article

FACTS = Path(__file__).with_name("forms_by_rule")
LANGUAGES = sorted(path.stem for path in FACTS.glob("*.txt"))


def found(text: str, lang: str) -> set[str]:
    return {" ".join(word.text for word in term.words) for term in listed_forms(Forms(text, lang)).terms}


def folded(text: str) -> str:
    return " ".join(tokenize(text).words)


def facts(lang: str) -> list[tuple[str, list[str], list[str]]]:
    """The headword, what must be found, what must not."""
    rows = []
    for line in (FACTS / f"{lang}.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            head, _, words = line.partition(":")
            inside = [word for word in words.split() if not word.endswith("!")]
            rows.append((head, inside, [word[:-1] for word in words.split() if word.endswith("!")]))
    return rows


@pytest.mark.parametrize("lang", LANGUAGES)
def test_forms_of_newspapers_are_found(lang: str) -> None:
    missed = [
        f"{head}: {word}" for head, inside, _ in facts(lang) for word in inside if folded(word) not in found(head, lang)
    ]
    assert missed == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_other_words_are_not_found(lang: str) -> None:
    wrong = [
        f"{head}: {word}" for head, _, outside in facts(lang) for word in outside if folded(word) in found(head, lang)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("lang", "text", "some"),
    [
        ("ar", "سلاح نووي", "السلاح النووي, بأسلحة نووية, الأسلحة النووية, للسلاح النووي"),
        ("ar", "وزير الخارجية", "لوزير الخارجية, ووزراء الخارجية, وزيرا الخارجية"),
        ("ar", "الولايات المتحدة", "للولايات المتحدة, والولايات المتحدة, بالولايات المتحدة"),
        ("ar", "رئيس وزراء", "رئيس الوزراء, رئيس وزرائها, لرئيس الوزراء"),
        ("ar", "كوريا الشمالية", "وكوريا الشمالية, لكوريا الشمالية"),
        ("tr", "Dışişleri Bakanlığı", "Dışişleri Bakanlığının, Dışişleri Bakanlığına, Dışişleri Bakanlıkları"),
        ("tr", "nükleer silah", "nükleer silahlar, nükleer silahların, nükleer silahı"),
        ("tr", "Merkez Bankası", "Merkez Bankasının, Merkez Bankasına, Merkez Bankaları"),
        ("fa", "سلاح هسته‌ای", "سلاح‌های هسته‌ای, سلاح هسته‌ای"),
        ("fa", "رئیس جمهور", "رئیس جمهوری, رئیس‌جمهور, رئیس‌جمهوری"),
        ("fa", "رئیس‌جمهور", "رئیس جمهور, رئیس جمهوری"),
        ("he", "נשק גרעיני", "הנשק הגרעיני, בנשק גרעיני, לנשק הגרעיני"),
        ("he", "שר הביטחון", "לשר הביטחון, ששר הביטחון, שרי הביטחון"),
        ("fi", "uusi hallitus", "uuden hallituksen, uudessa hallituksessa, uutta hallitusta, uudet hallitukset"),
        ("fi", "Ison-Britannian hallitus", "Ison-Britannian hallituksen"),
        ("hu", "Magyar Nemzeti Bank", "Magyar Nemzeti Bankot, Magyar Nemzeti Banknak, Magyar Nemzeti Bankkal"),
        ("ur", "بڑا حملہ", "بڑے حملے, بڑے حملوں"),
    ],
)
def test_in_a_phrase_the_words_change_that_change_in_such_a_phrase(lang: str, text: str, some: str) -> None:
    forms = found(text, lang)
    assert [form for form in some.split(", ") if folded(form) not in forms] == []


@pytest.mark.parametrize("word", ["북한", "朝鮮", "ロシア", "朝鲜", "러시아"])
def test_where_each_character_is_a_word_the_plain_word_finds_its_forms(word: str) -> None:
    tree = parse(f"forms({word})").tree
    assert isinstance(tree, Forms)
    assert len(listed_forms(tree).terms) == 1


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("tr", "hükümet, Türkiye, köprü, seçim, bölüm, Erdoğan"),
        ("fi", "Venäjä, hyökkäys, pääministeri"),
        ("hu", "összeesküvés, kormány, Oroszország"),
        ("de", "Präsident, Brücke, Höcke, Köln"),
        ("fa", "ایران, چین"),
        ("ar", "العراق"),
        ("he", "ישראל"),
        ("hy", "Հայաստան"),
        ("ka", "საქართველო"),
        ("kk", "үкімет, Қазақстан"),
        ("az", "hökumət"),
    ],
)
def test_the_language_is_told_from_script_and_letters(lang: str, words: str) -> None:
    assert {word: languages_of(word) for word in words.split(", ")} == dict.fromkeys(words.split(", "), (lang,))


@pytest.mark.parametrize(
    ("rule", "text", "shown"),
    [
        (
            "forms(صاروخ) AND forms(إسرائيل)",
            "وأطلق الحزب عشرات الصواريخ باتجاه شمال إسرائيل، وردت عليها بصواريخ.",
            "الصواريخ",
        ),
        ("forms(حكومة) AND forms(العراق)", "وقال رئيس الوزراء إن حكومته ستدعم الجيش بالعراق.", "حكومته"),
        ('forms("وزير الخارجية")', "والتقى بوزير الخارجية الروسي في موسكو.", "بوزير الخارجية"),
        (
            "forms(ממשלה) AND forms(איראן)",
            "גורם מדיני אמר כי כשהממשלה תתכנס יידון הנושא ולאיראן תועבר אזהרה.",
            "כשהממשלה",
        ),
        ("lang:tr AND forms(silah)", "Türkiye'nin silahlarını sattığı açıklandı.", "silahlarını"),
        ("forms:tr(Ankara)", "Bakan, ANKARA'DA konuştu.", "ANKARA"),
        ('forms:tr("Dışişleri Bakanlığı")', "DIŞİŞLERİ BAKANLIĞININ açıklaması bekleniyor.", "DIŞİŞLERİ BAKANLIĞININ"),
        ("forms:fi(Yhdysvallat) AND forms:fi(ase)", "Yhdysvalloissa vaaditaan aseiden kieltoa.", "Yhdysvalloissa"),
        ("forms:hu(Oroszország)", "Budapest tárgyal Oroszországgal a gázról.", "Oroszországgal"),
        ("lang:fa AND forms(موشک)", "سپاه موشک\u200cهای بالستیک خود را آزمایش کرد.", "موشک\u200cهای"),
        ("forms(북한)", "북한의 미사일 발사", "북한"),
        ("forms(朝鮮)", "北朝鮮がミサイルを発射した", "朝鮮"),
        ("forms(ロシア)", "ロシアの大統領", "ロシア"),
    ],
)
def test_a_rule_finds_a_sentence_of_the_press_and_shows_the_form(rule: str, text: str, shown: str) -> None:
    one = replace(article(1, "x", text), lang=rule[5:7] if rule.startswith("lang:") else "")
    (hit,) = RuleSet.of([("r", rule)]).match(one)
    assert shown in [place.text for place in hit.evidence]


@given(
    st.sampled_from(sorted(MAKERS)),
    st.text(st.characters(categories=("L", "Mn", "Nd", "Pd", "Po")), min_size=1, max_size=12),
)
def test_any_word_has_forms_and_is_the_first_of_them(lang: str, word: str) -> None:
    made = [form.text for form in MAKERS[lang].made(word, lang)]
    assert made[0] == word
    assert len(made) == len(set(made)) <= MOST_FORMS
    phrase = [form.text for form in MAKERS[lang].made_of((word, word))]
    assert phrase[0] == f"{word} {word}"


@given(st.sampled_from(sorted(MAKERS)), st.data())
def test_a_word_of_letters_of_its_language_has_forms(lang: str, data: st.DataObject) -> None:
    letters = "".join(sorted({letter for head, _, _ in facts(lang) for letter in head if letter.isalpha()}))
    word = data.draw(st.text(letters, min_size=1, max_size=9))
    made = [form.text for form in MAKERS[lang].made(word, lang)]
    assert made[0] == word
    assert len(made) < MOST_FORMS // 4
    assert next(iter(MAKERS[lang].made_of((word, word, word)))).text == f"{word} {word} {word}"
