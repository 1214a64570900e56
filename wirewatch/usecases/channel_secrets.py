"""Settings of channels that come over HTTP: they read nothing of this machine, and send no kept secret elsewhere.

Who works at the machine may name files and variables of the environment; somebody with a browser or a token may not, else
they could have a channel post the server's own secrets to themselves.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from alerts.channels.form_fields import fields_of
from alerts.channels.registry import KINDS
from core.masking import HIDDEN
from wirewatch.usecases.refusals import Invalid

_FILES = ("_file", "_files")


def see_remote(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Return where the change may come over HTTP. `before`: the settings as they are kept; none of a new channel. Raises Invalid."""
    for key, value in after.items():
        if key in before and before[key] == value:
            continue
        if key.endswith(_FILES):
            twin = key.removesuffix("_file").removesuffix("_files")
            raise Invalid(
                f"{key}: files of the server are named in its configuration or by command only; give `{twin}` itself",
                key,
            )
        if any("${" in text for text in _texts(value)):
            raise Invalid(
                f"{key}: variables of the server's environment are named in its configuration or by command only; give"
                " the value itself",
                key,
            )
        if any(HIDDEN in text for text in _texts(value)):
            raise Invalid(f"{key}: {HIDDEN} stands for what is kept; leave the setting out to keep it", key)
    led = sorted(key for key in _leads(kind) if before.get(key) != after.get(key)) if before else []
    kept = [key for key in _secrets(kind) if key in before and before[key] == after.get(key) and key not in led]
    if led and kept:
        raise Invalid(
            f"{kept[0]}: `{led[0]}` changes, so give `{kept[0]}` again or take it away: what is kept would go to another"
            " receiver",
            kept[0],
        )


def _leads(kind: str) -> frozenset[str]:
    return KINDS[kind].settings.leads if kind in KINDS else frozenset()


def _secrets(kind: str) -> Iterator[str]:
    """The keys whose values are secrets, and those of the files that hold them."""
    for field in fields_of(kind) if kind in KINDS else ():
        if field.secret:
            yield field.key
            yield f"{field.key}_file"
            yield f"{field.key}_files"


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for inner in value.values():
                yield from _texts(inner)
        case list() | tuple():
            for inner in value:
                yield from _texts(inner)
        case _:
            return
