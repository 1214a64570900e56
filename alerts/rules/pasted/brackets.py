"""Parentheses of other kinds."""

from alerts.rules.pasted.draft import Edit, Kind
from alerts.rules.pasted.view import view_of
from alerts.rules.problem import Code
from alerts.rules.scanner import Kind as Tokens

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
