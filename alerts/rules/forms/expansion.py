"""`forms(...)` as the terms that it stands for."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from alerts.rules.forms.beside import forms_beside
from alerts.rules.forms.dictionary import MOST_FORMS, Folded, each_once, forms_of_phrase
from alerts.rules.forms.form import Form
from alerts.rules.forms.guess import languages_of, may_be
from alerts.rules.printer import print_rule
from alerts.rules.syntax import Forms, Listed, Term, Terms
from alerts.rules.terms import words_in

_MOST_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Beside:
    """Forms that count in articles of these languages alone: the languages have them all."""

    langs: tuple[str, ...]
    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Expansion:
    """`langs`: the languages taken. `told`: they were not given, but told from the words. `forms`: all, in the order of the
    languages, the words as typed first; they count in every article. `beside`: further forms by the language of the article, where
    the rule says none. `struck`: which of all of them are left out, by what they are folded to. `unknown`: struck words that are no
    form."""

    langs: tuple[str, ...]
    told: bool
    forms: tuple[Form, ...]
    beside: tuple[Beside, ...] = ()
    struck: frozenset[Folded] = frozenset()
    unknown: tuple[str, ...] = ()

    def is_struck(self, form: Form) -> bool:
        return bool(self.struck) and words_in(form.text).patterns in self.struck

    @property
    def every(self) -> tuple[Form, ...]:
        """All forms, those of one language alone behind."""
        return tuple(each_once(self.forms[0].text, chain(self.forms, *(one.forms for one in self.beside))).values())


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
    terms = {(folded := words_in(form.text).patterns): Term(folded, shown=form.text) for form in found.forms}
    bound: dict[Folded, tuple[str, tuple[str, ...]]] = {}
    for one in found.beside:
        for form in one.forms:
            folded = words_in(form.text).patterns
            shown, of = bound.get(folded, (form.text, ()))
            bound[folded] = shown, tuple(sorted((*of, *one.langs)))
    terms |= {folded: Term(folded, shown=shown, langs=of) for folded, (shown, of) in bound.items()}
    return Terms(term for folded, term in terms.items() if folded not in found.struck)


@lru_cache(maxsize=_MOST_KEPT)
def _expansion(text: str, langs: tuple[str, ...], struck: tuple[str, ...]) -> Expansion:
    given = tuple(lang for lang in langs if may_be(text, lang))
    taken = given or languages_of(text)
    found = each_once(text, chain.from_iterable(forms_of_phrase(text, lang) for lang in taken))
    beside = () if given else _beside(text, taken, found.keys())
    folded = {one: words_in(one).patterns for one in struck}
    known = found.keys() | {words_in(form.text).patterns for one in beside for form in one.forms} if struck else set()
    unknown = tuple(one for one, patterns in folded.items() if patterns not in known)
    left_out = frozenset(patterns for patterns in folded.values() if patterns in known)
    return Expansion(taken, not given, tuple(found.values()), beside, left_out, unknown)


def _beside(text: str, taken: tuple[str, ...], known: Collection[Folded]) -> tuple[Beside, ...]:
    """What other languages add, those that add the same together; as many of them as a list may have forms."""
    found: dict[tuple[Form, ...], list[str]] = {}
    room = MOST_FORMS - len(known)
    for lang, forms in forms_beside(text, taken):
        added = tuple(form for folded, form in each_once(text, forms).items() if folded not in known)
        if added in found:
            found[added].append(lang)
        elif added and len(added) <= room:
            found[added] = [lang]
            room -= len(added)
    return tuple(Beside(tuple(langs), forms) for forms, langs in found.items())
