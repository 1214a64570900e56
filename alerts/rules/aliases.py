"""Shared lists of terms: `@dprk` stands for an OR of its terms."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from weakref import WeakValueDictionary

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


class _Own:
    """The terms that stand in one alias, read; one object for all sets in which they are the same."""

    __slots__ = ("__weakref__", "found", "listed")

    def __init__(self, terms: tuple[str, ...]) -> None:
        """Raises ValueError."""
        found = dict.fromkeys(one for written in terms for one in _read(written.strip()))
        self.found: tuple[str | tuple[Term, bool], ...] = tuple(found)  # a string: the name of another alias
        self.listed = None if any(isinstance(one, str) for one in found) else _listed(self.found)


_owns: WeakValueDictionary[tuple[str, ...], _Own] = WeakValueDictionary()


def _read(text: str) -> Iterable[str | tuple[Term, bool]]:
    """The name of another alias, or terms and whether they are exclusions."""
    if text.startswith("@"):
        return (text[1:].lower(),)
    excluded = text.startswith(EXCLUDED)
    leaf = alias_leaf(text.removeprefix(EXCLUDED).strip())
    terms = listed_forms(leaf).terms if isinstance(leaf, Forms) else (leaf,)
    return tuple((term, excluded) for term in terms)


def _listed(found: Iterable[str | tuple[Term, bool]]) -> Listed:
    terms = [one for one in found if not isinstance(one, str)]
    return Listed(
        tuple(term for term, excluded in terms if not excluded), tuple(term for term, excluded in terms if excluded)
    )


@dataclass(frozen=True, slots=True)
class AliasSet:
    """Names and their terms as written: a term, a phrase (with or without quotes), a wildcard, `forms(...)`, another `@alias`, or `NOT`
    and a term: an exclusion, near which the terms do not count."""

    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _own: dict[str, _Own] = field(default_factory=dict, compare=False, repr=False)
    _whole: dict[str, Listed] = field(default_factory=dict, compare=False, repr=False)

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
        read = self._whole.get(name)
        if read is None:
            own = self._read_own(name)
            read = self._whole[name] = own.listed or _listed(dict.fromkeys(self._expand(name, ())))
        if not read.terms:
            raise KeyError(ref.name)
        return replace(read, span=ref.span, shown=f"@{ref.name}")

    def read_long(self, least: int) -> None:
        """Read the aliases of so many terms now, which takes a second for 100,000; whoever needs one later need not wait."""
        for name, terms in self.terms.items():
            if len(terms) >= least:
                with suppress(ValueError):  # told to who uses it
                    self._read_own(name)

    def _read_own(self, name: str) -> _Own:
        own = self._own.get(name)
        if own is None:
            terms = self.terms[name]
            own = _owns.get(terms)
            if own is None:
                own = _owns[terms] = _Own(terms)
            self._own[name] = own
        return own

    def _expand(self, name: str, above: tuple[str, ...]) -> Iterable[tuple[Term, bool]]:
        """Its terms, and whether each is an exclusion."""
        if name in above:
            raise AliasCycle((*above[above.index(name) :], name))
        for one in self._read_own(name).found:
            if isinstance(one, str):
                yield from self._expand(one, (*above, name))
            else:
                yield one


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
