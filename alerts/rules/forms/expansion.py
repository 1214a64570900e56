"""`forms(...)` as the terms that it stands for."""

from functools import lru_cache

from alerts.rules.forms.dictionary import forms_of
from alerts.rules.syntax import Forms, Listed, Term
from alerts.rules.terms import words_in

_MOST_KEPT = 4096


def listed_forms(node: Forms) -> Listed:
    """The terms; the tuple is one object for all rules that ask for the same forms."""
    return Listed(_terms(node.text, node.lang, node.struck), span=node.span)


@lru_cache(maxsize=_MOST_KEPT)
def _terms(text: str, lang: str | None, struck: tuple[str, ...]) -> tuple[Term, ...]:
    left_out = {words_in(form).patterns for form in struck}
    forms = (Term(words_in(form).patterns, shown=form) for form in forms_of(text, lang))
    return tuple(dict.fromkeys(term for term in forms if term.words not in left_out))
