"""What is typed into forms that nothing can take: it is refused at its field, and nothing breaks."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.passwords import quick_passwords
from tests.wirewatch.people import add_people, browser
from tests.wirewatch.statuspage import StatusPage, status_page

__all__ = ["quick_passwords"]

pytestmark = pytest.mark.usefixtures("quick_passwords")

LONG = "9" * 400
BESIDE = {  # without which a number means nothing
    "throttle.max": "3",
    "throttle.per_seconds": "1h",
    "standing.kind": "spike",
    "standing.window_seconds": "1h",
    "standing.stories": "3",
}


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as made:
        await add_people(made)
        yield made


@pytest.mark.parametrize("field", ["throttle.max", "standing.stories", "standing.baseline_windows", "spread_outlets"])
async def test_a_number_of_any_length_is_refused_at_its_field(page: StatusPage, field: str) -> None:
    async with browser(page, "editor") as one:
        answer = await one.post("/rules", {"name": "arms", "query": "arms", **BESIDE, field: LONG})
        assert answer.status == 422
        assert f'id="{field}-wrong"' in answer.text


async def test_a_number_of_any_length_is_refused_of_a_channel(page: StatusPage) -> None:
    fields = {"name": "hook", "url": "https://chat.example/hook", "timeout_seconds": LONG, "max_per_hour": LONG}
    async with browser(page, "editor") as one:
        assert (await one.post("/channels/new?kind=webhook", {"kind": "webhook", **fields})).status == 422


@pytest.mark.parametrize("query", ["a\0b", "q=%00", "q=\r\nSet-Cookie: a=b", "q=북한", "q=\u202e"])
async def test_a_redirect_carries_nothing_that_a_header_cannot_hold(page: StatusPage, query: str) -> None:
    async with browser(page, "editor") as one:
        for path, more in (("/alerts/views", {"name": "mine"}), ("/alerts/bulk", {"do": "acknowledge", "alert": "x"})):
            answer = await one.post(path, {"query": query, **more})
            assert answer.status < 500
            assert answer.headers.get("Location", "").isascii()
            assert "a" not in answer.cookies


async def test_a_view_has_a_name_on_one_line(page: StatusPage) -> None:
    async with browser(page, "editor") as one:
        assert (await one.post("/alerts/views", {"name": "a\x07b", "query": "state=any"})).status == 422
