"""The forms of words of many languages: facts of their grammars."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.rules.forms.dictionary import forms_of
from alerts.rules.terms import words_in

# language, headword, forms, words that are no forms of it
FACTS = """
ru Россия     Россия России Россию Россией                                       | Российский
ru оружие     оружие оружия оружию оружием оружии                                | оружейный
ru человек    человек человека человеку люди людей людям людьми людях            | человечный
ru Путин      Путин Путина Путину Путиным Путине                                 | Путиной путину-то
ru Байден     Байден Байдена Байдену Байденом Байдене                            | Байдиной
ru Зеленский  Зеленский Зеленского Зеленскому Зеленским Зеленском                | Зеленская
ru Зеленская  Зеленская Зеленской Зеленскую Зеленских                               | Зеленский Зеленского
ru ХАМАС      ХАМАС ХАМАСа ХАМАСу ХАМАСом ХАМАСе                                 | ХАМАСя
ru ЦСКА       ЦСКА                                                               | ЦСКАа ЦСКы
ru год        год года годы лет годов                                            | гг
uk Росія      Росія Росії Росію Росією                                           | російський
uk війна      війна війни війні війну війною війнам війнами війнах               | війнонька
uk Байден     Байден Байдена Байдену Байденом Байдені                            | байденівський
pl Rosja      Rosja Rosji Rosję Rosją                                            | rosyjski
pl wojna      wojna wojny wojnie wojnę wojną wojen wojnom wojnami wojnach        | wojenny
pl Łukaszenka Łukaszenka Łukaszenki Łukaszence Łukaszenkę Łukaszenką             | Łukaszenko-wy
pl broń       broń broni bronią                                                  | bronić
cs zbraň      zbraň zbraně zbrani zbraní zbraněmi                                | zbraňový
cs Putin      Putin Putina Putinovi Putinem                                      | Putinová
cs Zelenskyj  Zelenskyj Zelenského Zelenskému Zelenským                          | Zelenská
sk vojna      vojna vojny vojne vojnu vojnou vojen vojnách                       | vojnový
sl vojna      vojna vojne vojni vojno                                            | vojni-ca
hr Zagreb     Zagreb Zagreba Zagrebu Zagrebom                                    | zagrebački
hr Plenković  Plenković Plenkovića Plenkoviću Plenkovićem                        | Plenkovićka
sr Милановић  Милановић Милановића Милановићу Милановићем                        | Милановићка
bg война      война войната войни войните                                        | войник
mk војна      војна војната војни војните                                        | војник
el πόλεμος    πόλεμος πολέμου πόλεμο πόλεμοι πολέμων πολέμους                    | πολεμικός
el Ρωσία      Ρωσία Ρωσίας                                                       | Ρώσος
lt karas      karas karo karui karą karu kare karai karų                         | karinis
lt Nausėda    Nausėda Nausėdos Nausėdai Nausėdą Nausėdoje                        | Nausėdienė
lv karš       karš kara karam karu karā kari kariem karus karos                  | karavīrs
lv valdība    valdība valdības valdībai valdību valdībā                          | valdīt
ro guvern     guvern guvernul guvernului guverne guvernele guvernelor            | guvernator
de Volk       Volk Volkes Volks Völker Völkern                                   | völkisch
de Putin      Putin Putins                                                       | Putinen Putinnen
de Sanktion   Sanktion Sanktionen                                                | sanktionieren
en weapon     weapon weapons                                                     | weaponry weaponize
en child      child children                                                     | childs
en go         go goes going went gone                                            | ago
en NGO        NGO NGOs                                                           | nge
fr journal    journal journaux                                                   | journaliste
fr Russie     Russie                                                             | Russe Russies
es misil      misil misiles                                                      | misilística
it banca      banca banche                                                       | banchiere
pt nação      nação nações                                                       | nacional
nl regering   regering regeringen                                                | regeren
sv krig       krig krigs kriget krigets krigen krigens                           | krigare
nb krig       krig krigs krigen krigens kriger krigene                           | krigersk
ru церковь    церкви церковью церквам церквами церквах церквей | церковный
ru дочь       дочери дочерью дочерьми дочерями | дочка
ru сын        сына сыновья сыновей сыны сынов | сынок
uk король     короля королі королів королями | королик королей
uk голова     голови голів | головка
uk керівник   керівника керівники | керівниця
en sky        skies | skier skiest
ar غرفة       غرف الغرف غرفتها | غرافة
ar تجربة      تجارب التجارب تجاربه | تجريب
ar فن         فنون الفنون | فنان
ar إريك       وإريك لإريك | إريكا وإريكا
tr grup       gruba grubu grubun gruplar | grupçu
tr göz        gözüm gözümü gözler | gözcü
da krig       krig krigen krige krigene krigs krigens                            | krigsherre
"""
LINES = [line.split("|") for line in FACTS.strip().splitlines()]


def folded(word: str) -> str:
    return " ".join(pattern.text for pattern in words_in(word).patterns)


@pytest.mark.parametrize(("known", "none"), LINES, ids=[" ".join(line[0].split()[:2]) for line in LINES])
def test_a_word_has_its_forms_and_no_others(known: str, none: str) -> None:
    lang, word, *forms = known.split()
    found = {folded(form.text) for form in forms_of(word, lang)}
    assert {folded(form) for form in forms} <= found
    assert not {folded(form) for form in none.split()} & found


@pytest.mark.parametrize(
    ("lang", "word", "headword"), [("ru", "России", "Россия"), ("pl", "wojen", "wojna"), ("en", "went", "go")]
)
def test_a_form_stands_for_its_headword(lang: str, word: str, headword: str) -> None:
    found = forms_of(word, lang)
    assert found[0].text == word
    assert {folded(form.text) for form in found} == {folded(form.text) for form in forms_of(headword, lang)}


@pytest.mark.parametrize(
    ("lang", "word", "guessed"), [("ru", "Россия", False), ("ru", "Кимчинын", True), ("cs", "Putin", True)]
)
def test_what_no_dictionary_has_is_marked(lang: str, word: str, guessed: bool) -> None:  # noqa: FBT001
    assert {form.guessed for form in forms_of(word, lang)[1:]} == {guessed}


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(("ru", "en", "lv", "bg", "cs")), st.text("абвгдеaebkst'-5Å中", min_size=1, max_size=12))
def test_any_text_has_forms_that_are_folded_apart(lang: str, word: str) -> None:
    found = forms_of(word, lang)
    assert found[0].text == word
    assert len(found) < 400
    assert len({words_in(form.text).patterns for form in found}) == len(found)
