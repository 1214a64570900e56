"""What the store promises of answers under idempotency keys."""

from dataclasses import replace

from core.db.engine import Database
from core.store import idempotency
from core.store.idempotency import Claim, Kept
from tests.contract.databases import NOW, after

CLAIM = Claim(actor="kim", key="k", request_hash="h", since=NOW)


async def test_a_key_is_taken_once_and_answered_by_who_took_it(db: Database) -> None:
    async with db.transaction() as conn:
        assert await idempotency.claim(conn, CLAIM, after(-60)) is None
        at_work = Kept(request_hash="h", status=None, headers={}, body=None, since=NOW)
        assert await idempotency.claim(conn, replace(CLAIM, since=after(1)), after(-60)) == at_work
        assert await idempotency.claim(conn, replace(CLAIM, actor="lee", since=after(1)), after(-60)) is None
        assert await idempotency.answer(conn, CLAIM, 201, {"Location": "/x"}, b"{}")
        done = Kept(request_hash="h", status=201, headers={"Location": "/x"}, body=b"{}", since=NOW)
        assert await idempotency.claim(conn, replace(CLAIM, since=after(900)), after(800)) == done
        assert not await idempotency.answer(conn, CLAIM, 200, {}, b"another")
        await idempotency.forget(conn, CLAIM)  # what is answered stays
        assert await idempotency.claim(conn, replace(CLAIM, since=after(900)), after(800)) == done


async def test_the_key_of_a_request_whose_process_died_is_taken_over_by_the_same_request_alone(db: Database) -> None:
    later = replace(CLAIM, since=after(100))
    async with db.transaction() as conn:
        assert await idempotency.claim(conn, CLAIM, after(-60)) is None
        assert await idempotency.claim(conn, replace(later, request_hash="other"), after(40)) is not None
        assert await idempotency.claim(conn, later, after(40)) is None
        assert not await idempotency.answer(conn, CLAIM, 201, {}, b"too late")
        assert await idempotency.answer(conn, later, 201, {}, None)


async def test_a_key_that_is_given_back_is_free_and_old_ones_are_pruned(db: Database) -> None:
    async with db.transaction() as conn:
        assert await idempotency.claim(conn, CLAIM, after(-60)) is None
        await idempotency.forget(conn, CLAIM)
        assert await idempotency.claim(conn, CLAIM, after(-60)) is None
        assert await idempotency.prune(conn, NOW) == 0
        assert await idempotency.prune(conn, after(1)) == 1
