"""Operators, signs and fields of other systems as this language writes them."""

import re
from collections.abc import Iterator

from alerts.rules.lexer import Token, tokens_of
from alerts.rules.pasted import languages, proximities
from alerts.rules.pasted.draft import Edit, Kind
from alerts.rules.pasted.view import BEGINS, ENDS, View, view_of
from alerts.rules.problem import Code
from alerts.rules.scanner import FIELDS
from alerts.rules.scanner import Kind as Tokens

_SIGN = Kind(Code.BARE_WORDS, "{} is no operator here; AND, OR and NOT are written out")
_BANG = Kind(Code.BAD_OPERAND, "`!` has no meaning here; NOT is written out")
_PLUS = Kind(Code.BARE_WORDS, "`+` has no meaning here; what must be there is joined by AND")
_LOWER = Kind(Code.BARE_WORDS, "{} joins nothing; operators are written in upper case", words=True)
_FOREIGN = Kind(
    Code.BARE_WORDS, "{} is a word to search for; operators are AND, OR and NOT in every language", words=True
)
_FIELD = Kind(Code.OTHER_SPELLING, "{} names a field; here a colon follows the name, as in title:Kim")
_ADDRESS = Kind(Code.OTHER_SPELLING, "{} is an address; a rule names it as domain: or url:")
_WILD = Kind(Code.BAD_WILDCARD, "{}: a star stands at the end of a word only, and once; ? is exactly one letter")
_MISSING = Kind(Code.MISSING_OPERAND, "something to search for is missing beside {}")
_JOINING = (Tokens.AND, Tokens.OR, Tokens.UNIT, Tokens.NEAR, Tokens.NEAR_OTHER)
_STAR = re.compile(r"(?:\*+(?=\w+\*)|(?=\w+\*{2}$|\w+\*\w))([^\W_]{3,})(?:\*+|\*([^\W_]+))")
_JOINERS = {"&&": "AND", "&": "AND", "||": "OR", "|": "OR", "¦": "OR", "/": "OR", "+": "AND"} | {
    **dict.fromkeys("∧⋀∩", "AND"),
    **dict.fromkeys("∨⋁∪", "OR"),
}
_ENCLOSED = re.compile(
    r"(?:(?<=\s)|^)[.<\[({*_|]{1,3}(and|or|not|and\s?not)[.>\])}*_|]{1,3}(?=[\s(]|$)", re.IGNORECASE | re.MULTILINE
)
_ONE_OF = Kind(Code.BARE_WORDS, "slashes join nothing here; OR does")
_GLUED = re.compile(r"&&|\|\|?")


def enclosed(text: str) -> Iterator[Edit]:
    """.AND., [AND], <or>, (NOT)."""
    for found in _ENCLOSED.finditer(text):
        yield Edit(*found.span(), " ".join(found[1].upper().split()), _SIGN)


def operators(text: str) -> list[Edit]:
    """&&, ||, !, +word, `and` between phrases, UND ODER NICHT, near5, /s, title=, https://..."""
    view = view_of(text)
    sure = sure_words(view)
    edits: list[Edit] = []
    for place, token in enumerate(view.tokens):
        if place in view.values:
            continue
        match token.kind:
            case Tokens.WORD:
                edits += _word(view, place, token, sure)
            case Tokens.FIELD:
                edits += proximities.of_name(view, place, token) or _address(view, place, token)
            case Tokens.FUNCTION:
                edits += proximities.of_function(view, place, token) or _function(token)
            case Tokens.NEAR:
                edits += proximities.of_operator(view, place, token)
            case Tokens.REGEX if view.between(place) and token.text[1] == token.text[-2] == " ":
                edits += [Edit(token.start, token.start + 1, "OR", _ONE_OF), Edit(token.end - 1, token.end, "OR", None)]
            case Tokens.PHRASE if view.between(place) and (word := token.text[1:-1].strip()) in ("AND", "OR", "NOT"):
                edits.append(Edit(token.start, token.end, word, _SIGN))
            case _:
                pass
    return edits


