"""A push: accepted once the log has it, with a result for each article."""

from dataclasses import replace
from typing import Any

import pytest

from core.errors import Unavailable
from core.log.memory import MemoryLog
from core.log.topics import PUSHED
from core.model.codec import decode
from core.model.pushed import PushedArticle
from core.store import pushes
from ingest.read.pushed_article import Wrong
from wirewatch.api.push_models import PushResults, given
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.push import PushOutcome, push
from wirewatch.usecases.refusals import NotPermitted

ONE = PushedArticle(url="https://news.example/1", title="Ships left", text="Ships left Korea at dawn.")
OTHER = replace(ONE, url="https://news.example/2")


async def test_each_has_its_own_result_in_order(acting: Acting) -> None:
    async with MemoryLog() as log:
        edit = replace(ONE, text="Ships came back.")
        results = await push(acting, log, [ONE, replace(ONE, title=""), ONE, OTHER, (Wrong("url", "expected"),), edit])
        assert [one.outcome for one in results] == [
            "accepted",
            "invalid",
            "duplicate",
            "accepted",
            "invalid",
            "accepted",
        ]
        assert [one.place for one in results[1].problems] == ["title"]
        told = [decode(one.value, PushedArticle) async for one in log.read(PUSHED.name)]
        assert sorted((one.url, one.by, one.team) for one in told) == sorted(
            (one.url, "kim", "default") for one in (ONE, OTHER, edit)
        )
        again = await push(acting, log, [OTHER, edit])
        assert {one.outcome for one in again} == {PushOutcome.DUPLICATE}


async def test_nothing_is_accepted_that_the_log_does_not_have(acting: Acting) -> None:
    log = MemoryLog()
    async with log:
        pass
    with pytest.raises(Unavailable):
        await push(acting, log, [ONE])
    async with acting.db.connection() as conn:
        assert await pushes.revisions(conn, ["x"]) == {}
    async with log:
        [result] = await push(acting, log, [ONE])
        assert result.outcome is PushOutcome.ACCEPTED


async def test_it_needs_its_permission(acting: Acting) -> None:
    async with MemoryLog() as log:
        with pytest.raises(NotPermitted, match="articles:push"):
            await push(replace(acting, permissions=frozenset()), log, [ONE])


async def test_what_is_no_article_is_told_by_its_place_in_the_body(acting: Acting) -> None:
    sent: list[dict[str, Any]] = [
        {"url": "https://news.example/1", "title": "x", "tags": ["a"], "published": "2026-03-01T12:00:00+01:00"},
        {"url": 5, "title": "x", "colour": "red", "published": "yesterday"},
        {"title": "x", "tags": [1], "published": "2026-03-01T12:00:00"},
        {},
    ]
    async with MemoryLog() as log:
        model = PushResults.of_pushed(await push(acting, log, [given(one) for one in sent]))
    assert (model.accepted, model.duplicate, model.invalid) == (1, 0, 3)
    assert {one.place for one in model.results[1].problems} == {
        "/articles/1/url",
        "/articles/1/colour",
        "/articles/1/published",
    }
    assert {one.place for one in model.results[2].problems} == {
        "/articles/2/url",
        "/articles/2/tags/0",
        "/articles/2/published",
    }
    assert {one.place for one in model.results[3].problems} == {"/articles/3/url", "/articles/3/title"}
