"""An operation of the API: what it takes, what it answers, who may use it, and how a request becomes a call of it.

The table of all operations (`table.py`) is what requests are routed by and what the OpenAPI document is made from.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from aiohttp import web

from core.text.visible import json_text
from wirewatch.api import reading
from wirewatch.api.model import Body, Model, Query
from wirewatch.api.problems import Problem, Refusal, headers_of, of_refused, problem
from wirewatch.routing import Access, Route
from wirewatch.serving import ACTING, SERVING, Serving
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.refusals import Invalid, Refused
from wirewatch.usecases.repeats import Answered, Once, once

PREFIX = "/api/v1"
MOST_BYTES = 1_000_000

Q = TypeVar("Q")
B = TypeVar("B")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[Q, B]):
    """A request as an operation gets it: checked. `raw`: the body as it came, for an operation that takes more than JSON."""

    acting: Acting
    serving: Serving
    path: Mapping[str, str]
    query: Q
    body: B
    request: web.Request
    raw: bytes = field(default=b"", repr=False)


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

    `stale`: it changes a thing that has an ETag, and so takes If-Match. `creates`: it takes Idempotency-Key; with such a key
    all that it does is one transaction, unless it is not `atomic`: because it waits for somebody else's server, or for the log.
    `told_once`: its answer holds a secret, and is not kept for a repeat. `any_text`: its body holds what the web has, such as a NUL.
    `takes`: what its body may be; `body` describes it as JSON, and is None in a call with another. `places`: what the names in
    its path mean.
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
    atomic: bool = True
    told_once: bool = False
    any_text: bool = False
    takes: tuple[str, ...] = (reading.JSON,)
    most_bytes: int = MOST_BYTES
    places: Mapping[str, str] = field(default_factory=dict)

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
            try:
                return await _handle(self, request)
            except Refused as error:
                raise Refusal(_refused(self, error), headers_of(error)) from None

        return Route(self.method, PREFIX + self.path, handle, self.access)


def operation(method: str, path: str, *, summary: str, access: Access, **rest: Any) -> Callable[[Function], Operation]:
    """Declare the function below as an operation; `rest` as the members of Operation."""

    def declare(function: Function) -> Operation:
        return Operation(method=method, path=path, summary=summary, access=access, function=function, **rest)

    return declare


async def _handle(op: Operation, request: web.Request) -> web.StreamResponse:
    acting = request[ACTING]
    reading.check_path(request)
    if op.stale:
        acting = replace(acting, if_match=reading.if_match(request))
    query = reading.query(op.query, request)
    key = reading.idempotency_key(request) if op.creates else None
    raw = b"" if op.method == "GET" else await reading.raw_body(request, op.most_bytes)
    call: Call[Any, Any] = Call(
        acting=acting,
        serving=request[SERVING],
        path=request.match_info,
        query=query,
        body=await _body(op, request, raw),
        request=request,
        raw=raw,
    )
    if key is None:
        return answered(op, request, await op.function(call))
    return await _once(op, call, key)


def _refused(op: Operation, error: Refused) -> Problem:
    """The problem, with its place as the request has it: a parameter by its name, a member by a pointer."""
    field = error.field if isinstance(error, Invalid) else None
    if field is None:
        return of_refused(error)
    if field in op.query.model_fields:
        return of_refused(error, place=field, code=f"bad_{field}")
    return of_refused(error, place=f"/{field}" if op.body is not None and field in op.body.model_fields else field)


async def _body(op: Operation, request: web.Request, raw: bytes) -> Body | None:
    if op.body is None:
        if raw.strip() not in (b"", b"{}"):
            raise Refusal(problem(HTTPStatus.BAD_REQUEST, "bad_body", "this operation takes no body", place=""))
        return None
    media = reading.media_of(request, op.takes)
    return await reading.json_body(op.body, raw, any_text=op.any_text) if media == reading.JSON else None


async def _once(op: Operation, call: Call[Any, Any], key: str) -> web.StreamResponse:
    """The answer to a creation that may be sent again."""
    request = call.request
    target = f"{op.method} {request.raw_path} {request.content_type}"
    asked = Once(key=key, request=target.encode() + b"\0" + call.raw, atomic=op.atomic, told_once=op.told_once)

    async def work(acting: Acting) -> Answered:
        response = answered(op, request, await op.function(replace(call, acting=acting)))
        if not isinstance(response, web.Response) or not isinstance(response.body, bytes | None):
            raise TypeError(f"{op.name} creates, and its answer is no document")
        kept = {str(name): value for name, value in response.headers.items() if name in _KEPT_HEADERS}
        return Answered(response.status, kept, response.body or b"")

    found = await once(asked, call.acting, work)
    return web.Response(status=found.status, headers=found.headers, body=found.body or None)


_KEPT_HEADERS = ("Content-Type", "ETag", "Location")


def answered(
    op: Operation, request: web.Request, given: Model | Answer | web.StreamResponse | None
) -> web.StreamResponse:
    """The HTTP answer. Read in a terminal it steers nothing."""
    if isinstance(given, web.StreamResponse):
        return given
    if given is None:
        return web.Response(status=HTTPStatus.NO_CONTENT)
    answer = given if isinstance(given, Answer) else Answer(given)
    headers = dict(answer.headers)
    if answer.etag is not None:
        headers["ETag"] = f'"{answer.etag}"'
        if op.method == "GET" and reading.has_it(request, answer.etag):
            return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    text = json_text(answer.model.model_dump_json()) + "\n"
    return web.Response(
        status=answer.status or op.status, body=text.encode(), content_type=reading.JSON, headers=headers
    )
