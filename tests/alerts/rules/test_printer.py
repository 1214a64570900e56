"""What is printed is read back as the same tree."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.rules import syntax as s
from alerts.rules.exact import exact_value
from alerts.rules.parser import parse
from alerts.rules.printer import as_written, print_rule
from alerts.rules.terms import words_in
from tests.effort import tries

WORDS = st.sampled_from(
    (
        "arms",
        "korea",
        "16",
        "and",
        "near",
        "sent",
        "북한",
        "朝",
        "ñandú",
        "ёлка",
        "ไทย",
        "weapon*",
        "organi?ation",
        "case",
        "title",
        "3000",
    )
)
CASED = st.sampled_from(("US", "Will", "AND", "SENT", "NEAR", "OR", "NOT", "Köln", "북한", "Weap*"))


def term_of(words: list[str]) -> s.Term:
    text = " ".join(words)
    return s.Term(words_in(text).patterns, shown=text)


def cased_of(words: list[str]) -> s.Term:
    text = " ".join(words)
    return s.Term(words_in(text, cased=True).patterns, cased=True, shown=text)


terms = st.one_of(
    st.lists(WORDS, min_size=1, max_size=3).map(term_of), st.lists(CASED, min_size=1, max_size=2).map(cased_of)
)
names = st.sampled_from(("dprk", "a-b_1", "북한")).map(s.AliasRef)
either = st.lists(st.one_of(terms, names), min_size=2, max_size=3).map(lambda found: s.Or(tuple(found)))
sides = st.one_of(terms, names, either)


def proximities(inner: st.SearchStrategy[s.Node]) -> st.SearchStrategy[s.Node]:
    distances = st.integers(0, 50)
    return st.one_of(
        st.builds(s.Near, inner, inner, distances, st.booleans()),
        st.builds(s.Within, inner, inner, st.sampled_from(s.Unit)),
    )


near = st.recursive(sides, proximities, max_leaves=4)
operands = st.one_of(
    near,
    st.builds(lambda left, right, n: s.Near(left, right, n, negated=True), near, near, st.integers(0, 50)),
    st.builds(s.AtLeast, st.integers(1, 100), sides),
    st.builds(s.First, st.integers(1, 10_000), near),
    st.sampled_from(("T-[0-9]+", r"a\/b", "(?i)x y")).map(s.Regex),
    st.builds(
        lambda name, value: s.FieldTest(name, exact_value(name, value)),
        st.sampled_from(s.ExactField),
        st.sampled_from(("en", "the times", "x.example", "a,b", "/a/b", "пример.рф", "/мир – ß", "x（）")),
    ),
)


def joined(kind: type[s.And] | type[s.Or], parts: list[s.Node]) -> s.Node:
    """As the parser joins: an AND in an AND is one AND."""
    flat = [
        one
        for part in parts
        for one in (part.children if isinstance(part, s.And | s.Or) and type(part) is kind else (part,))
    ]
    return kind(tuple(flat))


def rules(inner: st.SearchStrategy[s.Node]) -> st.SearchStrategy[s.Node]:
    several = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        several.map(lambda parts: joined(s.And, parts)),
        several.map(lambda parts: joined(s.Or, parts)),
        inner.map(s.Not),
        st.builds(s.Scope, st.sampled_from(s.WordField), inner),
        several.map(lambda parts: s.KOf(len(parts) - 1, tuple(parts))),
    )


trees = st.recursive(operands, rules, max_leaves=8)


@tries(400)
@given(terms, trees)
def test_a_printed_tree_is_read_as_the_same_tree(anchor: s.Term, tree: s.Node) -> None:
    whole = joined(s.And, [anchor, tree])
    text = print_rule(whole)
    parsed = parse(text)
    assert parsed.tree == whole, (text, parsed.problems)
    assert print_rule(parsed.tree) == text


@tries(200)
@given(terms, trees)
def test_a_tree_in_its_authors_spelling_is_read_as_the_same_tree(anchor: s.Term, tree: s.Node) -> None:
    whole = joined(s.And, [anchor, tree])
    assert parse(as_written(whole)).tree == whole


def test_a_slash_in_an_expression_is_escaped() -> None:
    assert print_rule(s.Regex(r"a/b\/c")) == r"/a\/b\/c/"


def test_a_term_without_its_authors_spelling_is_printed_as_it_is_folded() -> None:
    assert as_written(s.Term((s.WordPattern("north"), s.WordPattern("korea")))) == '"north korea"'
