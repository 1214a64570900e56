"""Aliases replaced by what they stand for; evidence then points at the reference in the rule's text."""

from dataclasses import replace

from alerts.rules.aliases import AliasSet
from alerts.rules.syntax import (
    AliasRef,
    And,
    AtLeast,
    FieldTest,
    First,
    KOf,
    Near,
    Node,
    Not,
    Or,
    Regex,
    Scope,
    Term,
    Within,
)


def expand(node: Node, aliases: AliasSet) -> Node:
    """The tree with every AliasRef replaced by its terms. Raises KeyError and AliasCycle, which parse() tells before."""
    match node:
        case AliasRef():
            return aliases.expand(node)
        case Near(left=left, right=right) | Within(left=left, right=right):
            return replace(node, left=expand(left, aliases), right=expand(right, aliases))
        case And(children=children) | KOf(children=children) | Or(children=children):
            return replace(node, children=tuple(expand(child, aliases) for child in children))
        case Not(child=child) | AtLeast(child=child) | First(child=child) | Scope(child=child):
            return replace(node, child=expand(child, aliases))
        case Term() | Regex() | FieldTest():
            return node
