"""Regular expressions of rules, and a machine that has no RE2."""

import pytest

from alerts.rules import regular
from alerts.rules.parser import parse
from alerts.rules.problem import Code

RULE = "missile AND /hwasong-?1[0-9]/"


def test_what_is_no_expression_of_re2_is_told_with_the_reason() -> None:
    with pytest.raises(regular.BadRegex, match=r"no RE2 expression: .*missing"):
        regular.compiled("(a")


def test_without_re2_only_regular_expressions_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse(RULE).problems == ()
    monkeypatch.setattr(regular, "re2", None)
    (problem,) = parse(RULE).problems
    assert (problem.code, RULE[problem.start : problem.end]) == (Code.BAD_REGEX, "/hwasong-?1[0-9]/")
    assert "google-re2" in problem.message
    assert parse('missile AND "North Korea"').problems == ()
