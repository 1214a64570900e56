"""The rule language once more, slow and obvious, written from its specification and from nothing else of wirewatch.

It shares the tree's types with the product and nothing besides: folding and words are its own (reference_words.py); SENT takes
the product's sentence borders as data. Nested loops everywhere; no index, no shortcut.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import ge, gt, le, lt
from typing import Any

from alerts.rules import syntax as s
from tests.reference_words import Word, as_typed


@dataclass(frozen=True)
class Field:
    """`lang`: the article's language, two letters."""

    text: str
    words: list[Word]
    lang: str = ""


Span = tuple[int, int]  # word numbers, one past the end
Fields = dict[str, Field]


def fits(pattern: s.WordPattern, word: str) -> bool:
    """Letter by letter."""
    if len(word) < len(pattern.text) or (len(word) > len(pattern.text) and not pattern.prefix):
        return False
    for want, got in zip(pattern.text, word, strict=False):
        if want == "?" and unicodedata.category(got)[0] != "L":
            return False
        if want not in ("?", got):
            return False
    return True


def fits_letters(pattern: s.WordPattern, letters: tuple[str, ...]) -> bool:
    """The same where `?` may be a letter that is read as several: ß."""
    folded = "".join(letters)
    begins = {sum(map(len, letters[:k])): one for k, one in enumerate(letters) if len(one) > 1 and one.isalpha()}

    def from_here(want: str, at: int) -> bool:
        if not want:
            return pattern.prefix or at == len(folded)
        if want[0] != "?":
            return folded[at : at + 1] == want[0] and from_here(want[1:], at + 1)
        one = at < len(folded) and unicodedata.category(folded[at])[0] == "L"
        return (one and from_here(want[1:], at + 1)) or (at in begins and from_here(want[1:], at + len(begins[at])))

    return from_here(pattern.text, 0)


def spans(node: s.Node, field: Field) -> list[Span]:
    """Every place where an operand stands."""
    words = field.words
    match node:
        case s.Term(langs=langs) if langs and field.lang not in langs:
            return []  # a form of another language than the article's
        case s.Term(words=patterns, cased=cased):
            found = []
            for i in range(len(words) - len(patterns) + 1):
                window = words[i : i + len(patterns)]
                if len({w.paragraph for w in window}) != 1:
                    continue
                shown = [as_typed(field.text[w.start : w.end]) if cased else w.folded for w in window]
                if all(
                    fits(p, text) or (not cased and fits_letters(p, w.letters))
                    for p, text, w in zip(patterns, shown, window, strict=True)
                ):
                    found.append((i, i + len(patterns)))
            return found
        case s.Or(children=children):
            return sorted({p for child in children for p in spans(child, field)})
        case s.Listed(terms=terms, exclude=exclude, within=within):
            excluded = [b for term in exclude for b in spans(term, field)]
            return sorted(
                {
                    a
                    for term in terms
                    for a in spans(term, field)
                    if not any(beside(a, b, within, field) for b in excluded)
                }
            )
        case s.Near():
            lefts, rights = spans(node.left, field), spans(node.right, field)
            if node.negated:
                return [a for a in lefts if not any(near(node, a, b, field) for b in rights)]
            return sorted(
                {(min(a[0], b[0]), max(a[1], b[1])) for a in lefts for b in rights if near(node, a, b, field)}
            )
        case s.Within(left=left, right=right, unit=unit):
            return sorted(
                {
                    (min(a[0], b[0]), max(a[1], b[1]))
                    for a in spans(left, field)
                    for b in spans(right, field)
                    if len({number(words[k], unit) for k in (*range(*a), *range(*b))}) == 1
                }
            )
        case _:
            raise TypeError(node)


def number(word: Word, unit: s.Unit) -> int:
    return word.sentence if unit is s.Unit.SENTENCE else word.paragraph


def near(node: s.Near, a: Span, b: Span, field: Field) -> bool:
    if overlap(a, b) or (node.ordered and b[0] < a[0]):
        return False
    return beside(a, b, node.distance, field)


def overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def beside(a: Span, b: Span, distance: int, field: Field) -> bool:
    """They overlap, or so many words or fewer stand between them in one paragraph."""
    between = b[0] - a[1] if a[0] < b[0] else a[0] - b[1]
    first, last = min(a[0], b[0]), max(a[1], b[1]) - 1
    one = field.words[first].paragraph == field.words[last].paragraph
    return overlap(a, b) or (between <= distance and one)


