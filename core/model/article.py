"""An article as wirewatch read it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from core.model.instant import Instant
from core.model.team import DEFAULT_TEAM


class TimeConfidence(StrEnum):
    """How far the published time can be trusted."""

    EXACT = "exact"  # an instant with its zone
    ASSUMED_ZONE = "assumed_zone"  # the zone is the source's
    DAY = "day"  # only the day is known
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, _: object) -> Self:
        """A later release's word: it is only shown."""
        return cls.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The article's own text and facts. Topic `articles`. Paragraphs of `text` are parted by a blank line.

    `article_id` is derived from `canonical_url`; `revision` from title and text, so an edited article is told from a
    repeated record. `seen` is when the poll saw it, `accepted` when it was read.
    """

    article_id: str
    revision: str = ""
    url: str
    canonical_url: str
    title: str
    text: str
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    lang: str | None = None
    country: str | None = None
    source_id: str
    source_name: str
    domain: str
    published: Instant | None = None
    published_confidence: TimeConfidence = TimeConfidence.UNKNOWN
    updated: Instant | None = None
    seen: Instant
    accepted: Instant
    teams: tuple[str, ...] = ()  # of its source: whose rules look at it; none: the default team alone

    def read_by(self, team_id: str) -> bool:
        """Whether the team subscribes to a source of it."""
        return team_id in (self.teams or (DEFAULT_TEAM,))
