"""The inflected forms of one word."""

import unicodedata
from functools import lru_cache

from alerts.rules.forms.form import Form
from alerts.rules.forms.languages import LANGUAGES
from alerts.rules.syntax import WordPattern
from alerts.rules.terms import words_in

_MOST_KEPT = 8192


@lru_cache(maxsize=_MOST_KEPT)
def forms_of(word: str, lang: str) -> tuple[Form, ...]:
    """The forms, the word as typed first; no two are folded to the same. A language without forms has the word alone."""
    word = unicodedata.normalize("NFC", word)
    language = LANGUAGES.get(lang)
    found: dict[tuple[WordPattern, ...], Form] = {words_in(word).patterns: Form(word)}
    for form in () if language is None else language.forms(word):
        patterns = words_in(form.text).patterns
        if patterns and (patterns not in found or (found[patterns].guessed and not form.guessed)):
            found[patterns] = form
    return tuple(found.values())
