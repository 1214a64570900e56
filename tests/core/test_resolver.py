"""Names that hang, and names that others wait for."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from core.net.resolver import PooledResolver

FOUND = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("192.0.2.1", 0))]


class NameServer:
    """Answers at once, but for the names that start with `hangs`, until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.asked: list[str] = []

    def __call__(self, host: str, *_: object) -> list[Any]:
        self.asked.append(host)
        if host.startswith("hangs"):
            self.go.wait(30)
        return FOUND


@asynccontextmanager
async def opened(server: Callable[..., list[Any]], patience_seconds: float) -> AsyncIterator[PooledResolver]:
    resolver = PooledResolver(2, lookup=server, patience_seconds=patience_seconds)
    try:
        yield resolver
    finally:
        await resolver.close()


async def test_names_that_hang_keep_nobody_from_a_name_that_was_found_before() -> None:
    server = NameServer()
    async with opened(server, 60) as resolver, asyncio.TaskGroup() as tasks:
        await resolver.resolve("news.example", 80)
        hanging = [tasks.create_task(resolver.resolve(f"hangs{number}.example")) for number in range(50)]
        await asyncio.sleep(0)
        [found] = await resolver.resolve("news.example", 443)
        assert (found["host"], found["port"]) == ("192.0.2.1", 443)
        assert not any(task.done() for task in hanging)
        server.go.set()


async def test_a_name_that_hangs_ends_and_who_waited_for_a_thread_leaves_the_line() -> None:
    server = NameServer()
    ended: list[int] = []

    async def ask(number: int) -> None:
        with pytest.raises(socket.gaierror) as caught:
            await resolver.resolve(f"hangs{number}.example")
        ended.append(caught.value.args[0])

    async with opened(server, 0.05) as resolver:
        async with asyncio.TaskGroup() as tasks:
            for number in range(20):
                tasks.create_task(ask(number))
        assert ended == [socket.EAI_AGAIN] * 20
        server.go.set()
        resolver._patience_seconds = 60.0
        assert await resolver.resolve("news.example"), "the threads are free again"
        assert len(server.asked) <= 3, "of the others none was asked for"


async def test_a_name_that_is_not_found_raises_what_the_system_says() -> None:
    def nowhere(*_: object) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async with opened(nowhere, 60) as resolver:
        with pytest.raises(socket.gaierror, match="not known"):
            await resolver.resolve("nowhere.example")
