"""How forms are made that a list leaves out: what is promised of every declension, and facts of those of the Slavic languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.forms.czech import CZECH
from alerts.rules.forms.declension import Declension, by_list, changes, of_name, paradigms
from alerts.rules.forms.expansion import expansion
from alerts.rules.forms.polish import POLISH
from alerts.rules.forms.slovak import SLOVAK
from alerts.rules.forms.ukrainian import UKRAINIAN
from alerts.rules.syntax import Forms
from alerts.rules.terms import words_in

LETTERS = {"C": "[bdkmnst]"}
TOY = Declension(
    paradigms("n C(); u em\nC(); i es; ot\nC(a); y ~e 0", LETTERS),
    changes(r"k\|~ > c|", {}),
    changes("! (C)ek$ > \\1k", LETTERS),
    changes("! ([bd])([kn])$ > \\1e\\2", LETTERS),
)

# language, name: all its forms are there, whatever a list says
NAMES = """
cs Putin       Putin Putina Putinovi Putinem Putine
cs Havlíček    Havlíček Havlíčka Havlíčkovi Havlíčkem
cs Okamura     Okamura Okamury Okamurovi Okamuru Okamurou
cs Čaputová    Čaputová Čaputové Čaputovou
cs Dvorský     Dvorský Dvorského Dvorskému Dvorským
pl Biden       Biden Bidena Bidenowi Bidenem Bidenie
pl Mazowiecki  Mazowiecki Mazowieckiego Mazowieckiemu Mazowieckim
pl Kowalska    Kowalska Kowalskiej Kowalską
pl Obama       Obama Obamy Obamie Obamę Obamą
pl Fico        Fico Fica Ficowi Ficem
sk Čaputová    Čaputová Čaputovej Čaputovú Čaputovou
sk Pellegrini  Pellegrini Pellegriniho Pellegrinimu Pellegrinim
uk Байден      Байден Байдена Байдену Байденові Байденом Байдені
uk Зеленська   Зеленська Зеленської Зеленській Зеленську Зеленською
uk Шевченко    Шевченко Шевченка Шевченку Шевченкові Шевченком
uk Буданов     Буданов Буданова Буданову Будановим
"""
# language, headword / what a list has of it / what is made too / what is not made
LISTED = """
cs hejtman / hejtman hejtmana hejtmanem / hejtmanovi hejtmanů hejtmany / hejtmanmi
cs prezidentka / prezidentka prezidentky / prezidentce prezidentku prezidentkou prezidentek / prezidentkovi
cs hlas / hlas hlasu hlasem hlasy / hlasů hlasům / hlasovi
cs řeč / řeč řeči řečí řečmi / řečem řečech / řečovi řečami
pl droga / droga drodze drogą drogę drogach / drogi drogom / drogowi
pl telewizja / telewizja telewizję telewizją telewizjach / telewizji telewizjom / telewizjy
pl projekt / projekt projektu projekty projektów / projektem projekcie projektami / projekta
uk вчитель / вчитель вчителя вчителем вчителі вчителях / вчителеві вчителів / вчителей
uk батько / батько батька батьком батьку / батьки батьків батькові / батько-
uk вікно / вікно вікна вікну вікном / вікні вікон вікнами / вікнів
"""
# language, phrase / some of its forms
PHRASES = """
cs Evropská unie / Evropské unie, Evropskou unii, Evropskou unií
cs Zuzana Čaputová / Zuzany Čaputové, Zuzanu Čaputovou
cs Spojené státy / Spojených států, Spojeným státům, Spojenými státy, Spojených státech
pl Unia Europejska / Unii Europejskiej, Unię Europejską, Unią Europejską
pl prezydent Rosji / prezydenta Rosji, prezydentowi Rosji, prezydentem Rosji
pl Andrzej Duda / Andrzeja Dudy, Andrzejowi Dudzie, Andrzejem Dudą
pl Stany Zjednoczone / Stanów Zjednoczonych, Stanom Zjednoczonym, Stanami Zjednoczonymi, Stanach Zjednoczonych
uk Олена Зеленська / Олени Зеленської, Олені Зеленській, Олену Зеленську, Оленою Зеленською
uk Верховна Рада / Верховної Ради, Верховній Раді, Верховну Раду, Верховною Радою
ru Северная Корея / Северной Кореи, Северную Корею, Северной Кореей
ru Мария Захарова / Марии Захаровой, Марию Захарову
sk Európska únia / Európskej únie, Európskej únii, Európsku úniu, Európskou úniou
"""
DECLENSIONS = {"cs": CZECH, "pl": POLISH, "sk": SLOVAK, "uk": UKRAINIAN}


def test_the_paradigm_is_the_one_that_the_listed_forms_are_of() -> None:
    assert set(by_list("test", frozenset("testu testem".split()), TOY) or ()) == {"test", "testu", "testem"}
    assert set(by_list("test", frozenset(("testi",)), TOY) or ()) == {"test", "testi", "testes"}


def test_a_word_whose_list_agrees_with_no_paradigm_has_none() -> None:
    assert by_list("test", frozenset(), TOY) is None
    assert by_list("test", frozenset("toasted tested testing".split()), TOY) is None


def test_an_optional_ending_needs_the_list() -> None:
    assert "testot" in (by_list("test", frozenset("testi testes testot".split()), TOY) or ())


def test_stems_change_before_endings_and_without_one() -> None:
    assert set(by_list("dedka", frozenset(("dedky",)), TOY) or ()) == {"dedka", "dedky", "dedce", "dedek"}
    assert of_name("Tomek", TOY) == ("Tomek", "Tomkem", "Tomku")


@pytest.mark.parametrize("line", NAMES.strip().splitlines(), ids=lambda line: " ".join(line.split()[:2]))
def test_a_name_has_the_forms_that_its_ending_tells(line: str) -> None:
    lang, name, *forms = line.split()
    assert set(forms) <= set(of_name(name, DECLENSIONS[lang]))


@pytest.mark.parametrize("line", LISTED.strip().splitlines(), ids=lambda line: " ".join(line.split()[:2]))
def test_what_a_list_leaves_out_is_made(line: str) -> None:
    head, listed, made, none = line.split("/")
    lang, word = head.split()
    found = set(by_list(word, frozenset(listed.split()), DECLENSIONS[lang]) or ())
    assert set(listed.split()) | set(made.split()) <= found
    assert not set(none.split()) & found


@pytest.mark.parametrize("line", PHRASES.strip().splitlines(), ids=lambda line: line.split("/")[0].strip())
def test_the_words_of_a_phrase_agree(line: str) -> None:
    head, forms = line.split("/")
    lang, _, text = head.strip().partition(" ")
    found = {words_in(form.text).patterns for form in expansion(Forms(text, lang=lang)).forms}
    assert not [form for form in forms.split(",") if words_in(form).patterns not in found]


@given(st.sampled_from(sorted(DECLENSIONS)), st.text("abceiknorsyřęłабвгеикоьй'", min_size=1, max_size=10), st.data())
def test_any_word_comes_first_among_its_forms(lang: str, word: str, data: st.DataObject) -> None:
    declension = DECLENSIONS[lang]
    listed = data.draw(st.frozensets(st.sampled_from([word + ending for ending in ("a", "u", "em", "и", "ів", "y")])))
    for found in (of_name(word, declension), by_list(word, listed, declension) or (word,)):
        assert found[0] == word
        assert len(set(found)) == len(found)
        assert not any(set("|~^") & set(form) for form in found)
