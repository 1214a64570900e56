"""Shared lists of terms: `@dprk` stands for an OR of its terms."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from weakref import WeakValueDictionary

from alerts.rules.forms.expansion import listed_forms
from alerts.rules.inflected import forms_alone
from alerts.rules.printer import print_rule
from alerts.rules.syntax import AliasRef, Forms, Listed, Or, Term
from alerts.rules.terms import words_in

EXCLUDED = "NOT "  # before a term: where that stands, or near it, no other term of the alias counts


class AliasCycle(Exception):
    """An alias includes itself; `names` is the way round."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(" -> ".join(f"@{name}" for name in names))
        self.names = names


class _Own:
    """The terms that stand in one alias, read; one object for all sets in which they are the same."""

    __slots__ = ("__weakref__", "included", "listed")

    def __init__(self, terms: tuple[str, ...]) -> None:
        """Raises ValueError."""
        found = dict.fromkeys(one for written in terms for one in _read(written.strip()))
        self.included = tuple(one for one in found if isinstance(one, str))  # names of other aliases
        named = [one for one in found if not isinstance(one, str)]
        self.listed = Listed(
            tuple(term for term, excluded in named if not excluded), tuple(term for term, excluded in named if excluded)
        )


_owns: WeakValueDictionary[tuple[str, ...], _Own] = WeakValueDictionary()


def _read(text: str) -> Iterable[str | tuple[Term, bool]]:
    """The name of another alias, or terms and whether they are exclusions."""
    if text.startswith("@"):
        return (text[1:].lower(),)
    excluded = text.startswith(EXCLUDED)
    leaf = alias_leaf(text.removeprefix(EXCLUDED).strip())
    terms = listed_forms(leaf).terms if isinstance(leaf, Forms) else (leaf,)
    return tuple((term, excluded) for term in terms)


@dataclass(frozen=True, slots=True)
class AliasSet:
    """Names and their terms as written: a term, a phrase (with or without quotes), a wildcard, `forms(...)`, another `@alias`, or `NOT`
    and a term: an exclusion, near which the terms do not count."""

    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _own: dict[str, _Own] = field(default_factory=dict, compare=False, repr=False)
    _whole: dict[str, tuple[Listed, ...]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, Iterable[str]]]) -> "AliasSet":
        return cls({name.lower(): tuple(terms) for name, terms in pairs})

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.terms

    def nearest(self, name: str) -> str | None:
        """The known name that looks most like this one."""
        near = get_close_matches(name.lower(), self.terms, n=1, cutoff=0.5)
        return near[0] if near else None

    def expand(self, ref: AliasRef) -> Listed | Or:
        """What an alias stands for; more than one list where an alias that it includes has exclusions, which are those of its own terms.

        Raises AliasCycle, KeyError (an unknown name), ValueError (a term that is none).
        """
        name = ref.name.lower()
        lists = self._whole.get(name)
        if lists is None:
            lists = self._whole[name] = self._lists(name)
        if not lists:
            raise KeyError(ref.name)
        placed = tuple(replace(one, span=ref.span, shown=f"@{ref.name}") for one in lists)
        return placed[0] if len(placed) == 1 else Or(placed, ref.span)

    def _lists(self, name: str) -> tuple[Listed, ...]:
        """A list for each set of exclusions that some of its terms have."""
        if not self._read_own(name).included:
            return tuple(one for one in (self._read_own(name).listed,) if one.terms)
        found: dict[tuple[Term, ...], dict[Term, None]] = {}
        for terms, exclude in self._gathered(name, (), ()):
            found.setdefault(exclude, {}).update(dict.fromkeys(terms))
        return tuple(Listed(tuple(terms), exclude) for exclude, terms in found.items() if terms)

    def _gathered(
        self, name: str, above: tuple[str, ...], exclude: tuple[Term, ...]
    ) -> Iterator[tuple[tuple[Term, ...], tuple[Term, ...]]]:
        """The terms of an alias and of those that it includes, with their exclusions; `exclude`: of those that include it."""
        if name in above:
            raise AliasCycle((*above[above.index(name) :], name))
        own = self._read_own(name)
        exclude = tuple(dict.fromkeys((*exclude, *own.listed.exclude)))
        yield own.listed.terms, exclude
        for other in own.included:
            yield from self._gathered(other, (*above, name), exclude)

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


def lists_of(expanded: Listed | Or) -> tuple[Listed, ...]:
    """The lists that an alias stands for."""
    children = (expanded,) if isinstance(expanded, Listed) else expanded.children
    return tuple(one for one in children if isinstance(one, Listed))


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
