"""Every kind of channel: its settings, and how to build it. A new kind is one file and one line here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from alerts.channels.channel import Channel
from alerts.channels.message import Message
from alerts.channels.posting import Poster
from alerts.channels.settings import ChannelSettings
from alerts.channels.slack import SlackChannel, SlackSettings, slack_cut
from alerts.channels.webhook import WebhookChannel, WebhookSettings, webhook_cut
from core.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind's settings, and the making of a channel from them: (settings, poster, folder of `_file` secrets).

    `cut`: what of a message its limits leave out, in words for people.
    """

    settings: type[ChannelSettings]
    build: Callable[[ChannelSettings, Poster, Path], Channel]
    cut: Callable[[Message], tuple[str, ...]]


def _webhook(settings: ChannelSettings, poster: Poster, base_dir: Path) -> Channel:
    assert isinstance(settings, WebhookSettings)  # noqa: S101 - the registry pairs them
    return WebhookChannel(settings, poster, base_dir)


def _slack(settings: ChannelSettings, poster: Poster, base_dir: Path) -> Channel:
    assert isinstance(settings, SlackSettings)  # noqa: S101 - the registry pairs them
    return SlackChannel(settings, poster, base_dir)


KINDS: Mapping[str, Kind] = {
    "webhook": Kind(WebhookSettings, _webhook, webhook_cut),
    "slack": Kind(SlackSettings, _slack, slack_cut),
}

# Named in the configuration's contract, built in a later version: refused by name, so nobody thinks a typo is the cause.
PLANNED = ("teams", "discord", "telegram", "mattermost", "googlechat", "email", "apprise", "kafka")


_EXPECTED = {
    "string_type": "expected text in quotes",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
    "finite_number": "expected a number",
}


def channel_settings(raw: Mapping[str, object], *, where: str = "channels") -> ChannelSettings:
    """The settings of one `[[channels]]` table. Raises ConfigError with every problem, its key path and a near key."""
    kind = raw.get("kind")
    if kind in PLANNED:
        known = ", ".join(KINDS)
        raise ConfigError(
            [f'{where}.kind: "{kind}" is not built yet; this version has {known} (webhook reaches any tool)']
        )
    if not isinstance(kind, str) or kind not in KINDS:
        raise ConfigError([f"{where}.kind: {_unknown_kind(kind)}"])
    try:
        return KINDS[kind].settings.model_validate(dict(raw))
    except ValidationError as error:
        fields = tuple(KINDS[kind].settings.model_fields)
        raise ConfigError([_problem(where, detail, fields) for detail in error.errors(include_input=False)]) from None


def build_channel(settings: ChannelSettings, *, poster: Poster, base_dir: Path) -> Channel:
    """The channel of these settings; reads `_file` secrets (relative to `base_dir`) now. Raises ConfigError."""
    return KINDS[settings.kind].build(settings, poster, base_dir)


def _unknown_kind(kind: object) -> str:
    if kind is None:
        return f"missing; expected one of {', '.join(KINDS)}"
    near = get_close_matches(str(kind), [*KINDS, *PLANNED], n=1)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    return f'unknown kind "{kind}"; expected one of {", ".join(KINDS)}{hint}'


def _problem(where: str, detail: Mapping[str, object] | object, fields: Sequence[str]) -> str:
    assert isinstance(detail, Mapping)  # noqa: S101 - pydantic's ErrorDetails is a TypedDict
    location = detail["loc"]
    path = ".".join([where, *map(str, location if isinstance(location, tuple) else ())])
    if detail["type"] == "extra_forbidden":
        near = get_close_matches(path.rpartition(".")[2], fields, n=1)
        return f"{path}: unknown key" + (f'; did you mean "{near[0]}"?' if near else f"; known: {', '.join(fields)}")
    if detail["type"] == "missing":
        return f"{path}: missing"
    told = _EXPECTED.get(str(detail["type"])) or str(detail["msg"]).removeprefix("Value error, ")
    return f"{path}: {told.removeprefix('Input ')}"
