"""What of a poll goes on the log and what waits. The stage's side is in test_poll.py."""

from datetime import UTC, datetime

from core.model.source import Entry, Source
from ingest.entries.new_entries import Candidate, News
from ingest.entries.portions import AT_ONCE, MOST_PUT_ASIDE, is_long, portion
from ingest.parse.shapes import ParsedEntry

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SOURCE = Source(source_id="s", name="News", url="https://news.example/feed")


def news(count: int) -> News:
    fresh = []
    for number in range(count):
        url = f"https://news.example/{number}"
        entry = Entry(entry_id=str(number), source=SOURCE, url=url, title=str(number), seen=NOW)
        fresh.append(Candidate(entry, ParsedEntry(url=url, title=str(number)), str(number), None, str(number), ""))
    return News(tuple(fresh), (), frozenset({"key"}), rolled_over=False)


def test_what_is_little_is_one_portion() -> None:
    assert not is_long(news(AT_ONCE))
    assert is_long(news(AT_ONCE + 1))


def test_nothing_is_lost_between_the_portions() -> None:
    told = news(AT_ONCE + 30)
    some = portion(told, waiting=MOST_PUT_ASIDE - 10, now=NOW)
    assert [one.entry.entry_id for one in some.first] == [str(n) for n in range(AT_ONCE)]
    assert [one.entry.entry_id for one in some.later] == [str(n) for n in range(AT_ONCE, AT_ONCE + 10)]
    assert [one.subject for one in some.news.ended] == [str(n) for n in range(AT_ONCE + 10, AT_ONCE + 30)]
    assert len(some.news.fresh) == AT_ONCE + 10
    assert some.news.remember == told.remember
    assert portion(told, waiting=MOST_PUT_ASIDE + 99, now=NOW).later == ()
