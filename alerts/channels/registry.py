"""Every kind of channel: its settings, and how to build it. A new kind is one file and one line here."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from alerts.channels import (
    apprise,
    discord,
    email,
    exec_channel,
    feed,
    file,
    googlechat,
    kafka,
    mattermost,
    ntfy,
    pagerduty,
    slack,
    teams,
    telegram,
    webhook,
)
from alerts.channels.channel import Channel
from alerts.channels.kind import ChannelTools, Kind
from alerts.channels.settings import ChannelSettings
from core.errors import ConfigError

KINDS: Mapping[str, Kind[Any]] = {
    "webhook": webhook.KIND,
    "slack": slack.KIND,
    "discord": discord.KIND,
    "telegram": telegram.KIND,
    "teams": teams.KIND,
    "mattermost": mattermost.KIND,
    "googlechat": googlechat.KIND,
    "pagerduty": pagerduty.KIND,
    "ntfy": ntfy.KIND,
    "email": email.KIND,
    "kafka": kafka.KIND,
    "feed": feed.KIND,
    "file": file.KIND,
    "exec": exec_channel.KIND,
    "apprise": apprise.KIND,
}


_EXPECTED = {
    "string_type": "expected text in quotes",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
    "finite_number": "expected a number",
    "too_short": "expected at least one",
    "list_type": "expected a list",
}


def channel_settings(raw: Mapping[str, object], *, where: str = "channels") -> ChannelSettings:
    """The settings of one `[[channels]]` table. Raises ConfigError with every problem, its key path and a near key."""
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ConfigError([f"{where}.kind: {_unknown_kind(kind)}"])
    try:
        settings: ChannelSettings = KINDS[kind].settings.model_validate(dict(raw))
    except ValidationError as error:
        fields = tuple(KINDS[kind].settings.model_fields)
        raise ConfigError([_problem(where, detail, fields) for detail in error.errors(include_input=False)]) from None
    return settings


def build_channel(settings: ChannelSettings, tools: ChannelTools) -> Channel:
    """The channel of these settings; reads `_file` secrets (relative to the tools' `base_dir`) now. Raises ConfigError."""
    return KINDS[settings.kind].make(settings, tools)


def _unknown_kind(kind: object) -> str:
    if kind is None:
        return f"missing; expected one of {', '.join(KINDS)}"
    near = get_close_matches(str(kind), list(KINDS), n=1)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    return f'unknown kind "{kind}"; expected one of {", ".join(KINDS)}{hint}'


def _problem(where: str, detail: ErrorDetails, fields: Sequence[str]) -> str:
    path = ".".join([where, *map(str, detail["loc"])])
    if detail["type"] == "extra_forbidden":
        near = get_close_matches(path.rpartition(".")[2], fields, n=1)
        return f"{path}: unknown key" + (f'; did you mean "{near[0]}"?' if near else f"; known: {', '.join(fields)}")
    if detail["type"] == "missing":
        return f"{path}: missing"
    told = _EXPECTED.get(detail["type"]) or detail["msg"].removeprefix("Value error, ")
    return f"{path}: {told.removeprefix('Input ')}"
