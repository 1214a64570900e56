"""The state of the whole machine, field by field."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self

from wirewatch.api.model import Model
from wirewatch.usecases.first_steps import FirstSteps
from wirewatch.usecases.system import Step, System


class Hour(Model):
    """What was counted in the hour that begins then."""

    hour: datetime
    counts: Mapping[Step, int]


class Funnel(Model):
    """`seen`: new entries; `read`: articles; `new`: stories; `matched`: articles that a rule was true of; `told`: messages."""

    since: datetime
    totals: Mapping[Step, int]
    hours: Sequence[Hour]


class StageState(Model):
    """`here`: it runs in the process that answers, whose rate and total these are; lag is of all processes."""

    stage: str
    here: bool
    well: bool
    state: str
    a_minute: float | None
    total: int | None
    lag_records: int | None
    lag_seconds: float | None
    last_error: str | None


class SlowSource(Model):
    """Seconds from published to seen."""

    source_id: str
    name: str
    articles: int
    median_seconds: float
    longest_seconds: float


class SlowRule(Model):
    rule_id: str
    name: str
    evaluations: int
    mean_seconds: float
    budget_seconds: float


class Disk(Model):
    """Bytes. `log` null: the log is not embedded."""

    directory: str
    free: int
    total: int
    database: int
    log: int | None


class SettingInForce(Model):
    """`origin`: `default`, `environment VARIABLE`, or FILE:LINE. Secrets are masked in `value`."""

    key: str
    value: str
    origin: str


class Steps(Model):
    """What a new installation needs; `told`: a test message or an alert was delivered."""

    sources: bool
    rules: bool
    channels: bool
    told: bool


class SystemState(Model):
    stages: Sequence[StageState]
    funnel: Funnel
    slow_sources: Sequence[SlowSource]
    slow_rules: Sequence[SlowRule]
    disk: Disk
    retention_days: Mapping[str, float]
    versions: Mapping[str, str]
    configuration: Sequence[SettingInForce]
    first_steps: Steps

    @classmethod
    def of_system(cls, system: System, stages: Sequence[StageState], steps: FirstSteps) -> Self:
        """The model of what there is."""
        funnel, versions = system.funnel, system.versions
        known: dict[str, Any] = {
            name: str(getattr(versions, name)) for name in ("wirewatch", "python", "database", "schema", "log")
        }
        return cls(
            stages=stages,
            funnel=Funnel(
                since=funnel.since,
                totals={step: funnel.total(step) for step in Step},
                hours=[Hour(hour=hour.hour, counts=dict(hour.counts)) for hour in funnel.hours],
            ),
            slow_sources=[
                SlowSource(
                    source_id=one.source_id,
                    name=one.name,
                    articles=one.articles,
                    median_seconds=one.median.total_seconds(),
                    longest_seconds=one.longest.total_seconds(),
                )
                for one in system.slow_sources
            ],
            slow_rules=SlowRule.of_all(system.slow_rules),
            disk=Disk.of(system.disk),
            retention_days=dict(system.retention),
            versions=known,
            configuration=SettingInForce.of_all(system.settings),
            first_steps=Steps.of(steps),
        )


class ProcessReload(Model):
    """`taken` false: it refused (`problems`) or has not answered in time. `later`: settings that wait for a restart."""

    pid: int
    taken: bool
    problems: Sequence[str]
    later: Sequence[str]


class Reload(Model):
    processes: Sequence[ProcessReload]
