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
    r'(?:(?<=[\s(,:])|^)/(?!(?:[sp]|sent|para|\d+)\s)((?:[^/\\\n"]|\\.)+)/([imsugxyUI]{1,4})(?=[\s()",]|$)'
)
_KNOWN = "ims"  # of RE2's flags; the others change nothing that a search for one place sees
_CLASSES = re.compile(r"\\\\|\\[bBwWd]|\[\[:\w+:\]\]|\[\^?(?:\\.|[^\]\\])+\]")
_LETTER = r"[\pL\pM\pN_]"
_NO_LETTER = r"[^\pL\pM\pN_]"
_WIDER = {
    r"\w": _LETTER,
    r"\W": _NO_LETTER,
    r"\d": r"\p{Nd}",
    r"\B": "",
    r"[^\W]": _LETTER,
    "[[:word:]]": _LETTER,
    "[[:alpha:]]": r"\pL",
    "[[:alnum:]]": r"[\pL\pN]",
    "[[:upper:]]": r"\p{Lu}",
    "[[:lower:]]": r"\p{Ll}",
}
_QUANTIFIER = re.compile(r"(?:[*+?]|\{[\d,]*\})+")
_QUANTIFIED = re.compile(r"(?:[*+?]|(?<!\\[pPx])\{[\d,]*\})+$")
_CODE = re.compile(r"\\[pP](?:\{\^?\w+\}|\w)|\\x\{[0-9A-Fa-f]+\}")
_LAST_CODE = re.compile(rf"(?:{_CODE.pattern})$")
_OPENED = re.compile(r"(?:\((?:\?(?:P<\w+>|[a-z]*:))?)+$")
_FLAGS_SET = re.compile(r"^(?:\(\?[a-z]+\))+")
# Scripts whose press writes digits of their own: from Arabic and the scripts of India to Thai, Lao, Tibetan, Myanmar and Khmer.
_OWN_DIGITS = re.compile("[\u0620-\u06ff\u0900-\u0d7f\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff]")


def flags(text: str) -> Iterator[Edit]:
    """/kim/i."""
    for found in _FLAGGED.finditer(text):
        kept = "".join(sorted(set(found[2].lower()) & set(_KNOWN)))
        yield Edit(*found.span(), f"/{f'(?{kept})' if kept else ''}{found[1]}/", _FLAGS)


def has_flags(word: str) -> bool:
    """Whether a word without spaces is an expression with flags behind it."""
    return word[0] == "/" and _FLAGGED.fullmatch(word) is not None


def beyond_ascii(pattern: str) -> tuple[str, str] | None:
    r"""The first `\b`, `\w`, `[[:alpha:]]` or `\d` that misses letters or digits beside it that are not ASCII, and the expression without
    them; None: there is none."""
    if pattern.isascii() and _CODE.search(pattern) is None:
        return None
    first = ""
    pieces: list[str] = []
    at = 0
    for found in _CLASSES.finditer(pattern):
        wider = _wider(found[0], pattern[: found.start()], pattern[found.end() :])
        if wider is None:
            continue
        first = first or found[0]
        pieces += (pattern[at : found.start()], wider)
        at = found.end()
    return (first, "".join((*pieces, pattern[at:]))) if first else None


def _wider(sign: str, before: str, rest: str) -> str | None:
    """What knows the letters and digits beside it; None where the sign does, or is none of these."""
    if r"\d" in sign:
        letters = _OWN_DIGITS.search(before + rest) is not None
        return sign.replace(r"\d", r"\p{Nd}") if letters else None
    inside = sign[:1] == "[" and r"\w" in sign
    if (sign not in _WIDER and sign != r"\b" and not inside) or _beyond(sign):
        return None
    left, right = _beyond(_last(before)), _beyond(_first(rest))
    if not left and not right:
        return None
    if sign == r"\b":
        return f"(?:^|{_NO_LETTER})" if right else f"(?:$|{_NO_LETTER})"
    return _WIDER.get(sign) if sign in _WIDER else sign.replace(r"\w", r"\pL\pM\pN_")


def _beyond(piece: str) -> bool:
    return _CODE.search(piece) is not None or any(not char.isascii() and char.isalnum() for char in piece)


def _first(rest: str) -> str:
    """What an expression may begin with: characters, classes and groups; those that may be missing, and the next one."""
    rest = _FLAGS_SET.sub("", rest[:1000])
    quantifier = _QUANTIFIER.match(rest)
    rest = rest[quantifier.end() :] if quantifier else rest
    end = _end_of_piece(rest)
    if rest[end : end + 1] in ("?", "*") and end:
        return rest[:end] + _first(rest[end + 1 :])
    return rest[:end]


def _end_of_piece(rest: str) -> int:
    if code := _CODE.match(rest):
        return code.end()
    if rest[:1] == "(":
        depth = 0
        for place, char in enumerate(rest):
            depth += (char == "(") - (char == ")")
            if depth == 0:
                return place + 1
        return len(rest)
    return rest.find("]") + 1 if rest[:1] == "[" else min(len(rest), 1)


def _last(before: str) -> str:
    """What an expression ends with, its quantifiers and the groups that have just begun left out."""
    before = _OPENED.sub("", _QUANTIFIED.sub("", before[-1000:]))
    if code := _LAST_CODE.search(before):
        return code[0]
    if before[-1:] == ")":
        depth = 0
        for place in range(len(before) - 1, -1, -1):
            depth += (before[place] == ")") - (before[place] == "(")
            if depth == 0:
                return before[place:]
        return before
    return before[before.rfind("[") :] if before[-1:] == "]" else before[-1:]
