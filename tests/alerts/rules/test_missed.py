"""Words that look like those of a rule: forms, spellings and slips in the scripts of newspapers."""

from dataclasses import replace

import pytest

from alerts.rules.aliases import AliasSet
from alerts.rules.alike import has_forms, is_form_of, searched_as
from alerts.rules.expand import expand
from alerts.rules.missed import just_missed
from alerts.rules.parser import parse
from alerts.rules.syntax import Node
from core.text.document import Document
from core.text.tokens import words_of
from tests.reference_articles import article


def tree_of(rule: str) -> Node:
    tree = parse(rule).tree
    assert tree is not None
    return expand(tree, AliasSet())


def document(text: str) -> Document:
    return Document(replace(article(0, "", text), feed_title="", feed_text="", lang=None))


def test_words_just_missed_are_told_with_how_often_they_stand_there() -> None:
    of = document("Missiles, missiles and a missle hit. Weapons too. Football fans.")
    assert just_missed(tree_of("missile AND weapon AND NOT footballs"), of) == {
        "missile": {"missiles": 2, "missle": 1},
        "weapon": {"weapons": 1},
    }
    assert just_missed(tree_of("missile* AND missle"), of) == {}


def test_two_words_written_as_one_and_one_as_two_are_told_where_they_stand_side_by_side() -> None:
    assert just_missed(tree_of("ceasefire"), document("A cease-fire, the cease fire")) == {
        "ceasefire": {"cease fire": 2}
    }
    assert just_missed(tree_of("ceasefire"), document("Cease all fire")) == {}
    assert just_missed(tree_of('"cease fire"'), document("The ceasefire")) == {"cease fire": {"ceasefire": 1}}


@pytest.mark.parametrize(
    ("wanted", "word", "form"),
    [
        ("missile", "missiles", True),
        ("missile", "missle", True),
        ("missile", "missed", False),
        ("missile", "misled", False),
        ("sanction", "sanctioned", True),
        ("sanction", "santiago", False),
        ("strategy", "strategies", True),
        ("deal", "dead", False),
        ("deal", "deals", True),
        ("arms", "army", False),
        ("north", "northern", True),
        ("north", "nor", False),
    ],
)
def test_only_another_form_of_a_word_or_a_slip_was_just_missed(wanted: str, word: str, *, form: bool) -> None:
    assert is_form_of(wanted, word) is form


@pytest.mark.parametrize(
    ("wanted", "words", "others"),
    [
        ("vote", "voting votes voters", "vowed"),
        ("city", "cities", "cited"),
        ("knife", "knives", "knit"),
        ("defence", "defense", "defend"),
        ("centre", "center centres", "central"),
        ("organise", "organize organised", "organs"),
        ("bomba", "bombalar bombalarının", "bombardıman"),
        ("Киев", "Киеве Киевом", "Киргиз"),
        ("كتاب", "الكتاب والكتاب كتابه بكتابهم كتابات", "كاتب مكتبة"),
        ("بيت", "البيت وبيته بيتنا", "بيتزا"),
        ("حكومة", "الحكومة حكومته حكوماتهم للحكومة", "حكم"),
        ("الحكومة", "حكومة وحكومة بالحكومة", "حكيم"),
        ("کتاب", "کتاب‌ها کتاب‌های", "کتیبه"),
        ("ממשלה", "הממשלה בממשלה ממשלת ממשלתו שבממשלות", "משל"),
        ("ילד", "הילד ילדים לילדיהם", "יום"),
        ("עיתון", "בעיתונים עיתונו", "עיתוי"),
        ("हिंदी", "हिन्दी", "हिंसा"),
        ("मंत्री", "मंत्रियों", "मंगल"),
        ("लड़का", "लड़के लड़कों", "लड़ना"),
        ("সরকার", "সরকারের", "সরল"),
        ("அரசு", "அரசின்", "அரசாங்கம்"),
        ("ომი", "ომში ომის ომები", "ომარი"),
        ("თბილისი", "თბილისში თბილისის", "თბობა"),
        ("Երևան", "Երևանում", "Երեկ"),
        ("νόμος", "νόμου νόμοι", "νομίζω"),
    ],
)
def test_forms_are_those_of_the_script(wanted: str, words: str, others: str) -> None:
    (folded,) = words_of(wanted)
    assert has_forms(folded)
    assert [word for word in words_of(words) if not is_form_of(folded, word)] == []
    assert [word for word in words_of(others) if is_form_of(folded, word)] == []
    searched = [one.removesuffix("*") for one in searched_as(folded)]
    for word in words_of(words):
        assert any(word.startswith(one) for one in searched), word


@pytest.mark.parametrize(
    ("wanted", "word", "lang"),
    [
        ("sąd", "sądem", "pl"),
        ("kot", "kotami", "pl"),
        ("rząd", "rządowi", "pl"),
        ("Zug", "Züge", "de"),
        ("Ort", "Orten", "de"),
        ("eau", "eaux", "fr"),
        ("ház", "házban", "hu"),
        ("rok", "roku", "cs"),
    ],
)
def test_short_words_have_the_endings_of_the_language_of_the_article(wanted: str, word: str, lang: str) -> None:
    (one,), (other,) = words_of(wanted), words_of(word)
    assert is_form_of(one, other, lang)
    assert not is_form_of(one, other, "en")


def test_what_is_no_word_of_letters_has_no_forms() -> None:
    assert [word for word in ("f16", "ab", "북한", "朝鲜", "2026", "กรุงเทพ") if has_forms(word)] == []