def sure_words(view: View) -> frozenset[str]:
    """Words of the rule that are operators wherever they stand between operands: `and` in any case; words of other languages
    if one of them surely is one."""
    words = [t.text for place, t in enumerate(view.tokens) if t.kind is Tokens.WORD and place not in view.values]
    capitals = {word for word in words if word == languages.upper(word)}
    sure: set[str] = set()
    for place, token in enumerate(view.tokens):
        if token.kind is not Tokens.WORD or place in view.values:
            continue
        operator = languages.english(token.text) or languages.operator_named(token.text)
        if operator is None:
            continue
        capital = token.text in capitals and token.text != token.text.lower()
        clear = (
            languages.is_surely(token.text, capitals)
            if capital
            else (view.beside_phrases(place) > languages.may_be_name(token.text))
        )
        clear = clear or (capital and view.clear(place))
        clear = clear or languages.english(token.text) is not None
        if clear and _stands(view, place, operator):
            sure.add(token.text)
    return frozenset(sure)


def _stands(view: View, place: int, operator: str) -> bool:
    """Whether an operator may stand here."""
    if view.between(place):
        return True
    before, after = view.before(place), view.after(place)
    if operator == "NOT":
        return after.kind in (*BEGINS, Tokens.NEAR, Tokens.NEAR_OTHER)
    if before is not None and before.kind is Tokens.COMMA:
        return languages.english(view.tokens[place].text) is not None and after.kind in BEGINS
    return before is not None and before.kind in ENDS and after.kind is not Tokens.END


def _word(view: View, place: int, token: Token, sure: frozenset[str]) -> list[Edit]:
    """The first reading that there is."""
    return (
        _named(view, place, token, sure)
        or _joiner(view, place, token)
        or _negated(view, place, token, sure)
        or _required(view, place, token)
        or proximities.of_word(view, place, token)
        or _glued(view, place, token)
        or _field(view, place, token)
    )


def _named(view: View, place: int, token: Token, sure: frozenset[str]) -> list[Edit]:
    """`and`, UND."""
    after = view.after(place)
    negates = after.kind is Tokens.NOT or languages.english(after.text) == "NOT"
    if token.text.lower() == "but" and negates:
        return [Edit(token.start, token.end, "AND", _LOWER)]
    operator = languages.english(token.text) or languages.operator_named(token.text)
    if operator is None or token.text not in sure or not _stands(view, place, operator):
        return []
    kind = _LOWER if languages.english(token.text) else _FOREIGN
    return [Edit(token.start, token.end, _negation(view, place, sure) if operator == "NOT" else operator, kind)]


def _joiner(view: View, place: int, token: Token) -> list[Edit]:
    """&&, ||, a dash beside a phrase, the backslash of a line that goes on."""
    span = (token.start, token.end)
    if token.text == "\\":
        return [Edit(*span, "", _SIGN)]
    if not view.between(place):
        return []
    if token.text == "-" and view.clear(place):
        return [Edit(*span, "AND NOT", _SIGN)]
    return [Edit(*span, _JOINERS[token.text], _SIGN)] if token.text in _JOINERS else []


def _negation(view: View, place: int, sure: frozenset[str]) -> str:
    """NOT, with the AND that is left out after an operand."""
    before = view.before(place)
    if view.after(place).kind in (Tokens.NEAR, Tokens.NEAR_OTHER):
        return "NOT"
    joined = (
        before is None
        or before.kind not in ENDS
        or before.text in sure
        or before.text in ("&&", "||", "&", "|")
        or before.text.lower() == "but"
    )
    return "NOT" if joined else "AND NOT"


def _negated(view: View, place: int, token: Token, sure: frozenset[str]) -> list[Edit]:
    """!word, !(."""
    rest = token.text.lstrip("!¬~") if token.text[0] != "~" or token.text[1:2].isalpha() else token.text
    if token.text in (rest, "!=") or (not rest and view.after(place).kind not in BEGINS):
        return []
    end = token.end - len(rest)
    space = "" if view.text[end : end + 1].isspace() else " "
    return [Edit(token.start, end, _negation(view, place, sure) + space, _BANG)]


def _required(view: View, place: int, token: Token) -> list[Edit]:
    """+word, +"North Korea"."""
    alone = token.text == "+" and view.after(place).start == token.end
    if token.text[0] != "+" or not (alone or token.text[1:2].isalpha()):
        return []
    before = view.before(place)
    joined = before is not None and before.kind in ENDS
    return [Edit(token.start, token.start + 1, "AND " if joined else "", _PLUS)]


