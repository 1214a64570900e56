"""The headline of the pages, for programs."""

from collections.abc import Sequence

from wirewatch.api.model import Model
from wirewatch.health.trouble import Severity


class Trouble(Model):
    severity: Severity
    name: str
    words: str
    place: str


class Status(Model):
    well: bool
    ready: bool
    troubles: Sequence[Trouble]
