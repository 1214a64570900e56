"""Fixtures of the whole suite: a real Kafka broker and a real PostgreSQL server, started when the first test asks."""

import asyncio
import gc
import logging
import os
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TypeVar
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped] # it ships no types
import pytest
import structlog
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler.protocol import Scheduling
from xdist.workermanage import WorkerController

from tests import empty_databases, schedule
from tests.effort import SLOW, scaled
from tests.services import kafka, oidc_provider, postgres
from tests.services.oidc_provider import RunningProvider
from tests.services.process import CannotStart

# No test depends on the speed of the machine, nor on what else it does.
settings.register_profile("wirewatch", deadline=None, max_examples=scaled(100))
settings.load_profile("wirewatch")

_SERVICES = {"kafka_bootstrap": "kafka", "postgres_url": "postgres", "oidc": "oidc"}

T = TypeVar("T")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs a service, or is slow, is marked so; a worker tells who may run what."""
    for item in items:
        if item.nodeid.startswith(SLOW):
            item.add_marker(pytest.mark.slow)
        for fixture, marker in _SERVICES.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        items[:] = schedule.longest_first(items)
        schedule.tell(worker["units"], items)


def pytest_collection_finish() -> None:
    """The cases stay to the end: no collection of garbage looks through them again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    node.workerinput["units"] = schedule.place(node.config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    return schedule.Units(config, log) if config.getvalue("dist") == "loadgroup" else None


def _started(stack: ExitStack, service: AbstractContextManager[T]) -> T:
    """The service; without it the test is skipped, in CI it fails."""
    try:
        return stack.enter_context(service)
    except CannotStart as e:
        if os.environ.get("CI"):
            pytest.fail(f"CI must have this service: {e}")
        pytest.skip(str(e))


@pytest.fixture(scope="session")
def kafka_bootstrap(pytestconfig: pytest.Config) -> Iterator[str]:
    """`host:port` of a broker: that of KAFKA_BOOTSTRAP_SERVERS, or one of our own."""
    schedule.started_here(pytestconfig, "kafka")
    with ExitStack() as stack:
        yield os.environ.get("KAFKA_BOOTSTRAP_SERVERS") or _started(stack, kafka.broker())


@pytest.fixture(scope="module")
def own_garbage() -> None:
    """What earlier tests have left is not looked through while these measure time: a collection costs what the heap holds."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of a server's maintenance database: DATABASE_URL, or one of our own."""
    with ExitStack() as stack:
        yield os.environ.get("DATABASE_URL") or _started(stack, postgres.server())


@pytest.fixture(scope="session")
def oidc(pytestconfig: pytest.Config) -> Iterator[RunningProvider]:
    """A real OpenID Connect provider."""
    schedule.started_here(pytestconfig, "oidc")
    with ExitStack() as stack:
        yield _started(stack, oidc_provider.provider())


@pytest.fixture(scope="session", autouse=True)
def _migrations_run_once() -> Iterator[None]:
    with empty_databases.copied():
        yield


@pytest.fixture(autouse=True)
def _log_events_as_they_were() -> Iterator[None]:
    """A command that ran within a test sends log events elsewhere; the next test finds them where structlog puts them."""
    yield
    if structlog.is_configured():
        structlog.reset_defaults()


@pytest.fixture
def logging_as_it_was() -> Iterator[None]:
    """For a test that sets logging up: the next one finds it as this one did."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """URL of a fresh database without any table."""
    with _copy_of("template0", postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def _migrated_template(postgres_url: str) -> Iterator[str]:
    """The name of a database that the migrations made and nobody is connected to."""
    with _copy_of("template0", postgres_url) as url:
        _run(empty_databases.migrate(url))
        yield url.rpartition("/")[2]


@pytest.fixture
def migrated_postgres_database(postgres_url: str, _migrated_template: str) -> Iterator[str]:
    """URL of a fresh database as the migrations leave it."""
    with _copy_of(_migrated_template, postgres_url) as url:
        yield url


@contextmanager
def _copy_of(template: str, server: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    _run(_execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    yield server.rpartition("/")[0] + f"/{name}"
    _run(_execute(server, f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _run(work: Coroutine[object, object, None]) -> None:
    """On a loop of its own in another thread: the fixture serves tests with and without a running loop."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()
