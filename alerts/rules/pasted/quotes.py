"""Quotes round phrases as others write them: single, angular and corner ones, and those that have no partner."""

import re
from collections.abc import Iterator, Sequence

from alerts.rules.lexer import Token, tokens_of
from alerts.rules.pasted.draft import Edit, Kind
from alerts.rules.problem import Code
from alerts.rules.scanner import Kind as Tokens
from alerts.rules.scanner import as_read

_SINGLE = Kind(Code.OTHER_SPELLING, 'a phrase stands between double quotes: "like this"')
_OTHER = Kind(Code.OTHER_SPELLING, '{} does not quote here; a phrase stands between double quotes: "like this"')
_OPEN = Kind(Code.UNBALANCED, "this quote is not closed")
_CLOSE = Kind(Code.UNBALANCED, "this quote was not opened")
_PAIRS = re.compile(
    r"「[^「」\"]*」|『[^『』\"]*』|《[^《》\"]*》|〈[^〈〉\"]*〉|‹[^‹›\"]*›|›[^‹›\"]*‹|,,[^,\"]*''|``[^`'\"]*(?:''|``)|''[^',\"]*''"
)
_OPERATOR = re.compile(r"(?<!\S)(?:AND|OR|NOT|O?NEAR(?:/\d+)?|SENT|PARA|&&|\|\|)(?!\S)")
_SINGLES = str.maketrans("‹›`\r", "'''\n")
_LONGEST = 200  # characters of a phrase in single quotes
_BEFORE = frozenset(" \t\n(,:+-!=[{&|")
_AFTER = frozenset(" \t\n),;.!]}&|~")
_NOT_WORDS = (Tokens.PHRASE, Tokens.REGEX, Tokens.OPEN_QUOTE)


def corner_quotes(text: str) -> Iterator[Edit]:
    """「…」, ‹…›, ,,…''."""
    shut = [token for token in tokens_of(text) if token.kind in (Tokens.PHRASE, Tokens.REGEX)]
    for found in _PAIRS.finditer(text):
        start, end = found.span()
        if not any(token.start < start and end < token.end for token in shut):
            width = 2 if found[0][0] in ",'`" else 1
            yield Edit(start, start + width, '"', _OTHER if width == 1 else _SINGLE, (start, end))
            yield Edit(end - width, end, '"', None)


def plain_quotes(text: str) -> Iterator[Edit]:
    """“…” as "…"."""
    for token in tokens_of(text):
        if token.kind is Tokens.PHRASE:
            for at in (token.start, token.start + token.text.rindex('"')):
                if text[at] != '"':
                    yield Edit(at, at + 1, '"', None)


def single_quotes(text: str) -> Iterator[Edit]:
    """'North Korea', with whichever single quotes; no apostrophe (Lavrov's, the workers' party, 'tis)."""
    read = as_read(text).translate(_SINGLES)
    if "'" not in read:
        return
    free = _free(read)
    at = 0
    while (at := read.find("'", at)) >= 0:
        close = _close(read, at, free) if free[at] and _opens(read, at) else -1
        if close < 0:
            at += 1
            continue
        yield Edit(at, at + 1, '"', _SINGLE, (at, close + 1))
        yield Edit(close, close + 1, '"', None)
        at = close + 1


def _free(read: str) -> list[bool]:
    """Which characters stand in no phrase and no expression."""
    free = [True] * (len(read) + 1)
    for token in tokens_of(read):
        if token.kind in _NOT_WORDS:
            free[token.start : token.end] = [False] * (token.end - token.start)
    return free


def _opens(read: str, at: int) -> bool:
    return (at == 0 or read[at - 1] in _BEFORE) and not read[at + 1 : at + 2].isspace()


def _close(read: str, at: int, free: Sequence[bool]) -> int:
    """Where the phrase that begins here ends: before an operator, a parenthesis or an end, else at the first quote; -1: nowhere."""
    first = -1
    for place in range(at + 2, min(len(read), at + _LONGEST)):
        if not free[place] or read[place] in "()\n":
            break
        if read[place] == "'" and _opens(read, place):
            break
        if read[place] != "'" or read[place - 1].isspace() or (place + 1 < len(read) and read[place + 1] not in _AFTER):
            continue
        if _OPERATOR.search(read[at + 1 : place]):
            break
        following = read[place + 1 : place + 20].lstrip(" \t")
        if first < 0:
            first = place
        if not following or following[0] in "(),;!&|)\n~'" or _OPERATOR.match(following.upper() + " "):
            return place
    return first


def partners(text: str) -> Iterator[Edit]:
    """A quote without its partner: closed before the operator that follows, opened where its words begin."""
    read = as_read(text)
    if read.count('"') % 2 == 0:
        return
    places = [found.start() for found in re.finditer('"', read)]
    opened = -1
    for place in places:
        opens = (place == 0 or read[place - 1] in _BEFORE) and not read[place + 1 : place + 2].isspace()
        if opened < 0 and not opens and place > 0 and not read[place - 1].isspace() and read[place - 1] != "(":
            start = _begin_of_words(read, place)
            if read[start] != '"':
                yield Edit(start, start, '"', _CLOSE, (place, place + 1))
            return
        if opened >= 0 and opens:
            yield _closed(read, opened, place)
            return
        opened = place if opened < 0 else -1
    if opened >= 0:
        yield _closed(read, opened, len(read))


def _closed(read: str, opened: int, before: int) -> Edit:
    """Close the quote before what cannot be of the phrase."""
    inner = read[opened + 1 : before]
    ends = [found.start() for found in (_OPERATOR.search(inner), re.search(r"[()\n]", inner)) if found is not None]
    end = opened + 1 + len(inner[: min(ends, default=len(inner))].rstrip())
    return Edit(end, end, '"', _OPEN, (opened, opened + 1))


def _begin_of_words(read: str, end: int) -> int:
    """Where the words before a place begin."""
    words: list[Token] = []
    for token in tokens_of(read[:end]):
        if token.kind is Tokens.WORD:
            words.append(token)
        elif token.kind is not Tokens.END:
            words = []
    return words[0].start if words else end
