"""Warnings: a rule that is valid and probably not meant so."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from difflib import get_close_matches

from alerts.rules.aliases import AliasSet
from alerts.rules.checks import has_anchor
from alerts.rules.comparison import excludes, is_always
from alerts.rules.doubtful import doubts_of, quoted_alias, quoted_operator
from alerts.rules.forms.context import forms_with_languages
from alerts.rules.forms.expansion import expansion
from alerts.rules.implied import Wider
from alerts.rules.odd_values import odd_value
from alerts.rules.printer import as_written
from alerts.rules.problem import Code, Fix, Problem, replaced
from alerts.rules.syntax import (
    AliasRef,
    And,
    Comparison,
    FieldTest,
    First,
    Forms,
    Near,
    Node,
    Not,
    Or,
    Regex,
    Scope,
    Term,
    Within,
    WordPattern,
)
from alerts.rules.terms import words_in
from alerts.rules.walk import children_of, nodes_of
from core.text.characters import is_single

WIDE = 10
_MOST_COMPARED = 100  # of one AND
WHOLE_PLACE = "no word of a title or a text has to be there: everything from this place matches"
_DECIDED = "this part can never matter: the rest decides without it"
_OPERATORS = frozenset(("and", "or", "not", "near", "onear", "sent", "para"))
# Words that stand in so many articles that a rule which needs nothing else matches all day.
COMMON = frozenset(
    "the a an of to in and for on that is with as at by it he she was from be are has have had this his her its an or"
    " said say says will would not but they were been who which their new year years one two people after more about"
    " also than first last over up out der die das und ist nicht von mit le la les des et que en el los не и в на что".split()
)


def warnings_of(tree: Node, text: str, aliases: AliasSet | None = None) -> Iterator[Problem]:
    """All warnings of a valid tree. `aliases`: those that there are; None: it is not known."""
    cased = {term.words for term in nodes_of(tree) if isinstance(term, Term) and term.cased}
    for node in nodes_of(tree):
        match node:
            case Term(shown=shown, span=span) if shown in _OPERATORS:
                message = f"{shown} is searched as a word here; operators are written in upper case"
                fix = Fix(shown.upper(), replaced(text, *span, shown.upper()))
                yield Problem(Code.LOWER_CASE_OPERATOR, *span, message, (fix,))
            case Term() | Regex():
                yield from quoted_alias(node, text, aliases) if isinstance(node, Term) else ()
                yield from (doubt for doubt in doubts_of(node, text, COMMON) if not _decided(doubt, node, cased))
            case Near(distance=distance, span=span) if distance > WIDE:
                message = f"{distance} words between is wide; PARA or AND may say better what is meant"
                yield Problem(Code.WIDE_NEAR, *span, message)
            case Not(child=Not(child=inner), span=span):
                fix = Fix("without both", replaced(text, *span, text[inner.span[0] : inner.span[1]]))
                yield Problem(Code.DOUBLE_NEGATION, *span, "a double negation says the same as none", (fix,))
            case _:
                yield from _value(node, text)
    yield from _forms(tree, text)
    yield from _useless(tree, counted=False)
    if anchor_is_common(tree):
        message = "a very common word is all that must be present; add a rarer one"
        yield Problem(Code.COMMON_ANCHOR, *tree.span, message)
    if is_whole_place(tree):
        yield Problem(Code.WHOLE_PLACE, *tree.span, WHOLE_PLACE)


def _value(node: Node, text: str) -> Iterator[Problem]:
    """What is wrong with a value of a field, or with what is inflected."""
    match node:
        case FieldTest():
            yield from odd_value(node, text)
        case Comparison() if (always := is_always(node)) is not None:
            said = "every article meets this" if always else "no article meets this"
            yield Problem(Code.NEVER_MATTERS if always else Code.NEVER_TRUE, *node.span, said)
        case Forms() if (found := quoted_operator(node.text)) is not None:
            message = f"{found} is a word of the phrase here; forms(...) takes one word, or one phrase"
            yield Problem(Code.QUOTED_OPERATOR, *node.span, message)
        case _:
            pass


def _forms(tree: Node, text: str) -> Iterator[Problem]:
    """Forms that are struck out and are none, and words that have no other form than the one typed."""
    for node, langs in forms_with_languages(tree):
        found = expansion(node, langs)
        known = [form.text for form in found.every]
        for one in found.unknown:
            near = get_close_matches(one, known, n=1)
            said = f"; the nearest is {near[0]}" if near else ""
            at = text.find(one, node.span[0], node.span[1])
            place = (at, at + len(one)) if at >= 0 else node.span
            fixes = (Fix(form, replaced(text, *place, form)) for form in near if at >= 0)
            yield Problem(Code.UNKNOWN_FORM, *place, f"{one} is no form of {node.text}{said}", tuple(fixes))
        if len(known) == 1:
            yield _without_forms(node, found.langs, text)


def _without_forms(node: Forms, langs: tuple[str, ...], text: str) -> Problem:
    """Of a word that has no other form. In scripts whose characters are words each, a term needs none."""
    term = Term(words_in(node.text).patterns, shown=node.text)
    if any(not is_single(word.text[0]) for word in term.words):
        message = f"{node.text} has no other form in {' and '.join(langs)}; forms:xx(...) says another language"
        return Problem(Code.NO_FORMS, *node.span, message)
    plain = as_written(term)
    message = (
        f"no forms are needed: {plain} alone finds the word whatever is written behind it; "
        "leave off what is (a particle, an ending)"
    )
    return Problem(Code.NO_FORMS, *node.span, message, (Fix(plain, replaced(text, *node.span, plain)),))


def is_whole_place(tree: Node) -> bool:
    """Whether a rule asks for a place alone: a domain, a source, an address, an agency, an author, a section or a tag."""
    return has_anchor(tree) and not has_anchor(tree, places=False)


def _decided(doubt: Problem, node: Node, cased: AbstractSet[tuple[WordPattern, ...]]) -> bool:
    """Whether the rule has the word also as `case(...)`, so its author knows that this one finds any letters."""
    typed = isinstance(node, Term) and (WordPattern(node.shown),) in cased
    return doubt.code is Code.FOLDED_COMMON and typed


def _useless(node: Node, *, counted: bool) -> Iterator[Problem]:
    """Parts that decide nothing. `counted`: places matter here, not only whether there is one (a proximity, FIRST)."""
    if isinstance(node, Or | And):
        yield from _absorbed(node, counted=counted)
    counted = counted or isinstance(node, Near | Within | First)
    for child in children_of(node):
        yield from _useless(child, counted=counted)


def _absorbed(node: Or | And, *, counted: bool) -> Iterator[Problem]:
    """`a OR (a AND b)`, `a AND (a OR b)`, `a OR a`, `weapon* OR weapons`, `korea AND "north korea"`, `a AND NOT a`."""
    other = And if isinstance(node, Or) else Or
    seen: set[Node] = set()
    plain = {child for child in node.children if not isinstance(child, other)}
    terms = [child for child in node.children if isinstance(child, Term)]
    wider = Wider(() if counted else terms)
    needless = {id(found) for term in terms if isinstance(node, And) and (found := wider.than(term)) is not None}
    for child in node.children:
        inside = child.children if isinstance(child, And | Or) and isinstance(child, other) else ()
        if child in seen or any(part in plain for part in inside) or id(child) in needless:
            yield Problem(Code.NEVER_MATTERS, *child.span, _DECIDED)
        elif isinstance(child, Term) and isinstance(node, Or) and (found := wider.than(child)) is not None:
            yield Problem(Code.NEVER_MATTERS, *child.span, f"{found.shown} finds all that this finds")
        seen.add(child)
    if isinstance(node, And):
        yield from _never_true(node, terms)


def _never_true(node: And, terms: Sequence[Term]) -> Iterator[Problem]:
    compared = [child for child in node.children if isinstance(child, Comparison)][:_MOST_COMPARED]
    for place, one in enumerate(compared):
        if any(excludes(one, other) for other in compared[:place]):
            yield Problem(
                Code.NEVER_TRUE, *one.span, "no article meets this and what is asked before: it can never be true"
            )
    for child in node.children:
        if isinstance(child, Not):
            refused = child.child
            wider = Wider([refused]) if isinstance(refused, Term) else None
            if refused in node.children or (wider is not None and any(wider.than(term) is not None for term in terms)):
                yield Problem(Code.NEVER_TRUE, *child.span, "this refuses what the rule asks for: it can never be true")


def anchor_is_common(node: Node) -> bool:
    """Whether all that must be present are very common words."""
    match node:
        case Term(words=words):
            return all(word.is_literal and word.text in COMMON for word in words)
        case AliasRef() | Forms():
            return False
        case And(children=children):
            return all(anchor_is_common(child) for child in children if has_anchor(child))
        case Or(children=children):
            return any(map(anchor_is_common, children))
        case Scope(child=child):
            return anchor_is_common(child)
        case _:
            return False