def most_apart(found: Sequence[Span]) -> int:
    """Occurrences that do not overlap, as many as can be had."""
    count, end = 0, 0
    for a, b in sorted(found, key=lambda p: p[1]):
        if a >= end:
            count, end = count + 1, b
    return count


COMPARED: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}
SEARCHED = ("title", "body")
NO_FACTS: dict[str, str] = {}


def true(node: s.Node, fields: Fields, scope: Sequence[str] = SEARCHED, facts: Mapping[str, str] = NO_FACTS) -> bool:
    """Whether a rule is true of an article. `facts`: what the exact fields hold."""
    match node:
        case s.And(children=children):
            return all(true(child, fields, scope, facts) for child in children)
        case s.Or(children=children):
            return any(true(child, fields, scope, facts) for child in children)
        case s.Not(child=child):
            return not true(child, fields, scope, facts)
        case s.KOf(count=count, children=children):
            return sum(true(child, fields, scope, facts) for child in children) >= count
        case s.Scope(field=name, child=child):
            return true(child, fields, fields_of(name), facts)
        case s.FieldTest(field=name, value=value):
            return fact(name, value.casefold(), facts.get(name.value, "").casefold())
        case s.Comparison(field=s.ComparedField.WORDS, operator=operator, value=value):
            return COMPARED[operator](len(fields["body"].words), int(value))
        case s.Comparison(operator=operator, value=value):
            return published(operator, value, facts)
        case s.Regex():
            return bool(occurrences(node, fields, scope))
        case s.AtLeast(count=count, child=child):
            return sum(most_apart(spans(child, fields[name])) for name in scope) >= count
        case s.First(count=count, child=child):
            return any(name == "title" or a < count for name in scope for a, _ in spans(child, fields[name]))
        case _:
            return any(spans(node, fields[name]) for name in scope)


def published(operator: str, value: str, facts: Mapping[str, str]) -> bool:
    """Against a day, or the age that an article had when it was seen."""
    if not facts.get("published"):
        return False
    at, seen = (datetime.fromisoformat(facts[name]) for name in ("published", "seen"))
    if value[-1] in SECONDS:
        return COMPARED[operator](max((seen - at).total_seconds(), 0), float(value[:-1]) * SECONDS[value[-1]])
    if len(value) == len("2026-11-01"):  # a day is compared as a whole
        return COMPARED[operator](at.date(), date.fromisoformat(value))
    return COMPARED[operator](at, datetime.fromisoformat(value))


def fields_of(scope: s.WordField) -> tuple[str, ...]:
    return ("title", "lead") if scope is s.WordField.HLEAD else (scope.value,)


def fact(name: s.ExactField, value: str, held: str) -> bool:
    """`held`: for a URL without its scheme and www."""
    match name:
        case s.ExactField.DOMAIN:
            return held == value or held.endswith("." + value)
        case s.ExactField.URL if value.startswith("/"):
            return held[len(held.split("/", 1)[0]) :].startswith(value)
        case s.ExactField.URL:
            return held.startswith(value)
        case _:
            return held == value


def occurrences(node: s.Node, fields: Fields, scope: Sequence[str]) -> set[tuple[str, int, int]]:
    """Where an operand stands: field (the lead is part of the body), start and end character in its original text."""
    found = set()
    for name in scope:
        held = fields[name]
        shown = "body" if name == "lead" else name
        if isinstance(node, s.Regex):
            text = held.text if name != "lead" else held.text[: held.words[-1].end if held.words else 0]
            found |= {(shown, m.start(), m.end()) for m in re.finditer(node.pattern, text)}
        else:
            found |= {(shown, held.words[a].start, held.words[b - 1].end) for a, b in spans(node, held)}
    return found


def clauses(node: s.Node, scope: Sequence[str] = SEARCHED) -> Iterator[tuple[s.Node, Sequence[str]]]:
    """Every term and expression of a rule, with the fields it is searched in."""
    match node:
        case s.Term() | s.Regex() | s.Listed():
            yield node, scope
        case s.Scope(field=name, child=child):
            yield from clauses(child, fields_of(name))
        case s.Near(left=left, right=right) | s.Within(left=left, right=right):
            yield from clauses(left, scope)
            yield from clauses(right, scope)
        case s.And(children=children) | s.Or(children=children) | s.KOf(children=children):
            for child in children:
                yield from clauses(child, scope)
        case s.Not(child=child) | s.AtLeast(child=child) | s.First(child=child):
            yield from clauses(child, scope)
        case _:
            return
