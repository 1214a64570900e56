"""Every operation of the API with requests that its schema allows, and with some that it does not: no answer is a mistake of
ours, and none is other than the OpenAPI document says."""

import asyncio
import re
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from http import HTTPStatus
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
    unsupported_method,
)

from tests.effort import scaled
from tests.wirewatch.people import COOKIE, add_people, begin_session
from tests.wirewatch.statuspage import StatusPage, status_page
from wirewatch.api.openapi import document
from wirewatch.api.operation import PREFIX, Operation
from wirewatch.api.published import COOKIE as NAME_OF_COOKIE
from wirewatch.api.table import OPERATIONS


def overlaps(one: Operation, other: Operation) -> bool:
    """Whether the path of the one is one that the pattern of the other takes."""
    return "{" not in one.path and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", other.path), one.path) is not None


schemathesis.serializer.alias("application/toml", "text/plain")
WHOLE = schemathesis.openapi.from_dict(document(OPERATIONS, cookie=NAME_OF_COOKIE))
SCHEMA = WHOLE.exclude(path="/stream")  # which has no end; it has tests of its own


# Two of three requests are an admin's, who gets past every permission; the third is an analyst's.
ASKERS = cycle(("admin", "admin", "analyst"))


@dataclass(frozen=True)
class Live:
    page: StatusPage
    loop: asyncio.AbstractEventLoop

    def headers(self) -> dict[str, str]:
        """Of the next asker, who has just signed in: some operations end sessions."""
        secret = asyncio.run_coroutine_threadsafe(begin_session(self.page, next(ASKERS)), self.loop).result(timeout=60)
        return {"Cookie": f"{COOKIE}={secret}", "Origin": str(self.page.server.address)}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server in a thread of its own: Schemathesis asks and waits."""
    ready: Future[Live] = Future()
    over = threading.Event()

    async def serve(folder: Path) -> None:
        async with status_page(folder) as page:
            await add_people(page)
            ready.set_result(Live(page, asyncio.get_running_loop()))
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve(tmp_path_factory.mktemp("api"))))
    thread.start()
    yield ready.result(timeout=60)
    over.set()
    thread.join()


# What the schema leaves to the meaning: a cursor is one that we gave, a tag too; a rule's settings are read as a file has them.
OF_MEANING = ("bad_cursor", "bad_toml", "bad_article", "bad_if_match", "invalid")
READ_AS_IN_A_FILE = ("/settings/", "/sources/", "/rules/", "/aliases/", "/channels/", "/silences/")
LONGEST_LINE = 8000  # of a request; a longer one is answered by the HTTP parser, before anything of ours
# `/rules/health` is an operation, and `PUT /rules/health` changes a rule of that name: what Allow says there is both.
OVERLAPPING = {
    one.path for one in OPERATIONS for other in OPERATIONS if one.path != other.path and overlaps(one, other)
}


def no_request_is_refused_for_its_form_that_the_schema_allows(_: Any, response: Any, case: Any) -> None:
    """A check of Schemathesis: in place of its own, which knows nothing of what a request may mean."""
    meta = case.meta
    if meta is not None and meta.generation.mode is GenerationMode.POSITIVE and response.status_code == 400:
        told = response.json()
        if "NUL" not in told["detail"] and not (told.get("place") or "").startswith(READ_AS_IN_A_FILE):
            assert told["code"] in OF_MEANING, response.text


@SCHEMA.parametrize()
@settings(
    max_examples=scaled(5), derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
def test_every_operation_keeps_to_its_schema(case: Any, live: Live) -> None:
    response = case.call(base_url=f"{live.page.server.address}{PREFIX}", headers=live.headers(), timeout=30)
    if len(response.request.url) > LONGEST_LINE:
        return
    excluded = [positive_data_acceptance, ignored_auth]
    if response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        excluded.append(negative_data_rejection)
    if case.path in OVERLAPPING:
        excluded += [allow_header_conformance, unsupported_method]
    case.validate_response(
        response,
        excluded_checks=excluded,
        additional_checks=[no_request_is_refused_for_its_form_that_the_schema_allows],
    )
