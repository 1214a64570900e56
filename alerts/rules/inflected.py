"""Reads `forms(Россия)`, `forms:ru("Северная Корея", NOT "Северной Корее")`.

forms := forms[:language]( word | phrase { , NOT word | phrase } )
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from alerts.rules.forms.codes import CODES
from alerts.rules.lexer import Token, tokens_of
from alerts.rules.names import languages_meant
from alerts.rules.problem import Code, Fix, replaced
from alerts.rules.reader import Reader, skip
from alerts.rules.scanner import Kind
from alerts.rules.syntax import Forms, Node
from alerts.rules.terms import words_in

_TAKES = "forms( takes one word, or one phrase in quotes"
_ALONE = re.compile(r"forms(?::[\w-]*)?\(")
_SAYS_MORE = (Kind.ALIAS, Kind.FUNCTION, Kind.FIELD, Kind.REGEX, Kind.OPEN)


def is_forms_of(field: Token, following: Token) -> bool:
    """Whether `forms:` with what stands behind it is `forms:ru(...)`, and no field."""
    joined = following.start == field.end and following.kind in (Kind.FUNCTION, Kind.WORD)
    return field.text.lower() == "forms:" and joined


def forms_in(reader: Reader, token: Token) -> Node | None:
    """`token`, `forms(` or `forms:`, has been taken."""
    lang = None
    if "/" in token.text:
        fix = Fix("forms(", replaced(reader.text, token.start, token.end, "forms("))
        reader.say(Code.BAD_COUNT, token, "forms( takes no number", fix)
    if token.kind is Kind.FIELD:
        opened = reader.peek().kind is Kind.FUNCTION
        lang = _language(reader)
        if not opened and reader.peek().kind is Kind.OPEN:
            reader.take()
        elif not opened:
            reader.say(Code.BAD_OPERAND, token, "forms: takes a language and a word: forms:ru(Россия)")
            return None
    first = reader.peek()
    text = _words(reader)
    struck = _struck(reader) if text is not None else ()
    end = _closed(reader, token, first, text)
    if text is None:
        return None
    return Forms(text, lang, struck, (token.start, end))


def _language(reader: Reader) -> str | None:
    """The code of two letters; a problem where none is known."""
    token = reader.take()
    written = token.text.removesuffix("(")
    code = written.lower().split("-", maxsplit=1)[0]
    if code in CODES:
        return code
    near = [one for one in languages_meant(written) if one in CODES] or get_close_matches(code, CODES, n=1)
    place = (token.start, token.start + len(written))
    fixes = [Fix(f"forms:{one}", replaced(reader.text, *place, one)) for one in near]
    reader.say(
        Code.UNKNOWN_LANGUAGE, token, f"forms: takes a language's code of two letters, {written} is none", *fixes
    )
    return "en"  # a place holder: the rule is refused, reading goes on


def _words(reader: Reader) -> str | None:
    """What stands between the quotes, or the word; None where there is none, which has been said."""
    token = reader.peek()
    if token.kind not in (Kind.WORD, Kind.PHRASE):
        return None
    reader.take()
    text = (
        _inner(reader.text[token.start : token.end])
        if token.kind is Kind.PHRASE
        else reader.text[token.start : token.end]
    )
    words = words_in(text)
    if "*" in text or "?" in text:
        bare = text.replace("*", "").replace("?", "")
        fix = Fix(bare, replaced(reader.text, token.start, token.end, _quoted(bare)))
        reader.say(
            Code.BAD_WILDCARD, token, "a wildcard has no forms; write the word out, or the wildcard without forms(", fix
        )
        return " ".join(bare.split())
    if not words.patterns:
        reader.signs.append(token)
        return None
    return " ".join(text.split())


def _inner(written: str) -> str:
    return written.rpartition(written[-1])[0][1:]


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def _struck(reader: Reader) -> tuple[str, ...]:
    """The forms that are left out: `, NOT мира, NOT миру`."""
    found: list[str] = []
    while reader.peek().kind in (Kind.COMMA, Kind.NOT, Kind.MINUS):
        comma = reader.take()
        negation = reader.take() if comma.kind is Kind.COMMA and reader.peek().kind in (Kind.NOT, Kind.MINUS) else comma
        token = reader.peek()
        if token.kind not in (Kind.WORD, Kind.PHRASE):
            reader.say(Code.MISSING_OPERAND, negation, "the form to leave out is missing here")
            break
        if negation.kind is Kind.COMMA:
            fix = Fix("leave it out", replaced(reader.text, token.start, token.start, "NOT "))
            reader.say(Code.BAD_OPERAND, token, f"{_TAKES}; after a comma, NOT and a form to leave out", fix)
        form = _words(reader)
        if form is not None:
            found.append(form)
    return tuple(found)


def _closed(reader: Reader, opening: Token, first: Token, text: str | None) -> int:
    """Past the closing parenthesis; what else stands before it is a problem."""
    token = reader.peek()
    if token.kind is Kind.CLOSE:
        if text is None and not reader.signs:
            reader.say(Code.MISSING_OPERAND, opening, _TAKES)
        return reader.take().end
    if token.kind is Kind.END:
        reader.say(
            Code.UNBALANCED,
            opening,
            "this parenthesis is not closed",
            Fix("close it at the end", replaced(reader.text, len(reader.text), len(reader.text), ")")),
        )
        return token.end
    skip(reader)
    end = reader.text.rfind(")", 0, reader.peek().start) + 1 or reader.peek().start
    _refused(reader, opening, (first, token), end)
    return end


def _refused(reader: Reader, opening: Token, found: tuple[Token, Token], end: int) -> None:
    """Say what else was meant, as far as it can be seen. `found`: the first token inside, and the one that does not fit."""
    first, wrong = found
    inside = reader.text[first.start : end - 1].strip()
    before = reader.text[opening.start : first.start]
    whole = (opening.start, end)
    if wrong.kind in (Kind.WORD, Kind.PHRASE):
        fix = Fix("as a phrase", replaced(reader.text, *whole, f'{before}"{inside.replace(chr(34), "")}")'))
        reader.say(Code.BARE_WORDS, wrong, f"{_TAKES}", fix)
    elif wrong.kind in (Kind.AND, Kind.OR):
        parts = inside.split(f" {wrong.text} ")
        joined = f" {wrong.text} ".join(f"{before}{part.strip()})" for part in parts)
        fix = Fix("each by itself", replaced(reader.text, *whole, f"({joined})"))
        reader.say(Code.BAD_OPERAND, wrong, f"{_TAKES}; write forms( for each", fix)
    elif wrong.kind in _SAYS_MORE:
        fix = Fix("without forms(", replaced(reader.text, *whole, inside))
        reader.say(Code.BAD_OPERAND, wrong, f"{_TAKES}", fix)
    else:
        reader.say(Code.BAD_OPERAND, wrong, f"{_TAKES}")


def forms_alone(text: str) -> Forms | None:
    """A term of an alias, or a line of a box, that is `forms(...)`; None: it is none. Raises ValueError for one with a mistake."""
    if _ALONE.match(text) is None:
        return None
    reader = _Alone(text, tokens_of(text))
    token = reader.take()
    node = forms_in(reader, token)
    if reader.said or reader.signs or not isinstance(node, Forms) or reader.peek().kind is not Kind.END:
        raise ValueError(f"{text}: {reader.said[0] if reader.said else _TAKES}")
    return node


@dataclass(slots=True)
class _Alone:
    """Reads `forms(...)` and nothing else."""

    text: str
    tokens: Sequence[Token]
    place: int = 0
    in_list: int = 0
    signs: list[Token] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def peek(self) -> Token:
        return self.tokens[min(self.place, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.peek()
        self.place += 1
        return token

    def say(self, code: Code, at: Token, message: str, *fixes: Fix) -> None:  # noqa: ARG002 - as a reader of rules says it
        self.said.append(message)

    def rule(self) -> Node | None:
        return None

    def until_close(self, opening: Token) -> tuple[Node | None, int]:
        return None, opening.end
