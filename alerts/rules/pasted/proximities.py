"""Proximities of other systems: near5, N5, /5, w/s, AROUND(5), NEAR:5, and `near` in lower case."""

import re

from alerts.rules.lexer import Token
from alerts.rules.pasted.draft import Edit, Kind
from alerts.rules.pasted.view import ENDS, View
from alerts.rules.problem import Code
from alerts.rules.scanner import Kind as Tokens

_NEAR = Kind(
    Code.BARE_WORDS, "{} is how other systems write a proximity; here it is NEAR/n, ONEAR/n, SENT or PARA", words=True
)
_NUMBERED = Kind(Code.BARE_WORDS, "{}: the number of words stands after a slash")
_DISTANCE = re.compile(
    r"(not[_-]?)?(onear|near|nr|within|around|adj|next|before|pre|w|n|p)?[/:~\\=-]?(\d{1,3})([wf]?)", re.IGNORECASE
)
_ORDERED = ("onear", "adj", "next", "before", "pre", "p")
_BARE_NEAR = {"near": "NEAR", "onear": "ONEAR", "adj": "ONEAR/0", "around": "NEAR", "within": "NEAR"}
_UNITS = {"/s": "SENT", "/p": "PARA", "w/s": "SENT", "w/p": "PARA", "w/sent": "SENT", "w/para": "PARA", "/sent": "SENT"}
_PARTED = ("w/", "n/", "near/", "pre/", "onear/")
_CALLED = ("near", "onear", "around", "within", "w", "n", "adj", "pre")


def of_word(view: View, place: int, token: Token) -> list[Edit]:
    """A word that is a proximity elsewhere."""
    before, word, after = view.before(place), token.text.lower(), view.after(place)
    if not view.between(place) and after.kind is not Tokens.WORD:
        return _glued(view, place, token)
    if word in _PARTED and after.text.isdecimal():
        return [Edit(token.start, after.end, f"{_name_of(word[:-1])}/{after.text}", _NUMBERED)]
    if before is None or (before.kind not in ENDS and before.kind is not Tokens.NOT):
        return []
    if word == "same" and token.text.isupper():
        return [Edit(token.start, token.end, "PARA", _NEAR)]
    if word in _UNITS:
        return [Edit(token.start, token.end, _UNITS[word], _NEAR)]
    if word in _BARE_NEAR:
        return _bare(view, place, token)
    found = _DISTANCE.fullmatch(word)
    if found is None or (found[2] is None and (word[0].isdecimal() or found[1])) or word[0] in ":-=":
        return []
    name = "ONEAR" if found[4] in ("f", "F") else _name_of(found[2])
    return [Edit(token.start, token.end, f"{'NOT ' if found[1] else ''}{name}/{int(found[3])}", _NEAR)]


def _bare(view: View, place: int, token: Token) -> list[Edit]:
    """`near`, and `near 5`."""
    word, after = token.text.lower(), view.after(place)
    number = after.text if after.text.isdecimal() and place + 2 < len(view.tokens) - 1 else ""
    if after.kind is Tokens.END or (word == "within" and not number):
        return []
    if not number:
        return [Edit(token.start, token.end, _BARE_NEAR[word], _NEAR)]
    end = after.end
    for place_of, said in ((place + 2, ("word", "words")), (place + 3, ("of",))):
        if view.after(place_of - 1).text.lower() in said:
            end = view.after(place_of - 1).end
    return [Edit(token.start, end, f"{_name_of(word)}/{number}", _NEAR)]


def _glued(view: View, place: int, token: Token) -> list[Edit]:
    """`"Kim Putin" ~5`, with a space."""
    before = view.before(place)
    if before is None or before.kind is not Tokens.PHRASE or token.text[0] != "~" or not token.text[1:].isdecimal():
        return []
    return [Edit(before.end, token.start, "", _NEAR, (before.start, token.end))]


def of_operator(view: View, place: int, token: Token) -> list[Edit]:
    """NEAR 5, NEAR /5, NEAR(5)."""
    number, last = view.after(place), view.after(place + 1)
    if token.text[-1].isdecimal():
        return []
    if number.kind is Tokens.OPEN and last.text.isdecimal() and view.after(place + 2).kind is Tokens.CLOSE:
        end, shown = view.after(place + 2).end, last.text
    else:
        end, shown = number.end, number.text.lstrip("/\\:~")
    if not shown.isdecimal() or view.after(place).kind not in (Tokens.WORD, Tokens.OPEN):
        return []
    return [Edit(token.start, end, f"{token.text.rstrip('/')}/{shown}", _NUMBERED)]


def of_name(view: View, place: int, token: Token) -> list[Edit]:
    """NEAR:5."""
    name, number = token.text[:-1].lower(), view.after(place)
    if name not in _CALLED or number.start != token.end or not number.text.isdecimal():
        return []
    return [Edit(token.start, number.end, f"{_name_of(name)}/{number.text}", _NEAR)]


def of_function(view: View, place: int, token: Token) -> list[Edit]:
    """AROUND(5)."""
    name, before = token.text[:-1].lower(), view.before(place)
    number, close = view.after(place), view.tokens[min(place + 2, len(view.tokens) - 1)]
    if name not in _CALLED or before is None or before.kind not in ENDS:
        return []
    if not number.text.isdecimal() or close.kind is not Tokens.CLOSE:
        return []
    return [Edit(token.start, close.end, f"{_name_of(name)}/{number.text}", _NEAR)]


def as_here(written: str) -> str:
    """w/5 as NEAR/5, pre/5 as ONEAR/5."""
    name, _, number = written.partition("/")
    return f"{_name_of(name.lower())}/{number}"


def _name_of(name: str | None) -> str:
    return "ONEAR" if (name or "") in _ORDERED else "NEAR"
