"""What a document of sources, rules, aliases, channels and silences would do to what is stored: the diff. Pure.

An item of the document says all of a thing: what it leaves out is the default, as in a file.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from core.model.origin import FILE


class Verdict(StrEnum):
    """What becomes of one thing."""

    ADD = "add"
    CHANGE = "change"
    SAME = "same"
    CONFLICT = "conflict"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An item of the document. `key`: what it is known by. `place`: a JSON pointer. `values`: what is compared.

    `shown`: the same without secrets; `given`: what its use case takes.
    """

    key: str
    name: str
    place: str
    values: Mapping[str, Any] = field(repr=False)
    shown: Mapping[str, Any] = field(default_factory=dict)
    given: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A stored thing. `enabled` False: it was removed, and an item of its name puts it in force again."""

    key: str
    name: str
    origin: str
    enabled: bool = True
    values: Mapping[str, Any] = field(repr=False)
    shown: Mapping[str, Any] = field(default_factory=dict)
    given: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`before` and `after` without secrets; None: it is not there."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`why`: of a conflict. `place`: of the item in the document; empty for what is removed."""

    noun: str
    name: str
    verdict: Verdict
    place: str = ""
    changes: tuple[FieldChange, ...] = ()
    why: str = ""
    wanted: Wanted | None = field(default=None, repr=False)
    known: Known | None = field(default=None, repr=False)

    def refused(self, why: str) -> "Step":
        """The same step, which cannot be done."""
        return replace(self, verdict=Verdict.CONFLICT, why=why)


def plan(noun: str, wanted: Sequence[Wanted], known: Iterable[Known], *, prune: bool) -> list[Step]:
    """One step for each item in its order, then what is to go. `prune`: whatever no item names goes, but what files manage."""
    by_key = {one.key: one for one in known}
    steps = [_step(noun, one, by_key.get(one.key)) for one in wanted]
    if prune:
        steps += _gone(noun, by_key.values(), {one.key for one in wanted})
    return steps


def _step(noun: str, wanted: Wanted, known: Known | None) -> Step:
    step = Step(noun=noun, name=wanted.name, verdict=Verdict.ADD, place=wanted.place, wanted=wanted, known=known)
    if known is None or not known.enabled:
        return replace(step, changes=_changes({}, {}, wanted.values, wanted.shown))
    found = _changes(known.values, known.shown, wanted.values, wanted.shown)
    if not found:
        return replace(step, verdict=Verdict.SAME)
    if known.origin == FILE:
        return step.refused("it is managed in a file; change it there")
    return replace(step, verdict=Verdict.CHANGE, changes=found)


def _gone(noun: str, known: Iterable[Known], named: set[str]) -> Iterator[Step]:
    for one in sorted(known, key=lambda one: one.key):
        if one.enabled and one.origin != FILE and one.key not in named:
            yield Step(noun=noun, name=one.name, verdict=Verdict.REMOVE, known=one)


def _changes(
    before: Mapping[str, Any], before_shown: Mapping[str, Any], after: Mapping[str, Any], after_shown: Mapping[str, Any]
) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(key, _shown(key, before, before_shown), _shown(key, after, after_shown))
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    )


def _shown(key: str, values: Mapping[str, Any], shown: Mapping[str, Any]) -> Any:
    return shown.get(key, values.get(key)) if key in values else None
