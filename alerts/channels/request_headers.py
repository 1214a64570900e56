"""Headers of one's own on what a channel sends, from its settings and from files; those that we set ourselves stay ours."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, SecretStr

from alerts.channels.settings import secret_text
from core.errors import ConfigError

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}")
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")  # a line of printable ASCII without blanks at its ends
_OURS = frozenset(
    "host connection content-length content-type transfer-encoding accept-encoding content-encoding user-agent te trailer"
    " upgrade expect keep-alive proxy-connection".split()
)
_OUR_BEGIN = "webhook-"


def _name_problem(name: str) -> str | None:
    if _NAME.fullmatch(name) is None:
        return f"{name[:100]!r} is no name of a header"
    if name.lower() in _OURS or name.lower().startswith(_OUR_BEGIN):
        return f"the header {name} is set by wirewatch"
    return None


def _checked_names(names: Mapping[str, object]) -> None:
    for name in names:
        if problem := _name_problem(name):
            raise ValueError(problem)
    seen = [name.lower() for name in names]
    if len(set(seen)) < len(seen):
        raise ValueError("a header is named twice")


def _given(values: dict[str, SecretStr]) -> dict[str, SecretStr]:
    _checked_names(values)
    for name, value in values.items():
        if _VALUE.fullmatch(value.get_secret_value()) is None:
            raise ValueError(f"the value of {name} is no line of printable ASCII")
    return values


def _in_files(files: dict[str, str]) -> dict[str, str]:
    _checked_names(files)
    return files


Headers = Annotated[dict[str, SecretStr], AfterValidator(_given)]
HeadersFiles = Annotated[dict[str, str], AfterValidator(_in_files)]


def named_twice(headers: Mapping[str, object], files: Mapping[str, object]) -> str | None:
    """What is wrong with two tables of which each is right."""
    both = {name.lower() for name in headers} & {name.lower() for name in files}
    return f"the header {min(both)} stands in `headers` and in `headers_files`" if both else None


def read_headers(
    headers: Mapping[str, SecretStr], files: Mapping[str, str], *, where: str, base_dir: Path
) -> dict[str, str]:
    """The headers with their values, those of files read now. Raises ConfigError, without a value."""
    found = {name: value.get_secret_value() for name, value in headers.items()}
    for name, file in files.items():
        place = f"{where}: headers_files.{name}"
        value = secret_text(None, file, where=place, base_dir=base_dir) or ""
        if _VALUE.fullmatch(value) is None:
            raise ConfigError([f"{place}: the file {file} holds no line of printable ASCII"])
        found[name] = value
    return found
