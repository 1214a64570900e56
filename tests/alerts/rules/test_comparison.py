"""Comparisons: how they are written, what they mean, the same in both engines, and what is told where they cannot be read."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.management.diff import Effect, diff, meaning
from alerts.rules.boxes import boxes_of, text_of
from alerts.rules.engine import Engine
from alerts.rules.explain import explain
from alerts.rules.parser import parse
from alerts.rules.printer import print_rule
from alerts.rules.problem import Code
from alerts.rules.ruleset import RuleSet
from alerts.rules.syntax import Node
from core.model.article import Article
from core.text.document import Document
from tests.alerts.making import story_article

KERNELS = "plain" if os.environ.get("WIREWATCH_MATCHER") == "plain" else "compiled"
SEEN = datetime(2026, 11, 3, 12, tzinfo=UTC)
PUBLISHED = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)
HERE = replace(story_article(text="kim " * 500).article, seen=SEEN, accepted=SEEN, published=PUBLISHED)

WRITTEN = [
    ("wc>1000", "wc>1000"),
    ("wc > 1000", "wc>1000"),
    ("wc:>1000", "wc>1000"),
    ("wc: > 1000", "wc>1000"),
    ("WC =< 0200", "wc<=200"),
    ("wc≥1000", "wc>=1000"),
    ("published<2d", "published<2d"),
    ("published:<48h", "published<2d"),
    ("published > 1.5d", "published>36h"),
    ('published<"90 m"', "published<90m"),
    ("published<1000000s", "published<1000000s"),
    ("published>2026-11-01", "published>2026-11-01"),
    ("Published >= 2026-11-01T12:00+03:00", "published>=2026-11-01T09:00Z"),
    ("published>=2026-11-01T12:00:30z", "published>=2026-11-01T12:00:30Z"),
    ("published:<2026-11-01T12:00", "published<2026-11-01T12:00Z"),
]


@pytest.mark.parametrize(("written", "canonical"), WRITTEN)
def test_a_comparison_has_one_spelling(written: str, canonical: str) -> None:
    assert print_rule(tree(f"kim AND {written}")) == f"kim AND {canonical}"
    assert tree(f"kim AND {canonical}") == tree(f"kim AND {written}")
    assert print_rule(tree(f"({written} OR lee) AND kim")) == f"({canonical} OR lee) AND kim"


TRUE = [
    "wc>499",
    "wc>=500",
    "wc<501",
    "wc<=500",
    "NOT wc>500",
    "published<2d",
    "published>36h",
    "published>=36.5h",
    "published<=36.5h",
    "published>=2026-11-01",
    "published<=2026-11-01",
    "published<2026-11-02",
    "published>2026-10-31",
    "published>2026-11-01T23:29Z",
    "published<2026-11-02T03:00+03:00",
    "published>=2026-11-01T23:30",
]
FALSE = ["wc>500", "wc<500", "published<36h", "published>2d", "published>2026-11-01", "published<2026-11-01", "published>2026-11-02T02:30+03:00"]  # fmt: skip


@pytest.mark.parametrize(("test", "true"), [*((one, True) for one in TRUE), *((one, False) for one in FALSE)])
def test_what_a_comparison_means(test: str, true: bool) -> None:  # noqa: FBT001 - a row of a table
    assert explain(tree(f"kim AND {test}"), Document(HERE)).true is true


def test_a_verdict_is_the_same_whenever_it_is_asked_for_and_needs_a_time() -> None:
    undated = replace(HERE, published=None)
    later = replace(HERE, accepted=SEEN + timedelta(days=300))
    ahead = replace(HERE, published=SEEN + timedelta(hours=1))
    assert explain(tree("kim AND published<2d"), Document(later)).true
    assert explain(tree("kim AND published<1s"), Document(ahead)).true, "it has no age yet"
    for test in ("published<2d", "published>2d", "published>=2020-01-01", "published<2030-01-01T00:00Z"):
        assert not explain(tree(f"kim AND {test}"), Document(undated)).true


def test_explaining_says_what_the_article_has() -> None:
    assert has("wc>1000") == "wc is 500"
    assert has("published<2d") == "published 1d 12h before it was seen"
    assert has("published>2026-11-01") == "published is 2026-11-01T23:30Z"
    assert has("published<2d", replace(HERE, published=None)) == "no time of publication is known"


def has(test: str, article: Article = HERE) -> str | None:
    return explain(tree(f"kim AND {test}"), Document(article)).children[1].has


@pytest.mark.parametrize("engine", list(Engine))
def test_both_engines_find_what_explaining_says(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREWATCH_MATCHER", "interpreter" if engine is Engine.INTERPRETER else KERNELS)
    tests = [
        *TRUE,
        *FALSE,
        *(written for written, _ in WRITTEN),
        "lee",
        "NOT lee",
        'published > "1 d"',
        "domain:news.example",
    ]
    queries = {f"kim AND {test}" for test in tests} | {f"kim AND (wc > {n} OR x)" for n in range(490, 510)}
    rules = RuleSet.of((query, query) for query in sorted(queries))
    assert rules.engine is engine
    found = {hit.key: hit.evidence for hit in rules.match(HERE)}
    for query in queries:
        verdict = explain(tree(query), Document(HERE))
        assert (query in found) == verdict.true, query
        if verdict.true:
            assert found[query] == tuple(dict.fromkeys(verdict.proof()))


BAD = [
    ("wc>1,000", ["wc>1000"]),
    ("wc>1k", ["wc>1000"]),
    ("wc>1000 words", ["wc>1000"]),
    ("wc:1000", ["wc>=1000", "wc<=1000", "(wc>=1000 AND wc<=1000)"]),
    ("wc:500..800", ["(wc>=500 AND wc<=800)"]),
    ("wc>many", []),
    ("published<2 days", ["published<2d"]),
    ("wc<-5", []),
    ("published>=yesterday", ["published<=2d"]),
    ("published>now-2d", ["published<2d"]),
    ("published<1y", ["published<365d"]),
    ("published:today", ["published<1d"]),
    ("published:2d", ["published<2d"]),
    ("published:2026-11-01", ["(published>=2026-11-01 AND published<=2026-11-01)"]),
    ("published>=2026-11", ["published>=2026-11-01"]),
    ("published>2026", ["published>2026-12-31"]),
    ("published>1.11.2026", ["published>2026-11-01"]),
    ("published>2/11/2026", ["published>2026-11-02", "published>2026-02-11"]),
    ("published>2026-02-30", []),
    ("published<" + "9" * 5000 + "d", []),
]


@pytest.mark.parametrize(("written", "meant"), BAD)
def test_a_value_that_is_none_is_told_with_what_is_meant(written: str, meant: list[str]) -> None:
    told = parse(f"kim AND {written}").problems
    if len(written) < 100:
        assert [one.code for one in told] == [Code.BAD_VALUE]
    assert [fix.text for one in told for fix in one.fixes] == [f"kim AND {one}" for one in meant]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("wordcount>1000", "wc>1000"),
        ("date>=2026-11-01", "published>=2026-11-01"),
        ("after:2026-11-01", "published>2026-11-01"),
        ("before:2026-11-01", "published<2026-11-01"),
    ],
)
def test_other_systems_names_are_offered(written: str, meant: str) -> None:
    told = parse(f"kim AND {written}").problems
    assert [one.code for one in told] == [Code.UNKNOWN_FIELD]
    assert [fix.text for fix in told[0].fixes] == [f"kim AND {meant}"]


def test_the_names_alone_are_words_and_a_comparison_is_no_anchor() -> None:
    assert print_rule(tree("published AND wc")) == "published AND wc"
    assert [one.code for one in parse("wc>1000 AND published<2d").problems] == [Code.NO_ANCHOR]
    assert [one.code for one in parse("kim AND wc>").problems] == [Code.MISSING_OPERAND]
    assert [one.code for one in parse("kim NEAR/3 wc>5").problems] == [Code.BAD_OPERAND]


def test_two_bounds_are_compared_by_what_they_let_through() -> None:
    assert meaning(tree("kim AND wc>999")) == meaning(tree("kim AND wc>=1000"))
    assert effects("wc>1000", "wc>500") == {Effect.MORE}
    assert effects("wc<=200", "wc<100") == {Effect.LESS}
    assert effects("published<2d", "published<3d") == {Effect.MORE}
    assert effects("published>2026-11-01", "published>2026-11-03") == {Effect.LESS}
    assert effects("NOT published>2d", "NOT published>3d") == {Effect.MORE}
    assert effects("published<2d", "published<2026-11-01") == {Effect.MORE, Effect.LESS}, "one is lost, another gained"


def effects(old: str, new: str) -> set[Effect]:
    return {change.effect for change in diff(tree(f"kim AND {old}"), tree(f"kim AND {new}"))}


def test_boxes_keep_a_comparison() -> None:
    boxes = boxes_of(tree("kim AND wc>1000 AND published<2d"))
    assert boxes.rest == "wc>1000 AND published<2d"
    assert text_of(boxes)[0] == "kim AND wc>1000 AND published<2d"


def tree(query: str) -> Node:
    parsed = parse(query)
    assert parsed.problems == ()
    assert parsed.tree is not None
    return parsed.tree
