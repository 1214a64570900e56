"""Metric rules: conditions over more than one article, named as ElastAlert 2 names them.

`kind` is the name that is stored and that messages carry. `first_seen` and `silence` are older than the names of the types;
`new_term` and `flatline` are read as these.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Gt, Le, MinLen

LEARNING_WINDOWS = 3  # fewer earlier windows tell nothing about what is usual
_MOST_DAYS = 90  # as long as findings are kept

Window = Annotated[float, Ge(60), Le(_MOST_DAYS * 86400)]  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    """Alert when at least `stories` different stories matched within the window; then not again within it."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    kind: Literal["frequency"] = "frequency"
    stories: Annotated[int, Ge(2), Le(10_000)]
    window_seconds: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Spike:
    """Alert when the window has `factor` times the rule's usual number of stories, and at least `stories`.

    Usual: the mean of the `baseline_windows` windows before this one, as many of them as the rule has been in force.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    kind: Literal["spike"] = "spike"
    window_seconds: Window
    factor: Annotated[float, Gt(1), Le(1000)] = 3.0
    stories: Annotated[int, Ge(2), Le(10_000)] = 3
    baseline_windows: Annotated[int, Ge(LEARNING_WINDOWS), Le(60)] = 14

    def __post_init__(self) -> None:
        if (self.baseline_windows + 1) * self.window_seconds > _MOST_DAYS * 86400:
            raise ValueError(
                f"baseline_windows and this one reach back over {_MOST_DAYS} days, longer than matches are kept;"
                " take fewer or shorter windows"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTerm:
    """Alert on a story only when no other one matched within the window before it."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    kind: Literal["first_seen"] = "first_seen"
    window_seconds: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Flatline:
    """Alert when nothing came for a whole window: no match of the rule, or no article of the named source."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    kind: Literal["silence"] = "silence"
    window_seconds: Window
    source: Annotated[str, MinLen(1)] | None = None


MetricRule = Frequency | Spike | NewTerm | Flatline

# What a rule's `kind` may be called, and the type that it names.
KINDS: dict[str, type[Frequency | Spike | NewTerm | Flatline]] = {
    "frequency": Frequency,
    "spike": Spike,
    "new_term": NewTerm,
    "flatline": Flatline,
}
OTHER_NAMES = {"first_seen": "new_term", "silence": "flatline"}
STORED_NAMES = {new: old for old, new in OTHER_NAMES.items()}
