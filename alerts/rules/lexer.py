"""A rule's text as tokens with their places in the original text. What a token is stands in alerts.rules.scanner.

Characters that are not seen are left out before; only an expression between slashes has them still.
"""

from functools import lru_cache
from typing import NamedTuple

from alerts.rules.scanner import Kind, as_read, past_spaces, sign_of, token_at, with_gershayim
from core.text.invisible import has_invisible, places_seen, without_invisible


class Token(NamedTuple):
    """`text`: as read, with plain quotes, dashes and spaces."""

    kind: Kind
    start: int
    end: int
    text: str


class _Signs(dict[str, int]):
    """The signs of characters, each made once. All of Unicode are a million."""

    def __missing__(self, char: str) -> int:
        found = self[char] = sign_of(char)
        return found


_SIGNS = _Signs()
_KINDS = tuple(Kind)
_KEPT = 16  # texts: what looks for slips in a rule asks ten times about the same ones
_LONGEST_KEPT = 1024  # characters of one


def tokens_of(text: str) -> list[Token]:
    """All tokens, the last of kind END. Every character that is seen, but spaces, belongs to one."""
    return list(_kept(text)) if len(text) <= _LONGEST_KEPT else _placed_tokens(text)


@lru_cache(maxsize=_KEPT)
def _kept(text: str) -> tuple[Token, ...]:
    return tuple(_placed_tokens(text))


def _placed_tokens(text: str) -> list[Token]:
    if not has_invisible(text):
        return _tokens(text)
    places = [*places_seen(text), len(text)]
    return [_placed(token, text, places) for token in _tokens(without_invisible(text))]


def _placed(token: Token, text: str, places: list[int]) -> Token:
    """The token where it stands in the original text."""
    start = places[token.start]
    end = places[token.end - 1] + 1 if token.end > token.start else start
    read = as_read(text[start:end]) if token.kind is Kind.REGEX else token.text
    return Token(token.kind, start, end, read)


def signs_of(text: str) -> list[int]:
    """The text as `alerts.rules.scanner` takes it."""
    return list(map(_SIGNS.__getitem__, text))


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    read, signs = as_read(text), signs_of(with_gershayim(text))
    end = len(text)
    at = past_spaces(signs, 0, end)
    while at < end:
        kind, stop = token_at(signs, at, end)
        found.append(Token(_KINDS[kind], at, stop, read[at:stop]))
        at = past_spaces(signs, stop, end)
    found.append(Token(Kind.END, end, end, ""))
    return found
