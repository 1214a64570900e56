"""What `forms(...)` makes of a word as an analyst copies it: with an apostrophe, a particle, in a phrase."""

import pytest

from alerts.rules.forms.expansion import expansion
from alerts.rules.ruleset import RuleSet
from alerts.rules.syntax import Forms
from tests.reference_articles import article


def shown(text: str, lang: str) -> set[str]:
    return {form.text for form in expansion(Forms(text, lang)).forms}


def finds(rule: str, text: str) -> bool:
    return bool(RuleSet.of([("rule", rule)]).match(article(0, text, "")))


@pytest.mark.parametrize("name", ["Türkiye'nin", "Türkiye’ye", "ABD'nin", "Avrupa Birliği'nin", "Kuzey Kore'den"])
def test_a_turkish_name_is_found_without_the_ending_that_it_was_typed_with(name: str) -> None:
    bare = name.replace("’", "'").partition("'")[0]
    assert {name, bare} <= shown(name, "tr")


@pytest.mark.parametrize("name", ["Kur'an", "O'Neill"])
def test_an_apostrophe_that_belongs_to_a_turkish_name_parts_no_ending(name: str) -> None:
    assert shown(name, "tr") == {name}


@pytest.mark.parametrize("rule", ["forms(러시아)", "러시아"])
@pytest.mark.parametrize("text", ["러시아가", "러시아의 공격", "대러시아에서는", "러시아"])
def test_korean_particles_are_found_with_forms_and_without(rule: str, text: str) -> None:
    assert finds(rule, text)


@pytest.mark.parametrize(
    ("word", "text"),
    [("푸틴", "푸틴은 말했다"), ("俄罗斯", "俄罗斯的军队"), ("ロシア", "ロシアが攻撃"), ("รัสเซีย", "ประเทศรัสเซียและ")],
)
def test_scripts_without_spaces_need_no_forms(word: str, text: str) -> None:
    assert finds(f'forms("{word}")', text)
    assert finds(f'"{word}"', text)


@pytest.mark.parametrize(
    ("phrase", "lang", "text"),
    [
        ("Kuzey Kore", "tr", "Kuzey Kore'nin füzesi"),
        ("Avrupa Birliği", "tr", "Avrupa Birliğine üye"),
        ("كوريا الشمالية", "ar", "وقال إن لكوريا الشمالية صواريخ"),
        ("كوريا الشمالية", "ar", "وكوريا الشمالية"),
        ("رئيس الوزراء", "ar", "للرئيس ولرئيس الوزراء"),
        ("צפון קוריאה", "he", "טיל שבצפון קוריאה"),
        ("ראש הממשלה", "he", "אמר לראש הממשלה"),
        ("Pohjois-Korea", "fi", "Pohjois-Koreassakin"),
        ("Euroopan unioni", "fi", "Euroopan unioniin"),
        ("کره شمالی", "fa", "موشک کره‌ی شمالی"),
        ("ჩრდილოეთ კორეა", "ka", "ჩრდილოეთ კორეაში"),
        ("Солтүстік Корея", "kk", "Солтүстік Кореяның"),
        ("Észak-Korea", "hu", "Észak-Koreával"),
        ("Põhja-Korea", "et", "Põhja-Koreasse"),
        ("Хиллари Клинтон", "ru", "Хиллари Клинтон"),
        ("उत्तर कोरिया", "hi", "उत्तर कोरिया ने"),
        ("Korea Utara", "id", "rudal Korea Utaranya"),
    ],
)
def test_a_phrase_is_found_as_newspapers_inflect_it(phrase: str, lang: str, text: str) -> None:
    assert finds(f'forms:{lang}("{phrase}")', text)


@pytest.mark.parametrize(
    ("lang", "typed", "other"),
    [
        ("fi", "hallituksen", "hallitukselle"),
        ("hu", "kormányt", "kormánynak"),
        ("ka", "მთავრობამ", "მთავრობის"),
        ("hi", "सरकारों", "सरकारें"),
        ("fa", "کشورهای", "کشورش"),
        ("he", "ממשלות", "ממשלתו"),
    ],
)
def test_a_word_that_is_typed_inflected_has_the_forms_of_its_headword(lang: str, typed: str, other: str) -> None:
    assert {typed, other} <= shown(typed, lang)
