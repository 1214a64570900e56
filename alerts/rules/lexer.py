"""A rule's text as tokens, in one pass of one regular expression: linear time, positions in the original text."""

import re
from enum import IntEnum
from typing import NamedTuple

from alerts.rules.syntax import ExactField, WordField
from core.text.fold import plain

FIELDS = (*(f.value for f in WordField), *(f.value for f in ExactField))


class Kind(IntEnum):
    """What a token is. The order is that of the groups in the expression."""

    PHRASE = 1
    OPEN_QUOTE = 2
    REGEX = 3
    AND = 4
    OR = 5
    NOT = 6
    UNIT = 7
    NEAR = 8
    NEAR_OTHER = 9
    FUNCTION = 10
    FIELD = 11
    ALIAS = 12
    OPEN = 13
    CLOSE = 14
    COMMA = 15
    MINUS = 16
    WORD = 17
    END = 18


class Token(NamedTuple):
    kind: Kind
    start: int
    end: int
    text: str


# What an input method for Chinese, Japanese or Korean types for ASCII.
_FULL_WIDTH = {char: char - 0xFEE0 for char in range(0xFF01, 0xFF5F)}


def as_read(text: str) -> str:
    """The text with plain quotes, dashes, spaces and signs, as long as before."""
    return text if text.isascii() else plain(text).translate(_FULL_WIDTH)


_EDGE = r"(?=[\s()\",]|$)"  # an operator ends where a word would
_TOKEN = re.compile(
    r"\s*(?:"
    r'("[^"]*"(?:~\d+)?)'
    r'|("[^"]*$)'  # not closed: nothing after it can be told apart from what it quotes
    r"|(/(?:[^/\\\n]|\\.)+/)" + _EDGE + rf"|(AND{_EDGE})|(OR{_EDGE})|(NOT{_EDGE})|((?:SENT|PARA){_EDGE})"
    rf"|(O?NEAR(?:/\d*)?{_EDGE})|((?:[wW]|near|onear|pre|PRE)/\d+{_EDGE})"
    r"|([A-Za-z]+(?:/\d*)?\()"
    rf"|((?i:{'|'.join(FIELDS)}):|[A-Za-z]+:(?=\S))"
    r"|(@[\w-]+)"
    r"|(\()|(\))|(,)|(-)(?=[^\s)])"
    r"|((?:[^\s()\",]|(?<=\d),(?=\d{3}))+)"
    r")"
)


def tokens_of(text: str) -> list[Token]:
    """All tokens, the last of kind END. Every character but spaces belongs to one."""
    found: list[Token] = []
    read = as_read(text)
    place = 0
    match = _TOKEN.match
    while (m := match(read, place)) is not None:
        group = m.lastindex or 0
        found.append(Token(Kind(group), m.start(group), m.end(group), m[group]))
        place = m.end()
    found.append(Token(Kind.END, len(text), len(text), ""))
    return found
