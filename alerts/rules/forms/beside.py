"""The forms that words have in other languages than the one that they are told to be of: each counts in articles of its language alone.

The words as typed are found in those articles anyway, and their forms there are the same words. So a language is taken where it has
each word as a headword, or where the word may be a name that the language inflects. A guessed form that is a common word there
(Polish `rata`, of the name `Rat`) is left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product
from math import prod

from alerts.rules.forms.dictionary import forms_of
from alerts.rules.forms.form import Form
from alerts.rules.forms.guess import is_written_in
from alerts.rules.forms.languages import LANGUAGES, Language

MOST_BESIDE = 250  # forms of a phrase in one language; one that has more is taken in none of it
MOST_OF_NAME = (
    48  # forms of a name whose language makes them, the shortest: no possessive behind a case behind a plural
)


def forms_beside(text: str, told: Sequence[str]) -> Iterator[tuple[str, tuple[Form, ...]]]:
    """Each other language that may have the words, with their forms there; languages with one grammar one after the other."""
    words = text.split()
    taken = [LANGUAGES[lang] for lang in told if lang in LANGUAGES]
    names = [_is_name(word) for word in words] if _are_names(words, taken) else [False] * len(words)
    known: dict[int, tuple[Form, ...]] = {id(language): () for language in taken}
    for lang, language in LANGUAGES.items():
        if is_written_in(text, lang):
            forms = known.get(id(language))
            if forms is None:
                forms = known[id(language)] = tuple(_forms(words, names, lang, language))
            if forms:
                yield lang, forms


def _forms(words: Sequence[str], names: Sequence[bool], lang: str, language: Language) -> Iterable[Form]:
    """Nothing where the language does not have each of the words."""
    if language.phrase is not None and language.names is not None and all(names):
        return _shortest(words, language, MOST_OF_NAME)  # whatever its list has: the forms are made alike
    listed = [language.lexicon.headword(word) for word in words]
    if not all(known or (name and language.names) for known, name in zip(listed, names, strict=True)):
        return ()
    if language.phrase is not None and (len(words) > 1 or any(names)):
        return _shortest(words, language, MOST_OF_NAME if any(names) else MOST_BESIDE)
    each = [
        forms_of(word, lang) if known else _of_name(word, language) for word, known in zip(words, listed, strict=True)
    ]
    if prod(map(len, each)) > MOST_BESIDE:
        return ()
    return (Form(" ".join(form.text for form in row), any(form.guessed for form in row)) for row in product(*each))


def _shortest(words: Sequence[str], language: Language, most: int) -> list[Form]:
    """Of forms that are made, the first ones by length."""
    phrase = language.phrase if len(words) > 1 else None
    made = language.forms(words[0]) if phrase is None else phrase(tuple(words))
    return sorted(islice(made, 10 * MOST_BESIDE), key=lambda form: len(form.text))[:most]


def _of_name(name: str, language: Language) -> tuple[Form, ...]:
    forms = () if language.names is None else language.names(name)
    return (Form(name), *(form for form in forms if not language.lexicon.common(form.text)))


def _are_names(words: Sequence[str], taken: Sequence[Language]) -> bool:
    """Whether the words look like a name: `Donald Trump`; not where each of several is a common word: `White House`."""
    return len(words) == 1 or not all(any(language.lexicon.common(word) for language in taken) for word in words)


def _is_name(word: str) -> bool:
    """A capital first, and not alone; where a script has no capitals any word may be one."""
    if word.lower() == word.upper():
        return True
    return word[:1].isupper() and not (word.isupper() and len(word) > 1)
