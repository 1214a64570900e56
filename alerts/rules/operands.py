"""Operands: terms, phrases, fields, aliases, functions, regular expressions."""

from dataclasses import replace
from difflib import get_close_matches

from alerts.rules.comparison_reader import compared
from alerts.rules.exact import exact_value
from alerts.rules.inflected import forms_in, is_forms_of
from alerts.rules.lexer import Token
from alerts.rules.limits import MAX_COUNT, MAX_DISTANCE
from alerts.rules.odd_values import meant_value
from alerts.rules.pasted.expressions import has_flags
from alerts.rules.printer import print_rule
from alerts.rules.problem import Code, Fix, replaced
from alerts.rules.reader import Reader, skip
from alerts.rules.scanner import FIELDS, FUNCTIONS, Kind
from alerts.rules.synonyms import BOUNDS, fields_meant
from alerts.rules.syntax import (
    AliasRef,
    And,
    AtLeast,
    ComparedField,
    Comparison,
    ExactField,
    FieldTest,
    First,
    Forms,
    KOf,
    Listed,
    Near,
    Node,
    Not,
    Or,
    Regex,
    Scope,
    Span,
    Term,
    Within,
    WordField,
)
from alerts.rules.terms import words_in
from core.text.invisible import without_invisible

_COMPARED = tuple(name.value for name in ComparedField)
_EXACT = {name.value: name for name in ExactField}
_OPERATORS = (Kind.AND, Kind.OR, Kind.NOT, Kind.UNIT, Kind.NEAR)
_VALUE_ENDS = (Kind.END, Kind.OPEN, Kind.CLOSE, Kind.COMMA, Kind.PHRASE, Kind.OPEN_QUOTE)


def operand(reader: Reader) -> Node | None:
    """One operand, or None where none begins here."""
    token = reader.peek()
    match token.kind:
        case Kind.WORD | Kind.PHRASE | Kind.OPEN_QUOTE:
            return term(reader)
        case Kind.OPEN:
            reader.take()
            return _parenthesised(reader, token)
        case Kind.FIELD:
            return _field(reader)
        case Kind.ALIAS:
            reader.take()
            return AliasRef(token.text[1:].lower(), (token.start, token.end))
        case Kind.FUNCTION:
            return _function(reader)
        case Kind.REGEX:
            reader.take()
            return Regex(token.text[1:-1], (token.start, token.end))
        case _:
            return None


def _parenthesised(reader: Reader, opening: Token) -> Node | None:
    listed, reader.in_list = reader.in_list, 0
    node, end = reader.until_close(opening)
    reader.in_list = listed
    if node is None:
        reader.say(Code.MISSING_OPERAND, opening, "nothing stands between these parentheses")
        return None
    return replace(node, span=(opening.start, end))  # a fix takes the parentheses with it


def term(reader: Reader) -> Node | None:
    """A word, or what stands between quotes; `"a b"~5` is `a NEAR/5 b`."""
    token = reader.take()
    if token.kind is Kind.OPEN_QUOTE:
        fix = Fix("close it at the end", replaced(reader.text, len(reader.text.rstrip()), len(reader.text), '"'))
        reader.say(Code.UNBALANCED, token, "this quote is not closed", fix)
        return None
    written = token.text
    span = (token.start, token.end)
    if token.kind is Kind.WORD:
        return compared(reader, token) or _term(reader, token, written, span)
    inner, _, slop = written.rpartition('"')
    node = _term(reader, token, inner[1:], span)
    if not slop or not isinstance(node, Term):
        return node
    if len(node.words) != 2:
        reader.say(Code.BAD_OPERAND, token, '`"a b"~n` takes exactly two words; write a NEAR/n b for others')
        return node
    distance = int(slop[1:]) if len(slop) < 6 else MAX_DISTANCE + 1
    if distance > MAX_DISTANCE:
        nearest = f'{inner}"~{MAX_DISTANCE}'
        fix = Fix(f"~{MAX_DISTANCE}", replaced(reader.text, *span, nearest))
        reader.say(Code.BAD_DISTANCE, token, f"the number of words between must be 0 to {MAX_DISTANCE}", fix)
        distance = MAX_DISTANCE
    left, right = (Term((word,), shown=word.text, span=span) for word in node.words)
    return Near(left, right, distance, span=span)


