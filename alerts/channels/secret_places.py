"""Where a channel's secrets stand: in its settings, at any depth, and in the files that they name."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import SecretStr

from alerts.channels.settings import ChannelSettings
from core.masking import secrets_in

_LEAST = 6  # characters; a shorter one would cut words out of every log
_LEAST_WORD = 10  # of a word within a secret, such as one of two while they are rotated; `Bearer` is none


def plain_value(value: Any) -> Any:
    """A setting with what its secrets hold, for a place that is masked or kept safe."""
    match value:
        case SecretStr():
            return value.get_secret_value()
        case Mapping():
            return {key: plain_value(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain_value(inner) for inner in value]
        case _:
            return value


def given_secrets(settings: ChannelSettings) -> frozenset[str]:
    """What must be cut out of logs of that which stands in the settings themselves."""
    found: set[str] = set()
    for key in type(settings).model_fields:
        for text in _secret_texts(getattr(settings, key)):
            found |= {text, *words_of(text), *secrets_in(text, path=True)}
    return _long_ones(found)


def files_of(settings: ChannelSettings) -> Iterator[tuple[tuple[str, ...], str]]:
    """The files that the settings name, each with its place in them."""
    for key in type(settings).model_fields:
        value = getattr(settings, key)
        if key.endswith("_file") and isinstance(value, str):
            yield (key,), value
        elif key.endswith("_files") and isinstance(value, Mapping):
            yield from (((key, name), file) for name, file in value.items())


def secrets_in_file(settings: ChannelSettings, place: tuple[str, ...], text: str) -> frozenset[str]:
    """What must be cut out of logs of a file's text; nothing where the file holds no secret, such as a certificate."""
    if place[0] in settings.open_files:
        return frozenset()
    text = text.strip()
    lines = {line.strip() for line in text.splitlines() if not line.startswith("-----")}  # a PEM's frame is no secret
    found = lines.union(*map(words_of, lines))
    return _long_ones(found | (secrets_in(text, path=True) if "://" in text else frozenset()))


def words_of(text: str) -> set[str]:
    """Words in a secret that are secrets themselves: a token behind `Bearer`, one of two secrets while they are rotated."""
    return {word for word in text.split() if len(word) >= _LEAST_WORD}


def _secret_texts(value: Any) -> Iterator[str]:
    match value:
        case SecretStr():
            yield value.get_secret_value()
        case Mapping():
            for inner in value.values():
                yield from _secret_texts(inner)
        case list() | tuple():
            for inner in value:
                yield from _secret_texts(inner)
        case _:
            return


def _long_ones(found: set[str] | frozenset[str]) -> frozenset[str]:
    return frozenset(one for one in found if len(one) >= _LEAST)
