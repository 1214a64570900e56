"""Every kind of channel: its settings, and how to build it. A new kind is one file and one line here."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from difflib import get_close_matches
from typing import Any

from pydantic import TypeAdapter, ValidationError
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
from alerts.channels.settings import CLASH, ChannelSettings
from core.environment_text import from_environment
from core.errors import ConfigError
from core.size_words import in_our_words

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
    "finite_number": "expected a number",
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "bool_type": "expected true or false",
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
        raise ConfigError(list(_problems(where, error, raw, KINDS[kind].settings))) from None
    return settings


def _problems(
    where: str, error: ValidationError, raw: Mapping[str, object], model: type[ChannelSettings]
) -> Iterator[str]:
    """All that is wrong: settings that do not go together are told beside those that are wrong by themselves."""
    fields = tuple(field.alias or name for name, field in model.model_fields.items())
    wrong = set()
    for detail in error.errors(include_url=False):
        if detail["type"] == CLASH:
            yield from (f"{where}: {told}" for told in detail["ctx"]["told"])
        else:
            wrong.add(str(detail["loc"][0]) if detail["loc"] else "")
            yield _problem(where, detail, fields)
    if wrong:
        yield from (f"{where}: {told}" for told in _clashes_of_rest(raw, model, wrong))


def _clashes_of_rest(raw: Mapping[str, object], model: type[ChannelSettings], wrong: AbstractSet[str]) -> Iterator[str]:
    """What `clashes` tells of settings some of which are wrong: those count as given, whatever they are."""
    keys = [field.alias or name for name, field in model.model_fields.items()]
    meant = {near: raw[key] for key in wrong - set(keys) if key in raw for near in _near(key, keys)}
    given, values = {**meant, **from_environment(raw, model)}, {}
    wrong = wrong | meant.keys()
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key not in given:
            continue
        if key not in wrong:
            values[name] = TypeAdapter(field.rebuild_annotation()).validate_python(given[key])
        elif not field.is_required():
            values[name] = given[key]
    with suppress(AttributeError):  # a needed setting that is wrong or missing: it is told, and what hangs on it is not
        yield from model.model_construct(**values).clashes()


def build_channel(settings: ChannelSettings, tools: ChannelTools) -> Channel:
    """The channel of these settings; reads `_file` secrets (relative to the tools' `base_dir`) now. Raises ConfigError."""
    return KINDS[settings.kind].make(settings, tools)


def _near(key: str, keys: Sequence[str]) -> list[str]:
    """The known key that an unknown one is probably meant to be, if any."""
    return get_close_matches(key, keys, n=1)


def _unknown_kind(kind: object) -> str:
    if kind is None:
        return f"missing; expected one of {', '.join(KINDS)}"
    near = get_close_matches(str(kind), list(KINDS), n=1)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    return f'unknown kind "{kind}"; expected one of {", ".join(KINDS)}{hint}'


def _problem(where: str, detail: ErrorDetails, fields: Sequence[str]) -> str:
    path = ".".join([where, *map(str, detail["loc"])])
    if detail["type"] == "extra_forbidden":
        near = _near(path.rpartition(".")[2], fields)
        return f"{path}: unknown key" + (f'; did you mean "{near[0]}"?' if near else f"; known: {', '.join(fields)}")
    if detail["type"] == "missing":
        return f"{path}: missing"
    told = _EXPECTED.get(detail["type"]) or in_our_words(detail["msg"])
    return f"{path}: {told.removeprefix('Input ')}"
