"""English nouns whose plural their ending does not say, and what is no form of an English word."""

from collections.abc import Iterable, Iterator

from alerts.rules.forms.form import Form
from alerts.rules.forms.word_list import WordList

_IN_VES = frozenset(
    "wife knife life half calf leaf loaf self shelf elf wolf thief sheaf midwife housewife penknife afterlife".split()
)
_NO_MEN = ("human", "german", "roman", "shaman", "ottoman", "talisman", "caiman", "norman", "oman", "yeoman-like")
_UNCHANGED = frozenset(
    "aircraft spacecraft hovercraft watercraft warcraft sheep deer moose salmon shrimp trout series species corps headquarters"
    " offspring swine bison cod chassis gallows barracks crossroads means news shambles innings".split()
)
_IN_OES = frozenset("hero veto tomato potato echo embargo torpedo".split())
# Nouns whose verb is rare, so that a search for the noun does not mean it: nobody asks for ministering.
_ONLY_NOUNS = frozenset(
    "army navy minister soldier officer doctor lawyer captain clerk pastor architect merchant lord king queen boy father mother friend"
    " member neighbor neighbour school team company group class club party league district section quarter brigade gang jury"
    " court church prison castle cottage hospital body brain blood knee hip stomach chest disease fever injury wound story article"
    " paper newspaper journal chapter page essay version career course season service weekend holiday summer winter spring autumn"
    " property resource knowledge truth earth moon sky nature island lake coast beach canyon tree forest bird dog horse wolf bear"
    " bull metal steel copper silver engine bus taxi helicopter trailer vehicle missile bullet radio video room window door desk"
    " background complex crime fraud genocide siege coup motive conference summit workshop threat tension tribute legacy hazard"
    " aspect instrument platform portion fraction motion adventure quest tale wine fruit meal lunch dinner sugar cotton"
    " pension tariff town county province region nation people premier governor senator general major admiral colonel sergeant".split()
)


def mended(word: str, forms: Iterable[Form], words: WordList) -> Iterator[Form]:
    """The forms of a headword, without misspellings and adverbs, and with the plural that its kind has."""
    if word in _UNCHANGED:
        yield Form(word)
        return
    stem = word.removesuffix("e")[:-1]
    if word in _IN_VES:
        yield Form(stem + "ves")
        forms = (
            form for form in forms if form.text != stem + "fs" or words.pairs_of(stem + "f") is None or word == "leaf"
        )
    elif word.endswith("man") and not word.endswith(_NO_MEN):
        yield Form(word[:-2] + "en", guessed=not words.heads_of(word[:-2] + "en"))
        forms = (form for form in forms if form.text != word + "s")
    for form in forms:
        if not _other(word, form.text):
            yield form


def _other(word: str, form: str) -> bool:
    if form.endswith("ly") and not word.endswith("ly"):
        return True
    if word in _ONLY_NOUNS and form.endswith(("ed", "ing")):
        return form != word
    return form == word + "s" and word in _IN_OES
