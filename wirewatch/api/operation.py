"""An operation of the API: what it takes, what it answers, who may use it, and how a request becomes a call of it.

The table of all operations (`table.py`) is what requests are routed by and what the OpenAPI document is made from.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Generic, TypeVar, get_origin

import orjson
from aiohttp import web
from pydantic import ValidationError

from core.text.visible import json_text
from wirewatch.api.model import Body, Model, Query
from wirewatch.api.problems import Refusal, of_validation, problem
from wirewatch.bodies import body_of
from wirewatch.routing import Access, Route
from wirewatch.serving import ACTING, SERVING, Serving
from wirewatch.usecases.acting import Acting

PREFIX = "/api/v1"
MOST_BYTES = 10_000_000

Q = TypeVar("Q")
B = TypeVar("B")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[Q, B]):
    """A request as an operation gets it: checked."""

    acting: Acting
    serving: Serving
    path: Mapping[str, str]
    query: Q
    body: B
    request: web.Request


@dataclass(frozen=True, slots=True)
class Answer:
    """`etag`: the tag of the thing that the model shows (usecases/tags.py). `status`: where it is not the operation's."""

    model: Model
    etag: str | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


Function = Callable[[Call[Any, Any]], Awaitable[Model | Answer | web.StreamResponse | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`answer` None: no content (204). `media`: of an answer that is no JSON, which the function makes itself.

    `stale`: it changes a thing that has an ETag, and so takes If-Match. `creates`: it takes Idempotency-Key.
    """

    method: str
    path: str  # below /api/v1
    summary: str
    access: Access
    function: Function
    query: type[Query] = Query
    body: type[Body] | None = None
    answer: type[Model] | None = None
    status: int = HTTPStatus.OK
    media: str = "application/json"
    stale: bool = False
    creates: bool = False
    most_bytes: int = MOST_BYTES

    @property
    def name(self) -> str:
        """Its operationId."""
        return self.function.__name__

    @property
    def description(self) -> str:
        """The rest of what the function's docstring says."""
        return (self.function.__doc__ or "").strip()

    def route(self) -> Route:
        """As the server mounts it."""

        async def handle(request: web.Request) -> web.StreamResponse:
            return await _handle(self, request)

        return Route(self.method, PREFIX + self.path, handle, self.access)


def operation(method: str, path: str, *, summary: str, access: Access, **rest: Any) -> Callable[[Function], Operation]:
    """Declare the function below as an operation; `rest` as the members of Operation."""

    def declare(function: Function) -> Operation:
        return Operation(method=method, path=path, summary=summary, access=access, function=function, **rest)

    return declare


async def _handle(op: Operation, request: web.Request) -> web.StreamResponse:
    acting = request[ACTING]
    if op.stale:
        acting = replace(acting, if_match=_if_match(request))
    call: Call[Any, Any] = Call(
        acting=acting,
        serving=request[SERVING],
        path=request.match_info,
        query=_query(op.query, request),
        body=None if op.body is None else await _body(op, op.body, request),
        request=request,
    )
    return answered(op, await op.function(call))


def answered(op: Operation, given: Model | Answer | web.StreamResponse | None) -> web.StreamResponse:
    """The HTTP answer. Read in a terminal it steers nothing."""
    if isinstance(given, web.StreamResponse):
        return given
    if given is None:
        return web.Response(status=HTTPStatus.NO_CONTENT)
    answer = given if isinstance(given, Answer) else Answer(given)
    headers = dict(answer.headers)
    if answer.etag is not None:
        headers["ETag"] = f'"{answer.etag}"'
    text = json_text(answer.model.model_dump_json()) + "\n"
    return web.Response(
        status=answer.status or op.status, body=text.encode(), content_type="application/json", headers=headers
    )


def _if_match(request: web.Request) -> str | None:
    """The one tag that is asked for; None for none and for `*`."""
    text = request.headers.get("If-Match", "").strip()
    if text in ("", "*"):
        return None
    if len(text) > 2 and text[0] == text[-1] == '"' and '"' not in text[1:-1]:
        return text[1:-1]
    detail = 'If-Match: expected one tag as an ETag header gave it, such as "3f2a..."'
    raise Refusal(problem(HTTPStatus.BAD_REQUEST, "bad_if_match", detail, place="If-Match"))


def _query(model: type[Query], request: web.Request) -> Query:
    given: dict[str, Any] = {}
    for name in request.query:
        values = request.query.getall(name)
        known = model.model_fields.get(name)
        many = known is not None and get_origin(known.annotation) is tuple
        if len(values) > 1 and not many:
            detail = f"{name}: given {len(values)} times, expected once"
            raise Refusal(problem(HTTPStatus.BAD_REQUEST, f"bad_{name}" if known else "bad_query", detail, place=name))
        given[name] = values if many else values[0]
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = str(error.errors()[0]["loc"][0]) if error.errors()[0]["loc"] else ""
        raise Refusal(
            of_validation(error, f"bad_{first}" if first in model.model_fields else "bad_query", "")
        ) from None


async def _body(op: Operation, model: type[Body], request: web.Request) -> Body:
    if request.content_type != "application/json":
        detail = f"the body is {request.content_type}; expected application/json (header Content-Type)"
        raise Refusal(problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "bad_content_type", detail))
    raw = await body_of(request, op.most_bytes)
    if raw is None:
        detail = f"the body is larger than {op.most_bytes:,} bytes, or did not arrive in time"
        raise Refusal(problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", detail))
    try:
        given = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        detail = f"the body is no JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        raise Refusal(problem(HTTPStatus.BAD_REQUEST, "bad_json", detail)) from None
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise Refusal(of_validation(error, "bad_body", "/")) from None
