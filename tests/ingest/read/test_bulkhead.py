"""Who may hold how many of the places that all share."""

from ingest.read.bulkhead import Bulkhead


def entered(bulkhead: Bulkhead, source: str, *, unknown: bool = False) -> int:
    """How many places a source can still have; it has them all then."""
    count = 0
    while bulkhead.enter(source, unknown_host=unknown):
        count += 1
    return count


def test_one_source_holds_an_eighth_of_the_places_and_others_have_theirs() -> None:
    bulkhead = Bulkhead(64)
    assert [entered(bulkhead, name) for name in ("a", "b")] == [8, 8]
    bulkhead.leave("a", unknown_host=False)
    assert entered(bulkhead, "a") == 1


def test_hosts_that_never_answered_hold_half_of_the_places_together() -> None:
    bulkhead = Bulkhead(64)
    assert sum(entered(bulkhead, str(number), unknown=True) for number in range(9)) == 32
    assert not bulkhead.enter("another", unknown_host=True)
    assert entered(bulkhead, "known") == 8
    bulkhead.leave("0", unknown_host=True)
    assert bulkhead.enter("another", unknown_host=True)


def test_a_few_places_are_shared_too() -> None:
    bulkhead = Bulkhead(1)
    assert entered(bulkhead, "a") == 2
    assert entered(bulkhead, "b", unknown=True) == 1
