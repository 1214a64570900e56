"""Neuter nouns of Greek in -ος, which have nothing of the masculine ones that end alike."""

from collections.abc import Iterable, Iterator

from alerts.rules.forms.form import Form
from alerts.rules.forms.word_list import WordList
from core.text.fold import fold

_ENDINGS = ("ος", "ους", "η", "ων", "εων", "εσι")


def mended(word: str, forms: Iterable[Form], words: WordList) -> Iterator[Form]:
    """The forms of a headword: `έτος` has `έτους`, `έτη` and `ετών` alone."""
    stem = word.removesuffix("ος")
    if stem != word and {stem + "ους", stem + "η"} <= words.forms_of(word):
        allowed = {fold(stem + ending) for ending in _ENDINGS}
        forms = (form for form in forms if fold(form.text) in allowed)
    yield from forms
