"""The tokens of a draft and what stands beside each."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.rules.lexer import Token, tokens_of
from alerts.rules.scanner import Kind as Tokens
from alerts.rules.synonyms import field_meant
from alerts.rules.syntax import ExactField

ENDS = (Tokens.WORD, Tokens.PHRASE, Tokens.CLOSE, Tokens.ALIAS, Tokens.REGEX)
BEGINS = (Tokens.WORD, Tokens.PHRASE, Tokens.OPEN, Tokens.FUNCTION, Tokens.FIELD, Tokens.ALIAS, Tokens.REGEX)
_CLEAR_BEFORE = (Tokens.PHRASE, Tokens.CLOSE, Tokens.ALIAS, Tokens.REGEX)
_CLEAR_AFTER = (Tokens.PHRASE, Tokens.OPEN, Tokens.FUNCTION, Tokens.FIELD, Tokens.ALIAS, Tokens.NOT, Tokens.MINUS)
_EXACT = frozenset(ExactField)


@dataclass(frozen=True, slots=True)
class View:
    """The tokens of a draft, and the places of those that are values of exact fields."""

    text: str
    tokens: Sequence[Token]
    values: frozenset[int]

    def before(self, place: int) -> Token | None:
        return self.tokens[place - 1] if place else None

    def after(self, place: int) -> Token:
        return self.tokens[min(place + 1, len(self.tokens) - 1)]

    def between(self, place: int) -> bool:
        before = self.before(place)
        return (
            before is not None and before.kind in ENDS and self.after(place).kind in (*BEGINS, Tokens.NOT, Tokens.MINUS)
        )

    def beside_phrases(self, place: int) -> int:
        """On how many sides a phrase or a parenthesis stands."""
        before, after = self.before(place), self.after(place)
        closed = before is not None and before.kind in _CLEAR_BEFORE
        return closed + (after.kind in (Tokens.PHRASE, Tokens.OPEN, Tokens.ALIAS))

    def clear(self, place: int) -> bool:
        """Whether what stands on one side is no plain word, so that here is an operator."""
        before, after = self.before(place), self.after(place)
        left = before is not None and (before.kind in _CLEAR_BEFORE or before.text[-1:] in ("*", "?"))
        right = after.kind in _CLEAR_AFTER or after.text[-1:] in ("*", "?")
        return left or right


def _names_value(name: str) -> bool:
    """Whether what follows is a value, not words."""
    return name in _EXACT or field_meant(name) in _EXACT


def view_of(text: str) -> View:
    tokens = tokens_of(text)
    values: set[int] = set()
    end, inside = -1, False
    for place, token in enumerate(tokens):
        if inside and token.start == end:
            values.add(place)
            end = token.end
            continue
        inside = token.kind is Tokens.FIELD and _names_value(token.text[:-1].lower())
        end = token.end
    return View(text, tokens, frozenset(values))
