"""A receiver for those who build one: says of each webhook that arrives whether it is as promised, and answers as it is told.

request -> signature? age? id seen before? body as the schema has it? -> a line for people or programs -> the answer
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

import orjson
from aiohttp import web
from jsonschema import Draft202012Validator

from alerts.channels.published import SCHEMA, published
from alerts.channels.signing import ID, SIGNATURE, TIMESTAMP, Key, PublicKey, has_signed
from core.bounded import whole
from core.clock import Clock

TOLERANCE_SECONDS = 300  # Standard Webhooks: refuse what was signed too long ago
_MOST_BYTES = 1_000_000
_IDS = 10_000  # that are remembered
_PROBLEMS = 5  # of a body that are told
_MOST_SECONDS = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One request. `signature`: right, wrong, missing, or `not checked` without a key. `seen`: how often its id came before.

    `problems`: what a receiver should refuse it for, or what is not as the schema has it.
    """

    method: str
    path: str
    id: str
    age_seconds: int | None
    signature: str
    seen: int
    problems: tuple[str, ...]
    status: int
    body: Any = field(repr=False)

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What every request gets: a status, after a delay; `retry_after`: the header of that name."""

    status: int = 200
    delay_seconds: float = 0.0
    retry_after: str | None = None


class Listener:
    """`keys`: of which one must have signed; none: signatures are not checked. `tell` hears of each request, answered or not."""

    def __init__(
        self, keys: Sequence[Key | PublicKey], answers: Answers, tell: Callable[[Arrived], None], clock: Clock
    ) -> None:
        self._keys = keys
        self._answers = answers
        self._tell = tell
        self._clock = clock
        self._ids: OrderedDict[str, int] = OrderedDict()
        self._schema = Draft202012Validator(orjson.loads(published(SCHEMA)))

    async def serve(self, host: str, port: int, ready: Callable[[str, int], None]) -> None:
        """Listen until cancelled; `ready` hears where. Raises OSError where that cannot be."""
        app = web.Application(client_max_size=_MOST_BYTES)
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            site = web.TCPSite(runner, host, port)
            await site.start()
            ready(*runner.addresses[0][:2])
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        self._tell(self.judge(request.method, request.path, headers, body))
        if self._answers.delay_seconds:
            await self._clock.sleep(self._answers.delay_seconds)
        more = {} if self._answers.retry_after is None else {"Retry-After": self._answers.retry_after}
        return web.Response(status=self._answers.status, headers=more)

    def judge(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Arrived:
        """What is to be said of one request. `headers`: by their small names."""
        sent = whole(headers.get(TIMESTAMP), _MOST_SECONDS)
        age = None if sent is None else int(self._clock.now().timestamp()) - sent
        signature = self._signature(headers, body)
        problems = [f"{method} where a webhook is a POST"] if method != "POST" else []
        notification_id = headers.get(ID, "")
        if not notification_id:
            problems.append(f"no header {ID}")
        if age is None:
            problems.append(f"no number in the header {TIMESTAMP}")
        elif abs(age) > TOLERANCE_SECONDS:
            problems.append(f"signed {abs(age)} s {'ago' if age > 0 else 'in the future'}; refuse it")
        if signature in ("wrong", "missing"):
            problems.append(f"the signature is {signature}; refuse it")
        parsed, wrong = self._parsed(body)
        return Arrived(
            method=method,
            path=path,
            id=notification_id,
            age_seconds=age,
            signature=signature,
            seen=self._seen(notification_id),
            problems=(*problems, *wrong),
            status=self._answers.status,
            body=parsed,
        )

    def _signature(self, headers: Mapping[str, str], body: bytes) -> str:
        if not self._keys:
            return "not checked"
        if SIGNATURE not in headers:
            return "missing"
        return "right" if has_signed(self._keys, headers, body) else "wrong"

    def _seen(self, notification_id: str) -> int:
        before = self._ids.pop(notification_id, 0)
        self._ids[notification_id] = before + 1
        if len(self._ids) > _IDS:
            self._ids.popitem(last=False)
        return before

    def _parsed(self, body: bytes) -> tuple[Any, list[str]]:
        try:
            parsed = orjson.loads(body)
        except orjson.JSONDecodeError as broken:
            return body[:200].decode(errors="replace"), [f"the body is no JSON: {broken}"]
        wrong = islice(self._schema.iter_errors(parsed), _PROBLEMS)
        return parsed, [f"{'.'.join(map(str, one.absolute_path)) or 'body'}: {one.message[:300]}" for one in wrong]
