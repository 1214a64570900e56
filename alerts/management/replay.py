"""Runs stored articles through a rule version and compares with the earlier matches and alerts. Stores and sends nothing.

The articles are judged by the code that matches in production, given as `compiled`. A run that was cut short goes on
where it stopped, and ends as if it had not been.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from alerts.decide.batch_state import NOTIFIED
from alerts.match.results import matches_of
from alerts.match.rule_cache import Rules
from core.db.connection import Connection
from core.model.match import Match
from core.model.outcome import AlertOutcome
from core.model.rule import RuleRow
from core.store import articles, findings
from core.store.findings import Finding

_PAGE = 200
_MOST_FINDINGS = 1_000_000
_FAR = datetime(9999, 1, 1, tzinfo=UTC)
_SENT = NOTIFIED | {AlertOutcome.UPDATED}


@dataclass(frozen=True, slots=True)
class Span:
    """Articles accepted from `since` until before `until`."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """How far a run is, newest articles first. `missed`: articles found at the time and not now."""

    cursor: int | None = None
    read: int = 0
    found: tuple[Match, ...] = ()
    missed: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Replayed:
    """By article. `gained`: found only now; `same`: then too, with what became of it; `lost`: found only then;
    `gone`: found then, the article is kept no more."""

    read: int = 0
    gained: list[Match] = field(default_factory=list)
    same: list[tuple[Match, Finding]] = field(default_factory=list)
    lost: list[Finding] = field(default_factory=list)
    gone: list[Finding] = field(default_factory=list)

    @property
    def stories_now(self) -> int:
        """Stories with a match: alerts, as far as silences, throttles and quiet hours let them through."""
        return len({match.story_id for match in self.gained} | {match.story_id for match, _ in self.same})

    @property
    def stories_then(self) -> int:
        """The same of what was found at the time."""
        return len({finding.match.story_id for finding in self._then()})

    @property
    def stories_sent(self) -> int:
        """Stories that raised an alert at the time."""
        return len({finding.match.story_id for finding in self._then() if finding.outcome in _SENT})

    def _then(self) -> list[Finding]:
        return [*self.lost, *self.gone, *(finding for _, finding in self.same)]


Step = Callable[[Place, Sequence[Match]], None]


async def replay(
    conn: Connection, compiled: Rules, row: RuleRow, span: Span, place: Place = Place(), step: Step | None = None
) -> Replayed:
    """Run the articles of `span`; `compiled` holds `row` alone.

    `place`: where an earlier run of the same was cut short. `step` is told after every page how far this one is, and
    what that page found.
    """
    then = {finding.match.article.article_id: finding for finding in await _findings(conn, row, span)}
    found, missed = list(place.found), list(place.missed)
    cursor, read = place.cursor, place.read
    while True:
        page = await articles.page(conn, since=span.since, until=span.until, before_cursor=cursor, limit=_PAGE)
        fresh: list[Match] = []
        for item in page:
            matches = matches_of(compiled, {row.rule_id: row}, item.story_article, lambda: span.until)
            fresh += matches
            if not matches and item.story_article.article.article_id in then:
                missed.append(item.story_article.article.article_id)
        found += fresh
        read += len(page)
        cursor = page[-1].cursor if page else cursor
        if step is not None and page:
            step(Place(cursor, read, (), tuple(missed)), fresh)
        if len(page) < _PAGE:
            return _compared(found, missed, then, read)


def _compared(found: Sequence[Match], missed: Sequence[str], then: Mapping[str, Finding], read: int) -> Replayed:
    known = {match.article.article_id for match in found} | set(missed)
    return Replayed(
        read=read,
        gained=[match for match in found if match.article.article_id not in then],
        same=[(match, then[match.article.article_id]) for match in found if match.article.article_id in then],
        lost=[then[key] for key in missed if key in then],
        gone=[finding for key, finding in then.items() if key not in known],
    )


async def _findings(conn: Connection, row: RuleRow, span: Span) -> list[Finding]:
    """What was found in articles of the span; a match may come later than its article, so all later ones are looked at."""
    found = await findings.of_rule(conn, row.rule_id, since=span.since, until=_FAR, limit=_MOST_FINDINGS)
    return [finding for finding in found if span.since <= finding.match.accepted < span.until]
