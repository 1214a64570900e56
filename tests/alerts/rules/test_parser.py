"""Rules as people write them: what they mean, what is refused and how it is mended."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules import syntax as s
from alerts.rules.aliases import AliasSet
from alerts.rules.limits import MAX_CHARACTERS, MAX_CLAUSES
from alerts.rules.parser import parse
from alerts.rules.printer import print_rule
from alerts.rules.problem import Code, render, to_json
from tests.effort import scaled, tries

ALIASES = AliasSet.of(
    [
        ("dprk", ["North Korea", "N. Korea", "DPRK", "북한", "КНДР"]),
        ("round", ["@about"]),
        ("about", ["@round"]),
        ("nested", ["@dprk", "Pyongyang"]),
        ("hollow", []),
        ("nobody", ["@ghost"]),
        ("broken", ["ab*"]),
        ("empty", ["-"]),
    ]
)

CANONICAL = [
    ('"North Korea" AND Russia AND arms', '"north korea" AND russia AND arms'),
    ("a NOT b", "a AND NOT b"),
    ("a -b", "a AND NOT b"),
    ("(a OR b) AND (c)", "(a OR b) AND c"),
    ("a NEAR b", "a NEAR/4 b"),
    ("a w/5 b", "a NEAR/5 b"),
    ("a near/7 b", "a NEAR/7 b"),
    ("a pre/3 b", "a ONEAR/3 b"),
    ('"a b"~9', "a NEAR/9 b"),
    ("a NEAR/3 b NEAR/5 c", "a NEAR/3 b NEAR/5 c"),
    ("a NEAR/3 (b NEAR/5 c)", "a NEAR/3 (b NEAR/5 c)"),
    ("a NOT NEAR/2 b", "a NOT NEAR/2 b"),
    ("NOT a AND b", "NOT a AND b"),
    ("F-16", '"f 16"'),
    ("N.Korea", '"n korea"'),
    ("“North Korea” AND Köln", '"north korea" AND koln'),
    ("北韓", "北韓"),
    ('"북한 무기"', "북한무기"),
    ("weapon* OR organi?ation", "weapon* OR organi?ation"),
    ('"nuclear weapon*"', '"nuclear weapon*"'),
    ("title:Kim", "title:kim"),
    ('title:("North Korea" AND arms)', 'title:("north korea" AND arms)'),
    ("hlead:(@dprk NEAR/10 (Russia OR Moscow))", "hlead:(@dprk NEAR/10 (russia OR moscow))"),
    ("case(US) SENT sanction*", "case(US) SENT sanction*"),
    ('case("Will Smith")', 'case("Will Smith")'),
    ('KOF/2(Iran, "North Korea", Syria)', 'KOF/2(iran, "north korea", syria)'),
    ("ATLEAST/3(Lavrov) AND lang:EN", "ATLEAST/3(lavrov) AND lang:en"),
    ("FIRST/50(arms) AND domain:Example.com", "FIRST/50(arms) AND domain:example.com"),
    ('arms AND source:"The Times"', 'arms AND source:"the times"'),
    ("arms AND url:https://example.com/world", "arms AND url:example.com/world"),
    ("arms AND lang:(en OR de)", "arms AND (lang:en OR lang:de)"),
    (r"/T-\d{2}/ AND tank", r"/T-\d{2}/ AND tank"),
    ("3,000 AND troops", '"3 000" AND troops'),
    ("((a))", "a"),
    ("title: Kim AND lang: EN", "title:kim AND lang:en"),
    ("@DPRK AND Arms", "@dprk AND arms"),
    ("（北韓 OR 朝鮮）ＡＮＤ title：Kim", "(北韓 OR 朝鮮) AND title:kim"),
    ("Paris–Dakar AND ‘Köln’", '"paris dakar" AND koln'),
    ("arms AND url:/world/", "arms AND url:/world/"),
    ("/a b/ AND tank", "/a b/ AND tank"),
]

REFUSED = [
    ("a AND b OR c", Code.MIXED_AND_OR, 2),
    ("North Korea", Code.BARE_WORDS, 2),
    ("Russia and arms", Code.BARE_WORDS, 2),
    ("a (b OR c)", Code.BARE_WORDS, 1),
    ('"a b"~51', Code.BAD_DISTANCE, 1),
    ("lang:(en AND de) AND arms", Code.BAD_OPERAND, 0),
    ("lang:() AND arms", Code.MISSING_OPERAND, 0),
    ("lang: AND arms", Code.MISSING_OPERAND, 0),
    ("title:", Code.MISSING_OPERAND, 0),
    ("arms AND lang:(en", Code.UNBALANCED, 1),
    ("ATLEAST/2(a, b)", Code.BAD_OPERAND, 0),
    ("KOF/2(a,,b)", Code.MISSING_OPERAND, 0),
    ("KOF/2(a, b, c", Code.UNBALANCED, 1),
    ("(a NOT NEAR b) NEAR c", Code.BAD_OPERAND, 0),
    ("a NEAR lang:en", Code.BAD_OPERAND, 0),
    ("a NEAR /x/", Code.BAD_OPERAND, 0),
    ("a NEAR ATLEAST/2(b)", Code.BAD_OPERAND, 0),
    ("ATLEAST/2(a NEAR b)", Code.BAD_OPERAND, 0),
    ("case(a b)", Code.BAD_OPERAND, 0),
    ("case(a", Code.UNBALANCED, 1),
    ("case()", Code.MISSING_OPERAND, 0),
    ("a AND !b", Code.BAD_OPERAND, 1),
    ("a AND –", Code.MISSING_OPERAND, 0),
    ("@hollow", Code.UNKNOWN_ALIAS, 0),
    ("@nobody", Code.UNKNOWN_ALIAS, 0),
    ("@broken", Code.BAD_OPERAND, 0),
    ("@empty", Code.BAD_OPERAND, 0),
    ("a" + " NEAR/1 a" * 21, Code.TOO_DEEP, 0),
    ("NOT " * 10 + "(" * 9 + "NOT a" + ")" * 9, Code.NO_ANCHOR, 0),
    ("title:(NOT " * 11 + "a" + ")" * 11, Code.TOO_DEEP, 0),
    ("북?무기", Code.BAD_WILDCARD, 0),
    ("무기북한?", Code.BAD_WILDCARD, 0),
    ("a OR OR b", Code.MISSING_OPERAND, 1),
    ("a NOT", Code.MISSING_OPERAND, 1),
    ("NEAR b", Code.MISSING_OPERAND, 1),
    ("a NEAR", Code.MISSING_OPERAND, 1),
    ("NOT x", Code.NO_ANCHOR, 0),
    ("/re/", Code.NO_ANCHOR, 0),
    ("lang:en", Code.NO_ANCHOR, 0),
    ("a OR NOT b", Code.NO_ANCHOR, 0),
    ("KOF/1(a, NOT b)", Code.NO_ANCHOR, 0),
    ("ab*", Code.SHORT_WILDCARD, 0),
    ("ab?c", Code.SHORT_WILDCARD, 0),
    ("wea*pon", Code.BAD_WILDCARD, 1),
    ("a NEAR/51 b", Code.BAD_DISTANCE, 1),
    ("a NEAR/ b", Code.BAD_DISTANCE, 1),
    ("KOF/4(a, b, c)", Code.BAD_COUNT, 0),
    ("ATLEAST/0(a)", Code.BAD_COUNT, 0),
    ("ATLEAST(a)", Code.BAD_COUNT, 0),
    ("titel:Kim", Code.UNKNOWN_FIELD, 1),
    ("@dprc", Code.UNKNOWN_ALIAS, 1),
    ("ATLEST/2(a)", Code.UNKNOWN_FUNCTION, 1),
    ("(a AND b", Code.UNBALANCED, 1),
    ("a AND b)", Code.UNBALANCED, 1),
    ('"North Korea', Code.UNBALANCED, 1),
    ("KOF/2(a, b, c", Code.UNBALANCED, 1),
    ("a NEAR (b AND c)", Code.BAD_OPERAND, 0),
    ("a NEAR title:b", Code.BAD_OPERAND, 0),
    ("ATLEAST/2(a AND b)", Code.BAD_OPERAND, 0),
    ('"a b c"~3', Code.BAD_OPERAND, 0),
    ("@round", Code.ALIAS_CYCLE, 0),
    (f"KOF/1({'a,' * MAX_CLAUSES}a)", Code.TOO_MANY_CLAUSES, 0),
    ("(" * 21 + "a" + ")" * 21, Code.TOO_DEEP, 0),
    ("a" * (MAX_CHARACTERS + 1), Code.TOO_LONG, 0),
    ("", Code.EMPTY, 0),
    ("()", Code.MISSING_OPERAND, 0),
    ("a AND", Code.MISSING_OPERAND, 1),
    ("OR a", Code.MISSING_OPERAND, 1),
    ("/(/ AND a", Code.BAD_REGEX, 0),
]


@pytest.mark.parametrize(("written", "canonical"), CANONICAL)
def test_a_rule_is_printed_in_one_spelling_that_means_the_same(written: str, canonical: str) -> None:
    parsed = parse(written, aliases=ALIASES)
    assert parsed.problems == ()
    assert parsed.tree is not None
    assert print_rule(parsed.tree) == canonical
    assert parse(canonical, aliases=ALIASES).tree == parsed.tree


@pytest.mark.parametrize(("text", "code", "fixes"), REFUSED, ids=lambda v: str(v)[:30])
def test_what_is_refused_says_where_and_each_fix_gives_a_valid_rule(text: str, code: Code, fixes: int) -> None:
    parsed = parse(text, aliases=ALIASES)
    assert parsed.tree is None
    assert {p.code for p in parsed.problems} == {code}
    problem = parsed.problems[0]
    assert 0 <= problem.start <= problem.end <= len(text)
    assert len(problem.fixes) == fixes
    for fix in problem.fixes:
        assert parse(fix.text, aliases=ALIASES).tree is not None, fix


def test_both_readings_of_mixed_operators_are_offered() -> None:
    problem = parse("a AND b OR c").problems[0]
    assert [fix.text for fix in problem.fixes] == ["(a AND b) OR c", "a AND (b OR c)"]


@pytest.mark.parametrize(
    ("text", "fixes"),
    [
        ("North Korea and Russia", ['"North Korea" AND Russia', '"North Korea and Russia"']),
        ("a and not b", ["a AND NOT b", '"a and not b"']),
        ("a not b", ["a AND NOT b", '"a not b"']),
        (
            "north korea and russia or china",
            [
                '("north korea" AND russia) OR china',
                '"north korea" AND (russia OR china)',
                '"north korea and russia or china"',
            ],
        ),
        ("Paris – Dakar", ['"Paris Dakar"', "Paris AND Dakar"]),
        ("a && b || c", ["(a AND b) OR c", "a AND (b OR c)"]),
        ("a or", ['"a or"']),
        ("x AND (a b)", ['x AND ("a b")', "x AND (a AND b)"]),
    ],
)
def test_words_side_by_side_are_offered_in_every_reading(text: str, fixes: list[str]) -> None:
    problems = parse(text).problems
    assert {problem.code for problem in problems} == {Code.BARE_WORDS}
    assert problems[0].fixes[0].text == fixes[0]
    offered = {fix.text for problem in problems for fix in problem.fixes}
    assert offered >= set(fixes)
    assert all(parse(text).tree is not None for text in offered)


def test_of_several_problems_each_fix_mends_its_own() -> None:
    rng = random.Random(5)
    mended = 0
    for _ in range(1500):
        text = " ".join(rng.choices(BROKEN, k=rng.randint(2, 6)))
        found = parse(text, aliases=ALIASES).problems
        for problem in found:
            for fix in problem.fixes:
                after = parse(fix.text, aliases=ALIASES).problems
                kinds = [p.code for p in found].count(problem.code), [p.code for p in after].count(problem.code)
                assert kinds[1] < kinds[0] or problem.code is Code.BARE_WORDS, (text, fix)
                mended += 1
    assert mended > 1000


BROKEN = [
    "a",
    "Russia",
    "AND",
    "OR",
    "NOT",
    "titel:x",
    "@dprc",
    "b NEAR/99 c",
    '"a b"~70',
    "(",
    ")",
    "ATLEST/2(a)",
    "weap*",
]


def test_all_problems_are_told_at_once_in_their_order() -> None:
    found = parse("titel:Kim AND ab* AND (x NEAR/99 y", aliases=ALIASES).problems
    assert [p.code for p in found] == [Code.UNKNOWN_FIELD, Code.SHORT_WILDCARD, Code.UNBALANCED, Code.BAD_DISTANCE]


def test_a_problem_is_shown_with_a_caret_and_as_data_alike() -> None:
    text = "Russia AND titel:Kim"
    problem = parse(text).problems[0]
    assert render(problem, text).splitlines()[1:3] == ["  Russia AND titel:Kim", "             ^^^^^^"]
    assert to_json(problem)["start"] == 11
    assert to_json(problem)["fixes"] == [{"label": "title:", "text": "Russia AND title:Kim"}]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Russia AND and", Code.LOWER_CASE_OPERATOR),
        ("arms NEAR/20 Russia", Code.WIDE_NEAR),
        ("arms OR (arms AND Russia)", Code.NEVER_MATTERS),
        ("arms AND NOT NOT Russia", Code.DOUBLE_NEGATION),
        ("the", Code.COMMON_ANCHOR),
        ("arms AND arms", Code.NEVER_MATTERS),
        ("(arms OR Russia) AND arms", Code.NEVER_MATTERS),
        ("arms AND lang:English", Code.ODD_VALUE),
        ("arms AND lang:en-GB", Code.ODD_VALUE),
        ("arms AND country:Germany", Code.ODD_VALUE),
        ("arms AND lang:klingon", Code.ODD_VALUE),
        ("title:the AND NOT Russia", Code.COMMON_ANCHOR),
        ("the OR Russia", Code.COMMON_ANCHOR),
        ("Pfizer^5 AND vaccine", Code.ODD_SIGN),
        ("weapon* OR weapons", Code.NEVER_MATTERS),
        ('Korea OR "North Korea"', Code.NEVER_MATTERS),
        ('"North Korea" OR "North Korea summit"', Code.NEVER_MATTERS),
        ('Korea AND "North Korea"', Code.NEVER_MATTERS),
        ("tank AND (weapon* OR weaponry* OR arms)", Code.NEVER_MATTERS),
        ('weap* OR "nuclear weapon"', Code.NEVER_MATTERS),
        ("Russia AND arms AND NOT Russia", Code.NEVER_TRUE),
        ('"North Korea" AND NOT Korea', Code.NEVER_TRUE),
        ("(a OR b) AND NOT (a OR b)", Code.NEVER_TRUE),
        ("vaccine~1", Code.ODD_SIGN),
    ],
)
def test_a_warning_does_not_refuse(text: str, code: Code) -> None:
    parsed = parse(text)
    assert parsed.tree is not None
    told = [w for w in parsed.warnings if w.code is code]
    assert told
    for fix in told[0].fixes:
        mended = parse(fix.text)
        assert mended.tree is not None
        assert code not in [w.code for w in mended.warnings]


@pytest.mark.parametrize(
    "text",
    [
        '"North Korea" AND arms',
        "the AND Lavrov",
        "@dprk",
        "KOF/2(a, b, Lavrov)",
        "arms OR tank",
        '(Korea OR "North Korea") NEAR/3 arms',
        "case(US) OR US",
        'Korea AND NOT "North Korea"',
        "weapon? OR weapon",
    ],
)
def test_a_rule_in_order_has_no_warnings(text: str) -> None:
    assert parse(text).warnings == ()


@pytest.mark.parametrize(
    ("text", "line", "carets"),
    [
        ("북한 AND titel:Kim", "  북한 AND titel:Kim", "           ^^^^^^"),
        ("a AND\ntitel:Kim\nAND b", "  titel:Kim", "  ^^^^^^"),
        ("a AND\ttitel:Kim", "  a AND titel:Kim", "        ^^^^^^"),
        ("é".join("ab") + "e\u0301 AND titel:Kim", "  aébe\u0301 AND titel:Kim", "           ^^^^^^"),
    ],
)
def test_the_caret_stands_under_the_place_in_a_terminal(text: str, line: str, carets: str) -> None:
    problem = next(p for p in parse(text).problems if p.code is Code.UNKNOWN_FIELD)
    assert render(problem, text).splitlines()[1:3] == [line, carets]


def test_a_long_line_is_shown_around_the_problem_only() -> None:
    text = (
        " OR ".join(f"word{n}" for n in range(200)) + " OR titel:Kim OR " + " OR ".join(f"more{n}" for n in range(200))
    )
    shown = render(parse(text).problems[0], text).splitlines()
    assert len(shown[1]) < 170
    assert shown[1][shown[2].index("^") : shown[2].rindex("^") + 1] == "titel:"
    whole = "a b " * 500
    assert len(render(parse(whole).problems[0], whole).splitlines()[1]) < 200


def test_spans_point_at_the_words_in_the_text_as_it_was_written() -> None:
    text = "title:“Größe” AND  Köln"
    tree = parse(text).tree
    assert isinstance(tree, s.And)
    scope, town = tree.children
    assert text[town.span[0] : town.span[1]] == "Köln"
    assert isinstance(scope, s.Scope)
    assert text[scope.child.span[0] : scope.child.span[1]] == "“Größe”"


PIECES = st.sampled_from(
    [
        "a",
        "Russia",
        '"',
        "(",
        ")",
        "AND",
        "OR",
        "NOT",
        "NEAR/3",
        "SENT",
        "title:",
        "lang:",
        "@dprk",
        "KOF/2(",
        ",",
        "-",
        "*",
        "case(",
        "/x/",
        "~3",
        "wea*",
        "북한",
        "é",
        "“",
        "’",
        "w/5",
        "?",
        "\n",
        "\t",
        "\x00",
        "😀",
        "ATLEAST/",
        "pre/",
    ]
)


@tries(300)
@given(st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=40))
def test_any_text_ends_as_a_tree_or_as_problems(pieces: list[str]) -> None:
    check(" ".join(pieces))


def check(text: str) -> None:
    parsed = parse(text, aliases=ALIASES)
    assert (parsed.tree is None) == bool(parsed.problems)
    for problem in parsed.problems:
        assert 0 <= problem.start <= problem.end <= len(text)
    if parsed.tree is not None:
        printed = print_rule(parsed.tree)
        if len(printed) <= MAX_CHARACTERS:
            assert parse(printed, aliases=ALIASES).tree == parsed.tree, (text, printed)


@pytest.mark.parametrize("seed", range(4))
def test_random_strings_end_as_a_tree_or_as_problems(seed: int) -> None:
    rng = random.Random(seed)
    words = [
        "a",
        "Russia",
        '"',
        "(",
        ")",
        " AND ",
        " OR ",
        " NOT ",
        " NEAR/3 ",
        "title:",
        "@dprk",
        "KOF/2(",
        ",",
        "-",
        " ",
    ]
    words += [
        "case(",
        "/x/",
        "~3",
        "weap*",
        "북한",
        "é",
        "“",
        " w/5 ",
        "?",
        "\n",
        "\U0001f600",
        "lang:en",
        "ATLEAST/2(",
        " SENT ",
    ]
    for _ in range(scaled(10_000)):
        check("".join(rng.choices(words, k=rng.randint(1, 12))))
