"""`wirewatch demo`: the sample newsroom, the real pipeline on the embedded default, and a receiver, in one process.

newsroom (loopback) <- poll .. deliver -> receiver (loopback) -> terminal and a page
"""

import asyncio
import signal
import tempfile
from base64 import b64encode
from collections.abc import Awaitable, Callable
from pathlib import Path
from secrets import token_bytes

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from core.clock import Clock, SystemClock
from core.text.visible import one_line
from wirewatch.app import App
from wirewatch.config.loading import load
from wirewatch.demo.newsstand import Hour, Newsstand
from wirewatch.demo.outlets import Desk, load_desk, load_outlets
from wirewatch.demo.receiver import ChatMessage, Receiver
from wirewatch.demo.settings import demo_config
from wirewatch.demo.verdict import Verdict, judge, stories_by_url
from wirewatch.roles import Role

SECONDS_PER_MINUTE = 0.7  # the simulated hour passes in 42 s
PATIENCE_SECONDS = 120.0
SETTLE_SECONDS = 3.0  # after the last expected alert and the end of the hour: nothing more may come

_STAGES = {
    Role.POLL: "asks 8 outlets: RSS, RSS 1.0, Atom, JSON Feed, a news sitemap",
    Role.READ: "fetches the pages and takes the article out of what surrounds it",
    Role.STORY: "knows agency copies under other headlines, updates and corrections",
    Role.MATCH: "holds each article against six rules and keeps the evidence",
    Role.ALERT: "tells once per story, and decides who is told",
    Role.DELIVER: "sends signed webhooks to the receiver of this demo",
}


class Demo:
    """One showing."""

    def __init__(self, console: Console, clock: Clock | None = None) -> None:
        self._console = console
        self._clock = clock or SystemClock()
        self._outlets = load_outlets()
        self._desk: Desk = load_desk()
        self._hour = Hour(self._clock.now(), SECONDS_PER_MINUTE)
        self._stand = Newsstand(self._outlets, self._hour, self._clock.now)
        self._secret = "whsec_" + b64encode(token_bytes(24)).decode()
        self._receiver = Receiver(self._secret, self._clock.now, self._show)
        self._stopped = asyncio.Event()

    async def run(self, *, once: bool) -> int:
        """0: stopped by hand, or (once) exactly the due alerts were delivered; 1: otherwise, with the reason."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stopped.set)
        await self._receiver.start()
        try:
            with tempfile.TemporaryDirectory(prefix="wirewatch-demo-") as folder:
                return await self._play(Path(folder), self._until_told if once else self._until_stopped)
        finally:
            await self._stand.close()
            await self._receiver.close()

    async def _play(self, folder: Path, wait: Callable[[], Awaitable[int]]) -> int:
        await self._stand.start()
        path = folder / "wirewatch.toml"
        text = demo_config(self._stand.feeds, self._outlets, self._desk, self._receiver.url + "/hook", self._secret)
        path.write_text(text, encoding="utf-8")
        async with App(load(path), self._clock) as app:
            self._hour = Hour(self._clock.now(), SECONDS_PER_MINUTE)  # the hour begins when everything is up
            self._stand.begin(self._hour)
            self._opening(app)
            return await wait()

    def _opening(self, app: App) -> None:
        self._console.print("[bold]wirewatch demo[/]: an hour in a newsroom, in under a minute. Ctrl-C ends it.")
        for role, does in _STAGES.items():
            self._console.print(f"  [bold]{role.value:8}[/] {does}")
        self._console.print(f"console  [link]{app.address}[/link]")
        self._console.print(f"chat     [link]{self._receiver.url}/[/link]")

    def _show(self, message: ChatMessage) -> None:
        body = Text()
        for raw, hit in message.pieces:
            piece = one_line(raw)
            marked = f"[{piece}]" if hit and not self._console.is_terminal else piece  # a pipe shows no style
            body.append(marked, style="bold reverse" if hit else "")
        where = one_line(f"{message.source}, {message.published}")
        more = f", +{message.size - 1} in this story" if message.size > 1 else ""
        head = Text(one_line(message.title), style="bold")
        head.append(f"\n{where}{more}\n", style="dim")
        head.append_text(body)
        kind = "update" if message.kind == "updated" else "alert"
        colour = "blue" if kind == "update" else "yellow"
        self._console.print(
            Panel(head, title=Text(one_line(f"{kind}: {message.rule}")), title_align="left", border_style=colour)
        )

    def _verdict(self) -> Verdict:
        bases = {key: url.rpartition("/")[0] for key, url in self._stand.feeds.items()}
        return judge(self._receiver.messages.values(), self._desk.expected, stories_by_url(self._outlets, bases))

    async def _until_stopped(self) -> int:
        await self._stopped.wait()
        return 0

    async def _until_told(self) -> int:
        """Wait for every due alert and for the end of the hour, then judge."""
        deadline = self._clock.monotonic() + PATIENCE_SECONDS
        while self._clock.monotonic() < deadline and not self._stopped.is_set():
            over = self._hour.minute(self._clock.now()) >= 60
            if over and self._verdict().complete:
                await self._clock.sleep(SETTLE_SECONDS)
                break
            await self._clock.sleep(0.2)
        verdict = self._verdict()
        updates = sum(m.kind == "updated" for m in self._receiver.messages.values())
        if verdict.right and not self._receiver.refused:
            told = len(self._desk.expected)
            self._console.print(
                f"[green]all {told} due alerts were delivered once[/], and {updates} updates; nothing else"
            )
            return 0
        for sentence in verdict.sentences():
            self._console.print(Text(one_line(sentence), style="red"))
        if self._receiver.refused:
            self._console.print(f"[red]{self._receiver.refused} messages had a bad signature[/]")
        return 1


def main(*, once: bool) -> int:
    """Run the demo; the exit code."""
    return asyncio.run(_main(once=once))


async def _main(*, once: bool) -> int:
    return await Demo(Console(highlight=False)).run(once=once)
