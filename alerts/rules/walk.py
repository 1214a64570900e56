"""Going through a rule's tree."""

from collections.abc import Iterator

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


def children_of(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    match node:
        case Near(left=left, right=right) | Within(left=left, right=right):
            return (left, right)
        case And(children=children) | Or(children=children) | KOf(children=children):
            return children
        case Not(child=child) | AtLeast(child=child) | First(child=child) | Scope(child=child):
            return (child,)
        case Term() | AliasRef() | Forms() | Listed() | Regex() | FieldTest() | Comparison():
            return ()


def nodes_of(node: Node) -> Iterator[Node]:
    """The node and all below it, in the order of the text."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(children_of(top)))


def depth_of(node: Node) -> int:
    """Levels, one within another; a term alone is 1."""
    deepest, level = 0, [node]
    while level:
        deepest += 1
        level = [child for parent in level for child in children_of(parent)]
    return deepest
