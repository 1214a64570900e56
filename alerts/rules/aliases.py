"""Shared lists of terms: `@dprk` stands for an OR of its terms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from alerts.rules.forms.expansion import listed_forms
from alerts.rules.inflected import forms_alone
from alerts.rules.printer import print_rule
from alerts.rules.syntax import AliasRef, Forms, Listed, Term
from alerts.rules.terms import words_in

EXCLUDED = "NOT "  # before a term: where that stands, or near it, no other term of the alias counts


class AliasCycle(Exception):
    """An alias includes itself; `names` is the way round."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(" -> ".join(f"@{name}" for name in names))
        self.names = names


@dataclass(frozen=True, slots=True)
class AliasSet:
    """Names and their terms as written: a term, a phrase (with or without quotes), a wildcard, `forms(...)`, another `@alias`, or `NOT`
    and a term: an exclusion, near which the terms do not count."""

    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _read: dict[str, Listed] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, Iterable[str]]]) -> "AliasSet":
        return cls({name.lower(): tuple(terms) for name, terms in pairs})

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.terms

    def nearest(self, name: str) -> str | None:
        """The known name that looks most like this one."""
        near = get_close_matches(name.lower(), self.terms, n=1, cutoff=0.5)
        return near[0] if near else None

    def expand(self, ref: AliasRef) -> Listed:
        """What an alias stands for. Raises AliasCycle, KeyError (an unknown name), ValueError (a term that is none)."""
        name = ref.name.lower()
        read = self._read.get(name)
        if read is None:
            found = tuple(dict.fromkeys(self._expand(name, ())))
            terms = tuple(term for term, excluded in found if not excluded)
            read = self._read[name] = Listed(terms, tuple(term for term, excluded in found if excluded))
        if not read.terms:
            raise KeyError(ref.name)
        return replace(read, span=ref.span)

    def _expand(self, name: str, above: tuple[str, ...]) -> Iterable[tuple[Term, bool]]:
        """Its terms, and whether each is an exclusion."""
        if name in above:
            raise AliasCycle((*above[above.index(name) :], name))
        for written in self.terms[name]:
            text = written.strip()
            if text.startswith("@"):
                yield from self._expand(text[1:].lower(), (*above, name))
                continue
            excluded = text.startswith(EXCLUDED)
            yield from ((term, excluded) for term in _terms(text.removeprefix(EXCLUDED).strip()))


def _terms(text: str) -> Iterable[Term]:
    leaf = alias_leaf(text)
    return listed_forms(leaf).terms if isinstance(leaf, Forms) else (leaf,)


def alias_leaf(text: str) -> Term | Forms:
    """A term of an alias, or `forms(...)`. Raises ValueError."""
    return forms_alone(text) or alias_term(text)


def alias_term(text: str) -> Term:
    """A term of an alias: whole, as if it stood between quotes; `case(...)` is kept. Raises ValueError."""
    cased = text.startswith("case(") and text.endswith(")")
    inner = text[5:-1] if cased else text
    words = words_in(inner, cased=cased)
    if words.complaint:
        raise ValueError(f"{text}: {words.complaint}")
    if not words.patterns:
        raise ValueError(f"{text!r} holds no word")
    return Term(words.patterns, cased=cased, shown=text)


def canonical_terms(terms: Iterable[str]) -> tuple[str, ...]:
    """The terms in canonical form, each once, in their order; references to other aliases stay. Raises ValueError."""
    found = []
    for written in terms:
        text = written.strip()
        sign = EXCLUDED if text.startswith(EXCLUDED) else ""
        found.append(
            text.lower() if text.startswith("@") else sign + print_rule(alias_leaf(text.removeprefix(sign).strip()))
        )
    return tuple(dict.fromkeys(found))
