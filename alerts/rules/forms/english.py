"""English nouns whose plural their ending does not say, and what is no form of an English word."""

from collections.abc import Iterable, Iterator

from alerts.rules.forms.form import Form
from alerts.rules.forms.word_list import WordList

_IN_VES = frozenset(
    "wife knife life half calf leaf loaf self shelf elf wolf thief sheaf midwife housewife penknife afterlife".split()
)
_NO_MEN = ("human", "german", "roman", "shaman", "ottoman", "talisman", "caiman", "norman", "oman")
_UNCHANGED = frozenset(
    "aircraft spacecraft hovercraft watercraft warcraft sheep deer moose salmon shrimp trout series species corps headquarters"
    " offspring swine bison cod chassis gallows barracks crossroads means news shambles innings".split()
)
_IN_OES = frozenset("hero veto tomato potato echo embargo torpedo".split())
# Nouns whose verb is rare, so that a search for the noun does not mean it: nobody asks for ministering.
_ONLY_NOUNS = frozenset(
    "army navy minister soldier officer lawyer clerk pastor architect merchant king queen boy member company class league"
    " district brigade gang jury church prison castle cottage hospital blood hip fever injury story article newspaper"
    " journal chapter essay version career course weekend holiday summer winter autumn property knowledge truth earth moon"
    " sky nature island lake beach canyon tree forest bird metal copper helicopter trailer vehicle missile bullet radio"
    " video window door desk background crime fraud genocide siege coup motive conference summit workshop threat tribute"
    " legacy hazard aspect platform portion fraction adventure quest tale fruit meal lunch dinner sugar cotton tariff town"
    " county province region nation people premier governor senator admiral colonel sergeant".split()
)


def mended(word: str, forms: Iterable[Form], words: WordList) -> Iterator[Form]:
    """The forms of a headword, without misspellings and adverbs, and with the plural that its kind has."""
    if word in _UNCHANGED:
        yield Form(word)
        return
    stem, listed = word.removesuffix("e")[:-1], words.forms_of(word)
    if word in _IN_VES:
        yield Form(stem + "ves")
        forms = (form for form in forms if form.text != stem + "fs" or word == "leaf")  # leafs through
    elif word.endswith("man") and not word.endswith(_NO_MEN):
        yield Form(word[:-2] + "en", guessed=not words.heads_of(word[:-2] + "en"))
        forms = (form for form in forms if form.text != word + "s")
    for form in forms:
        if not _other(word, form.text, listed):
            yield form


def _other(word: str, form: str, listed: frozenset[str]) -> bool:
    if word.endswith("y") and form.endswith(("ier", "iest")) and form not in listed:  # a sky is no skier
        return True
    if form.endswith("ly") and not word.endswith("ly"):
        return True
    if word in _ONLY_NOUNS and form.endswith(("ed", "ing")):
        return form != word
    return form == word + "s" and word in _IN_OES