def _term(reader: Reader, token: Token, written: str, span: Span, *, cased: bool = False) -> Node | None:
    words = words_in(written, cased=cased)
    if words.complaint:
        reader.say(Code.SHORT_WILDCARD if words.short else Code.BAD_WILDCARD, token, words.complaint)
        return Term((), shown=written, span=span)  # a place holder: the rule is refused, reading goes on
    if not words.patterns:
        reader.signs.append(token)
        return Term((), shown=written, span=span)
    if token.kind is Kind.WORD and written[0] == "!":
        fix = Fix("NOT", replaced(reader.text, *span, f"NOT {written[1:]}"))
        reader.say(Code.BAD_OPERAND, token, "`!` has no meaning here; NOT is written out", fix)
    if token.kind is Kind.WORD and not cased and has_flags(written):
        reader.say(
            Code.BAD_REGEX, token, "nothing may follow the closing slash; flags stand at the beginning: /(?i)kim/"
        )
    return Term(words.patterns, cased=cased, shown=written, span=span)


def _closed(reader: Reader) -> Fix:
    return Fix("close it at the end", replaced(reader.text, len(reader.text), len(reader.text), ")"))


def _field(reader: Reader) -> Node | None:
    token = reader.take()
    name = token.text[:-1]
    if is_forms_of(token, reader.peek()):
        return forms_in(reader, token)
    if name.lower() in _COMPARED:
        return compared(reader, token)
    if name.lower() in _EXACT:
        return _exact(reader, token, _EXACT[name.lower()])
    if name.lower() not in FIELDS:
        return _unknown_field(reader, token)
    child = operand(reader)
    if child is None:
        reader.say(Code.MISSING_OPERAND, token, f"something to search for is missing after {token.text}")
        return None
    return Scope(WordField(name.lower()), child, (token.start, child.span[1]))


def _unknown_field(reader: Reader, token: Token) -> Node | None:
    """What follows is read as a value where the field is another system's name for one with values."""
    name = token.text[:-1].lower()
    value = reader.peek()
    if name in BOUNDS and value.kind is Kind.WORD and value.text[:1].isdecimal():
        return _bound(reader, token, f"published{BOUNDS[name]}{value.text}")
    meant, *others = fields_meant(name) or ("",)
    near = [meant, *others] if meant else get_close_matches(name, FIELDS, n=1, cutoff=0.5)
    said = f" Did you mean {near[0]}:?" if near else ""
    end, fixed = token.end, [f"{one}:" for one in near]
    child: Node | None = None
    if meant in _EXACT and reader.peek().kind is not Kind.OPEN:
        field = _EXACT[meant]
        read = _value(reader, field, token)
        if read is not None:
            written = _between(reader, token.end, read[1]).strip()
            tests = meant_value(field, written)
            end, fixed = read[1], [_as_written(one, written) for one in tests] or fixed
            child = (
                replace(tests[0], span=(token.start, end)) if tests else FieldTest(field, read[0], (token.start, end))
            )
    fixes = [Fix(one, replaced(reader.text, token.start, end, one)) for one in fixed]
    message = f"there is no field {token.text[:-1]}; known: {', '.join((*FIELDS, *_COMPARED))}.{said}"
    reader.say(Code.UNKNOWN_FIELD, token, message, *fixes)
    if child is None and (follows := operand(reader)) is not None:
        child = replace(follows, span=(token.start, follows.span[1]))  # a fix takes the name with it
    return child


def _bound(reader: Reader, token: Token, meant: str) -> Node:
    """`after:2026-11-01`."""
    span = (token.start, reader.take().end)
    fix = Fix(meant, replaced(reader.text, *span, meant))
    reader.say(Code.UNKNOWN_FIELD, token, f"there is no field {token.text[:-1]}. Did you mean {meant}?", fix)
    return FieldTest(ExactField.LANG, "en", span)  # a place holder: the rule is refused


