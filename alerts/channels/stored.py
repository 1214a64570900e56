"""A channel's settings as they are kept in a row and shown to people: secrets out of sight, references left in place.

given {"url": "https://chat.example/T0ken", "secret": "${DESK_SECRET}"}
shown {"url": "https://chat.example/[secret]", "secret": "${DESK_SECRET}"}
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

from pydantic import SecretStr

from alerts.channels.registry import KINDS, channel_settings
from alerts.channels.secret_places import files_of, given_secrets, plain_value, secrets_in_file
from alerts.channels.settings import ChannelSettings, secret_text
from core.config import fill_text
from core.environment_text import EnvironmentText, takes_text
from core.errors import ConfigError
from core.masking import HIDDEN, without

Settings = Mapping[str, Any]

_REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_HEAD = ("name", "kind")


def given(kind: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """Settings out of texts, as a command line has them: TOML reads what is due as a number, a truth value or a list."""
    known = KINDS[kind].settings.model_fields if kind in KINDS else {}
    fields = {field.alias or key: field for key, field in known.items()}
    return {
        key: value if key not in fields or takes_text(fields[key].annotation) else EnvironmentText(value).parsed()
        for key, value in texts.items()
    }


def live(name: str, kind: str, settings: Settings, environ: Mapping[str, str]) -> ChannelSettings:
    """The settings with the environment filled in. Raises ConfigError with every problem, without a value."""
    filled = {key: _filled(value, environ)[0] for key, value in settings.items()}
    missing = missing_variables(settings, environ)
    problems = [
        f"{key}: not a setting; a channel keeps the {key} it was added with" for key in _HEAD if key in settings
    ]
    problems += [f"{key}: the environment variable {one} is not set" for key, names in missing.items() for one in names]
    try:
        made = channel_settings({**filled, "name": name, "kind": kind}, where="")
    except ConfigError as error:
        found = [problem.removeprefix(".") for problem in error.problems]
        problems += [problem.removeprefix(": ") for problem in found if problem.partition(":")[0] not in missing]
    if problems:
        raise ConfigError(problems)
    return made


def missing_variables(settings: Settings, environ: Mapping[str, str]) -> dict[str, list[str]]:
    """The variables of the environment that are not set, by the key whose value names them."""
    return {key: names for key, value in settings.items() if (names := _filled(value, environ)[1])}


def _filled(value: Any, environ: Mapping[str, str]) -> tuple[Any, list[str]]:
    if isinstance(value, str):
        filled, missing = fill_text(value, environ)
        return (filled if filled == value else EnvironmentText(filled)), missing
    if isinstance(value, Mapping):
        found = {key: _filled(inner, environ) for key, inner in value.items()}
        return {key: text for key, (text, _) in found.items()}, [name for _, names in found.values() for name in names]
    return value, []


def plain(settings: ChannelSettings) -> dict[str, Any]:
    """The settings that were given, with their secrets: for `shown` and for nothing else."""
    return {
        type(settings).model_fields[key].alias or key: plain_value(value)
        for key in sorted(settings.model_fields_set - set(_HEAD))
        if (value := getattr(settings, key)) is not None
    }


def shown(kind: str, settings: Settings) -> dict[str, Any]:
    """The settings as people may see them. Of a kind that is not known here, no text is shown."""
    known = KINDS.get(kind)
    secret = set(settings) if known is None else _secret_keys(known.settings)
    return {key: _masked(value) if key in secret else value for key, value in settings.items()}


def secrets_of(settings: ChannelSettings, base_dir: Path) -> frozenset[str]:
    """What must be cut out of logs, what stands in `_file` twins included. Raises ConfigError for one that cannot be read."""
    found = given_secrets(settings)
    for place, file in files_of(settings):
        if place[0] not in settings.open_files:
            text = secret_text(None, file, where=".".join(place), base_dir=base_dir) or ""
            found |= secrets_in_file(settings, place, text)
    return found


def shown_address(settings: ChannelSettings, secrets: frozenset[str], url: str) -> str:
    """An address that a channel asks, as people may see it: all of a hook's path is secret, of another one what is known to be."""
    hook = "url" in _secret_keys(type(settings)) and {"url", "url_file"} & plain(settings).keys()
    return _masked_text(url) if hook else without(url, secrets)


def _secret_keys(model: type[ChannelSettings]) -> set[str]:
    return {key for key, field in model.model_fields.items() if _holds_secret(field.annotation)}


def _holds_secret(annotation: object) -> bool:
    return annotation is SecretStr or any(map(_holds_secret, get_args(annotation)))


def _masked(value: Any) -> Any:
    match value:
        case str():
            return value if _REFERENCE.fullmatch(value) else _masked_text(value)
        case Mapping():
            return {key: _masked(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_masked(inner) for inner in value]
        case _:
            return value


def _masked_text(text: str) -> str:
    """A hook's host says where messages go; its path is the right to send them there."""
    try:
        parts = urlsplit(text)
        place = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    except ValueError:
        return HIDDEN
    if parts.scheme not in ("http", "https") or not parts.hostname or "$" in parts.netloc:
        return HIDDEN
    return f"{parts.scheme}://{place}/{HIDDEN}"
