"""The page Audit: who changed what, from where, before and after; filtered by its address, and exported."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.store import audit
from core.store.audit import AuditRow
from tests.fakes.passwords import quick_passwords
from tests.wirewatch.people import add_people, browser
from tests.wirewatch.statuspage import HOSTILE, StatusPage, status_page

__all__ = ["quick_passwords"]

pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    """Two actions: one of hostile words, one by a command."""
    async with status_page(tmp_path) as made:
        await add_people(made)
        row = AuditRow(
            at=SystemClock().now(),
            actor=HOSTILE,
            action="rule.put",
            subject=HOSTILE,
            address="203.0.113.7",
            before={"query": "arms"},
            after={"query": HOSTILE},
        )
        async with made.db.transaction() as conn:
            await audit.add(conn, row)
            await audit.add(conn, replace(row, actor="kim", action="source.add", subject="Globe", address=None))
        yield made


async def test_an_action_is_shown_with_who_from_where_before_and_after(page: StatusPage) -> None:
    async with browser(page, "admin") as one:
        shown = (await one.get("/audit?action=rule")).text
        assert "from 203.0.113.7" in shown
        assert "<del><bdi>arms</bdi></del>" in shown
        assert "<script>document" not in shown
        assert "by command" not in shown
        assert "by command" in (await one.get("/audit?actor=kim")).text
        assert (await one.get("/audit/1")).status == 200


@pytest.mark.parametrize(
    "query", ["since=yesterday", "until=0001-01-01T00:00%2B14:00", "since=9999-12-31T23:59-14:00", "cursor=x"]
)
async def test_a_filter_that_cannot_be_meant_is_said(page: StatusPage, query: str) -> None:
    async with browser(page, "admin") as one:
        answer = await one.get(f"/audit?{query}")
        assert answer.status == 422
        assert 'class="wrong"' in answer.text


async def test_the_export_has_what_the_page_shows(page: StatusPage) -> None:
    async with browser(page, "admin") as one:
        lines = (await one.get("/api/v1/audit.jsonl?actor=kim")).text.splitlines()
        assert len(lines) == 1
        assert '"Globe"' in lines[0]
        assert (await one.get("/api/v1/audit.csv?actor=kim")).text.count("source.add") == 1


async def test_only_admins_see_it(page: StatusPage) -> None:
    async with browser(page, "editor") as one:
        assert (await one.get("/audit")).status == 403
        assert ">Audit<" not in (await one.get("/system")).text
