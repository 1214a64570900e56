"""Silences, field by field: a stable promise, independent of the store."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import Field

from core.model.outcome import AlertOutcome
from wirewatch.api.model import Body, Float, Model, Moment
from wirewatch.usecases import silences
from wirewatch.usecases.silences import AlertRow, KnownSilence, SilencePreview, SilenceState

_LONGEST_SECONDS = 315_360_000  # ten years


class Silence(Model):
    """`rule`, `source`: a name or a pattern of names; `source` null: every source."""

    silence_id: str
    rule: str
    source: str | None
    starts: datetime
    ends: datetime
    author: str
    comment: str
    hidden_count: int
    state: SilenceState

    @classmethod
    def of_known(cls, known: KnownSilence) -> Self:
        """The model of a stored silence."""
        one = known.silence
        names = ("silence_id", "rule", "source", "starts", "ends", "author", "comment", "hidden_count")
        return cls(**{name: getattr(one, name) for name in names}, state=known.state)


class Silences(Model):
    silences: Sequence[Silence]
    next: str | None


class NewSilence(Body):
    """`rule`, `source`: a name, or a pattern with `*`, `?` and `[...]`. `starts` null: now. `seconds`: for how long."""

    rule: Annotated[str, Field(min_length=1, max_length=200)]
    source: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    starts: Moment | None = None
    seconds: Annotated[Float, Field(gt=0, le=_LONGEST_SECONDS)]
    comment: Annotated[str, Field(min_length=1, max_length=2000, description="why; shown with what is hidden")]

    def meant(self) -> silences.NewSilence:
        """As the use cases take it."""
        return silences.NewSilence(
            rule=self.rule,
            source=self.source,
            starts=self.starts,
            lasting=timedelta(seconds=self.seconds),
            comment=self.comment,
        )


class SilenceAdded(Model):
    """`covered`: how many rules in force it covers; null where that depends on the source of the match."""

    silence: Silence
    covered: int | None


class HiddenAlert(Model):
    """An alert that somebody was not, or would not have been, told of. `title`: of its first article."""

    alert_id: str
    rule: str
    title: str
    source: str
    created: datetime
    outcome: AlertOutcome

    @classmethod
    def of_row(cls, row: AlertRow) -> Self:
        """The model of a stored alert."""
        alert = row.alert
        brief = alert.articles[0].brief if alert.articles else None
        return cls(
            alert_id=alert.alert_id,
            rule=alert.rule.name,
            title="" if brief is None else brief.title,
            source="" if brief is None else brief.source_name,
            created=alert.created,
            outcome=row.outcome,
        )


class HiddenAlerts(Model):
    alerts: Sequence[HiddenAlert]
    next: str | None


class Preview(Model):
    """What a silence would have hidden since then. `rules`: the names of those in force that it covers."""

    since: datetime
    rules: Sequence[str]
    alerts: int
    by_rule: Mapping[str, int]
    newest: Sequence[HiddenAlert]

    @classmethod
    def of_preview(cls, preview: SilencePreview) -> Self:
        """The model of a preview."""
        return cls(
            since=preview.since,
            rules=preview.rules,
            alerts=preview.alerts,
            by_rule=dict(preview.by_rule),
            newest=[HiddenAlert.of_row(row) for row in preview.newest],
        )
