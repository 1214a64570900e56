"""Rules, field by field: a stable promise, independent of the store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from core.model.rule import RuleRow
from core.model.rule_tables import written
from wirewatch.api.model import Model


class Rule(Model):
    """A rule in the version in force. `settings`: as a file has them, the defaults too."""

    rule_id: str
    name: str
    version: int
    query: str
    canonical: str
    settings: dict[str, Any]
    origin: str
    enabled: bool
    author: str
    comment: str
    created: datetime
    revision: int

    @classmethod
    def of_row(cls, row: RuleRow) -> Self:
        """The model of a stored rule."""
        given = {name: getattr(row, name) for name in cls.model_fields if name != "settings"}
        return cls(**given, settings=dict(written(row.settings)))


class Rules(Model):
    rules: Sequence[Rule]
    next: str | None
