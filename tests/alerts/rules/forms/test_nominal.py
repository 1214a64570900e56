"""Plurals and feminines of Romance nouns and adjectives: facts of their grammars.

A person's word has both genders; a thing's word has no feminine, though another word may look like it. A name stays as it is.
"""

import pytest

from alerts.rules.forms.dictionary import forms_of
from alerts.rules.forms.expansion import expansion
from alerts.rules.syntax import Forms
from alerts.rules.terms import words_in

# language, headword, all its other forms
FACTS = """
es nación naciones
es joven jóvenes
es imagen imágenes
es régimen regímenes
es voz voces
es lunes
es crisis
es mes meses
es país países
es club clubs clubes
es marroquí marroquíes marroquís
es ministro ministra ministros ministras
es alcalde alcaldesa alcaldes alcaldesas
es alemán alemana alemanes alemanas
es senador senadora senadores senadoras
es militar militares
es banco bancos
es caso casos
es interés intereses
es bloguero bloguera blogueros blogueras
es Maduro
es Rusia
es ONG ONGs
fr journal journaux
fr festival festivals
fr travail travaux
fr pneu pneus
fr drapeau drapeaux
fr pays
fr procès
fr voix
fr œil yeux oeil
fr directeur directeurs directrice directrices
fr travailleur travailleurs travailleuse travailleuses
fr émigré émigrés émigrée émigrées
fr grec grecs grecque grecques
fr nucléaire nucléaires
fr nouveau nouveaux nouvel nouvelle nouvelles
fr moteur moteurs
fr Russie
fr Ukrainien Ukrainiens Ukrainienne Ukrainiennes
fr ONG
it banca banche
it spiaggia spiagge
it amico amici amica amiche
it lago laghi
it ministro ministri ministra ministre
it soldato soldati soldatessa soldatesse
it ambasciatore ambasciatori ambasciatrice ambasciatrici
it giornalista giornalisti giornaliste
it intervista interviste
it problema problemi
it uomo uomini
it città
it crisi
it tesi
it film
it porto porti
it militare militari
it Meloni
pt nação nações
pt cidadão cidadãos cidadã cidadãs
pt alemão alemães alemã alemãs
pt míssil mísseis
pt fuzil fuzis
pt tribunal tribunais
pt homem homens
pt mês meses
pt vírus
pt ministro ministra ministros ministras
pt juiz juízes juíza juízas
pt europeu europeia europeus europeias
pt porto portos
pt Costa
"""
LINES = FACTS.strip().splitlines()


def folded(word: str) -> str:
    return " ".join(pattern.text for pattern in words_in(word).patterns)


@pytest.mark.parametrize("line", LINES)
def test_a_noun_has_these_forms_and_no_others(line: str) -> None:
    lang, word, *others = line.split()
    assert {folded(form.text) for form in forms_of(word, lang)} == {folded(form) for form in (word, *others)}


def test_a_feminine_that_is_asked_for_stands_for_women_only() -> None:
    assert [form.text for form in forms_of("ministra", "es")] == ["ministra", "ministras"]


def test_a_form_that_the_list_does_not_have_is_guessed() -> None:
    assert {form.text: form.guessed for form in forms_of("bloguero", "es")} == {
        "bloguero": False,
        "blogueros": True,
        "bloguera": True,
        "blogueras": True,
    }


@pytest.mark.parametrize(
    ("lang", "phrase", "found"),
    [
        ("es", "misil nuclear", {"misil nuclear", "misiles nucleares"}),
        ("es", "Presidente del Gobierno", {"Presidenta del Gobierno"}),
        ("es", "Estados Unidos", {"Estados Unidos"}),
        ("fr", "arme nucléaire", {"armes nucléaires"}),
        ("it", "ministro degli Esteri", {"ministra degli Esteri"}),
        ("de", "deutsche Außenministerin", {"deutschen Außenministerin", "deutscher Außenministerinnen"}),
        ("nl", "nucleair wapen", {"nucleaire wapens"}),
        ("pt", "primeiro ministro", {"primeira ministra", "primeiros ministros"}),
    ],
)
def test_the_words_of_a_phrase_are_inflected_and_its_names_stay(lang: str, phrase: str, found: set[str]) -> None:
    texts = {form.text for form in expansion(Forms(phrase, lang)).forms}
    assert found <= texts
    assert phrase in texts


@pytest.mark.parametrize(
    ("lang", "word", "form"),
    [
        ("fr", "l'Ukraine", "l'Ukraine"),
        ("it", "l'ambasciatore", "l'ambasciatrice"),
        ("fr", "coup d'État", "coups d'État"),
    ],
)
def test_an_elided_article_stays_before_its_word(lang: str, word: str, form: str) -> None:
    assert form in {form.text for form in expansion(Forms(word, lang)).forms}
