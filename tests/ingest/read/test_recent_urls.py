"""Whose article was read already: once for all teams, but for each team that has not had it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.model.source import Entry, Source
from ingest.read.recent_urls import RecentUrls

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def entry(source: str, *teams: str, minutes: float = 0) -> Entry:
    shown_by = Source(source_id=source, name=source, url=f"https://{source}.example/", teams=teams)
    return Entry(entry_id="e", source=shown_by, url="https://news.example/1", seen=NOW + timedelta(minutes=minutes))


def test_an_article_is_read_again_for_a_team_that_has_not_had_it_and_then_no_more() -> None:
    recent = RecentUrls()
    recent.remember(entry("a"))
    assert recent.before(entry("b", minutes=1)) is not None
    assert recent.before(entry("b", "default", minutes=1)) is not None
    theirs = entry("b", "sport", minutes=1)
    assert recent.before(theirs) is None
    recent.remember(theirs)
    for later in (entry("c", minutes=2), entry("c", "sport", minutes=2), entry("c", "default", "sport", minutes=2)):
        assert recent.before(later) is not None
    assert recent.before(entry("c", "sport", "arts", minutes=2)) is None


def test_the_same_record_again_is_repeated_after_a_crash_and_no_duplicate() -> None:
    recent = RecentUrls()
    first = entry("a")
    recent.remember(first)
    assert recent.before(first) is None
    assert recent.before(replace(first, seen=NOW + timedelta(minutes=1))) is not None
