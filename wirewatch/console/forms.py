"""Forms of pages: their fields within bounds, and the same request as `curl` and as TOML for who does it by program."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

from wirewatch.bodies import body_of
from wirewatch.serving import ACTING

_MOST_BYTES = 4_000_000  # a long rule, as text and as boxes
_MOST_FIELDS = 2000


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed, with line ends as `\\n`."""

    fields: Mapping[str, tuple[str, ...]]

    def text(self, name: str, otherwise: str = "") -> str:
        """The field without spaces around it."""
        values = self.fields.get(name)
        return values[0].strip() if values else otherwise

    def raw(self, name: str) -> str:
        """The field as it was typed: a password may begin and end with a blank."""
        return self.fields.get(name, ("",))[0]

    def many(self, name: str) -> tuple[str, ...]:
        """All values of the field that are not empty."""
        return tuple(value for one in self.fields.get(name, ()) if (value := one.strip()))

    def with_field(self, name: str, value: str) -> "Form":
        """The same with this field."""
        return Form({**self.fields, name: (value,)})

    def has(self, name: str) -> bool:
        """Whether the field was sent; a box that is ticked is."""
        return name in self.fields


async def form(request: web.Request) -> Form:
    """The fields of the form that was sent. Raises HTTPRequestEntityTooLarge."""
    body = await body_of(request, _MOST_BYTES)
    try:
        fields = (
            None
            if body is None
            else parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        )
    except ValueError:
        fields = None
    if fields is None:
        raise web.HTTPRequestEntityTooLarge(
            max_size=_MOST_BYTES, actual_size=_MOST_BYTES, text="The form is too large, or did not arrive in time.\n"
        )
    return Form({name: tuple(map(_typed, values)) for name, values in fields.items()})


def _typed(value: str) -> str:
    """With line ends as `\n`; nobody types NUL, and no database and no header takes it."""
    return value.replace("\r\n", "\n").replace("\0", "\ufffd")


def curl(request: web.Request, method: str, path: str, body: Mapping[str, Any] | None = None) -> str:
    """The request as a command; `$TOKEN` stands for a token of one's own. `path` as in /api/v1/rules.

    It asks where people reach us, which a proxy that speaks TLS for us hides; else where this reader does.
    """
    server = request[ACTING].config.server
    known = server.public_url and not server.lacks_public_url
    origin = server.public_url if known else f"{request.scheme}://{request.host}"
    lines = [f"curl -X {method} {shlex.quote(origin + path)}", '-H "Authorization: Bearer $TOKEN"']
    if body is not None:
        lines.append("-H 'Content-Type: application/json'")
        # A number of any length that somebody typed: orjson knows 64 bits.
        lines.append(f"-d {shlex.quote(json.dumps(body, ensure_ascii=False, separators=(',', ':'), default=str))}")
    return " \\\n  ".join(lines)
