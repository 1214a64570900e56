"""A problem of a rule, as data: a stable code, the place, one sentence, and fixes that a click can apply."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from core.text.visible import one_line

WIDEST_LINE = 160  # a longer line of a rule is shown around the problem only
ROUND = 50


class Code(StrEnum):
    """Refusals first, warnings after them."""

    MIXED_AND_OR = "mixed-and-or"
    BARE_WORDS = "bare-words"
    NO_ANCHOR = "no-anchor"
    SHORT_WILDCARD = "short-wildcard"
    BAD_DISTANCE = "bad-distance"
    BAD_COUNT = "bad-count"
    UNKNOWN_FIELD = "unknown-field"
    UNKNOWN_ALIAS = "unknown-alias"
    UNKNOWN_FUNCTION = "unknown-function"
    UNBALANCED = "unbalanced"
    BAD_OPERAND = "bad-operand"
    TOO_LONG = "too-long"
    TOO_DEEP = "too-deep"
    TOO_MANY_CLAUSES = "too-many-clauses"
    ALIAS_CYCLE = "alias-cycle"
    EMPTY = "empty"
    MISSING_OPERAND = "missing-operand"
    BAD_REGEX = "bad-regex"
    BAD_WILDCARD = "bad-wildcard"
    UNKNOWN_LANGUAGE = "unknown-language"
    BAD_VALUE = "bad-value"
    OTHER_SPELLING = "other-spelling"
    # warnings
    LOWER_CASE_OPERATOR = "lower-case-operator"
    WIDE_NEAR = "wide-near"
    NEVER_MATTERS = "never-matters"
    NEVER_TRUE = "never-true"
    DOUBLE_NEGATION = "double-negation"
    COMMON_ANCHOR = "common-anchor"
    ODD_VALUE = "odd-value"
    WHOLE_PLACE = "whole-place"
    ODD_SIGN = "odd-sign"
    UNKNOWN_FORM = "unknown-form"
    NO_FORMS = "no-forms"
    QUOTED_OPERATOR = "quoted-operator"
    ASCII_ONLY = "ascii-only"
    FOLDED_COMMON = "folded-common"


class Change(NamedTuple):
    """`new` in the place of the characters `start` to `end` of a text. Thousands of them are made for a long rule, and a text of few."""

    text: str
    start: int
    end: int
    new: str

    @property
    def whole(self) -> str:
        return self.text[: self.start] + self.new + self.text[self.end :]


@dataclass(frozen=True, slots=True)
class Fix:
    """What a click does: the whole corrected text, or what is changed in the text of the problem."""

    label: str
    made: str | Change

    @property
    def text(self) -> str:
        """The whole corrected text."""
        return self.made if isinstance(self.made, str) else self.made.whole


@dataclass(frozen=True, slots=True)
class Problem:
    """`start`, `end`: characters in the rule's text."""

    code: Code
    start: int
    end: int
    message: str
    fixes: tuple[Fix, ...] = ()


def to_json(problem: Problem) -> dict[str, object]:
    """The same data for machines."""
    return {
        "code": problem.code.value,
        "start": problem.start,
        "end": problem.end,
        "message": problem.message,
        "fixes": [{"label": fix.label, "text": fix.text} for fix in problem.fixes],
    }


def render(problem: Problem, text: str) -> str:
    """The problem for a terminal: the line of the rule, carets under the place, fixes below."""
    line_start = text.rfind("\n", 0, problem.start) + 1
    line_end = text.find("\n", problem.start)
    line = text[line_start : line_end if line_end >= 0 else len(text)]
    first = problem.start - line_start
    last = max(first, min(problem.end - line_start, len(line)))
    before, marked, after = line[:first], line[first:last], line[last:]
    if len(line) > WIDEST_LINE:
        before = "…" + before[-ROUND:] if len(before) > ROUND else before
        marked = marked[: WIDEST_LINE - ROUND] + "…" if len(marked) > WIDEST_LINE - ROUND else marked
        after = after[:ROUND] + "…" if len(after) > ROUND else after
    carets = " " * _columns(before) + "^" * max(1, _columns(marked))
    shown = [
        f"{problem.code.value}: {one_line(problem.message)}",
        "  " + one_line(before + marked + after),
        f"  {carets}",
    ]
    for fix in problem.fixes:
        lines = [one_line(one) for one in fix.text.split("\n")]  # a comment ends with its line
        shown += [f"  {one_line(fix.label)}: {lines[0]}"] if len(lines) == 1 else [f"  {one_line(fix.label)}:"]
        shown += [f"    {line}" for line in lines] if len(lines) > 1 else []
    return "\n".join(shown)


def _columns(text: str) -> int:
    """Columns in a terminal: two for wide characters, none for marks and what is invisible."""
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def replaced(text: str, start: int, end: int, new: str) -> Change:
    return Change(text, start, end, new)
