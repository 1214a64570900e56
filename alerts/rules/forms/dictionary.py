"""The inflected forms of one word, and of the words of a phrase together."""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice, product
from math import prod

from alerts.rules.forms.form import Form
from alerts.rules.forms.languages import LANGUAGES
from alerts.rules.syntax import WordPattern
from alerts.rules.terms import words_in

MOST_FORMS = 10_000  # of a phrase in one language
_MOST_KEPT = 8192

Folded = tuple[WordPattern, ...]


class TooManyForms(ValueError):
    """A phrase whose words have more forms together than a list may have."""


def each_once(typed: str, forms: Iterable[Form]) -> dict[Folded, Form]:
    """What was typed, then its forms in their order, by what they are folded to: of two that are folded to the same the first, but
    a known one rather than a guess. A form that holds no word is left out."""
    found: dict[Folded, Form] = {words_in(typed).patterns: Form(typed)}
    for form in forms:
        folded = words_in(form.text).patterns
        if folded and (folded not in found or (found[folded].guessed and not form.guessed)):
            found[folded] = form
    return found


@lru_cache(maxsize=_MOST_KEPT)
def forms_of(word: str, lang: str) -> tuple[Form, ...]:
    """The forms, the word as typed first; no two are folded to the same. A language without forms has the word alone."""
    word = unicodedata.normalize("NFC", word)
    language = LANGUAGES.get(lang)
    return tuple(each_once(word, () if language is None else language.forms(word)).values())


def forms_of_phrase(text: str, lang: str) -> Iterator[Form]:
    """The words in all their forms, freely combined; the words of the language that stay as they are, stay. None in a language
    without forms. Raises TooManyForms."""
    words, language = text.split(), LANGUAGES.get(lang)
    if language is None:
        return
    if language.phrase is not None and len(words) > 1:
        yield from islice(language.phrase(tuple(words)), MOST_FORMS)
        return
    each: list[tuple[Form, ...]] = []
    for place, word in enumerate(words):
        stays = len(words) > 1 and (_folded(word) in language.fixed or any(map(str.isdigit, word)))
        stays = stays or (language.last_only and place < len(words) - 1)
        each.append((Form(word),) if stays else forms_of(word, lang))
    if prod(map(len, each)) > MOST_FORMS:
        raise TooManyForms(f"{text} has {prod(map(len, each))} forms in {lang}, at most {MOST_FORMS} are looked for")
    for row in product(*each):
        yield Form(" ".join(form.text for form in row), any(form.guessed for form in row))


def _folded(word: str) -> str:
    patterns = words_in(word).patterns
    return patterns[0].text if len(patterns) == 1 else ""
