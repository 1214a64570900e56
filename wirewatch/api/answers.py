"""Answers of the API: a model as JSON, and a refusal as `{"error": {"code", "message"}}` with its status."""

import msgspec
from aiohttp import web

from core.text.visible import json_text
from wirewatch.api.model import Model
from wirewatch.api.models import Error, Refusal
from wirewatch.usecases.refusals import Conflict, Gone, Invalid, ManagedInFile, NotFound, NotPermitted, Refused

# The status that a refusal has; what is not named here is the asker's mistake.
_STATUS: dict[type[Refused], type[web.HTTPError]] = {
    NotFound: web.HTTPNotFound,
    Gone: web.HTTPGone,
    NotPermitted: web.HTTPForbidden,
    Conflict: web.HTTPConflict,
    ManagedInFile: web.HTTPConflict,
}


def answer(model: Model) -> web.Response:
    """Read in a terminal it steers nothing."""
    return web.Response(body=_json(model).encode(), content_type="application/json")


def refusal(kind: type[web.HTTPError], code: str, message: str) -> web.HTTPError:
    """An error that says what was wrong."""
    text = _json(Refusal(error=Error(code=code, message=message)))
    return kind(text=text, content_type="application/json")


def refusal_to(request: web.Request, kind: type[web.HTTPError], code: str, message: str) -> web.HTTPError:
    """In JSON where a program asks, else in words."""
    if request.path.startswith("/api/"):
        return refusal(kind, code, message)
    return kind(text=f"{message[:1].upper()}{message[1:]}.\n")


def refused(request: web.Request, error: Refused) -> web.HTTPError:
    """What a use case refused."""
    code = f"bad_{error.field}" if isinstance(error, Invalid) and error.field is not None else error.code
    return refusal_to(request, _STATUS.get(type(error), web.HTTPBadRequest), code, str(error))


def _json(model: Model) -> str:
    return json_text(msgspec.json.encode(model).decode()) + "\n"
