"""A rule's text as tokens with their places in the original text. What a token is stands in alerts.rules.scanner."""

from typing import NamedTuple

from alerts.rules.scanner import Kind, as_read, past_spaces, sign_of, token_at


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


def tokens_of(text: str) -> list[Token]:
    """All tokens, the last of kind END. Every character but spaces belongs to one."""
    found: list[Token] = []
    read, signs = as_read(text), list(map(_SIGNS.__getitem__, text))
    end = len(text)
    at = past_spaces(signs, 0, end)
    while at < end:
        kind, stop = token_at(signs, at, end)
        found.append(Token(_KINDS[kind], at, stop, read[at:stop]))
        at = past_spaces(signs, stop, end)
    found.append(Token(Kind.END, end, end, ""))
    return found
