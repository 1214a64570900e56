"""What is wrong with a rule, as data: a stable code, where, one sentence, and fixes that a click can apply."""

from dataclasses import dataclass
from enum import StrEnum


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
    # warnings
    LOWER_CASE_OPERATOR = "lower-case-operator"
    WIDE_NEAR = "wide-near"
    NEVER_MATTERS = "never-matters"
    DOUBLE_NEGATION = "double-negation"
    COMMON_ANCHOR = "common-anchor"


@dataclass(frozen=True, slots=True)
class Fix:
    """What a click does: the whole corrected text."""

    label: str
    text: str


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
    column = problem.start - line_start
    width = max(1, min(problem.end, line_start + len(line)) - problem.start)
    shown = [f"{problem.code.value}: {problem.message}", f"  {line}", f"  {' ' * column}{'^' * width}"]
    shown += [f"  {fix.label}: {fix.text}" for fix in problem.fixes]
    return "\n".join(shown)


def replaced(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]
