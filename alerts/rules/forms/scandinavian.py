"""Nouns of Swedish, Danish and Norwegian, without the forms of verbs and adjectives that are written as they are.

`skola` is a school, and nobody who looks for schools wants `ska` and `skulle`: a word that has the plural or the definite form
of a noun is a noun.
"""

from collections.abc import Iterable, Iterator, Mapping

from alerts.rules.forms.form import Form
from alerts.rules.forms.word_list import WordList

# Ending of a noun; a form that shows that it is one; all endings that may stand in its place. The first that fits counts.
_Classes = tuple[tuple[str, str, str], ...]
_SWEDISH: _Classes = (
    ("are", "arna", "are ares aren arens arna arnas"),
    ("a", "orna", "a as an ans or ors orna ornas"),
    ("e", "arna", "e es en ens ar ars arna arnas"),
)
_DANISH: _Classes = (("e", "erne", "e es en ens er ers erne ernes"),)
_NORWEGIAN: _Classes = (("e", "ene", "e es en ens er ers ene enes a as"),)
_CLASSES: Mapping[str, _Classes] = {"sv": _SWEDISH, "da": _DANISH, "nb": _NORWEGIAN}
_COMPARED: Mapping[str, tuple[str, ...]] = {
    "sv": ("are", "ares", "ast", "aste", "asts", "astes"),
    "da": ("ere", "eres", "est", "este", "estes"),
    "nb": ("ere", "eres", "est", "este", "estes"),
}


def mended(lang: str, word: str, forms: Iterable[Form], words: WordList) -> Iterator[Form]:
    """The forms of a headword: those of the noun, where it is one; no comparatives."""
    listed = words.forms_of(word)
    for ending, shown, endings in _CLASSES[lang]:
        stem = word.removesuffix(ending)
        if stem != word and stem + shown in listed:
            allowed = {stem + one for one in endings.split()}
            yield from (form for form in forms if form.text in allowed)
            return
    compared = {word + ending for ending in _COMPARED[lang]}
    yield from (form for form in forms if form.text not in compared)
