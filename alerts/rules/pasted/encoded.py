"""What programs make of a rule on its way: entities of HTML, escapes of addresses, JSON and CSV, marks of chats and web pages."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote, unquote_plus

from alerts.rules.lexer import tokens_of
from alerts.rules.pasted.draft import Edit, Kind
from alerts.rules.problem import Code
from alerts.rules.scanner import Kind as Tokens
from alerts.rules.scanner import as_read

_ENTITY = Kind(Code.OTHER_SPELLING, "{} is how web pages write a sign; it is written plainly here")
_ESCAPED = Kind(Code.OTHER_SPELLING, "{} is how addresses write a sign; it is written plainly here")
_DOUBLED = Kind(Code.OTHER_SPELLING, "a table or a program doubled or escaped this quote; one is enough")
_WRAPPED = Kind(Code.OTHER_SPELLING, "the whole rule stands between quotes, which makes it one phrase")
_MARKUP = Kind(Code.OTHER_SPELLING, "{} is a mark of a web page or a chat, and nothing to search for")
_ENTITIES = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d?);")
_TAGS = re.compile(
    r"</?(?:a|b|i|u|p|em|strong|br|span|div|code|pre|li|ul|ol|mark|q|td|tr)\b[^<>\"]{0,100}/?>", re.IGNORECASE
)
_BOLD = re.compile(r"\*\*(?=\S)[^*\n]+(?<=\S)\*\*|(?<!\w)__(?=\S)[^_\n]+(?<=\S)__(?!\w)")
_BACKSLASHES = re.compile(r"\\(?=[()\[\]{}:+!&|])")
_BACKSLASHED = Kind(Code.OTHER_SPELLING, "{} is how programs write a sign; it is written plainly here")
_SURE = re.compile(r"%2[0289]|%3A", re.IGNORECASE)  # a space, a quote, a parenthesis, a colon


def edits_of(text: str) -> Iterator[Edit]:
    """What was done to the signs of the rule."""
    if not any(char.isspace() for char in text.strip()) and _SURE.search(text) and "/" not in text:
        whole = unquote_plus(text) if "+" in text and "%20" not in text else unquote(text)
        yield Edit(0, len(text), whole, _ESCAPED)
        return
    for found in _ENTITIES.finditer(text):
        sign = unescape(found[0])
        if sign != found[0]:
            yield Edit(*found.span(), sign.replace("\u00a0", " "), _ENTITY)
    shut = [token for token in tokens_of(text) if token.kind is Tokens.REGEX] if "\\" in text else []
    for found in _BACKSLASHES.finditer(text):
        if not any(token.start < found.start() < token.end for token in shut):
            yield Edit(*found.span(), "", _BACKSLASHED, (found.start(), found.end() + 1))
    for found in _TAGS.finditer(text):
        yield Edit(*found.span(), " " if found[0][1:3].lower() in ("br", "p>", "li", "td", "tr") else "", _MARKUP)
    for found in _BOLD.finditer(text):
        yield Edit(found.start(), found.start() + 2, "", _MARKUP, found.span())
        yield Edit(found.end() - 2, found.end(), "", None)


def wrapping(text: str) -> Iterator[Edit]:
    """Quotes that a table, a program or a shell put round the rule or before its quotes."""
    read = as_read(text).replace("`", "'")
    bare = read.strip()
    first = read.find(bare)
    last = first + len(bare)
    fence = re.match(r"'{3,}\w*\s", bare)
    if fence and bare.endswith("'''") and len(bare) > 2 * len(fence[0]):
        yield Edit(first, first + fence.end(), "", _WRAPPED, (first, last))
        yield Edit(len(bare.rstrip("'")) + first, last, "", None)
        return
    inner = bare[1:-1]
    if bare[:1] == bare[-1:] == '"' and len(bare) > 4:
        doubled = '""' in inner and '"' not in inner.replace('""', "")
        escaped = '\\"' in inner and '"' not in inner.replace('\\"', "")
        if doubled or escaped:
            yield Edit(first, first + 1, "", _WRAPPED, (first, last))
            for found in re.finditer(r'""' if doubled else r'\\"', inner):
                yield Edit(first + 1 + found.start(), first + 1 + found.end(), '"', None)
            yield Edit(last - 1, last, "", None)
            return
    doubled_quotes = [m for m in re.finditer(r'"{2,3}|\\"', read) if m[0] != '""' or not _empty(read, *m.span())]
    if len(doubled_quotes) % 2 == 0:
        for found in doubled_quotes:
            yield Edit(*found.span(), '"', _DOUBLED)
    if bare[:1] == bare[-1:] == "'" and ('"' in inner or "'" not in inner) and _OPERATOR.search(inner):
        yield Edit(first, first + 1, "", _WRAPPED, (first, last))
        yield Edit(last - 1, last, "", None)


_OPERATOR = re.compile(r"(?<!\S)(?:AND|OR|NOT)(?!\S)|O?NEAR/\d")


def _empty(read: str, start: int, end: int) -> bool:
    """Whether two quotes are an empty phrase: nothing of a word on either side."""
    return not (read[start - 1 : start].strip() or read[end : end + 1].strip())
