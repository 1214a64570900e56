"""The canonical form: one spelling per meaning. `parse(print_rule(tree))` is `tree`."""

import re
from collections.abc import Callable
from enum import IntEnum

from alerts.rules.scanner import as_read
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
    WordPattern,
)
from core.text.characters import is_single


class Binds(IntEnum):
    """How tightly a form binds; an operand that binds less tightly than its place asks for gets parentheses."""

    OR = 0
    AND = 1
    NOT = 2
    NEAR = 3
    OPERAND = 4


Show = Callable[[Term], str]
_RESERVED = frozenset(("AND", "OR", "NOT", "NEAR", "ONEAR", "SENT", "PARA"))
_SLASH = re.compile(r"(\\.)|/")
_BARE = re.compile(r"\w[\w*?]*")


def print_rule(node: Node) -> str:
    """The rule's text in canonical form."""
    return _printed(node, _canonical)


def as_written(node: Node) -> str:
    """The same, with every term in its author's spelling: for a rule that a person is to read on."""
    return _printed(node, _shown)


def binds(node: Node) -> Binds:
    """How tightly a node binds as it is printed."""
    match node:
        case Or():
            return Binds.OR
        case And():
            return Binds.AND
        case Not():
            return Binds.NOT
        case Near() | Within():
            return Binds.NEAR
        case Listed(shown=written, terms=terms):
            return Binds.OPERAND if written or len(terms) < 2 else Binds.OR
        case _:
            return Binds.OPERAND


def _shown(term: Term) -> str:
    if not term.shown:
        return _canonical(term)
    text = " ".join(term.shown.replace('"', " ").split())
    bare = _BARE.fullmatch(text) is not None and text not in _RESERVED
    text = text if bare else f'"{text}"'
    return f"case({text})" if term.cased else text


def _within(node: Node, level: Binds, show: Show) -> str:
    text = _printed(node, show)
    return text if binds(node) >= level else f"({text})"


def _printed(  # noqa: C901, PLR0912 - one case a kind of node
    node: Node, show: Show
) -> str:
    match node:
        case Term():
            return show(node)
        case AliasRef(name=name):
            return f"@{name}"
        case Forms():
            return _forms(node)
        case Listed(shown=written) if written:
            return written
        case Listed(terms=terms):
            return " OR ".join(map(show, terms))
        case Regex(pattern=pattern):
            return "/" + _SLASH.sub(lambda m: m[0] if m[1] else r"\/", pattern) + "/"
        case FieldTest(field=name, value=value):
            plain = not any(c in '()",' or c.isspace() for c in as_read(value))
            return f"{name.value}:{value}" if plain else f'{name.value}:"{value}"'
        case Comparison(field=name, operator=operator, value=value):
            return f"{name.value}{operator}{value}"
        case Scope(field=name, child=child):
            return f"{name.value}:{_within(child, Binds.OPERAND, show)}"
        case And(children=children):
            return " AND ".join(_within(child, Binds.NOT, show) for child in children)
        case Or(children=children):
            return " OR ".join(_within(child, Binds.NOT, show) for child in children)
        case Not(child=child):
            return f"NOT {_within(child, Binds.NOT, show)}"
        case Near() | Within() | AtLeast() | KOf() | First():
            return _counted(node, show)


def _forms(node: Forms) -> str:
    """`forms:ru("Северная Корея", NOT "Северной Кореей")`."""
    lang = f":{node.lang}" if node.lang else ""
    struck = (f"NOT {_quoted(form)}" for form in node.struck)
    return f"forms{lang}({', '.join((_quoted(node.text), *struck))})"


def _quoted(text: str) -> str:
    return text if _BARE.fullmatch(text) and text not in _RESERVED else f'"{text}"'


def _counted(node: Near | Within | AtLeast | KOf | First, show: Show) -> str:
    match node:
        case Near(left=left, right=right):
            name = ("NOT " if node.negated else "") + ("ONEAR" if node.ordered else "NEAR")
            return f"{_within(left, Binds.NEAR, show)} {name}/{node.distance} {_within(right, Binds.OPERAND, show)}"
        case Within(left=left, right=right, unit=unit):
            return f"{_within(left, Binds.NEAR, show)} {unit.value} {_within(right, Binds.OPERAND, show)}"
        case AtLeast(count=count, child=child):
            return f"ATLEAST/{count}({_printed(child, show)})"
        case First(count=count, child=child):
            return f"FIRST/{count}({_printed(child, show)})"
        case KOf(count=count, children=children):
            return f"KOF/{count}({', '.join(_printed(child, show) for child in children)})"


def _canonical(term: Term) -> str:
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
