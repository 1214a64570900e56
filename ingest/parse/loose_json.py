"""JSON as it stands in the scripts of pages, read as generously as search engines do.

Comments and CDATA marks around it, trailing commas, raw line breaks, quotes that nobody escaped, several values in one
script, one that breaks off. The libraries that mend JSON look ahead again and again, so that hostile input costs the square
of its length; this costs the length. Pure.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

# What stands around the JSON: CDATA marks and HTML comments, each perhaps behind the slashes or stars of a script.
_MARKS = re.compile(r"(?:(?:/\*|//)\s*)?(?:<!\[CDATA\[|\]\]>|<!--|-->)(?:\s*\*/)?")
_AROUND = "\ufeff; \n\r\t"
# Outside of strings: what JSON does not know, and what it does. Each piece is tried once.
_PIECE = re.compile(r"//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|$)|[\[{\]}:,]|[^\s\[{\]}:,\"/]+|/")
_SPACE = re.compile(r"\s*")
_PLAIN = re.compile(r"[^\"\\]+")
_ESCAPE = re.compile(r"\\(?:[\"\\/bfnrt]|u[0-9a-fA-F]{4})")
_WORDS = frozenset(("true", "false", "null"))
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,400})(?:\.\d{1,400})?(?:[eE][+-]?\d{1,3})?")
_OPENS, _CLOSES = {"[": "]", "{": "}"}, "]}"


def json_values(script: str) -> Iterator[Any]:
    """The JSON values in the text of a script, in their order; what cannot be read is left out."""
    text = script.strip(_AROUND)
    for tried in (text, text := _MARKS.sub(" ", text).strip(_AROUND)):
        try:
            value = json.loads(tried, strict=False)
        except (ValueError, RecursionError):  # no JSON, a number of 5,000 digits, or a thousand brackets
            continue
        yield value
        return
    if '"' not in text and "&quot;" in text:
        text = html.unescape(text)
    decoder = json.JSONDecoder(strict=False)
    mended, at = _Mender(text).mended(), 0
    while (at := _after_space(mended, at)) < len(mended):
        try:
            value, at = decoder.raw_decode(mended, at)
        except (ValueError, RecursionError):
            return
        yield value


class _Mender:
    """Reads a text once, from left to right, and writes JSON: needless commas left out, quotes escaped, what is open closed."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._pieces: list[str] = []
        self._waiting: list[str] = []  # what closes the brackets that are open

    def mended(self) -> str:
        text, at = self._text, 0
        while (at := _after_space(text, at)) < len(text):
            if text[at] == '"':
                string, at = self._string(at)
                self._put(string)
                continue
            found = _PIECE.match(text, at)
            piece = found[0] if found else text[at]
            at += len(piece)
            self._take(piece)
        while self._waiting:
            self._close(self._waiting[-1])
        return "".join(self._pieces)

    def _take(self, piece: str) -> None:
        if piece in _OPENS:
            self._put(piece, first=not self._waiting)
            self._waiting.append(_OPENS[piece])
        elif piece in _CLOSES:
            self._close(piece)
        elif piece in ":,":
            self._part(piece)
        elif piece in _WORDS or _NUMBER.fullmatch(piece):
            self._put(piece)
        elif not piece.startswith("/"):  # a comment
            self._put("null" if self._is_behind(":") else json.dumps(piece.strip("'`")))

    def _is_behind(self, marks: str) -> bool:
        return bool(self._pieces) and self._pieces[-1] in marks

    def _put(self, piece: str, *, first: bool = False) -> None:
        """Add a value, with the comma that somebody forgot before it; what stands outside of all brackets is no value."""
        if not first and not self._waiting:
            return
        if not first and not self._is_behind(",:[{"):
            self._pieces.append(",")
        self._pieces.append(piece)

    def _part(self, mark: str) -> None:
        if mark == "," and self._is_behind(":"):
            self._pieces.append("null")
        if self._waiting and not self._is_behind(",:[{"):
            self._pieces.append(mark)

    def _close(self, bracket: str) -> None:
        if bracket not in self._waiting[-2:]:
            return  # it closes nothing
        while self._waiting:
            if self._is_behind(","):
                self._pieces.pop()
            if self._is_behind(":"):
                self._pieces.append("null")
            last = self._waiting.pop()
            self._pieces.append(last)
            if last == bracket:
                break
        if not self._waiting:
            self._pieces.append(" ")  # the end of one value

    def _string(self, at: int) -> tuple[str, int]:
        """The string that begins at a quote, and where it ends. A quote ends it where what ends a value may follow."""
        text, parts, at = self._text, ['"'], at + 1
        while at < len(text):
            if found := _PLAIN.match(text, at) or _ESCAPE.match(text, at):
                parts.append(found[0])
                at = found.end()
            elif text[at] == "\\":  # an escape that JSON does not have: the next character itself
                at += 1
            else:
                after = _after_space(text, at + 1)
                if after >= len(text) or text[after] in ",:}]":
                    return "".join(parts) + '"', at + 1
                parts.append('\\"')
                at += 1
        return "".join(parts) + '"', at


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