def _as_written(test: FieldTest, written: str) -> str:
    """A test with its value as it was typed, where that is the value."""
    if exact_value(test.field, written) != test.value or test.field in (ExactField.DOMAIN, ExactField.URL):
        return print_rule(test)
    return f"{test.field.value}:{written}"


def _exact(reader: Reader, token: Token, name: ExactField) -> Node | None:
    value = reader.peek()
    if value.kind is Kind.OPEN:
        return _exact_list(reader, token, name)
    read = _value(reader, name, token)
    if read is None:
        reader.say(Code.MISSING_OPERAND, token, f"a value is missing after {token.text}")
        return None
    values = [FieldTest(name, read[0], (token.start, read[1]))]
    while not reader.in_list and reader.peek().kind is Kind.COMMA and reader.peek().start == values[-1].span[1]:
        comma = reader.take()
        more = _value(reader, name, comma) if reader.peek().start == comma.end else None
        if more is None:
            reader.say(
                Code.MISSING_OPERAND, comma, f"a value is missing after this comma; {token.text} takes one value"
            )
            break
        values.append(FieldTest(name, more[0], (comma.end, more[1])))
    if len(values) == 1:
        return values[0]
    place = token._replace(end=values[-1].span[1])
    joined = " OR ".join(print_rule(one).partition(":")[2] for one in values)
    fix = Fix(f"{token.text}(... OR ...)", replaced(reader.text, place.start, place.end, f"{token.text}({joined})"))
    reader.say(Code.BARE_WORDS, place, f"several values of {token.text} are joined by OR", fix)
    return Or(tuple(values), (place.start, place.end))


def _value(reader: Reader, name: ExactField, token: Token) -> tuple[str, int] | None:
    """A value and where it ends: quoted, or everything up to the next space or parenthesis (`https://a.example/b` is several tokens)."""
    first = reader.peek()
    if first.start > token.end and first.kind in _OPERATORS:
        return None
    if first.kind is Kind.PHRASE:
        reader.take()
        value = exact_value(name, _between(reader, first.start, first.end))
        return (value, first.end) if value else None
    end = first.start
    while not _between(reader, end, (piece := reader.peek()).start) and piece.kind not in _VALUE_ENDS:
        end = reader.take().end
    value = exact_value(name, _between(reader, first.start, end))
    return (value, end) if value and len(_between(reader, token.end, first.start)) < 2 else None


def _between(reader: Reader, start: int, end: int) -> str:
    return without_invisible(reader.text[start:end])


def _exact_list(reader: Reader, token: Token, name: ExactField) -> Node | None:
    """`lang:(en OR de)`."""
    opening = reader.take()
    found: list[Node] = []
    while True:
        start = reader.peek().start
        read = _value(reader, name, reader.peek())
        if read is None:
            reader.say(Code.MISSING_OPERAND, reader.peek(), f"a value is missing after {token.text}")
            break
        found.append(FieldTest(name, read[0], (start, read[1])))
        if reader.peek().kind is not Kind.OR:
            break
        reader.take()
    end = reader.peek()
    if end.kind is Kind.CLOSE:
        reader.take()
    elif end.kind is Kind.END:
        reader.say(Code.UNBALANCED, opening, "this parenthesis is not closed", _closed(reader))
    else:
        reader.say(Code.BAD_OPERAND, end, f"{token.text}( takes values joined by OR")
        skip(reader)
    if not found:
        return None
    return found[0] if len(found) == 1 else Or(tuple(found), (token.start, end.end))


