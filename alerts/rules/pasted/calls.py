"""Functions of databases and programs that look into a field: CONTAINS(title, 'Kim'), MATCH(title) AGAINST('Kim'), title.includes("Kim")."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from alerts.rules.lexer import Token
from alerts.rules.pasted.draft import Edit, Kind
from alerts.rules.pasted.view import View
from alerts.rules.problem import Code
from alerts.rules.scanner import FIELDS, FUNCTIONS
from alerts.rules.scanner import Kind as Tokens
from alerts.rules.synonyms import field_meant

_CALL = Kind(
    Code.UNKNOWN_FUNCTION, "{} is how other systems look into a field; here a field has a colon, as in title:Kim"
)
_MOST_TOKENS = 200  # of the arguments of one call
_OPENS = (Tokens.OPEN, Tokens.FUNCTION)
_HOLDS = re.compile(
    r"(?:not_?)?(?:i?contains?\w*|freetext\w*|match\w*|i?like|search\w*|text_?search|includes?|has\w*|instr|str_?pos|locate|char_?index"
    r"|regexp?\w*|(?:starts|ends)_?with|equals?|eq|ne|in|excludes?|without|lower|upper)",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"not|ne$|excl|without", re.IGNORECASE)
_WHOLE = re.compile(r"[\[`]?(?:\w+\.)?(\w+)[\]`]?|\"(?:\w+\.)?(\w+)\"")
_OPERATOR = re.compile(r"(?<!\S)(?:AND|OR|NOT|O?NEAR(?:/\d+)?|SENT|PARA)(?!\S)|\"")
_COMPARED = re.compile(r"\s*(?:={1,3}|>=?|!=|<>)\s*(?:[01]|true)(?![\w.])", re.IGNORECASE)


class Arguments(NamedTuple):
    """What stands between the commas of a call, the place of its last token, and where it ends."""

    written: list[str]
    last: int
    end: int


def arguments(view: View, opening: int) -> Arguments | None:
    """Of the parenthesis at a place; None: it is not closed, or an argument is empty."""
    depth, written, start = 0, list[str](), view.tokens[opening].end
    for place, token in enumerate(view.tokens[opening : opening + _MOST_TOKENS], opening):
        depth += (token.kind in _OPENS) - (token.kind is Tokens.CLOSE)
        if (token.kind is Tokens.COMMA and depth == 1) or depth == 0:
            written.append(view.text[start : token.start].strip())
            start = token.end
        if depth == 0:
            return Arguments(written, place, token.end) if all(written) else None
    return None


def looks_into(view: View, place: int, token: Token) -> list[Edit]:
    """A call with a field and what is looked for in it, or one of a known name with this alone."""
    after = view.after(place)
    if token.kind is Tokens.FUNCTION:
        name, opening = token.text[:-1], place
    elif token.kind is Tokens.WORD and after.kind is Tokens.OPEN and after.start == token.end:
        name, opening = token.text, place + 1
    else:
        return []
    found = None if name.partition("/")[0] in FUNCTIONS else arguments(view, opening)
    if found is None:
        return []
    written, end = list(found.written), found.end
    owner, _, method = name.rpartition(".")
    if owner and _field(owner) is not None:
        name, written = method, [owner, *written]
    elif name.lower() == "match" and (against := _against(view, found.last)) is not None:
        written, end = [",".join(written), against.written[0].partition(" IN ")[0]], against.end
        written[0] = f"({written[0]})" if "," in written[0] else written[0]
    meant = _meant(name, written)
    if meant is None:
        return []
    if (compared := _COMPARED.match(view.text, end)) is not None:
        end = compared.end()
    negated = "NOT " if _NEGATED.match(name) else ""
    return [Edit(token.start, end, negated + meant, _CALL)]


def _against(view: View, last: int) -> Arguments | None:
    """Of the call that follows, `AGAINST(...)`."""
    after = view.tokens[last + 1]
    return arguments(view, last + 1) if after.kind is Tokens.FUNCTION and after.text.lower() == "against(" else None


def _meant(name: str, written: list[str]) -> str | None:
    """The field and what is looked for in it."""
    holds = _HOLDS.fullmatch(name.rpartition(".")[2]) is not None
    if len(written) == 1:
        return _value(written[0], name) if holds and _quoted(written[0]) else None
    for fields, value in (written[:2], written[1::-1]):
        names = list(_fields(fields))
        if names and (holds or _quoted(value)):
            shown = _value(value, name)
            tests = [shown if one == "*" else f"{one}:{shown}" for one in names]
            return tests[0] if len(tests) == 1 else f"({' OR '.join(tests)})"
    return None


def _quoted(written: str) -> bool:
    return written[:1] in ("'", '"') and len(written) > 2


def _fields(written: str) -> Iterator[str]:
    """The fields of an argument, or * for all of them; none where one is no field."""
    inner = written[1:-1] if written[:1] == "(" and written[-1:] == ")" else written
    names = [_field(one.strip()) for one in inner.split(",")]
    yield from () if None in names else dict.fromkeys(filter(None, names))


def _field(written: str) -> str | None:
    if written == "*":
        return "*"
    found = _WHOLE.fullmatch(written)
    name = "" if found is None else (found[1] or found[2]).lower()
    return name if name in FIELDS else field_meant(name) if len(name) > 1 else None


def _value(written: str, name: str) -> str:
    """What is looked for: a word, a phrase, or a rule between quotes."""
    if name.lower().startswith("regex") and _quoted(written):
        return f"/{written[1:-1]}/"
    inner = written[1:-1].strip("%* ") if _quoted(written) and written[-1] == written[0] else ""
    if inner and not _OPERATOR.search(inner):
        return f'"{inner}"'
    if inner:
        return inner if inner.startswith('"') and inner.count('"') == 2 and inner.endswith('"') else f"({inner})"
    return written if not any(map(str.isspace, written)) else f"({written})"
