"""The canonical form: one spelling per meaning. `parse(print_rule(tree))` is `tree`."""

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
    WordPattern,
)
from core.text.tokens import is_single

# How tightly a form binds; an operand that binds less tightly than its place asks for gets parentheses.
_OR, _AND, _NOT, _NEAR, _OPERAND = range(5)


def print_rule(node: Node) -> str:
    """The rule's text in canonical form."""
    return _printed(node)[0]


def _within(node: Node, level: int) -> str:
    text, binds = _printed(node)
    return text if binds >= level else f"({text})"


def _printed(node: Node) -> tuple[str, int]:
    match node:
        case Term():
            return _term(node), _OPERAND
        case AliasRef(name=name):
            return f"@{name.lower()}", _OPERAND
        case Regex(pattern=pattern):
            return f"/{pattern}/", _OPERAND
        case FieldTest(field=name, value=value):
            plain = not any(c in ' ()",' for c in value)
            return f"{name.value}:{value}" if plain else f'{name.value}:"{value}"', _OPERAND
        case Scope(field=name, child=child):
            return f"{name.value}:{_within(child, _OPERAND)}", _OPERAND
        case And(children=children):
            return " AND ".join(_within(child, _NOT) for child in children), _AND
        case Or(children=children):
            return " OR ".join(_within(child, _NOT) for child in children), _OR
        case Not(child=child):
            return f"NOT {_within(child, _NOT)}", _NOT
        case Near() | Within() | AtLeast() | KOf() | First():
            return _counted(node)


def _counted(node: Near | Within | AtLeast | KOf | First) -> tuple[str, int]:
    match node:
        case Near(left=left, right=right):
            name = ("NOT " if node.negated else "") + ("ONEAR" if node.ordered else "NEAR")
            return f"{_within(left, _NEAR)} {name}/{node.distance} {_within(right, _OPERAND)}", _NEAR
        case Within(left=left, right=right, unit=unit):
            return f"{_within(left, _NEAR)} {unit.value} {_within(right, _OPERAND)}", _NEAR
        case AtLeast(count=count, child=child):
            return f"ATLEAST/{count}({print_rule(child)})", _OPERAND
        case First(count=count, child=child):
            return f"FIRST/{count}({print_rule(child)})", _OPERAND
        case KOf(count=count, children=children):
            return f"KOF/{count}({', '.join(map(print_rule, children))})", _OPERAND


def _term(term: Term) -> str:
    text = phrase_text(term.words)
    bare = len(term.words) == 1 or all(is_single(word.text[0]) for word in term.words)
    if term.cased:
        return f"case({text})" if bare and text not in ("SENT", "PARA") else f'case("{text}")'
    return text if bare else f'"{text}"'


def phrase_text(words: tuple[WordPattern, ...]) -> str:
    """Words parted by spaces; characters that are words of their own stand together."""
    pieces: list[str] = []
    for place, word in enumerate(words):
        if place and not (is_single(word.text[0]) and is_single(words[place - 1].text[-1])):
            pieces.append(" ")
        pieces.append(word.text + ("*" if word.prefix else ""))
    return "".join(pieces)
