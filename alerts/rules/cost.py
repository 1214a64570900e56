"""The cost of rules in a matcher, as numbers."""

from dataclasses import dataclass

BUDGET_SECONDS = 0.001  # of an evaluation, on average; a rule over it is reported as slow
STEP_SECONDS = 20e-9  # of a step of machine code, roughly; docs/matching.md
ENOUGH = 20  # evaluations before a rule is called slow


@dataclass(frozen=True, slots=True)
class Effort:
    """What matching has taken so far: rules looked at, and those of them that Python had to evaluate. `without_anchor`: rules
    that are looked at for every article."""

    candidates: int = 0
    by_python: int = 0
    without_anchor: int = 0


@dataclass(frozen=True, slots=True)
class RuleCost:
    """What a rule has taken since it was compiled or merged: how often it was looked at in so many articles, and how long
    that took: measured where Python evaluated it, else estimated from the steps of machine code."""

    key: str
    articles: int
    candidates: int
    seconds: float

    @property
    def over_budget(self) -> bool:
        return is_slow(self.candidates, self.seconds)


def is_slow(candidates: int, seconds: float) -> bool:
    """Whether evaluations that took so long in all are over the budget."""
    return candidates >= ENOUGH and seconds > candidates * BUDGET_SECONDS
