"""Aliases and `forms(...)` replaced by what they stand for; evidence then points at the reference in the rule's text."""

from dataclasses import replace

from alerts.rules.aliases import AliasSet
from alerts.rules.forms.context import said_by
from alerts.rules.forms.expansion import listed_forms
from alerts.rules.syntax import (
    AliasRef,
    And,
    AtLeast,
    Comparison,
    FieldTest,
    First,
    Forms,
    KOf,
    Listed,
    Near,
    Node,
    Not,
    Or,
    Regex,
    Scope,
    Term,
    Within,
)


def expand(node: Node, aliases: AliasSet, langs: tuple[str, ...] = ()) -> Node:
    """The tree with every AliasRef and Forms replaced by its terms. Raises KeyError and AliasCycle, which parse() tells before.
    `langs`: the languages that the rule says for the node."""
    match node:
        case AliasRef():
            return aliases.expand(node)
        case Forms():
            return listed_forms(node, langs)
        case Near(left=left, right=right) | Within(left=left, right=right):
            return replace(node, left=expand(left, aliases, langs), right=expand(right, aliases, langs))
        case And(children=children):
            langs = said_by(node) or langs
            return replace(node, children=tuple(expand(child, aliases, langs) for child in children))
        case KOf(children=children) | Or(children=children):
            return replace(node, children=tuple(expand(child, aliases, langs) for child in children))
        case Not(child=child) | AtLeast(child=child) | First(child=child) | Scope(child=child):
            return replace(node, child=expand(child, aliases, langs))
        case Term() | Listed() | Regex() | FieldTest() | Comparison():
            return node
