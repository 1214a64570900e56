"""Rules, field by field: a stable promise, independent of the store."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from alerts.management.diff import Change
from alerts.rules.problem import Problem
from core.model.rule import RuleRow
from wirewatch.api.model import Body, Float, Int, Model, Paged, Query, QueryInt
from wirewatch.config.one_rule import written_settings
from wirewatch.usecases.routes import Destination
from wirewatch.usecases.rule_list import DAYS, ListedRule, RuleFigures

Priority = Literal["flash", "normal", "low"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Seconds = Annotated[Float, Field(gt=0, le=3_155_760_000)]
RuleText = Annotated[str, Field(max_length=100_000, description="the rule's text (docs/rules.md)")]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class DayFigures(Model):
    day: date
    alerts: int


class Figures(Model):
    """What the rule did in the last 14 days. `evaluation_seconds`: as far as it was among the slowest; null: never measured."""

    last_matched: datetime | None
    matches: int
    alerts: int
    by_day: Sequence[DayFigures]
    not_relevant: int
    mean_evaluation_seconds: float | None
    slow: bool

    @classmethod
    def of_figures(cls, figures: RuleFigures, today: date) -> Self:
        first = today - timedelta(days=DAYS - 1)
        return cls(
            last_matched=figures.last_matched,
            matches=figures.matches,
            alerts=figures.alerts,
            by_day=[
                DayFigures(day=first + timedelta(days=place), alerts=alerts)
                for place, alerts in enumerate(figures.alerts_by_day)
            ],
            not_relevant=figures.not_relevant,
            mean_evaluation_seconds=figures.mean_seconds,
            slow=figures.slow,
        )


class Rule(Model):
    """A rule in the version in force. `settings`: as a file has them, without those that are as they are by default.

    `origin`: `file` (read-only here; `author` names the file) or `db`. `owner`: the name of the user who made it.
    """

    rule_id: str
    team_id: str
    name: str
    version: int
    query: str
    canonical: str
    settings: dict[str, Any]
    origin: str
    enabled: bool
    owner: str | None = None
    author: str
    comment: str
    created: datetime
    revision: int
    figures: Figures | None = None

    @classmethod
    def of_row(cls, row: RuleRow, owner: str | None = None, figures: Figures | None = None) -> Self:
        """The model of a stored rule."""
        own = ("settings", "owner", "figures")
        given = {name: getattr(row, name) for name in cls.model_fields if name not in own}
        return cls(**given, settings=written_settings(row.settings), owner=owner, figures=figures)

    @classmethod
    def of_listed(cls, one: ListedRule, today: date) -> Self:
        """The model with its figures."""
        return cls.of_row(one.row, one.owner, Figures.of_figures(one.figures, today))


class Rules(Model):
    rules: Sequence[Rule]
    next: str | None


class RuleDestination(Model):
    """Where its alerts go. `by`: the number of the route that leads there; null: the rule names the channel itself."""

    channel: str
    by: str | None
    trouble: str

    @classmethod
    def of_destination(cls, one: Destination) -> Self:
        return cls(channel=one.channel, by=None if one.by is None else str(one.by), trouble=one.trouble)


class RuleDetail(Model):
    rule: Rule
    destinations: Sequence[RuleDestination]


class RuleVersions(Model):
    """The newest first."""

    versions: Sequence[Rule]


class RuleChange(Model):
    """A clause that only one of the two versions has. `effect`: what the change does to what the rule finds."""

    gained: bool
    clause: str
    within: str
    effect: str

    @classmethod
    def of_change(cls, change: Change) -> Self:
        return cls(gained=change.gained, clause=change.clause, within=change.within, effect=change.effect.value)


class RuleDiff(Model):
    """From the first version to the second: none changed, they find the same. `settings`: changed ones, before and after."""

    first: int
    second: int
    changes: Sequence[RuleChange]
    settings: dict[str, tuple[Any, Any]]


class RuleFix(Model):
    """`text`: the whole corrected text."""

    label: str
    text: str


class RuleProblem(Model):
    """`start`, `end`: characters of the text."""

    code: str
    start: int
    end: int
    message: str
    fixes: Sequence[RuleFix]

    @classmethod
    def of_problem(cls, one: Problem) -> Self:
        fixes = [RuleFix(label=fix.label, text=fix.text) for fix in one.fixes]
        return cls(code=one.code.value, start=one.start, end=one.end, message=one.message, fixes=fixes)


class PutAnswer(Model):
    """`changed` false: it was so already. `warnings`: what is probably not meant."""

    rule: Rule
    changed: bool
    warnings: Sequence[str]


class ThrottleBody(Body):
    max: Annotated[Int, Field(ge=1, le=1_000_000)]
    per_seconds: Seconds


class QuietHoursBody(Body):
    start: str
    end: str
    time_zone: str
    days: Annotated[list[Day], Field(min_length=1)] | None = None


class DigestBody(Body):
    """Exactly one of `at` (times of day) and `cron`."""

    at: Annotated[list[str], Field(max_length=48)] | None = None
    cron: str | None = None
    time_zone: str
    days: Annotated[list[Day], Field(min_length=1)] | None = None


class CooldownBody(Body):
    first_seconds: Seconds
    factor: Annotated[Float, Field(ge=1, le=100)] | None = None
    max_seconds: Seconds | None = None
    reset_seconds: Annotated[Float, Field(ge=0, le=3_155_760_000)] | None = None


class EscalationBody(Body):
    after_seconds: Annotated[Float, Field(gt=0, le=604_800)]
    channels: Annotated[list[str], Field(min_length=1)]
    priorities: list[Priority] | None = None


class StandingBody(Body):
    """A condition over more than one article (docs/alerting.md says which kind takes what)."""

    kind: Literal["frequency", "spike", "new_term", "flatline", "first_seen", "silence"]
    window_seconds: Annotated[Float, Field(ge=60, le=7_776_000)]
    stories: Annotated[Int, Field(ge=2, le=10_000)] | None = None
    factor: Annotated[Float, Field(gt=1, le=1000)] | None = None
    baseline_windows: Annotated[Int, Field(ge=3, le=60)] | None = None
    source: Annotated[str, Field(min_length=1)] | None = None


class SettingsBody(Body):
    """The settings of a rule, as a file has them. What is left out is as it is by default."""

    channels: Annotated[list[str], Field(max_length=100)] | None = None
    priority: Priority | None = None
    group_wait_seconds: Annotated[Float, Field(ge=0, le=3_155_760_000)] | None = None
    group_interval_seconds: Annotated[Float, Field(ge=0, le=3_155_760_000)] | None = None
    throttle: ThrottleBody | None = None
    quiet_hours: QuietHoursBody | None = None
    digest: DigestBody | None = None
    cooldown: CooldownBody | None = None
    escalate: Annotated[list[EscalationBody], Field(min_length=1, max_length=10)] | None = None
    inhibits: Annotated[list[Name], Field(max_length=1000)] | None = None
    tags: Annotated[list[Name], Field(max_length=1000)] | None = None
    spread_outlets: Annotated[list[Annotated[Int, Field(ge=2, le=10_000)]], Field(max_length=100)] | None = None
    template: Annotated[str, Field(max_length=10_000)] | None = None
    since: Annotated[str, Field(description="a time with its offset (RFC 3339)")] | None = None
    standing: StandingBody | None = None


class NewRuleBody(Body):
    """`query` is empty only where the rule watches a source for silence."""

    name: Name
    query: RuleText = ""
    settings: SettingsBody = SettingsBody()
    comment: Annotated[str, Field(max_length=2000)] = ""


class PutRuleBody(Body):
    """What is left out stays as it is; `settings` that are given take the place of all that were."""

    query: RuleText | None = None
    settings: SettingsBody | None = None
    comment: Annotated[str, Field(max_length=2000)] = ""


class RenameBody(Body):
    name: Name


class RollbackBody(Body):
    version: Annotated[Int, Field(ge=1, le=2_000_000_000)]


class DiffQuery(Query):
    """Two versions, of a rule or of an alias."""

    first: Annotated[QueryInt, Field(ge=1, le=2_000_000_000)]
    second: Annotated[QueryInt, Field(ge=1, le=2_000_000_000)]


class RulesQuery(Paged):
    text: Annotated[str | None, Field(max_length=500, description="a part of the name or of the query")] = None
    state: Annotated[Literal["in_force", "off"] | None, Field(description="whether it looks at articles")] = None
    origin: Literal["file", "db"] | None = None
    owner: Annotated[str | None, Field(max_length=200, description="the id of a user, or `me`")] = None
    priority: Priority | None = None
