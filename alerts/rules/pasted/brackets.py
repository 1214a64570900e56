"""Parentheses of other kinds."""

from collections.abc import Iterator
from itertools import pairwise

from alerts.rules.lexer import tokens_of
from alerts.rules.pasted.draft import Edit, Kind
from alerts.rules.pasted.view import view_of
from alerts.rules.problem import Code
from alerts.rules.scanner import Kind as Tokens

_UNOPENED = Kind(Code.UNBALANCED, "this parenthesis closes none that is open")
_EMPTY = Kind(Code.MISSING_OPERAND, "nothing stands between these parentheses")
_BRACKET = Kind(Code.OTHER_SPELLING, "{} holds nothing together here; parentheses do: ( )")


def brackets(text: str) -> list[Edit]:
    """[North Korea], {Kim OR Xi}."""
    if not any(char in text for char in "[]{}【】〔〕"):
        return []
    free = [True] * len(text)
    view = view_of(text)
    for place, token in enumerate(view.tokens):
        if token.kind in (Tokens.PHRASE, Tokens.REGEX) or place in view.values:
            free[token.start : token.end] = [False] * (token.end - token.start)
    opened: list[int] = []
    edits: list[Edit] = []
    for at, char in enumerate(text):
        if not free[at]:
            continue
        if char in "[{【〔" and (at == 0 or text[at - 1].isspace() or text[at - 1] in "([{:-+!,【〔"):
            opened.append(at)
        elif char in "]}】〕" and opened and text[at + 1 : at + 2] in ("", *" \t\n)]},;】〕"):
            first = opened.pop()
            edits += (Edit(first, first + 1, "(", _BRACKET, (first, at + 1)), Edit(at, at + 1, ")", None))
    return edits


def unopened(text: str) -> Iterator[Edit]:
    """`Kim OR Xi) AND arms`: opened where the rule begins. One at the end of the rule closes nothing and goes."""
    tokens = tokens_of(text)
    depth, lonely = 0, []
    for place, token in enumerate(tokens[:-1]):
        depth += (token.kind in (Tokens.OPEN, Tokens.FUNCTION)) - (token.kind is Tokens.CLOSE)
        if depth < 0:
            depth = 0
            lonely.append(place)
    joins = (Tokens.AND, Tokens.OR, Tokens.NOT, Tokens.NEAR, Tokens.UNIT)
    if depth == 0 and len(lonely) == 1 and lonely[0] > 1 and tokens[lonely[0] + 1].kind in joins:
        close = tokens[lonely[0]]
        yield Edit(tokens[0].start, tokens[0].start, "(", _UNOPENED, (close.start, close.end))


def empty(text: str) -> Iterator[Edit]:
    """`Kim AND ()`: nothing stands between them."""
    tokens = tokens_of(text)
    for place, (opening, close) in enumerate(pairwise(tokens)):
        if place and tokens[place - 1].kind is Tokens.FIELD:
            continue  # its value is missing
        if opening.kind is Tokens.OPEN and close.kind is Tokens.CLOSE and len(tokens) > 3:
            yield Edit(opening.start, close.end, "", _EMPTY)
