"""Forms of English, German, Dutch, Romanian, Scandinavian and Greek words: facts of their grammars."""

import pytest

from alerts.rules.forms.dictionary import forms_of
from alerts.rules.terms import words_in

# language, headword, all its other forms
ALL = """
en wife wives
en thief thieves
en aircraft
en hero heroes
en Frenchman Frenchmen
en spokeswoman spokeswomen
en attack attacks attacked attacking
en minister ministers
en wound wounds wounded wounding
en Putin Putins
en IT
en MP MPs
de deutsch deutsche deutschen deutscher deutsches deutschem
de teuer teure teuren teurer teures teurem
de Außenministerin Außenministerinnen
de Angeklagter Angeklagte Angeklagten Angeklagtem
de Schwede Schweden
de Mensch Menschen
de Herz Herzen Herzens
de Ausland Auslands Auslandes Auslande
de Weg Wege Weges Wegs
de Merz
de Putin Putins
nl huis huizen
nl crisis crisissen crises
nl advocaat advocaten
nl politicus politici
nl Engelsman Engelsen
nl Poetin Poetins
nl Wilders
"""
# language, headword, some of its forms | words that are none of them
SOME = """
en human humans | humen
en serious serious | seriously
de Tag Tagen Tage Tages | Tagung
de wichtig wichtige wichtigen | wichtigere wichtigste
nl zoon zoons zonen | zoontje
nl Oekraïner Oekraïners | Oekraïense
nl groot grote | groter grootste
nl held helden | heldin
ro carte cartea cărți cărții cărțile cărților | cart
ro președinte președintele președintelui președinți președinții președinților | președintea
ro femeie femeia femei femeii femeile femeilor | femeiei
ro erou eroul eroului eroi eroii eroilor | eroule
sv skola skolan skolor skolornas | ska skulle skolat
sv kvinna kvinnan kvinnor kvinnornas | kvinno
sv stark starka starkt | starkare starkast
da aftale aftalen aftaler aftalerne | aftalt aftalte
nb avtale avtalen avtaler avtalene | avtalt avtalte
el έτος έτους έτη ετών | έτε έτοι
"""


def folded(word: str) -> str:
    return " ".join(pattern.text for pattern in words_in(word).patterns)


def made(word: str, lang: str) -> set[str]:
    return {folded(form.text) for form in forms_of(word, lang)}


@pytest.mark.parametrize("line", ALL.strip().splitlines())
def test_a_word_has_these_forms_and_no_others(line: str) -> None:
    lang, word, *others = line.split()
    assert made(word, lang) == set(map(folded, (word, *others)))


@pytest.mark.parametrize("line", SOME.strip().splitlines())
def test_a_word_has_these_forms_and_not_those(line: str) -> None:
    known, _, none = line.partition(" | ")
    lang, word, *others = known.split()
    assert set(map(folded, (word, *others))) <= made(word, lang)
    assert not set(map(folded, none.split())) & made(word, lang)
