"""A running process takes over changed files on SIGHUP, keeps its old state where they are wrong, and loses and doubles nothing."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import aiohttp
import orjson

from tests.e2e.harness import ROOT, Sink, World

COUNCIL = ("council", '"harbour council"')
VOTE = "[[rules]]\nname = 'vote'\nquery = 'vote'\nchannels = ['desk']\n"


class Newsroom:
    """A world whose file is changed while its process runs."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.first = world.process.config

    @property
    def pid(self) -> int:
        process = self.world.process._process
        assert process is not None
        return process.pid

    def change(self, config: str) -> None:
        self.world.process.config = config
        self.world.process.write_config()

    def said(self, event: str) -> int:
        return sum(f'"event": "{event}"' in line for line in self.world.process.log().splitlines())

    async def hang_up(self, event: str, times: int = 1) -> None:
        before = self.said(event)
        for _ in range(times):
            os.kill(self.pid, signal.SIGHUP)
        await self.world.process.until(lambda: self.said(event) > before, f"{event} was said")

    async def command(self, *words: str) -> tuple[int, str]:
        config = str(self.world.folder / "wirewatch.toml")
        call = [sys.executable, "-m", "wirewatch.cli.main", *words, "--config", config]
        env = {k: v for k, v in os.environ.items() if not k.startswith("WIREWATCH_")}
        made = await asyncio.create_subprocess_exec(
            *call, env=env, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        out, _ = await made.communicate()
        return made.returncode or 0, out.decode()

    async def ready(self) -> tuple[int, list[str]]:
        """The status of /readyz, and what it warns of."""
        url = f"http://127.0.0.1:{self.world.process.port}/readyz"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return answer.status, orjson.loads(await answer.read())["warned"]

    async def metrics(self) -> str:
        url = f"http://127.0.0.1:{self.world.process.port}/metrics"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return await answer.text()


def told(sink: Sink, rule: str) -> int:
    return sum(name == rule for name, _ in sink.alerts())


async def test_rules_channels_and_mistakes_while_the_process_runs(tmp_path: Path) -> None:
    second = Sink()
    await second.start()
    async with World(tmp_path, articles=4, rules=[COUNCIL]) as world:
        room, sink, until = Newsroom(world), world.sink, world.process.until
        await world.process.start()
        await until(lambda: told(sink, "council") == 4, "the first alerts")

        room.change(room.first + "[[ruls]]\nname = 'x'\n")
        await room.hang_up("reload_refused")
        assert await room.ready() == (200, ["configuration"])
        assert "news_config_last_reload_successful 0.0" in await room.metrics()
        code, out = await room.command("reload")
        assert code == 1
        assert "ruls" in out
        world.publisher.count = 5
        await until(lambda: told(sink, "council") == 5, "an alert of the old state")

        room.change(room.first + VOTE)
        await room.hang_up("reloaded", times=3)  # asked again and again
        assert (await room.ready())[1] == []
        world.publisher.count = 6
        await until(lambda: told(sink, "council") == 6 and told(sink, "vote") == 1, "alerts of both rules")

        await sink.close()  # sends fail and wait
        world.publisher.count = 8
        await until(lambda: room.said("notification_failed") >= 4, "failures")
        room.change((room.first + VOTE).replace(sink.url, second.url))
        code, out = await room.command("reload")
        assert (code, out) == (0, f"process {room.pid} reloaded\n")
        await until(lambda: told(second, "council") == 2 and told(second, "vote") == 2, "what waited")

        room.change(
            room.first.replace(sink.url, second.url).replace("interval_seconds = 0.0", "interval_seconds = 2.0")
        )
        code, out = await room.command("reload")
        assert "waits for a restart: fetch.host_interval_seconds" in out
        for count in range(9, 15):  # under load
            world.publisher.count = count
            await room.hang_up("reloaded")
        await until(lambda: told(second, "council") == 8, "alerts under reloads")
        assert told(second, "vote") == 2
        assert await world.process.terminate() == 0
        assert room.said("role_failed") == 0
        assert max([*sink.sends.values(), *second.sends.values()]) == 1
        assert not set(sink.sends) & set(second.sends)
        code, out = await room.command("reload")
        assert code == 1
        assert "no wirewatch runs" in out
    await second.close()


async def test_a_list_of_terms_is_followed_without_a_reload_and_through_a_kill(tmp_path: Path) -> None:
    listed = "[[aliases]]\nname = 'names'\nterms_file = 'names.txt'\n"
    names = tmp_path / "names.txt"

    def save(*terms: str) -> None:
        (tmp_path / "new").write_text("\n".join(terms))
        (tmp_path / "new").replace(names)

    save("nobody in particular")
    async with World(tmp_path, articles=2, rules=[("named", "@names")]) as world:
        room, sink, until = Newsroom(world), world.sink, world.process.until
        room.first = world.process.config + listed
        world.process.config = room.first
        await world.process.start()
        await until(lambda: room.said("started") == 1, "the start")
        save("nobody in particular", "harbour council")
        await until(lambda: room.said("term_list_changed") == 1, "the list was followed")
        world.publisher.count = 3
        await until(lambda: told(sink, "named") == 1, "an alert by the new list")

        names.rename(tmp_path / "away")
        await until(lambda: room.said("term_files_refused") == 1, "the missing file was told")
        assert await room.ready() == (200, ["term files"])
        assert "news_term_files_refused 1.0" in await room.metrics()
        code, out = await room.command("check", "--offline")
        assert code == 1
        assert "names.txt: there is no such file" in out
        world.publisher.count = 4
        await until(lambda: told(sink, "named") == 2, "an alert by the last good list")

        save("nobody in particular")
        await world.process.kill()  # before or after it looked
        save("harbour councils", "nobody", "harbour council")
        await world.process.start()
        world.publisher.count = 5
        await until(lambda: told(sink, "named") == 3, "an alert by the list as it is after the kill")
        assert await world.process.terminate() == 0
        code, out = await room.command("aliases", "show", "names")
        assert "harbour councils" in out
