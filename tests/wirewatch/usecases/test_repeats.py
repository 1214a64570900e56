"""A creation under an idempotency key: once carried out, always answered alike."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.db.tables import kv
from core.db.tables_people import idempotency_keys
from core.store import kv as values
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.refusals import Conflict
from wirewatch.usecases.repeats import Answered, KeyReused, NotKept, Once, StillRunning, Work, once

ASKED = Once(key="a-key-of-mine", request=b'POST /rules {"name": "arms"}')


class Creation:
    """Stores a value, and tells how often it was asked to."""

    def __init__(self, refused: Exception | None = None) -> None:
        self.runs = 0
        self.refused = refused

    async def __call__(self, acting: Acting) -> Answered:
        self.runs += 1
        async with acting.db.transaction() as conn:
            await values.put(conn, f"made-{self.runs}", True)
        if self.refused is not None:
            raise self.refused
        return Answered(201, {"Location": f"/{self.runs}"}, b'{"token": "s3cret-value"}')


async def made(acting: Acting) -> list[str]:
    async with acting.db.connection() as conn:
        return sorted((await conn.execute(select(kv.c.key).where(kv.c.key.startswith("made-")))).scalars())


async def test_a_repeat_has_the_same_answer_and_does_nothing(acting: Acting) -> None:
    work = Creation()
    first = await once(ASKED, acting, work)
    assert await once(ASKED, acting, work) == first
    assert (work.runs, await made(acting)) == (1, ["made-1"])


async def test_a_key_is_its_senders_own(acting: Acting) -> None:
    work = Creation()
    await once(ASKED, acting, work)
    await once(ASKED, replace(acting, actor="lee"), work)
    assert work.runs == 2


async def test_a_key_with_another_request_is_refused(acting: Acting) -> None:
    work = Creation()
    await once(ASKED, acting, work)
    with pytest.raises(KeyReused):
        await once(replace(ASKED, request=b"another"), acting, work)
    with pytest.raises(KeyReused):
        await once(ASKED, replace(acting, team="night"), work)
    assert work.runs == 1


async def test_what_is_refused_has_done_nothing_and_may_be_tried_again(acting: Acting) -> None:
    with pytest.raises(Conflict):
        await once(ASKED, acting, Creation(Conflict("the name is in use")))
    assert await made(acting) == []
    await once(replace(ASKED, request=b"mended"), acting, Creation())
    assert await made(acting) == ["made-1"]


async def test_while_the_first_is_at_work_the_second_is_told_so(acting: Acting) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    work = Creation()

    async def slow(inner: Acting) -> Answered:
        begun.set()
        await go_on.wait()
        return await work(inner)

    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(once(replace(ASKED, atomic=False), acting, slow))
        await begun.wait()
        with pytest.raises(StillRunning):
            await once(ASKED, acting, work)
        go_on.set()
    assert await once(ASKED, acting, work) == first.result()
    assert work.runs == 1


async def test_two_at_once_do_it_once(acting: Acting) -> None:
    work = Creation()
    async with asyncio.TaskGroup() as tasks:
        both = [tasks.create_task(_or_refused(acting, work)) for _ in range(2)]
    assert sum(isinstance(one.result(), Answered) for one in both) >= 1
    assert (work.runs, await made(acting)) == (1, ["made-1"])


async def _or_refused(acting: Acting, work: Work) -> Answered | StillRunning:
    try:
        return await once(ASKED, acting, work)
    except StillRunning as error:
        return error


async def test_who_comes_back_from_the_dead_after_its_key_was_taken_over_has_done_nothing(acting: Acting) -> None:
    work = Creation()

    async def late(inner: Acting) -> Answered:
        found = await work(inner)
        await _taken_over(inner)
        return found

    with pytest.raises(StillRunning):
        await once(ASKED, acting, late)
    assert await made(acting) == []


async def _taken_over(acting: Acting) -> None:
    async with acting.db.transaction() as conn:
        later = acting.clock.now() + timedelta(minutes=5)
        await conn.execute(idempotency_keys.update().values(created=later))


async def test_a_secret_is_told_once_and_stands_nowhere(acting: Acting) -> None:
    work = Creation()
    asked = replace(ASKED, told_once=True)
    assert b"s3cret" in (await once(asked, acting, work)).body
    with pytest.raises(NotKept):
        await once(asked, acting, work)
    async with acting.db.connection() as conn:
        row = (await conn.execute(select(idempotency_keys))).one()
    assert "s3cret" not in str(row)
    assert ASKED.key not in str(row)
    assert "a-key-of-mine" not in repr(ASKED)
