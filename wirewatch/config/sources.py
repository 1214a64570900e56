"""A source as its table in a file has it: the address without what is secret in it, and the headers that only it is sent."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit, urlunsplit

from core.masking import secrets_in
from core.model.source import Source, SourceKind, Subscription
from wirewatch.config.schema import SourceTable

_NOT_OF_THE_SOURCE = {"username", "password", "password_file", "headers", "team", "paused"}


@dataclass(frozen=True, slots=True)
class SourceAccess:
    """`headers` go to the source's own server only. `secrets` are cut out of logs."""

    source: Source
    subscription: Subscription
    headers: Mapping[str, str] = field(repr=False)
    secrets: frozenset[str] = field(repr=False)


def source_access(table: SourceTable, read_file: Callable[[str], str | None]) -> SourceAccess:
    """`read_file` gives what stands in the `_file` twin. User and password may also stand in the address."""
    url, user, password = _split(table.url)
    user = user if table.username is None else table.username
    if table.password is not None:
        password = table.password.get_secret_value()
    elif table.password_file is not None:
        password = read_file(table.password_file)
    headers = {name: value.get_secret_value() for name, value in table.headers.items()}
    secrets = {*secrets_in(table.url), *headers.values(), *(value.partition(" ")[2] for value in headers.values())}
    if user is not None or password is not None:
        pair = base64.b64encode(f"{user or ''}:{password or ''}".encode()).decode("ascii")
        headers["Authorization"] = f"Basic {pair}"  # RFC 7617
        secrets |= {pair, password or ""}
    plain = table.model_dump(exclude=_NOT_OF_THE_SOURCE)
    values = {**plain, "url": url, "kind": SourceKind(table.kind), "tags": tuple(dict.fromkeys(table.tags))}
    source = Source(source_id="", **values)  # the store knows its id
    subscription = Subscription(url=url, name=table.name, team=table.team)
    return SourceAccess(source, subscription, headers, frozenset(secrets - {""}))


def _split(url: str) -> tuple[str, str | None, str | None]:
    """The address without user and password, and these."""
    parts = urlsplit(url.strip())
    userinfo, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, None, None
    user, colon, password = userinfo.partition(":")
    plain = urlunsplit(parts._replace(netloc=host))
    return plain, unquote(user), unquote(password) if colon else None
