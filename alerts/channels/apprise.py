"""kind = "apprise": one of the hundred and more services that the library Apprise sends to. Its connections go past our address guard.

It runs in a thread, since the library blocks, and says little of a failure: so every one is tried again.
"""

import asyncio
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import closing
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import SecretStr

from alerts.channels.channel import Capabilities, Confirmation, Limits, Receipt, SendFailure, Sending
from alerts.channels.clamp import clamp_text
from alerts.channels.kind import ChannelTools, Kind
from alerts.channels.layout import ArticleBlock, Laid, Layout, Longest, View, fit
from alerts.channels.message import Message
from alerts.channels.rich_text import Line, line_text
from alerts.channels.secret_places import words_of
from alerts.channels.settings import ChannelSettings, Surroundings, exactly_one, secret_text
from core.errors import ConfigError
from core.masking import secrets_in, without
from core.model.outcome import FailureReason, Priority
from core.text.visible import one_line

_MOST_CHARACTERS = 30_000
_LIMITS = Limits(max_bytes=4 * _MOST_CHARACTERS, in_flight=1)
_CAPABILITIES = Capabilities(confirms=Confirmation.ACCEPTED)
_LONGEST = Longest()
_INSTALL = "the package apprise is not installed; install it with `pip install 'wirewatch[apprise]'`"
_TYPES = {Priority.FLASH: "failure", Priority.NORMAL: "warning", Priority.LOW: "info"}
_PAST_THE_GUARD = "goes past the address guard: fetch.allow_networks does not hold for it"


class AppriseSettings(ChannelSettings):
    """`url`: as Apprise writes it, such as `matrix://user:password@host/#room`; it is a secret."""

    meanings: ClassVar[Mapping[str, str]] = {
        "url": "the service's address, which is a secret",
    }

    kind: Literal["apprise"]
    url: SecretStr | None = None
    url_file: str | None = None

    def clashes(self) -> Iterator[str]:
        yield from super().clashes()
        yield from exactly_one(self, "url", "url_file")

    def unfit(self, around: Surroundings) -> tuple[str, str] | None:
        if not around.in_file:
            return "kind", "it goes past the address guard, so it stands in a file; it cannot be added by command"
        return None

    def check_files(self, base_dir: Path) -> None:
        self.service(base_dir)

    def address(self, base_dir: Path) -> str:
        """The URL. Raises ConfigError."""
        where = f"channel {self.name}: url_file"
        return secret_text(self.url, self.url_file, where=where, base_dir=base_dir) or ""

    def service(self, base_dir: Path) -> Any:
        """Apprise with the one service in it. Raises ConfigError where it is missing or knows no such service."""
        where = f"channel {self.name}: {'url' if self.url_file is None else 'url_file'}"
        if find_spec("apprise") is None:
            raise ConfigError([f"channel {self.name}: kind: {_INSTALL}"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of libraries that its hundred services load
            service = _loaded(self.address(base_dir))
        if service is None:
            raise ConfigError(
                [f"{where}: Apprise knows no such service; its documentation says how each address is written"]
            )
        return service


def _loaded(url: str) -> Any:
    import apprise  # noqa: PLC0415 - few use it, and it is large

    _quiet()
    asset = apprise.AppriseAsset(plugin_paths=[], secure_logging=True)
    asset.async_mode, asset.app_id, asset.app_desc, asset.http_redirects = False, "wirewatch", "wirewatch", False
    service = apprise.Apprise(asset=asset)
    return service if service.add(url) and len(service) == 1 else None


class AppriseChannel:
    """One service of Apprise's."""

    kind = "apprise"
    limits = _LIMITS
    capabilities = _CAPABILITIES
    limit_key = ""

    def __init__(self, settings: AppriseSettings, tools: ChannelTools) -> None:
        self.name = settings.name
        self._service = settings.service(tools.base_dir)
        url = settings.address(tools.base_dir)
        self._secrets = secrets_in(url, path=True) | words_of(url) | secrets_in(url)
        self._shown = f"{url.partition(':')[0]}://"
        self._timeout_seconds = settings.timeout_seconds
        self._view = settings.view(tools.base_dir)
        self._watch = tools.watch

    async def send(self, message: Message, sending: Sending) -> Receipt:  # noqa: ARG002 - no service of these takes an id
        plugin = self._service[0]
        title, body = _fitted(message, self._view, int(plugin.body_maxlen or _MOST_CHARACTERS)).rendered
        self._watch("NOTIFY", self._shown, {"title": title}, body.encode(errors="replace"))
        try:
            async with asyncio.timeout(self._timeout_seconds):
                sent, said = await asyncio.to_thread(self._notify, title, body, _TYPES[message.rule.priority])
        except TimeoutError:
            told = f"no answer within {self._timeout_seconds:g} s; it may have arrived"
            raise SendFailure(FailureReason.TIMEOUT, told, retriable=True) from None
        shown = without(one_line(said), self._secrets)[:300]
        if not sent:
            raise SendFailure(FailureReason.OTHER, shown or "Apprise says no reason", retriable=True)
        return Receipt(Confirmation.ACCEPTED, detail=f"taken by {self._shown}")

    def _notify(self, title: str, body: str, kind: str) -> tuple[bool, str]:
        with closing(self._service.notify(title=title, body=body, notify_type=kind, body_format="text")) as result:
            said = [entry.message for one in result for entry in islice(one.logs(), 10) if entry.level != "INFO"]
            return bool(result), "; ".join(text[:300] for text in said[:3])


def _quiet() -> None:
    """Its log holds addresses with their secrets: it goes nowhere but into a failure's words, without them."""
    logger = logging.getLogger("apprise")
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


# --- what is shown


def _fitted(message: Message, view: View, characters: int) -> Laid[tuple[str, str]]:
    return fit(message, view, _LONGEST, _render, lambda text: len(text[1]) <= characters)


def _render(layout: Layout) -> tuple[str, str]:
    """Title and body."""
    said = " · ".join((layout.rule.text, *layout.why))
    lines = [layout.mention] if layout.mention else []
    if layout.state:
        lines.append(layout.state)
    if layout.body:
        lines += map(_line, layout.body)
    else:
        lines += [part for block in layout.articles for part in _article(block)]
        if layout.more:
            lines.append(f"and {layout.more} more")
        lines.append(said)
    lines += layout.notes
    lines += [f"{button.label}: {button.url}" for button in layout.buttons]
    return clamp_text(layout.title, 250), "\n".join(lines)


def _article(block: ArticleBlock) -> list[str]:
    quote = _line(block.quote)
    return [block.headline, block.url, " · ".join(block.facts), *([quote] if quote else []), ""]


def _line(line: Line) -> str:
    return line_text(line, plain=str, bold=str, link=lambda text, url: f"{text} {url}")


KIND = Kind(
    what="a service that Apprise knows; past the address guard",
    settings=AppriseSettings,
    make=AppriseChannel,
    limits=_LIMITS,
    capabilities=_CAPABILITIES,
    cut=lambda message: _fitted(message, View(), _MOST_CHARACTERS).cut,
    note=_PAST_THE_GUARD,
)
