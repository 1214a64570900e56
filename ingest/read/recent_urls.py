"""Which URLs were read lately: pure and bounded, so that a story in five section feeds is fetched once."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.model.source import Entry
from core.model.team import DEFAULT_TEAM

_MOST_URLS = 100_000
_DEFAULT_ALONE = frozenset({DEFAULT_TEAM})


@dataclass(frozen=True, slots=True)
class Reading:
    """An entry whose page was read."""

    source_id: str
    source_name: str
    seen: datetime
    text_hash: int  # of what its feed said
    teams: frozenset[str]  # whose rules look at the article


class RecentUrls:
    """The readings of this process, newest kept. The same record again is no duplicate: it is repeated after a crash."""

    def __init__(self) -> None:
        self._readings: OrderedDict[str, Reading] = OrderedDict()

    def before(self, entry: Entry) -> Reading | None:
        """The reading that makes this entry a duplicate."""
        reading = self._readings.get(entry.entry_id)
        if reading is None or (reading.source_id, reading.seen) == (entry.source.source_id, entry.seen):
            return None
        if reading.source_id == entry.source.source_id:
            return reading if reading.text_hash == _text_hash(entry) else None
        return None if is_update(entry, reading.seen) or not teams_of(entry.source.teams) <= reading.teams else reading

    def remember(self, entry: Entry) -> None:
        """The entry's article is on its way."""
        before = self._readings.get(entry.entry_id)
        teams = teams_of(entry.source.teams) | (before.teams if before is not None else frozenset())
        self._readings[entry.entry_id] = Reading(
            entry.source.source_id, entry.source.name, entry.seen, _text_hash(entry), teams
        )
        self._readings.move_to_end(entry.entry_id)
        if len(self._readings) > _MOST_URLS:
            self._readings.popitem(last=False)


def teams_of(teams: Iterable[str]) -> frozenset[str]:
    """Who subscribes; an article that another team's source showed too is read for that team as well."""
    return frozenset(teams) or _DEFAULT_ALONE


def _text_hash(entry: Entry) -> int:
    """Of this process. That another markup of the same words is no edit, the poll has seen to."""
    return hash((entry.title, entry.content, entry.summary, entry.updated))


def is_update(entry: Entry, read_at: datetime) -> bool:
    """Its feed says that the article was changed after it was read."""
    return entry.updated is not None and entry.updated > read_at
