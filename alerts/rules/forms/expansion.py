"""`forms(...)` as the terms that it stands for."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from math import prod

from alerts.rules.forms.dictionary import forms_of
from alerts.rules.forms.form import Form
from alerts.rules.forms.guess import languages_of, may_be
from alerts.rules.forms.languages import LANGUAGES
from alerts.rules.printer import print_rule
from alerts.rules.syntax import Forms, Listed, Term, Terms, WordPattern
from alerts.rules.terms import words_in

MOST_FORMS = 10_000  # of a phrase in one language
_MOST_KEPT = 4096


class TooManyForms(ValueError):
    """A phrase whose words have more forms together than a list may have."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """`langs`: the languages taken. `told`: they were not given, but told from the words. `forms`: all, in the order of the
    languages, the words as typed first. `struck`: which of them are left out. `unknown`: struck words that are no form."""

    langs: tuple[str, ...]
    told: bool
    forms: tuple[Form, ...]
    struck: frozenset[Form] = frozenset()
    unknown: tuple[str, ...] = ()


def listed_forms(node: Forms, langs: tuple[str, ...] = ()) -> Listed:
    """The terms; the tuple is one object for all rules that ask for the same forms. `langs`: what the rule's `lang:` says.
    Raises TooManyForms."""
    terms = _terms(node.text, (node.lang,) if node.lang else langs, node.struck)
    return Listed(terms, span=node.span, shown=print_rule(node))


def expansion(node: Forms, langs: tuple[str, ...] = ()) -> Expansion:
    """The forms and what is to be said of them. Raises TooManyForms."""
    return _expansion(node.text, (node.lang,) if node.lang else langs, node.struck)


@lru_cache(maxsize=_MOST_KEPT)
def _terms(text: str, langs: tuple[str, ...], struck: tuple[str, ...]) -> Terms:
    found = _expansion(text, langs, struck)
    return Terms(
        Term(words_in(form.text).patterns, shown=form.text) for form in found.forms if form not in found.struck
    )


@lru_cache(maxsize=_MOST_KEPT)
def _expansion(text: str, langs: tuple[str, ...], struck: tuple[str, ...]) -> Expansion:
    taken = tuple(lang for lang in langs if may_be(text, lang)) or languages_of(text)
    found: dict[tuple[WordPattern, ...], Form] = {words_in(text).patterns: Form(text)}
    for lang in taken:
        for form in _of_phrase(text, lang):
            patterns = words_in(form.text).patterns
            if patterns not in found or (found[patterns].guessed and not form.guessed):
                found[patterns] = form
    folded = {one: words_in(one).patterns for one in struck}
    left_out = frozenset(found[patterns] for patterns in folded.values() if patterns in found)
    unknown = tuple(one for one, patterns in folded.items() if patterns not in found)
    return Expansion(taken, taken[0] not in langs, tuple(found.values()), left_out, unknown)


def _of_phrase(text: str, lang: str) -> list[Form]:
    """The words in all their forms, freely combined; the words of the language that stay as they are, stay."""
    words, language = text.split(), LANGUAGES.get(lang)
    if language is None:
        return []
    if language.phrase is not None and len(words) > 1:
        return list(islice(language.phrase(tuple(words)), MOST_FORMS))
    each: list[tuple[Form, ...]] = []
    for place, word in enumerate(words):
        stays = len(words) > 1 and (_folded(word) in language.fixed or any(map(str.isdigit, word)))
        stays = stays or (language.last_only and place < len(words) - 1)
        each.append((Form(word),) if stays else forms_of(word, lang))
    if prod(map(len, each)) > MOST_FORMS:
        raise TooManyForms(f"{text} has {prod(map(len, each))} forms in {lang}, at most {MOST_FORMS} are looked for")
    return [Form(" ".join(form.text for form in row), any(form.guessed for form in row)) for row in product(*each)]


def _folded(word: str) -> str:
    patterns = words_in(word).patterns
    return patterns[0].text if len(patterns) == 1 else ""
