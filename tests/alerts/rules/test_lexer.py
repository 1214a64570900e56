"""The scanner finds the tokens that one regular expression describes, in any text."""

import random
import re

from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.lexer import tokens_of
from alerts.rules.scanner import FIELDS, Kind, as_read
from tests.effort import scaled, tries
from tests.rule_pieces import PIECES

_EDGE = r"(?=[\s()\",]|$)"  # an operator ends where a word would
EXPRESSION = re.compile(
    r"\s*(?:"
    r'(?P<PHRASE>"[^"]*"(?:~\d+)?)'
    r'|(?P<OPEN_QUOTE>"[^"]*$)'
    rf"|(?P<REGEX>/(?:[^/\\\n]|\\.)+/{_EDGE})"
    rf"|(?P<AND>AND{_EDGE})|(?P<OR>OR{_EDGE})|(?P<NOT>NOT{_EDGE})|(?P<UNIT>(?:SENT|PARA){_EDGE})"
    rf"|(?P<NEAR>O?NEAR(?:/\d*)?{_EDGE})|(?P<NEAR_OTHER>(?:[wW]|near|onear|pre|PRE)/\d+{_EDGE})"
    r"|(?P<FUNCTION>[A-Za-z]+(?:/\d*)?\()"
    rf"|(?P<FIELD>(?ai:{'|'.join(FIELDS)}):|[A-Za-z]+:(?=\S))"
    r"|(?P<ALIAS>@[\w-]+)"
    r"|(?P<OPEN>\()|(?P<CLOSE>\))|(?P<COMMA>,)|(?P<MINUS>-)(?=[^\s)])"
    r"|(?P<WORD>(?:[^\s()\",]|(?<=\d),(?=\d{3}))+)"
    r")"
)


def check(text: str) -> None:
    read, at, expected = as_read(text), 0, list[tuple[Kind, int, int, str]]()
    while (found := EXPRESSION.match(read, at)) is not None:
        kind = found.lastgroup or ""
        expected.append((Kind[kind], found.start(kind), found.end(kind), found[kind]))
        at = found.end()
    assert [tuple(token) for token in tokens_of(text)] == [*expected, (Kind.END, len(text), len(text), "")], text


def test_rows_of_pieces() -> None:
    rng = random.Random(1)
    for _ in range(scaled(5_000)):
        check(rng.choice((" ", " ", "", "\n", "\u3000")).join(rng.choices(PIECES, k=rng.randint(1, 8))))


@tries(500)
@given(st.text('aANDORNEtw/\\"~:@-_,()0123 \n*é', max_size=14))
def test_rows_of_signs(text: str) -> None:
    check(text)


@tries(300)
@given(st.text(max_size=40))
def test_any_text_at_all(text: str) -> None:
    check(text)
