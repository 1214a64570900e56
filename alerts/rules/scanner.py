"""Finds where the tokens of a rule's text begin and end: the one definition, in functions that also compile to machine code.

`alerts.rules.lexer` calls them as plain Python for one rule; the matcher compiles the same functions for a million
(docs/matching.md). So they take whole numbers only: a text is its signs, a sign is a character as read with its classes.
"""

import re
from collections.abc import Sequence
from enum import IntEnum

from alerts.rules.syntax import ExactField, WordField
from core.text.fold import plain
from core.text.invisible import is_invisible

FIELDS = (*(f.value for f in WordField), *(f.value for f in ExactField))
FUNCTIONS = ("ATLEAST", "KOF", "FIRST", "case", "forms")


class Kind(IntEnum):
    """What a token is."""

    END = 0
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


# Compiled functions see numbers, not members of an enumeration.
_END, _PHRASE, _OPEN_QUOTE, _REGEX, _AND, _OR, _NOT, _UNIT, _NEAR = map(int, list(Kind)[:9])
_NEAR_OTHER, _FUNCTION, _FIELD, _ALIAS, _OPEN, _CLOSE, _COMMA, _MINUS, _WORD = map(int, list(Kind)[9:])

CODE = (1 << 21) - 1  # of a sign: the character as read
SPACE, DIGIT, NAME = 1 << 21, 1 << 22, 1 << 23  # white space; a decimal digit; a character of a name
UNSEEN = 1 << 24  # is left out before
# What an input method for Chinese, Japanese or Korean types for ASCII.
_FULL_WIDTH = {char: char - 0xFEE0 for char in range(0xFF01, 0xFF5F)}


# A double quote inside a Hebrew word is typed for the sign of acronyms, which keyboards do not have: `צה"ל`.
GERSHAYIM = "\u05f4"
_HEBREW = "\u05d0-\u05f2\ufb1d-\ufb4f"
_INSIDE_HEBREW = re.compile(f'(?<=[{_HEBREW}\u05b0-\u05bd\u05bf\u05c1\u05c2\u05c7])["“”„‟″＂](?=[{_HEBREW}])')


def as_read(text: str) -> str:
    """The text with plain quotes, dashes, spaces and signs, as long as before."""
    return text if text.isascii() else plain(with_gershayim(text)).translate(_FULL_WIDTH)


def with_gershayim(text: str) -> str:
    """The text with gershayim for the quotes inside Hebrew words, which begin and end no phrase; as long as before."""
    return text if text.isascii() else _INSIDE_HEBREW.sub(GERSHAYIM, text)


def sign_of(char: str) -> int:
    """A character as the functions below take it."""
    read = as_read(char)
    classes = (
        SPACE * read.isspace()
        | DIGIT * read.isdecimal()
        | NAME * (read.isalnum() or read == "_")
        | UNSEEN * is_invisible(char)
    )
    return ord(read) | classes


def packed_word(word: str) -> int:
    """Up to 8 ASCII characters as one number, the first in its lowest byte."""
    return int.from_bytes(word.encode(), "little")


_QUOTE, _OPENING, _CLOSING, _COMMA_SIGN, _SLASH, _BACKSLASH, _TILDE, _COLON, _AT, _DASH, _NEW_LINE, _RETURN, _HASH = (
    map(ord, '"(),/\\~:@-\n\r#')
)
_WORD_AND, _WORD_OR, _WORD_NOT, _WORD_SENT, _WORD_PARA, _WORD_NEAR, _WORD_ONEAR = map(
    packed_word, "AND OR NOT SENT PARA NEAR ONEAR".split()
)
_OTHER_NEAR = tuple(map(packed_word, "w W near onear pre PRE".split()))
_FIELD_NAMES = tuple(map(packed_word, FIELDS))
_LOWER = 0x2020202020202020


def is_letter(code: int) -> bool:
    """A letter of ASCII."""
    return 97 <= code | 32 <= 122


def ends_word(signs: Sequence[int], at: int, end: int) -> bool:
    """Whether an operator may end here: at a space, a parenthesis, a quote, a comma, or the end."""
    if at >= end:
        return True
    code = signs[at] & CODE
    return signs[at] & SPACE != 0 or code in (_QUOTE, _OPENING, _CLOSING, _COMMA_SIGN)


def past_digits(signs: Sequence[int], at: int, end: int) -> int:
    while at < end and signs[at] & DIGIT:
        at += 1
    return at


def past_letters(signs: Sequence[int], at: int, end: int) -> int:
    while at < end and is_letter(signs[at] & CODE):
        at += 1
    return at


def begins_comment(signs: Sequence[int], at: int, end: int) -> bool:
    """A `#` with white space, or an end of the text, on either side: `C#` and `#metoo` are words."""
    if signs[at] & CODE != _HASH or (at > 0 and signs[at - 1] & SPACE == 0):
        return False
    return at + 1 >= end or signs[at + 1] & SPACE != 0


