"""Polls as the intake does, with a memory in place of the database: for tests of what is new."""

from collections.abc import Sequence
from datetime import UTC, datetime

from core.model.source import Source
from ingest.intake import keys
from ingest.intake.addresses import Addresses
from ingest.intake.new_entries import NewEntries, judge, marked
from ingest.intake.order import is_ascending
from ingest.intake.unchanged import UnchangedEntries
from ingest.parse.shapes import ParsedEntry

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOURCE = Source(source_id="s", name="News", url="https://news.example/feed")
SITE = "https://news.example/"


class Reader:
    """`unchanged`: the shortcut, if it is to be used."""

    def __init__(
        self,
        now: datetime = NOW,
        *,
        back_numbers: bool = True,
        unchanged: UnchangedEntries | None = None,
        source: Source = SOURCE,
        site: str = SITE,
        added: datetime | None = None,
    ) -> None:
        self.known: dict[str, datetime] = {}
        self.back_numbers = back_numbers
        self.unchanged = unchanged
        self.looked_at = 0
        self.first = True
        self.now = now
        self.source = source
        self.site = site
        self.added = added

    def poll(self, *shown: ParsedEntry) -> NewEntries:
        changed, unchanged = self._parted(shown)
        self.looked_at += len(changed)
        addresses = Addresses(shown, self.source, self.source.url, self.site)
        keyed, skipped = keys.keyed_entries(changed, addresses, self.source, self.now)
        found = keys.each_once(keys.apart(keyed, self.known, addresses, self.now), ascending=is_ascending(shown))
        if self.first:
            found = marked(found, self.source.since or self.added)
        news = judge(
            found,
            skipped,
            self.known,
            first_poll=self.first,
            now=self.now,
            unchanged=unchanged,
            back_numbers=self.back_numbers,
            since=self.source.since,
        )
        self.known |= dict.fromkeys(news.remember, self.now)
        self.first = False
        if self.unchanged is not None:
            self.unchanged.remember("s", (one for one in shown if one not in news.waiting), self.now)
        return news

    def titles(self, *shown: ParsedEntry) -> list[str]:
        return [one.entry.title for one in self.poll(*shown).new]

    def _parted(self, shown: Sequence[ParsedEntry]) -> tuple[list[ParsedEntry], list[ParsedEntry]]:
        if self.unchanged is None:
            return list(shown), []
        return self.unchanged.parted("s", shown, self.now)


def entry(slug: str = "a", title: str = "Title", **values: object) -> ParsedEntry:
    return ParsedEntry(**({"url": f"https://news.example/{slug}", "title": title} | values))  # type: ignore[arg-type] # ParsedEntry's own fields
