"""The frame of the API: what any operation gets of a request, and what the asker is told who sends something else."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import Field

from core.clock import SystemClock
from core.db.engine import Database
from core.model.outcome import FailureReason, Priority
from core.store import kv
from wirewatch import bodies
from wirewatch.api import problems, reading
from wirewatch.api.model import Body, Model, Moment, Query
from wirewatch.api.operation import Answer, Call, Operation, operation
from wirewatch.api.problem_codes import CODES
from wirewatch.api.problems import Refusal
from wirewatch.routing import Open
from wirewatch.serving import ACTING, SERVING, Serving
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.permission import EVERYTHING
from wirewatch.usecases.refusals import Conflict, Invalid, NotFound, Stale

OPEN = Open("a test")


class Inner(Body):
    words: tuple[str, ...] = ()
    priority: Priority = Priority.NORMAL


class Thing(Body):
    name: Annotated[str, Field(max_length=50)]
    number: int = 1
    share: float = 0.0
    on: bool = False
    when: Moment | None = None
    inner: Inner | None = None
    reason: FailureReason | None = None  # which itself takes any word, for what a later release has written


class ThingQuery(Query):
    limit: Annotated[int, Field(ge=1, le=10)] = 5
    on: bool = False
    tag: tuple[str, ...] = ()
    since: Moment | None = None
    reason: FailureReason | None = None


class Made(Model):
    name: str
    number: int = 0


@dataclass
class Frame:
    """A server with a few operations; `seen`: what they were called with."""

    client: TestClient[web.Request, web.Application]
    seen: list[Call[Any, Any]]
    acting: Acting

    async def ask(self, method: str, path: str, **more: Any) -> tuple[int, Any, Any]:
        async with self.client.request(method, f"/api/v1{path}", **more) as answer:
            text = await answer.text()
            return answer.status, (await answer.json(content_type=None)) if text else None, answer.headers

    async def post(self, raw: bytes | str, path: str = "/things", **headers: str) -> tuple[int, Any, Any]:
        data = raw.encode() if isinstance(raw, str) else raw
        return await self.ask("POST", path, data=data, headers={"Content-Type": "application/json", **headers})


def table(seen: list[Call[Any, Any]]) -> list[Operation]:
    @operation("POST", "/things", summary="Make", access=OPEN, body=Thing, answer=Made, status=201, creates=True)
    async def make(call: Call[Any, Thing]) -> Answer:
        """Make a thing."""
        seen.append(call)
        if call.body.name == "taken":
            raise Conflict("the name is in use")
        async with call.acting.db.transaction() as conn:
            made = len(seen)
            await kv.put(conn, f"thing-{made}", call.body.name)
        if call.body.name == "wrong":
            raise Invalid("no good name", "name")
        return Answer(Made(name=call.body.name, number=made), etag="t1", headers={"Location": f"/things/{made}"})

    @operation("GET", "/things", summary="List", access=OPEN, query=ThingQuery, answer=Made)
    async def many(call: Call[ThingQuery, None]) -> Made:
        """List things."""
        seen.append(call)
        return Made(name="many")

    @operation("GET", "/things/{name}", summary="Show", access=OPEN, answer=Made)
    async def show(call: Call[Query, None]) -> Answer:
        """Show a thing."""
        if call.path["name"] == "nothing":
            raise NotFound.of("thing", "arm", ["arms"])
        return Answer(Made(name=call.path["name"]), etag="t1")

    @operation(
        "PUT", "/things/{name}", summary="Change", access=OPEN, body=Thing, answer=Made, stale=True, most_bytes=5000
    )
    async def change(call: Call[Query, Thing]) -> Answer:
        """Change a thing."""
        seen.append(call)
        if call.acting.if_match not in (None, "t1"):
            raise Stale("it was changed meanwhile by kim", "t2")
        return Answer(Made(name=call.body.name), etag="t2")

    @operation("DELETE", "/things/{name}", summary="Remove", access=OPEN, stale=True, status=204)
    async def remove(call: Call[Query, None]) -> None:
        """Remove a thing."""
        seen.append(call)

    return [make, many, show, change, remove]


@pytest.fixture
async def frame(tmp_path: Path) -> AsyncIterator[Frame]:
    seen: list[Call[Any, Any]] = []
    async with Database.open("sqlite:", tmp_path) as db:
        nothing: Any = None
        acting = Acting(actor="kim", permissions=EVERYTHING, config=nothing, db=db, clock=SystemClock())
        serving = Serving(visitor=acting, health=nothing, collector=nothing, streams=nothing, pace=nothing)

        @web.middleware
        async def guard(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            request[SERVING], request[ACTING] = serving, replace(acting, actor=request.headers.get("X-Actor", "kim"))
            try:
                return await handler(request)
            except Refusal as error:
                return problems.response(error.problem, error.headers)

        app = web.Application(middlewares=[guard])
        for op in table(seen):
            route = op.route()
            app.router.add_route(route.method, route.path, route.handler)
        async with TestClient(TestServer(app)) as client:
            yield Frame(client, seen, acting)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "bad_json"),
        (b"{", "bad_json"),
        (b'{"name": "a",}', "bad_json"),
        (b'{"name": NaN}', "bad_json"),
        (b'{"name": "a", "share": Infinity}', "bad_json"),
        (b'{"name": "a", "share": 1e999}', "bad_json"),
        (b'{"name": "a", "name": "b"}', "bad_json"),
        (b'{"name": "a", "inner": {"words": [], "words": []}}', "bad_json"),
        (b'{"name": "\\ud800"}', "bad_json"),
        (b'{"name": "\xff"}', "bad_json"),
        (b'\xef\xbb\xbf{"name": "a"}', "bad_json"),
        (b'{"name": "a\x00"}', "bad_json"),
        (b"[" * 100_000, "bad_json"),
        (b"[" * 100 + b"]" * 100, "bad_json"),
        (b'{"a":' * 500 + b"1" + b"}" * 500, "bad_json"),
        (b'{"name": "a\\u0000"}', "bad_body"),
        (b'{"name": "a", "n\\u0000": 1}', "bad_body"),
        (b'{"name": "a", "number": 123456789012345678901234567890}', "bad_body"),
        (b'{"name": "a", "number": 9007199254740993}', "bad_body"),
        (b'{"name": "a", "number": -1e300}', "bad_body"),
        (b'{"name": "a", "number": true}', "bad_body"),
        (b'{"name": "a", "number": "5"}', "bad_body"),
        (b'{"name": "a", "number": 5.5}', "bad_body"),
        (b'{"name": "a", "number": null}', "bad_body"),
        (b'{"name": "a", "on": 1}', "bad_body"),
        (b'{"name": "a", "on": "true"}', "bad_body"),
        (b'{"name": 5}', "bad_body"),
        (b'{"name": "a", "when": 5}', "bad_body"),
        (b'{"name": "a", "when": "2026-03-01"}', "bad_body"),
        (b'{"name": "a", "when": "2026-03-01T09:30:00"}', "bad_body"),
        (b'{"name": "a", "inner": []}', "bad_body"),
        (b'{"name": "a", "inner": {"words": "x"}}', "bad_body"),
        (b'{"name": "a", "reason": "no-such"}', "bad_body"),
        (b'{"name": "a", "reason": {}}', "bad_body"),
        (b'{"name": "a", "reason": ["timeout"]}', "bad_body"),
        (b"[]", "bad_body"),
        (b"null", "bad_body"),
        (b'"name"', "bad_body"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_body_that_the_schema_does_not_allow_is_refused(frame: Frame, raw: bytes, code: str) -> None:
    status, told, headers = await frame.post(raw)
    assert (status, told["code"]) == (400, code)
    assert headers["Content-Type"].startswith("application/problem+json")
    assert told["detail"]
    assert frame.seen == []


async def test_numbers_are_those_of_json_schema(frame: Frame) -> None:
    status, _, _ = await frame.post('{"name": "a", "number": 5.0, "share": 5, "when": "2026-03-01T10:30:00+01:00"}')
    assert status == 201
    (call,) = frame.seen
    assert (call.body.number, call.body.share) == (5, 5.0)
    assert isinstance(call.body.number, int)
    assert call.body.when == datetime.fromisoformat("2026-03-01T09:30:00Z")


async def test_every_wrong_place_is_told_with_what_is_expected_there_and_the_nearest_name(frame: Frame) -> None:
    _, told, _ = await frame.post('{"nmae": "a", "number": "x", "inner": {"priority": "flsh", "words": [1], "a/b": 1}}')
    found = {one["place"]: (one["detail"], one.get("fix")) for one in told["problems"]}
    assert found["/nmae"] == ("there is no such member; did you mean 'name'?", "name")
    assert found["/name"] == ("the member is missing", None)
    assert found["/number"] == ("expected a whole number", None)
    assert found["/inner/priority"] == ("expected one of flash, normal, low", "flash")
    assert found["/inner/words/0"] == ("expected text", None)
    assert "known here: words, priority" in found["/inner/a~1b"][0]
    assert told["place"] in found


async def test_no_value_is_repeated_since_it_may_be_a_secret(frame: Frame) -> None:
    _, told, _ = await frame.post('{"name": {"password": "hunter2"}, "on": "hunter2"}')
    assert "hunter2" not in str(told)


@pytest.mark.parametrize(
    ("query", "code", "place"),
    [
        ("limit=0", "bad_limit", "limit"),
        ("limit=11", "bad_limit", "limit"),
        ("limit=+5", "bad_limit", "limit"),
        ("limit=5.0", "bad_limit", "limit"),
        ("limit=%D9%A5", "bad_limit", "limit"),
        ("limit=1_0", "bad_limit", "limit"),
        ("limit=", "bad_limit", "limit"),
        ("limit=" + "9" * 5000, "bad_limit", "limit"),
        ("limit=1&limit=2", "bad_limit", "limit"),
        ("on=1", "bad_on", "on"),
        ("on=yes", "bad_on", "on"),
        ("since=1700000000", "bad_since", "since"),
        ("since=2026-03-01T09:30:00", "bad_since", "since"),
        ("tag=%00", "bad_tag", "tag"),
        ("reason=no-such", "bad_reason", "reason"),
        ("lmit=5", "bad_query", "lmit"),
        ("x%00=5", "bad_query", "x\0"),
    ],
)
async def test_a_parameter_that_cannot_be_meant_is_refused(frame: Frame, query: str, code: str, place: str) -> None:
    status, told, _ = await frame.ask("GET", f"/things?{query}")
    assert (status, told["code"], told["place"]) == (400, code, place)
    assert frame.seen == []


async def test_the_nearest_parameter_is_the_fix(frame: Frame) -> None:
    _, told, _ = await frame.ask("GET", "/things?lmit=5")
    assert told["fix"] == "limit"


async def test_parameters_come_as_what_they_are(frame: Frame) -> None:
    status, _, _ = await frame.ask("GET", "/things?limit=7&on=true&tag=a&tag=b&since=2026-03-01T09:30:00Z")
    assert status == 200
    query = frame.seen[0].query
    assert (query.limit, query.on, query.tag) == (7, True, ("a", "b"))
    assert query.since == datetime.fromisoformat("2026-03-01T09:30:00Z")


async def test_nothing_has_a_name_with_a_nul(frame: Frame) -> None:
    status, told, _ = await frame.ask("GET", "/things/a%00b")
    assert (status, told["code"]) == (404, "not_found")


async def test_what_a_use_case_refuses_has_its_place_and_its_fix(frame: Frame) -> None:
    _, told, _ = await frame.ask("GET", "/things/nothing")
    assert (told["code"], told["fix"]) == ("not_found", "arms")
    status, told, _ = await frame.post('{"name": "wrong"}')
    assert (status, told["code"], told["place"]) == (400, "invalid", "/name")


@pytest.mark.parametrize(
    "given",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "multipart/form-data", ""],
)
async def test_a_body_of_another_type_is_refused(frame: Frame, given: str) -> None:
    headers = {"Content-Type": given} if given else {"Content-Type": ""}
    status, told, _ = await frame.ask("POST", "/things", data=b'{"name": "a"}', headers=headers)
    assert (status, told["code"]) == (415, "bad_content_type")
    assert "application/json" in told["detail"]


async def test_a_body_that_is_too_large_is_refused_at_once_or_as_soon_as_it_is_seen(frame: Frame) -> None:
    status, told, _ = await frame.ask(
        "PUT", "/things/a", data=b"x" * 6000, headers={"Content-Type": "application/json"}
    )
    assert (status, told["code"]) == (413, "too_large")

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 1000

    status, told, _ = await frame.ask("PUT", "/things/a", data=endless(), headers={"Content-Type": "application/json"})
    assert (status, told["code"]) == (413, "too_large")
    assert "5,000" in told["detail"]


async def test_a_body_that_does_not_come_is_not_waited_for(frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SECONDS", 0.05)
    over = asyncio.Event()

    async def never() -> AsyncIterator[bytes]:
        yield b'{"name": '
        await over.wait()

    async with asyncio.timeout(20):
        status, told, _ = await frame.ask("POST", "/things", data=never(), headers={"Content-Type": "application/json"})
    over.set()
    assert (status, told["code"]) == (408, "too_slow")


async def test_a_body_where_none_is_taken_is_refused(frame: Frame) -> None:
    status, told, _ = await frame.ask("DELETE", "/things/a", data=b'{"force": true}')
    assert (status, told["code"]) == (400, "bad_body")
    assert (await frame.ask("DELETE", "/things/a", data=b"{}"))[0] == 204
    assert (await frame.ask("DELETE", "/things/a"))[0] == 204


async def test_a_change_of_what_was_changed_meanwhile_is_refused_with_the_present_tag(frame: Frame) -> None:
    _, _, headers = await frame.ask("GET", "/things/a")
    json = {"name": "a"}
    assert (await frame.ask("PUT", "/things/a", json=json, headers={"If-Match": headers["ETag"]}))[0] == 200
    status, told, headers = await frame.ask("PUT", "/things/a", json=json, headers={"If-Match": '"old"'})
    assert (status, told["code"], headers["ETag"]) == (412, "stale", '"t2"')
    assert "kim" in told["detail"]
    assert (await frame.ask("PUT", "/things/a", json=json, headers={"If-Match": "*"}))[0] == 200
    for wrong in ("t1", 'W/"t1"', '"a", "b"', '"', '""'):
        status, told, _ = await frame.ask("PUT", "/things/a", json=json, headers={"If-Match": wrong})
        assert (status, told["code"], told["place"]) == (400, "bad_if_match", "If-Match")


async def test_who_has_it_already_is_told_so(frame: Frame) -> None:
    async with frame.client.get("/api/v1/things/a", headers={"If-None-Match": '"x", W/"t1"'}) as answer:
        assert (answer.status, answer.headers["ETag"], await answer.read()) == (304, '"t1"', b"")
    assert (await frame.ask("GET", "/things/a", headers={"If-None-Match": '"t2"'}))[0] == 200


async def things(frame: Frame) -> int:
    async with frame.acting.db.connection() as conn:
        return sum([await kv.get(conn, f"thing-{number}") is not None for number in range(1, 9)])


async def test_a_creation_with_a_key_is_carried_out_once_and_answered_alike(frame: Frame) -> None:
    key = {"Idempotency-Key": "8d0c4f8e-1111"}
    first = await frame.post('{"name": "a"}', **key)
    again = await frame.post('{"name": "a"}', **key)
    assert first[:2] == again[:2]
    assert [again[2][name] for name in ("ETag", "Location")] == ['"t1"', "/things/1"]
    assert again[2]["Content-Type"].startswith("application/json")
    assert await things(frame) == 1
    status, told, _ = await frame.post('{"name": "b"}', **key)
    assert (status, told["code"]) == (422, "idempotency_key_reused")
    assert (await frame.post('{"name": "b"}', **{**key, "X-Actor": "lee"}))[0] == 201


async def test_a_creation_that_is_refused_leaves_nothing_and_its_key_free(frame: Frame) -> None:
    key = {"Idempotency-Key": "k"}
    assert (await frame.post('{"name": "taken"}', **key))[0] == 409
    assert (await frame.post('{"name": "wrong"}', **key))[0] == 400
    assert await things(frame) == 0
    assert (await frame.post('{"name": "a"}', **key))[0] == 201


async def test_many_at_once_with_one_key_do_it_once(frame: Frame) -> None:
    async with asyncio.TaskGroup() as tasks:
        found = [tasks.create_task(frame.post('{"name": "a"}', **{"Idempotency-Key": "k"})) for _ in range(5)]
    assert await things(frame) == 1
    told = [(one.result()[0], (one.result()[1] or {}).get("code")) for one in found]
    assert set(told) <= {(201, None), (409, "idempotency_key_in_use")}
    assert (201, None) in told


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "x" * 256])
async def test_a_key_that_is_none_is_refused(frame: Frame, key: str) -> None:
    status, told, _ = await frame.post('{"name": "a"}', **{"Idempotency-Key": key})
    assert (status, told["code"]) == (400, "bad_idempotency_key")


def test_every_code_that_the_edge_uses_is_of_the_closed_set() -> None:
    import re  # noqa: PLC0415 - of this test alone

    folder = Path(reading.__file__).parent
    used = {
        code
        for path in folder.glob("*.py")
        for code in re.findall(r'HTTPStatus\.[A-Z_]+, "([a-z_]+)"', path.read_text())
    }
    assert used
    assert used <= CODES.keys()