def _function(reader: Reader) -> Node | None:
    token = reader.take()
    name, _, number = token.text[:-1].partition("/")
    known = {f.lower(): f for f in FUNCTIONS}
    if name not in FUNCTIONS:
        near = [known[n] for n in get_close_matches(name.lower(), known, n=1, cutoff=0.7)]
        fixes = [Fix(f, replaced(reader.text, token.start, token.start + len(name), f)) for f in near]
        message = f"there is no function {name}; known: {', '.join(FUNCTIONS)}"
        reader.say(Code.UNKNOWN_FUNCTION, token, message, *fixes)
        return _parenthesised(reader, token)
    if name == "case":
        return _cased(reader, token)
    if name == "forms":
        return forms_in(reader, token)
    arguments = _arguments(reader, token)
    end = reader.text.rfind(")", token.end, reader.peek().start) + 1 or token.end
    most = min(MAX_COUNT[name], len(arguments)) if name == "KOF" and arguments else MAX_COUNT[name]
    count = int(number) if number and len(number) < 6 else 0
    if not 1 <= count <= most:
        reader.say(Code.BAD_COUNT, token, f"{name}/n needs a number from 1 to {most}")
        count = 1
    if not arguments:
        reader.say(Code.MISSING_OPERAND, token, f"something to search for is missing in {name}/{count}(...)")
        return None
    span = (token.start, end)
    if name == "KOF":
        return KOf(count, tuple(arguments), span)
    if len(arguments) > 1:
        reader.say(Code.BAD_OPERAND, token, f"{name} takes one operand; join several with OR")
    return AtLeast(count, arguments[0], span) if name == "ATLEAST" else First(count, arguments[0], span)


def _arguments(reader: Reader, opening: Token) -> list[Node]:
    found: list[Node] = []
    listed, reader.in_list = reader.in_list, 1
    while True:
        node = reader.rule()
        if node is not None:
            found.append(node)
        if reader.peek().kind is not Kind.COMMA:
            break
        comma = reader.take()
        if node is None:
            reader.say(Code.MISSING_OPERAND, comma, "something to search for is missing before this comma")
    reader.in_list = listed
    if reader.peek().kind is Kind.CLOSE:
        reader.take()
    else:
        reader.say(Code.UNBALANCED, opening, "this parenthesis is not closed", _closed(reader))
    return found


def _cased(reader: Reader, token: Token) -> Node | None:
    inner = reader.peek()
    node: Node | None = None
    if inner.kind is Kind.PHRASE:
        reader.take()
        node = _term(reader, inner, inner.text.rpartition('"')[0][1:], (token.start, inner.end), cased=True)
    elif inner.kind is Kind.WORD or inner.kind in _OPERATORS:
        reader.take()
        node = _term(reader, inner, inner.text, (token.start, inner.end), cased=True)
    if reader.peek().kind is Kind.CLOSE:
        end = reader.take().end
        node = None if node is None else replace(node, span=(token.start, end))
    elif reader.peek().kind is Kind.END:
        reader.say(Code.UNBALANCED, token, "this parenthesis is not closed", _closed(reader))
    else:
        at = reader.peek()
        skip(reader)
        inside = reader.text[token.end : reader.text.rfind(")", 0, reader.peek().start)]
        fixes = [Fix("without case(", replaced(reader.text, token.start, token.end + len(inside) + 1, inside))]
        message = "case( takes one word, or one phrase in quotes"
        reader.say(Code.BAD_OPERAND, at, message, *(fixes if inside.startswith("forms") else ()))
    if node is None and inner.kind in (Kind.CLOSE, Kind.END):
        reader.say(Code.MISSING_OPERAND, token, "case( takes one word, or one phrase in quotes")
    return node


def allowed_in_proximity(node: Node) -> bool:
    """Terms, wildcards, aliases, case(...), an OR of those, or another proximity."""
    match node:
        case Term() | AliasRef() | Forms() | Listed():
            return True
        case Or(children=children):
            return all(allowed_in_proximity(child) for child in children)
        case Near(negated=negated):
            return not negated
        case Within():
            return True  # both in one sentence or paragraph; the match spans them
        case And() | Not() | Scope() | FieldTest() | Comparison() | Regex() | AtLeast() | KOf() | First():
            return False
