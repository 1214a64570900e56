"""Whose job is done next."""

from core.pool.turns import OURS, OVERDUE_SECONDS, PATIENCE_SECONDS, SLOW_FOR_SECONDS, Turn, Turns


def taken(turns: Turns[str], now: float = 0.0) -> Turn[str]:
    turn = turns.take(now)
    assert turn is not None
    return turn


def test_owners_take_turns_however_much_one_of_them_has() -> None:
    turns: Turns[str] = Turns(1)
    for number in range(100):
        turns.add("big", f"big {number}", 0.0)
    turns.add("small", "small 0", 0.0)
    turns.add("other", "other 0", 0.0)
    order = []
    for _ in range(4):
        turn = taken(turns)
        order.append(turn.work)
        turns.ended(turn, 0.01, 0.0)
    assert order == ["big 0", "small 0", "other 0", "big 1"]


def test_an_owner_has_one_worker_and_more_only_where_nobody_else_wants_it() -> None:
    turns: Turns[str] = Turns(4)
    for number in range(3):
        turns.add("big", f"big {number}", 0.0)
    turns.add("small", "small 0", 0.0)
    assert [taken(turns).work for _ in range(4)] == ["big 0", "small 0", "big 1", "big 2"]
    assert turns.take(0.0) is None


def test_our_own_jobs_go_first() -> None:
    turns: Turns[str] = Turns(2)
    turns.add("a", "page", 0.0)
    turns.add(OURS, "texts", 0.0)
    assert [taken(turns).work for _ in range(2)] == ["texts", "page"]


def test_an_owner_over_its_budget_waits_behind_the_others_until_it_is_paid() -> None:
    turns: Turns[str] = Turns(2)
    turns.add("greedy", "a", 0.0)
    for _ in range(5):  # many documents, none of them slow
        turns.ended(taken(turns), 1.5, 0.0)
        turns.add("greedy", "b", 0.0)
    turns.add("modest", "c", 0.0)
    turns.ended(taken(turns), 0.0, 0.0)
    turns.add("modest", "d", 0.0)
    assert taken(turns).work == "d"
    later = 120.0
    turns.add("modest", "e", later)
    assert taken(turns, later).work == "b", "it is its turn, and it owes nothing any more"


def test_slow_owners_never_hold_the_last_worker() -> None:
    turns: Turns[str] = Turns(3)
    for name in ("a", "b", "c"):
        turns.add(name, "slow", 0.0)
        turns.ended(taken(turns), 20.0, 0.0)
        turns.add(name, "again", 0.0)
    assert [taken(turns, 1.0).owner for _ in range(2)] == ["a", "b"]
    assert turns.take(1.0) is None, "the third worker is for others"
    turns.add("quick", "news", 1.0)
    assert taken(turns, 1.0).work == "news"
    assert taken(turns, SLOW_FOR_SECONDS + 1).owner == "c", "who has not been slow for long is not slow"


def test_a_slow_owner_is_not_put_off_for_ever() -> None:
    turns: Turns[str] = Turns(2)
    turns.add("slow", "first", 0.0)
    turns.ended(taken(turns), 20.0, 0.0)
    turns.add("slow", "second", 100.0)
    for number in range(5):
        turns.add(f"quick {number}", "news", 100.0)
    assert taken(turns, 101.0).owner == "quick 0"
    assert taken(turns, 100.0 + OVERDUE_SECONDS + 1).owner == "slow"


def test_a_job_that_turns_out_to_be_slow_makes_room_once_while_others_wait() -> None:
    turns: Turns[str] = Turns(2)
    turns.add("a", "long", 0.0)
    turns.add("b", "long", 0.0)
    one, two = taken(turns), taken(turns)
    now = PATIENCE_SECONDS
    assert not turns.outlasts(one, now)
    assert not turns.outlasts(two, now), "nobody waits"
    turns.add("quick", "news", now)
    assert turns.outlasts(two, now)
    turns.ended(two, now, now)
    turns.again(two, now)
    assert not turns.outlasts(one, now), "there is room"
    assert taken(turns, now).work == "news"
    turns.ended(one, 4.0, 2 * now)
    again = taken(turns, 2 * now)
    assert again.owner == "b"
    assert not turns.outlasts(again, 3 * now), "one place is theirs"


def test_one_worker_is_shared_with_slow_owners_as_well() -> None:
    turns: Turns[str] = Turns(1)
    turns.add("a", "long", 0.0)
    turn = taken(turns)
    turns.add("quick", "news", 0.0)
    assert not turns.outlasts(turn, PATIENCE_SECONDS)


def test_what_waits_can_be_taken_out_and_owners_are_forgotten() -> None:
    turns: Turns[str] = Turns(1)
    for number in range(20_000):
        turns.add(f"owner {number}", "x", float(number))
        turns.ended(taken(turns, float(number)), 0.0, float(number))
    assert len(turns._owners) <= 5001
    turns.add("a", "x", 0.0)
    turns.add("b", "y", 0.0)
    assert [turn.work for turn in turns.drain()] == ["x", "y"]
    assert turns.take(0.0) is None
