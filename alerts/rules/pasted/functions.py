"""Functions of other systems: atleast5(...), ATLEAST(5, ...), allcaps(US), headline(...), NEAR(a, b, 5)."""

import re
from collections.abc import Callable, Iterator

from alerts.rules.lexer import Token, tokens_of
from alerts.rules.pasted.calls import arguments, looks_into
from alerts.rules.pasted.draft import Edit, Kind
from alerts.rules.pasted.view import ENDS, View, view_of
from alerts.rules.problem import Code
from alerts.rules.scanner import Kind as Tokens
from alerts.rules.synonyms import field_meant

_COUNT = Kind(
    Code.OTHER_SPELLING, "{} is how other systems count; here it is ATLEAST/n(...), KOF/n(...) or FIRST/n(...)"
)
_CASED = Kind(Code.UNKNOWN_FUNCTION, "there is no function {}; letters as they are typed are case(...)")
_DROPPED = Kind(Code.UNKNOWN_FUNCTION, "there is no function {}; a word is found as it is typed")
_FIELD = Kind(Code.OTHER_SPELLING, "{} names a field; here a colon follows the name, as in title:Kim")
_NEAR = Kind(
    Code.OTHER_SPELLING, "{} is how other systems write a proximity; here it stands between its sides: a NEAR/5 b"
)
_COUNTED = re.compile(r"(atleast|atl|kof|first)/?(\d{1,5})?", re.IGNORECASE)
_NAMES = {"atleast": "ATLEAST", "atl": "ATLEAST", "kof": "KOF", "first": "FIRST"}
_LETTERS: dict[str, Callable[[str], str]] = {
    "allcaps": str.upper,
    "caps": lambda word: word if word != word.lower() else word.title(),
    "nocaps": str.lower,
}
_PLAIN = ("singular", "plural", "lemma", "stem", "exact", "noexpand")


def functions(text: str) -> Iterator[Edit]:
    """All of them, one after another; what stands in one of them is mended when its own turn comes."""
    view = view_of(text)
    end = 0
    for place, token in enumerate(view.tokens[:-1]):
        if place in view.values or token.start < end:
            continue
        edits = (
            _counted(view, place, token)
            or _called(view, place, token)
            or _near(view, place, token)
            or looks_into(view, place, token)
        )
        yield from edits
        end = max([end, *(edit.end for edit in edits)])


def _at(view: View, place: int) -> Token:
    return view.tokens[min(place, len(view.tokens) - 1)]


def _counted(view: View, place: int, token: Token) -> list[Edit]:
    """atleast5(Kim), ATLEAST 5 (Kim), ATLEAST/5 Kim, ATLEAST(5, Kim)."""
    after, third = _at(view, place + 1), _at(view, place + 2)
    if token.kind is Tokens.FUNCTION:
        name = _NAMES.get(token.text[:-1].lower())
        if name is None or not after.text.isdecimal() or third.kind is not Tokens.COMMA:
            return []
        end = view.after(place + 2).start  # no space after the comma
        return [Edit(token.start, end, f"{name}/{after.text}(", _COUNT)]
    found = _COUNTED.fullmatch(token.text) if token.kind is Tokens.WORD else None
    if found is None:
        return []
    name, number, begin = _NAMES[found[1].lower()], found[2], after
    if number is None and after.text.isdecimal():
        number, begin = after.text, third
    if number is None or (name != "ATLEAST" and begin.kind is not Tokens.OPEN):
        return []
    if begin.kind is Tokens.OPEN:
        return [Edit(token.start, begin.end, f"{name}/{int(number)}(", _COUNT)]
    if begin.kind not in (Tokens.WORD, Tokens.PHRASE, Tokens.ALIAS):
        return []
    return [
        Edit(token.start, begin.start, f"{name}/{int(number)}(", _COUNT, (token.start, begin.end)),
        Edit(begin.end, begin.end, ")", None),
    ]


def _called(view: View, place: int, token: Token) -> list[Edit]:
    """headline(Kim), allcaps(US), plural(arms)."""
    if token.kind is not Tokens.FUNCTION:
        return []
    name, inner, close = token.text[:-1].lower(), _at(view, place + 1), _at(view, place + 2)
    alone = inner.kind in (Tokens.WORD, Tokens.PHRASE) and close.kind is Tokens.CLOSE
    if name in _LETTERS and alone:
        return [Edit(token.start, close.end, f"case({_LETTERS[name](inner.text)})", _CASED)]
    if name in _PLAIN and alone:
        return [Edit(token.start, close.end, inner.text, _DROPPED)]
    meant = field_meant(name)
    return [Edit(token.start, token.end, f"{meant}:(", _FIELD)] if meant is not None and len(name) > 1 else []


def _near(view: View, place: int, token: Token) -> list[Edit]:
    """NEAR/5(Kim, Xi), NEAR(Kim, Xi, 5), NEAR((Kim, Xi), 5)."""
    before = view.before(place)
    if token.kind is not Tokens.NEAR or _at(view, place + 1).kind is not Tokens.OPEN:
        return []
    if before is not None and (before.kind in ENDS or before.kind is Tokens.NOT):
        return []
    found = arguments(view, place + 1)
    if found is None:
        return []
    sides, number = found.written, token.text.partition("/")[2]
    if not number and len(sides) > 1 and sides[-1].isdecimal():
        number = sides.pop()
    if len(sides) == 1 and sides[0].startswith("(") and (inner := arguments(view, place + 2)) is not None:
        sides = inner.written
    if len(sides) < 2:
        return []
    name = token.text.partition("/")[0] + (f"/{number}" if number else "")
    joined = f" {name} ".join(map(_side, sides))
    whole = not view.text[: token.start].strip() and not view.text[found.end :].strip()
    return [Edit(token.start, found.end, joined if whole else f"({joined})", _NEAR)]


def _side(written: str) -> str:
    """An argument as a side of a proximity: its words as a phrase."""
    if all(token.kind is Tokens.WORD for token in tokens_of(written)[:-1]) and " " in written:
        return f'"{written}"'
    return f"({written})" if " " in written and written[0] not in '("' else written
