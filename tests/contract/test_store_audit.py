"""What the store promises of the audit log: order, filters, pages."""

from dataclasses import replace

import pytest

from core.db.engine import Database
from core.store import audit
from core.store.audit import AuditRow, WantedAudit
from tests.contract.databases import NOW, after

ROWS = [
    AuditRow(at=NOW, actor="kim", action="rule.put", subject="arms", before={"query": "a"}, after={"query": "b"}),
    AuditRow(at=NOW, actor="kim (token ci)", action="rule.remove", subject="arms", before={"query": "b"}),
    AuditRow(at=after(1), actor="kimberly", action="rules_of.put", subject="100%_/of*", address="10.0.0.7"),
    AuditRow(at=after(2), actor="lee", action="silence.add", subject="100 per cent of it", after={"ends": "later"}),
]


async def filled(db: Database) -> None:
    async with db.transaction() as conn:
        for row in ROWS:
            await audit.add(conn, row)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (WantedAudit(), [3, 2, 1, 0]),
        (WantedAudit(actor="kim"), [1, 0]),
        (WantedAudit(actor="kim (token ci)"), [1]),
        (WantedAudit(action="rule"), [1, 0]),
        (WantedAudit(action="rule.put"), [0]),
        (WantedAudit(subject="arms"), [1, 0]),
        (WantedAudit(subject="100*"), [3, 2]),
        (WantedAudit(subject="100%_/*"), [2]),
        (WantedAudit(subject="*of*"), [3, 2]),
        (WantedAudit(since=after(1), until=after(2)), [2]),
        (WantedAudit(actor="kim", action="rule.put", subject="a*", since=NOW), [0]),
        (WantedAudit(actor="%"), []),
    ],
)
async def test_actions_are_found_by_what_is_asked_newest_first(
    db: Database, wanted: WantedAudit, expected: list[int]
) -> None:
    await filled(db)
    async with db.connection() as conn:
        assert [one.row for one in await audit.page(conn, wanted)] == [ROWS[number] for number in expected]


async def test_pages_give_each_action_once_also_within_one_moment(db: Database) -> None:
    await filled(db)
    given: list[AuditRow] = []
    last = None
    async with db.connection() as conn:
        while found := await audit.page(conn, limit=1, after=last):
            given += [one.row for one in found]
            last = (found[-1].row.at, found[-1].number)
    assert given == ROWS[::-1]


async def test_an_action_is_found_by_its_number(db: Database) -> None:
    await filled(db)
    async with db.connection() as conn:
        (newest,) = await audit.page(conn, limit=1)
        assert await audit.get(conn, newest.number) == newest
        assert await audit.get(conn, newest.number + 1) is None


async def test_a_subject_of_any_length_is_kept_as_far_as_an_index_takes_it(db: Database) -> None:
    async with db.transaction() as conn:
        await audit.add(conn, replace(ROWS[0], subject="北" * 5000))
        (one,) = await audit.list_rows(conn)
    assert one.subject == "北" * 499 + "…"
