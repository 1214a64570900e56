"""What of a poll goes on the log and what waits. The stage's side is in test_poll.py."""

from datetime import UTC, datetime

from core.model.source import Entry, Source
from core.store.put_aside import MOST_OF_A_SOURCE
from ingest.intake.keys import KeyedEntry
from ingest.intake.new_entries import NewEntries
from ingest.intake.overflow import AT_ONCE, overflows, split
from ingest.parse.shapes import ParsedEntry

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SOURCE = Source(source_id="s", name="News", url="https://news.example/feed")


def entries(count: int) -> NewEntries:
    new = []
    for number in range(count):
        url = f"https://news.example/{number}"
        entry = Entry(entry_id=str(number), source=SOURCE, url=url, title=str(number), seen=NOW)
        new.append(KeyedEntry(entry, ParsedEntry(url=url, title=str(number)), str(number), None, str(number), ""))
    return NewEntries(tuple(new), (), frozenset({"key"}), rolled_over=False)


def test_what_is_little_goes_on_at_once() -> None:
    assert not overflows(entries(AT_ONCE))
    assert overflows(entries(AT_ONCE + 1))


def test_nothing_is_lost_of_what_is_too_much() -> None:
    found = entries(AT_ONCE + 30)
    some = split(found, waiting=MOST_OF_A_SOURCE - 10, now=NOW)
    assert [one.entry.entry_id for one in some.at_once] == [str(n) for n in range(AT_ONCE)]
    assert [one.entry.entry_id for one in some.put_aside] == [str(n) for n in range(AT_ONCE, AT_ONCE + 10)]
    assert [one.subject for one in some.entries.skipped] == [str(n) for n in range(AT_ONCE + 10, AT_ONCE + 30)]
    assert len(some.entries.new) == AT_ONCE + 10
    assert some.entries.remember == found.remember
    assert split(found, waiting=MOST_OF_A_SOURCE + 99, now=NOW).put_aside == ()
