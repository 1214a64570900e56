"""Regular expressions as other engines write them: flags behind the closing slash, classes of letters beyond ASCII."""

import re
from collections.abc import Iterator

from alerts.rules.pasted.draft import Edit, Kind
from alerts.rules.problem import Code

_FLAGS = Kind(
    Code.BAD_REGEX,
    "{}: what follows the closing slash is no part of an expression; flags stand at its beginning: /(?i)kim/",
)
_FLAGGED = re.compile(
    r'(?:(?<=[\s(,])|^)/(?!(?:[sp]|sent|para|\d+)\s)((?:[^/\\\n"]|\\.)+)/([imsugxyU]{1,4})(?=[\s()",]|$)'
)
_KNOWN = "ims"  # of RE2's flags; the others change nothing that a search for one place sees
_CLASSES = re.compile(r"\\\\|\\[bBwWd]|\[(?:\\.|[^\]\\])*\]")
_LETTER = r"[\pL\pM\pN_]"
_NO_LETTER = r"[^\pL\pM\pN_]"


def flags(text: str) -> Iterator[Edit]:
    """/kim/i."""
    for found in _FLAGGED.finditer(text):
        kept = "".join(sorted(set(found[2]) & set(_KNOWN)))
        yield Edit(*found.span(), f"/{f'(?{kept})' if kept else ''}{found[1]}/", _FLAGS)


def has_flags(word: str) -> bool:
    """Whether a word without spaces is an expression with flags behind it."""
    return word[0] == "/" and _FLAGGED.fullmatch(word) is not None


def beyond_ascii(pattern: str) -> tuple[str, str] | None:
    r"""The first `\b` or `\w` beside a letter that is not ASCII, and the expression without them; None: there is none."""
    if pattern.isascii():
        return None
    first = ""
    pieces: list[str] = []
    at = 0
    for found in _CLASSES.finditer(pattern):
        sign = found[0]
        if len(sign) != 2 or sign == "\\\\":
            continue
        left, right = _beyond(_last(pattern[: found.start()])), _beyond(_first(pattern[found.end() :]))
        if not left and not right:
            continue
        first = first or sign
        pieces += (pattern[at : found.start()], _replacement(sign, starts=right))
        at = found.end()
    return (first, "".join((*pieces, pattern[at:]))) if first else None


def _replacement(sign: str, *, starts: bool) -> str:
    if sign == r"\b":
        return f"(?:^|{_NO_LETTER})" if starts else f"(?:$|{_NO_LETTER})"
    return {r"\w": _LETTER, r"\W": _NO_LETTER, r"\d": r"\p{Nd}", r"\B": ""}[sign]


def _beyond(piece: str) -> bool:
    return any(not char.isascii() and char.isalnum() for char in piece)


def _first(rest: str) -> str:
    """What an expression begins with: a character, a class or a group."""
    rest = re.sub(r"^(?:\(\?[a-z]+\))+", "", rest[:1000])
    if rest[:1] == "(":
        depth = 0
        for place, char in enumerate(rest):
            depth += (char == "(") - (char == ")")
            if depth == 0:
                return rest[: place + 1]
        return rest
    return rest[: rest.find("]") + 1] if rest[:1] == "[" else rest[:1]


def _last(before: str) -> str:
    """What an expression ends with, its quantifiers left out."""
    before = re.sub(r"(?:[*+?]|\{[\d,]*\})+$", "", before[-1000:])
    if before[-1:] == ")":
        depth = 0
        for place in range(len(before) - 1, -1, -1):
            depth += (before[place] == ")") - (before[place] == "(")
            if depth == 0:
                return before[place:]
        return before
    return before[before.rfind("[") :] if before[-1:] == "]" else before[-1:]
