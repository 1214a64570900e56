"""The settings of a rule as the fields of a form, and back: fields -> table, as a file has it -> settings. Pure.

What people type is short: `10m` for a span of time, `08:00, 18:30` for times, one step of an escalation a line.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.model.outcome import Priority
from core.model.rule import RuleSettings
from core.model.sending import ALL_DAYS
from core.text.spans import span_of, written_span
from wirewatch.config.one_rule import SettingProblem, read_settings, written_settings

Fields = dict[str, str]  # a field of several values has them on lines of their own
_SPAN_NEEDED = "expected a span of time: a number and s, m, h, d or w, such as 10m"
_PRIORITIES = frozenset(priority.value for priority in Priority)


@dataclass(frozen=True, slots=True)
class ReadFields:
    """`table`: as a file has it, without what could not be read. `settings` None: something is wrong, said by field."""

    table: Mapping[str, Any]
    settings: RuleSettings | None
    problems: Mapping[str, str]


@dataclass(slots=True)
class _Reading:
    fields: Mapping[str, str]
    problems: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        return self.fields.get(name, "").strip() or None

    def listed(self, name: str) -> list[str] | None:
        """Parted by commas or lines; None where it is empty."""
        parts = [part.strip() for line in self.fields.get(name, "").splitlines() for part in line.split(",")]
        return [part for part in parts if part] or None

    def lines(self, name: str) -> list[str] | None:
        return [line for one in self.fields.get(name, "").splitlines() if (line := one.strip())] or None

    def span(self, name: str) -> float | None:
        text = self.text(name)
        if text is None:
            return None
        found = span_of(text)
        if found is None and text != "0":
            self.problems[name] = _SPAN_NEEDED
        return 0.0 if found is None else found.total_seconds()

    def number(self, name: str, kind: Callable[[str], float] = int) -> Any:
        text = self.text(name)
        if text is None:
            return None
        try:
            return kind(text)
        except ValueError:
            self.problems[name] = "expected a whole number" if kind is int else "expected a number"
            return None

    def numbers(self, name: str) -> list[int] | None:
        found = self.listed(name) or []
        try:
            return [int(one) for one in found] or None
        except ValueError:
            self.problems[name] = "expected whole numbers, parted by commas"
            return None


def read_fields(fields: Mapping[str, str]) -> ReadFields:
    """The settings of a filled form, or what is wrong with which field."""
    form = _Reading(fields)
    table = {name: value for name, value in _table(form).items() if value is not None}
    settings, wrong = read_settings(table)
    for problem in wrong:
        form.problems.setdefault(_field_of(problem), problem.message)
    return ReadFields(table, None if form.problems else settings, form.problems)


def fields_of(settings: RuleSettings) -> Fields:
    """The fields of a form that holds these settings."""
    table = written_settings(settings)
    found: Fields = {
        "channels": "\n".join(settings.channels),
        "priority": settings.priority.value,
        "tags": ", ".join(settings.tags),
        "inhibits": "\n".join(settings.inhibits),
        "spread_outlets": ", ".join(map(str, settings.spread_outlets)),
        "template": settings.template,
        "since": table.get("since", ""),
        "escalate": "\n".join(map(_step, table.get("escalate", ()))),
    }
    for name in ("group_wait_seconds", "group_interval_seconds"):
        found[name] = _shown(name, table[name]) if name in table else ""
    for name in ("throttle", "quiet_hours", "digest", "cooldown", "standing"):
        found |= {f"{name}.{key}": _shown(key, value) for key, value in table.get(name, {}).items()}
    return found


def _table(form: _Reading) -> dict[str, Any]:
    return {
        "channels": form.lines("channels"),
        "priority": form.text("priority"),
        "group_wait_seconds": form.span("group_wait_seconds"),
        "group_interval_seconds": form.span("group_interval_seconds"),
        "throttle": _some(max=form.number("throttle.max"), per_seconds=form.span("throttle.per_seconds")),
        "quiet_hours": _quiet_hours(form),
        "digest": _digest(form),
        "cooldown": _cooldown(form),
        "escalate": list(_steps(form)) or None,
        "inhibits": form.lines("inhibits"),
        "tags": form.listed("tags"),
        "spread_outlets": form.numbers("spread_outlets"),
        "template": form.fields.get("template", "").strip("\n") or None,
        "since": form.text("since"),
        "standing": _standing(form),
    }


def _some(**values: Any) -> dict[str, Any] | None:
    """The table of what is there; None of nothing."""
    return {name: value for name, value in values.items() if value is not None} or None


def _days(form: _Reading, name: str) -> list[str] | None:
    found = form.listed(name)
    return None if found is None or set(found) == set(ALL_DAYS) else found


def _quiet_hours(form: _Reading) -> dict[str, Any] | None:
    times = _some(start=form.text("quiet_hours.start"), end=form.text("quiet_hours.end"))
    if times is None:
        return None
    return times | (_some(time_zone=form.text("quiet_hours.time_zone"), days=_days(form, "quiet_hours.days")) or {})


def _digest(form: _Reading) -> dict[str, Any] | None:
    times = _some(at=form.listed("digest.at"), cron=form.text("digest.cron"))
    if times is None:
        return None
    return times | (_some(time_zone=form.text("digest.time_zone"), days=_days(form, "digest.days")) or {})


def _cooldown(form: _Reading) -> dict[str, Any] | None:
    return _some(
        first_seconds=form.span("cooldown.first_seconds"),
        factor=form.number("cooldown.factor", float),
        max_seconds=form.span("cooldown.max_seconds"),
        reset_seconds=form.span("cooldown.reset_seconds"),
    )


def _standing(form: _Reading) -> dict[str, Any] | None:
    kind = form.text("standing.kind")
    if kind is None:
        return None
    return _some(
        kind=kind,
        window_seconds=form.span("standing.window_seconds"),
        stories=form.number("standing.stories"),
        factor=form.number("standing.factor", float),
        baseline_windows=form.number("standing.baseline_windows"),
        source=form.text("standing.source"),
    )


def _steps(form: _Reading) -> Iterator[dict[str, Any]]:
    """`10m: boss, chief: flash` -> after ten minutes to boss and chief, alerts of priority flash only."""
    for line in form.lines("escalate") or ():
        span, _, rest = line.partition(":")
        length = span_of(span)
        names, _, last = rest.rpartition(":")
        priorities = [one.strip() for one in last.split(",")]
        if not names or not set(priorities) <= _PRIORITIES:
            names, priorities = rest, []
        channels = [one for name in names.split(",") if (one := name.strip())]
        if length is None or not channels:
            form.problems["escalate"] = (
                f"{line[:100]!r}: expected a span of time, a colon and channels, such as 10m: boss"
            )
            continue
        step = {"after_seconds": length.total_seconds(), "channels": channels}
        yield {**step, "priorities": priorities} if priorities else step


def _step(step: Mapping[str, Any]) -> str:
    priorities = f": {', '.join(step['priorities'])}" if step.get("priorities") else ""
    return f"{written_span(step['after_seconds'])}: {', '.join(step['channels'])}{priorities}"


def _shown(key: str, value: object) -> str:
    if key.endswith("_seconds") and isinstance(value, int | float):
        return written_span(value) if value else "0"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _field_of(problem: SettingProblem) -> str:
    """The field that a key of the table comes from."""
    parts: Sequence[str] = problem.path.split("[")[0].split(".")
    whole = ("escalate", "channels", "inhibits", "tags", "spread_outlets")
    if parts[0] in whole or len(parts) == 1:
        return {"quiet_hours": "quiet_hours.start", "digest": "digest.at", "cooldown": "cooldown.first_seconds"}.get(
            parts[0], "standing.kind" if parts[0] == "standing" else parts[0]
        )
    return ".".join(parts[:2])
