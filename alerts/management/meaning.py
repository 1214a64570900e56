"""The normal form of a rule: two rules that mean the same have one, as far as that is seen without looking at articles.

NOT stands at the leaves (De Morgan), fields too; lists of one kind are one; KOF of one or of all is OR or AND; what decides nothing is
gone; the sides of a proximity that has no order, and the parts of a list, stand in the order of their texts. An alias and
`forms(...)` stand as the terms that they have now; one that counts in articles of some languages only as `lang:pl AND Putina`.
"""

from collections.abc import Iterable
from dataclasses import replace

from alerts.rules.aliases import AliasCycle, AliasSet
from alerts.rules.comparison import equal_or_above
from alerts.rules.expand import expand
from alerts.rules.forms.dictionary import TooManyForms
from alerts.rules.listed import either
from alerts.rules.printer import print_rule
from alerts.rules.syntax import (
    AliasRef,
    And,
    AtLeast,
    Comparison,
    ExactField,
    FieldTest,
    First,
    Forms,
    KOf,
    Listed,
    Near,
    Node,
    Not,
    Or,
    Scope,
    Term,
    Within,
    WordField,
)
from alerts.rules.walk import nodes_of

Langs = tuple[str, ...]
_MOST_PARTS = 2_000  # of a list in which parts that decide nothing are looked for


def meaning(node: Node, aliases: AliasSet | None = None) -> str:
    """Equal for two rules that mean the same."""
    return print_rule(normal(node, aliases))


def normal(node: Node, aliases: AliasSet | None = None, langs: Langs = (), field: WordField | None = None) -> Node:
    """The normal form. `aliases` None: references stay as they are. Of a part of a rule, `langs`: the languages that the rule says for
    it, as `lang:pl AND (...)` does, whose `forms(...)` count; `field`: the one that it is searched in."""
    return _normal(_expanded(node, aliases, langs), negated=False, field=field)


def _expanded(node: Node, aliases: AliasSet | None, langs: Langs) -> Node:
    if aliases is None or not any(isinstance(part, AliasRef | Forms) for part in nodes_of(node)):
        return node
    try:
        return expand(node, aliases, langs)
    except (KeyError, AliasCycle, TooManyForms, ValueError):  # what it stood for is gone
        return node


def _normal(node: Node, *, negated: bool, field: WordField | None) -> Node:
    match node:
        case Not(child=child):
            return _normal(child, negated=not negated, field=field)
        case Scope(field=inner, child=child):
            return _normal(child, negated=negated, field=inner)
        case And(children=children) | Or(children=children):
            kind = And if isinstance(node, And) is not negated else Or
            return joined(kind, (_normal(child, negated=negated, field=field) for child in children))
        case KOf(count=count, children=children) if count in (1, len(children)):
            kind = And if (count > 1 or len(children) == 1) is not negated else Or
            return joined(kind, (_normal(child, negated=negated, field=field) for child in children))
        case KOf(count=count, children=children):
            parts = (_normal(child, negated=negated, field=field) for child in children)
            # Not k of n are true: n - k + 1 of them are false.
            return KOf(len(children) - count + 1 if negated else count, tuple(sorted(parts, key=print_rule)))
        case AtLeast(count=1, child=child):
            return _normal(child, negated=negated, field=field)
        case Listed(exclude=()):
            return _normal(either(node), negated=negated, field=field)
        case Term(langs=langs) if langs:
            return _normal(_in_languages(node), negated=negated, field=field)
        case _:
            leaf = _leaf(node)
            if field is not None and not isinstance(leaf, FieldTest | Comparison):
                leaf = Scope(field, leaf)
            return Not(leaf) if negated else leaf


def _leaf(node: Node) -> Node:
    match node:
        case Comparison():
            return equal_or_above(node)
        case Near(left=left, right=right) | Within(left=left, right=right):
            return _sided(node, _inside(left), _inside(right))
        case AtLeast(child=child) | First(child=child):
            return replace(node, child=_inside(child))
        case Listed(terms=terms, exclude=exclude, within=within):
            shown = " OR ".join(sorted(print_rule(_in_languages(term)) for term in terms))
            refused = " OR ".join(sorted(print_rule(_in_languages(term)) for term in exclude))
            return AliasRef(f"({shown} BUT NOT {within} FROM {refused})")
        case _:
            return node


def _in_languages(term: Term) -> Node:
    """A term with the languages of the articles in which it counts."""
    if not term.langs:
        return term
    tests = tuple(FieldTest(ExactField.LANG, lang) for lang in term.langs)
    return And((tests[0] if len(tests) == 1 else Or(tests), replace(term, langs=())))


def _inside(node: Node) -> Node:
    return _normal(node, negated=False, field=None)


def _sided(node: Near | Within, left: Node, right: Node) -> Node:
    """Either order is the same, unless the rule says otherwise."""
    fixed = isinstance(node, Near) and (node.ordered or node.negated)
    if not fixed and print_rule(right) < print_rule(left):
        left, right = right, left
    return replace(node, left=left, right=right)


def joined(kind: type[And] | type[Or], children: Iterable[Node]) -> Node:
    """One list of the parts, each once, without those that decide nothing: `a OR (a AND b)`, `a AND (a OR b)`."""
    parts: dict[str, Node] = {}
    for child in children:
        below = child.children if isinstance(child, And | Or) and type(child) is kind else (child,)
        parts.update((print_rule(part), part) for part in below)
    if len(parts) <= _MOST_PARTS:
        other = Or if kind is And else And
        wider = {
            text: frozenset(map(print_rule, part.children))
            for text, part in parts.items()
            if isinstance(part, And | Or) and type(part) is other
        }
        needless = {text for text, below in wider.items() if not below.isdisjoint(parts.keys() - {text})}
        needless |= {
            text for text, below in wider.items() if any(one < below for name, one in wider.items() if name != text)
        }
        parts = {text: part for text, part in parts.items() if text not in needless}
    kept = tuple(parts[text] for text in sorted(parts))
    return kept[0] if len(kept) == 1 else kind(kept)
