"""The scanner finds the tokens that one regular expression describes, in any text."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.aliases import AliasSet
from alerts.rules.lexer import tokens_of
from alerts.rules.parser import parse
from alerts.rules.printer import print_rule
from alerts.rules.problem import Code
from alerts.rules.scanner import FIELDS, Kind, as_read
from core.text.invisible import without_invisible
from tests.effort import scaled, tries
from tests.rule_pieces import PIECES

_EDGE = r"(?=[\s()\",]|$)"  # an operator ends where a word would
EXPRESSION = re.compile(
    r"(?:\s|(?:(?<=\s)|^)#(?=\s|$)[^\n\r]*)*+(?:"
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
    text = without_invisible(text)
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
@given(st.text('aANDORNEtw/\\"~:@-_,()#0123 \n*é', max_size=14))
def test_rows_of_signs(text: str) -> None:
    check(text)


@tries(300)
@given(st.text(max_size=40))
def test_any_text_at_all(text: str) -> None:
    check(text)


UNSEEN = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u2063\u061c\u180e\ufe0f\u3164\u115f\U000e0041"


@tries(300)
@given(st.text('aANDOR:title"(), \n*é-1', max_size=20), st.randoms(use_true_random=False))
def test_what_is_not_seen_changes_no_token_and_no_place(text: str, rng: random.Random) -> None:
    mixed, places = "", list[int]()
    for char in text:
        mixed += "".join(rng.choices(UNSEEN, k=rng.choice((0, 0, 1, 2))))
        places.append(len(mixed))
        mixed += char
    places.append(len(mixed))
    plain, found = tokens_of(text)[:-1], tokens_of(mixed)[:-1]
    assert [(token.kind, token.text) for token in found] == [(token.kind, token.text) for token in plain]
    assert [token.start for token in found] == [places[token.start] for token in plain]
    assert [token.end for token in found] == [places[token.end - 1] + 1 for token in plain]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ('\ufeff"North Korea" AND arms', '"north korea" AND arms'),
        ('"North Korea"\u200b AND arms\u200b', '"north korea" AND arms'),
        ("Kim AND\u200b Putin", "kim AND putin"),
        ("title\u200b:Kim", "title:kim"),
        ("title:\u200bKim", "title:kim"),
        ("ATLEAST/2\u200d(Kim)", "ATLEAST/2(kim)"),
        ("Kim NEAR\u2060/3 Putin", "kim NEAR/3 putin"),
        ("@dp\u200brk OR Kim", "@dprk OR kim"),
        ("case(\u200ePyong\u00adyang\u200e)", "case(Pyongyang)"),
        ("Pyong\u00ad\nyang", "pyongyang"),
        ("weap\u200bon\u200b*", "weapon*"),
        ("kim AND domain:\u200bexample\u200b.com\u200b", "kim AND domain:example.com"),
        ("kim AND url\u200b:\u200bhttps:\u2060//a.example/b", "kim AND url:a.example/b"),
        ("kim AND /می\u200cخواهم/", "kim AND /می\u200cخواهم/"),
    ],
)
def test_what_is_not_seen_is_left_out_of_a_rule(text: str, canonical: str) -> None:
    parsed = parse(text, aliases=AliasSet.of([("dprk", ["Kim"])]))
    assert parsed.tree is not None, parsed.problems
    assert print_rule(parsed.tree) == canonical


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ('צה"ל', '"צה ל"'),
        ("צה״ל", '"צה ל"'),
        ("צה”ל", '"צה ל"'),
        ('צָה"ל AND עזה', '"צה ל" AND עזה'),
        ('צה\u200f"ל', '"צה ל"'),
        ('"דובר צה"ל" OR ש"ס', '"דובר צה ל" OR "ש ס"'),
        ('title:(מנכ"ל OR יו"ר)', 'title:("מנכ ל" OR "יו ר")'),
        ('"שלום"AND"עולם"', "שלום AND עולם"),
        ('kim AND source:"גלי צה"ל"', 'kim AND source:"גלי צה"ל"'),
    ],
)
def test_a_quote_inside_a_hebrew_word_is_its_gershayim(text: str, canonical: str) -> None:
    parsed = parse(text)
    assert parsed.tree is not None, parsed.problems
    assert print_rule(parsed.tree) == canonical
    assert parse(canonical).tree == parsed.tree


@pytest.mark.parametrize("text", ["\ufeff", "\u200b\u00ad\u3164", " \u2060 \n"])
def test_a_rule_of_what_is_not_seen_is_empty(text: str) -> None:
    assert [problem.code for problem in parse(text).problems] == [Code.EMPTY]