def past_spaces(signs: Sequence[int], at: int, end: int) -> int:
    """Past white space and comments, which reach to the end of their line."""
    while at < end:
        if begins_comment(signs, at, end):
            while at < end and signs[at] & CODE != _NEW_LINE and signs[at] & CODE != _RETURN:
                at += 1
        elif signs[at] & SPACE == 0:
            return at
        else:
            at += 1
    return at


def packed(signs: Sequence[int], start: int, end: int) -> int:
    """ASCII letters as `packed_word` has them; 0 where there are none or too many."""
    if end - start > 7:
        return 0
    number = 0
    for at in range(end - 1, start - 1, -1):
        number = number << 8 | (signs[at] & CODE)
    return number


def past_phrase(signs: Sequence[int], at: int, end: int) -> int:
    """Past the closing quote and a `~n` after it; -1: the quote is not closed."""
    at += 1
    while at < end and signs[at] & CODE != _QUOTE:
        at += 1
    if at >= end:
        return -1
    at += 1
    if at < end and signs[at] & CODE == _TILDE and past_digits(signs, at + 1, end) > at + 1:
        return past_digits(signs, at + 1, end)
    return at


def past_regex(signs: Sequence[int], at: int, end: int) -> int:
    """Past the closing slash; -1: it is none."""
    first = at = at + 1
    while at < end and signs[at] & CODE != _SLASH:
        if signs[at] & CODE == _NEW_LINE:
            return -1
        if signs[at] & CODE == _BACKSLASH:
            at += 1
            if at >= end or signs[at] & CODE == _NEW_LINE:
                return -1
        at += 1
    return at + 1 if first < at < end and ends_word(signs, at + 1, end) else -1


def past_word(signs: Sequence[int], at: int, end: int) -> int:
    """Past a run of what is no space, parenthesis, quote or comma; `3,000` is one run."""
    while at < end:
        if ends_word(signs, at, end):
            thousands = signs[at] & CODE == _COMMA_SIGN and at > 0 and signs[at - 1] & DIGIT != 0
            if not thousands or at + 3 >= end or past_digits(signs, at + 1, at + 4) != at + 4:
                return at
        at += 1
    return at


def operator_kind(word: int) -> int:
    """AND, OR, NOT, a unit or a proximity; 0: none of them."""
    if word == _WORD_AND:
        return _AND
    if word == _WORD_OR:
        return _OR
    if word == _WORD_NOT:
        return _NOT
    if word in (_WORD_SENT, _WORD_PARA):
        return _UNIT
    return _NEAR if word in (_WORD_NEAR, _WORD_ONEAR) else 0


def is_field(word: int) -> bool:
    word = word | _LOWER
    for name in _FIELD_NAMES:
        if word == name | _LOWER:
            return True
    return False


def named(signs: Sequence[int], at: int, end: int) -> tuple[int, int]:
    """What begins with letters and is no plain word: its kind and its end; kind 0: it is one."""
    stop = past_letters(signs, at, end)
    word = packed(signs, at, stop)
    if ends_word(signs, stop, end):
        kind = operator_kind(word)
        if kind != 0:
            return kind, stop
    following = signs[stop] & CODE if stop < end else -1
    if following == _COLON:
        inside = stop + 1 < end and signs[stop + 1] & SPACE == 0
        return (_FIELD if inside or is_field(word) else 0), stop + 1
    if following == _SLASH:
        digits = past_digits(signs, stop + 1, end)
        if ends_word(signs, digits, end):
            if word in (_WORD_NEAR, _WORD_ONEAR):
                return _NEAR, digits
            for other in _OTHER_NEAR:
                if word == other and digits > stop + 1:
                    return _NEAR_OTHER, digits
        stop = digits
        following = signs[stop] & CODE if stop < end else -1
    return (_FUNCTION if following == _OPENING else 0), stop + 1


def token_at(signs: Sequence[int], at: int, end: int) -> tuple[int, int]:
    """The kind of the token that begins at `at`, which is no space, and where it ends. Every character begins one."""
    code = signs[at] & CODE
    if code == _QUOTE:
        stop = past_phrase(signs, at, end)
        return (_PHRASE, stop) if stop >= 0 else (_OPEN_QUOTE, end)
    if code == _OPENING:
        return _OPEN, at + 1
    if code == _CLOSING:
        return _CLOSE, at + 1
    if code == _COMMA_SIGN:
        return _COMMA, at + 1
    if is_letter(code):
        kind, stop = named(signs, at, end)
        if kind != 0:
            return kind, stop
    elif code == _SLASH:
        stop = past_regex(signs, at, end)
        if stop >= 0:
            return _REGEX, stop
    elif code == _DASH:
        if at + 1 < end and signs[at + 1] & SPACE == 0 and signs[at + 1] & CODE != _CLOSING:
            return _MINUS, at + 1
    elif code == _AT:
        stop = at + 1
        while stop < end and (signs[stop] & NAME != 0 or signs[stop] & CODE == _DASH):
            stop += 1
        if stop > at + 1:
            return _ALIAS, stop
    return _WORD, past_word(signs, at, end)
