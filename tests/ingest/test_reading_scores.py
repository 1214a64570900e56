"""The shared sample data, with its own scorers: what is read today must not be lost tomorrow.

Thresholds stand a little below what is measured (docs/performance.md), so that a real loss is seen and nothing else.
"""

from bench.facts import fact_scores
from bench.ingest import date_scores, feed_scores
from bench.pages import page_scores
from tests.data_shared import shared

DATA = shared("data")


def test_feeds_meet_what_other_readers_test() -> None:
    scored, _ = feed_scores(DATA)
    right, total = scored["all"]
    assert total == 316
    assert right >= 308
    for field in ("n_entries", "published", "updated", "author", "body_urls", "tags"):
        assert scored[field][0] == scored[field][1], field


def test_times_are_read() -> None:
    right, total = date_scores(DATA)
    assert total == 48
    assert right >= 45


def test_the_text_of_pages_is_found_and_little_else() -> None:
    scored = page_scores(DATA, "pages", readers=("wirewatch",))["wirewatch"]
    assert scored.pages == 60
    assert scored.f1 >= 0.971
    assert scored.precision >= 0.964
    assert scored.bad_runs <= 0.45  # foreign text that could fire a rule, a page
    assert scored.empty == 0


def test_the_text_of_pages_of_the_web_is_found_and_little_else() -> None:
    scored = page_scores(DATA, "pages_web", "open", readers=("wirewatch",))["wirewatch"]
    assert scored.pages == 99
    assert scored.f1 >= 0.95
    assert scored.precision >= 0.94
    assert scored.empty == 0
    assert scored.kept[0] >= 383
    assert scored.leaked[0] <= 12


def test_titles_authors_and_days_of_pages_of_the_web_are_read_as_people_read_them() -> None:
    counts = fact_scores(DATA, half=0).counts
    assert {fact: total for fact, (_, total) in counts.items()} == {"title": 99, "author": 85, "day": 89}
    assert counts["title"][0] >= 89
    assert counts["author"][0] >= 63
    assert counts["day"][0] >= 75
