"""Feeds have their newest entry first or last."""

from datetime import timedelta

from ingest.intake.order import is_ascending, newest_first
from ingest.parse.shapes import ParsedEntry
from tests.ingest.intake.reader import NOW


def dated(*minutes: int | None) -> list[ParsedEntry]:
    return [ParsedEntry(published=None if n is None else NOW + timedelta(minutes=n)) for n in minutes]


def test_the_order_is_that_of_most() -> None:
    assert is_ascending(dated(1, 2, 9, 3, 4))
    assert not is_ascending(dated(4, 3, 9, 2, 1))
    assert not is_ascending(dated())
    assert not is_ascending(dated(None, None))
    assert not is_ascending(dated(1, 1))
    assert is_ascending(dated(1, None, 2, None))


def test_the_newest_comes_first_and_what_has_no_date_beside_its_neighbour() -> None:
    assert newest_first(dated(1, 2, 3)) == [2, 1, 0]
    assert newest_first(dated(3, 2, 1)) == [0, 1, 2]
    assert newest_first(dated(None, None)) == [0, 1]
    assert newest_first(dated(None, 3, None, 1)) == [0, 1, 2, 3]
    assert newest_first(dated(1, None, 3, None)) == [3, 2, 1, 0]
