"""Rules as long, as wide and as deep as the limits allow: both engines find them, with the evidence that explaining gives."""

import os

import pytest

from alerts.rules.bytecode import packed_span, span_bounds
from alerts.rules.engine import machine_code_installed
from alerts.rules.explain import explain
from alerts.rules.limits import MAX_CHARACTERS, MAX_CLAUSES, MAX_DEPTH
from alerts.rules.parser import parse
from alerts.rules.problem import Code
from alerts.rules.ruleset import RuleSet
from core.text.document import Document
from tests.reference_articles import article

KERNELS = "plain" if os.environ.get("WIREWATCH_MATCHER") == "plain" else "compiled"
WORDS = [f"w{number}" for number in range(MAX_CLAUSES)]
ARTICLE = article(1, "w0 w1", " ".join(WORDS[:6000]) + "\n\nlast " + "x " * 5000)


def _filled(head: str, piece: str, tail: str) -> str:
    """A rule of exactly as many characters as are allowed."""
    left = MAX_CHARACTERS - len(head) - len(tail)
    return head + piece * (left // len(piece)) + " " * (left % len(piece)) + tail


RULES = {
    "long": _filled("absent OR ", "absent OR ", "last"),
    "longest phrase": _filled('w5999 AND ("', "x ", '" OR w1)'),
    "phrase of 5,000 words": '"' + " ".join(WORDS[1000:6000]) + '"',
    "every clause": f"KOF/500({','.join(WORDS[: MAX_CHARACTERS // 7])})",
    "clauses of one letter": f"KOF/2({'a,' * (MAX_CLAUSES - 2)}w1,w2)",
    "one of many near": f"({' OR '.join(WORDS[: MAX_CHARACTERS // 12])}) NEAR/2 last",
    "near the same paragraph": f"({' OR '.join(WORDS[: MAX_CHARACTERS // 12])}) NEAR/2 w5999",
    "counted": f"ATLEAST/90({' OR '.join(WORDS[: MAX_CHARACTERS // 12])})",
    "deepest": "(last AND (w3 OR " * (MAX_DEPTH // 2 - 1) + "w4" + "))" * (MAX_DEPTH // 2 - 1),
    "false at the very end": _filled("w1 AND ", "w1 AND ", "absent"),
}


@pytest.mark.parametrize("engine", ["interpreter", KERNELS])
def test_rules_at_the_limits_are_found_with_their_evidence(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if engine == "compiled" and not machine_code_installed():
        pytest.skip("numba is not installed")
    monkeypatch.setenv("WIREWATCH_MATCHER", engine)
    document, wanted = Document(ARTICLE), {}
    for name, text in RULES.items():
        tree = parse(text).tree
        assert tree is not None, (name, [problem.message for problem in parse(text).problems][:3])
        wanted[name] = explain(tree, document)
    rules = RuleSet.of(RULES.items())
    for made in (rules, rules.merged(), rules.updated([], ["long"], {}).merged()):
        found = {hit.key: list(hit.evidence) for hit in made.match(ARTICLE)}
        assert found.keys() | {"long"} == {name for name, told in wanted.items() if told.true}
        for name, evidence in found.items():
            assert evidence == list(dict.fromkeys(wanted[name].proof())), name


@pytest.mark.parametrize("span", [(0, 1), (0, MAX_CHARACTERS), (MAX_CHARACTERS - 1, MAX_CHARACTERS), (40_000, 40_001)])
def test_every_span_of_a_rule_fits_into_a_number_of_32_bits(span: tuple[int, int]) -> None:
    packed = packed_span(*span)
    assert -(1 << 31) <= packed < 1 << 31
    assert span_bounds(packed) == span


def test_one_character_and_one_clause_more_are_refused_by_their_names() -> None:
    assert [problem.code for problem in parse("a" * (MAX_CHARACTERS + 1)).problems] == [Code.TOO_LONG]
    wide = parse(f"KOF/1({'a,' * MAX_CLAUSES}a)").problems
    assert [problem.code for problem in wide] == [Code.TOO_MANY_CLAUSES]
    assert "20000" in wide[0].message
