"""To whom an alert goes on that nobody acknowledges."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Gt, Le, Len, MinLen

from core.model.outcome import Priority
from core.model.sending import checked

MOST_SECONDS = 7 * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStep:
    """So long after the alert was told it goes to these channels, unless somebody has taken it.

    `priorities`: only for alerts of these; empty: for all.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    after_seconds: Annotated[float, Gt(0), Le(MOST_SECONDS)]
    channels: Annotated[tuple[str, ...], MinLen(1)]
    priorities: tuple[Priority, ...] = ()


def _one_after_the_other(steps: tuple[EscalationStep, ...]) -> tuple[EscalationStep, ...]:
    times = [step.after_seconds for step in steps]
    if times != sorted(set(times)):
        raise ValueError("the steps follow each other: each has a larger after_seconds than the one before")
    return steps


Steps = Annotated[tuple[EscalationStep, ...], Len(1, 10), checked(_one_after_the_other)]