def _glued(view: View, place: int, token: Token) -> list[Edit]:
    """Kim&&Xi, (Kim)&Xi; weapon**."""
    before = view.before(place)
    if token.text[0] == "&" and token.text[1:2].isalnum() and before is not None and before.kind in ENDS:
        return [Edit(token.start, token.start + 1, " AND " if before.end == token.start else "AND ", _SIGN)]
    star = _STAR.fullmatch(token.text)
    if star is not None:
        return [Edit(token.start, token.end, f"{star[1]}{'?' + star[2] if star[2] else '*'}", _WILD)]
    return [
        Edit(token.start + found.start(), token.start + found.end(), " AND " if found[0] == "&&" else " OR ", _SIGN)
        for found in _GLUED.finditer(token.text)
    ]


def _field(view: View, place: int, token: Token) -> list[Edit]:
    """title :Kim, title : Kim."""
    after = view.after(place)
    if token.text.lower() not in FIELDS or after.text[0:1] != ":" or after.kind is not Tokens.WORD:
        return []
    if after.text == ":" and view.after(place + 1).kind is Tokens.END:
        return []
    return [Edit(token.start, after.start + 1, f"{token.text.lower()}:", _FIELD)]


def _function(token: Token) -> list[Edit]:
    """title(Kim), and(."""
    name = token.text[:-1]
    if name.lower() in FIELDS:
        return [Edit(token.start, token.end, f"{name.lower()}:(", _FIELD)]
    if languages.english(name) is not None and name != name.upper():
        return [Edit(token.start, token.end - 1, name.upper(), _LOWER)]
    return []


def _address(view: View, place: int, token: Token) -> list[Edit]:
    """https://www.example.com/world in place of a word."""
    if token.text.lower() not in ("https:", "http:"):
        return []
    end = token.end
    for piece in view.tokens[place + 1 :]:
        if piece.start != end or piece.kind in (Tokens.CLOSE, Tokens.OPEN, Tokens.PHRASE, Tokens.COMMA, Tokens.END):
            break
        end = piece.end
    host, _, path = view.text[token.end : end].strip("/").removeprefix("www.").partition("/")
    if "." not in host:
        return []
    return [Edit(token.start, end, f"url:{host}/{path}" if path else f"domain:{host}", _ADDRESS)]


def written_out(text: str) -> Iterator[Edit]:
    """`Kim -Xi` as `Kim AND NOT Xi`; no space after the colon of a field."""
    view = view_of(text)
    for place, token in enumerate(view.tokens[:-1]):
        before, after = view.before(place), view.after(place)
        if place in view.values:
            continue
        if token.kind is Tokens.MINUS and after.kind is not Tokens.MINUS:
            joined = before is not None and before.kind in ENDS
            yield Edit(token.start, token.end, "AND NOT " if joined else "NOT ", None)
        elif token.kind is Tokens.NEAR_OTHER:
            yield Edit(token.start, token.end, proximities.as_here(token.text), None)
        elif token.kind is Tokens.FIELD and token.text[:-1].lower() in FIELDS and token.end < after.start:
            yield Edit(token.end, after.start, "", None)


def loose_operators(text: str) -> list[Edit]:
    """Operators before, after and between which nothing stands: `Kim AND`, `OR Kim`, `Kim AND AND Xi`."""
    tokens = tokens_of(text)
    edits: list[Edit] = []
    for place, token in enumerate(tokens[:-1]):
        before, after = tokens[place - 1] if place else None, tokens[place + 1]
        opening = before is None or before.kind in (Tokens.OPEN, Tokens.FUNCTION, Tokens.COMMA)
        closing = after.kind in (Tokens.END, Tokens.CLOSE, Tokens.COMMA)
        twice = after.kind is token.kind and token.kind in (Tokens.AND, Tokens.OR)
        if token.kind in _JOINING and (opening or closing or twice):
            edits.append(Edit(token.start, token.end if closing else after.start, "", _MISSING))
        elif token.kind is Tokens.NOT and closing:
            edits.append(Edit(token.start, token.end, "", _MISSING))
    return edits
