"""What went wrong with a request, as `application/problem+json` (RFC 9457) with a stable `code`, the place and the fix."""

import math
from collections.abc import Iterable, Sequence
from http import HTTPStatus

from aiohttp import web

from core.text.visible import json_text, lines
from wirewatch.api.model import Model
from wirewatch.usecases.refusals import (
    Conflict,
    ForeignOrigin,
    Gone,
    Invalid,
    ManagedInFile,
    NotFound,
    NotPermitted,
    NotSignedIn,
    Refused,
    Stale,
    TooManyRequests,
)
from wirewatch.usecases.repeats import KeyReused, NotKept, StillRunning

PROBLEM_TYPE = "application/problem+json"
MOST_PLACES = 20  # of one request

# The status that a refusal has; what is not named here is the asker's mistake.
_STATUS: dict[type[Refused], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Gone: HTTPStatus.GONE,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    NotPermitted: HTTPStatus.FORBIDDEN,
    ForeignOrigin: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    ManagedInFile: HTTPStatus.CONFLICT,
    Stale: HTTPStatus.PRECONDITION_FAILED,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    StillRunning: HTTPStatus.CONFLICT,
    NotKept: HTTPStatus.CONFLICT,
    TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
}


class PlaceProblem(Model):
    """`place`: a JSON pointer (RFC 6901) into the body, or the name of a query parameter. `fix`: the nearest name that there is."""

    place: str
    detail: str
    fix: str | None = None


class Problem(Model):
    """`code` stays the same for ever; `detail` is for people. `place`: where in the request; `fix`: what to write there
    instead, such as the nearest name; `problems`: all places.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    place: str | None = None
    fix: str | None = None
    problems: tuple[PlaceProblem, ...] = ()


class Refusal(Exception):
    """An answer that says no, from the edge. `headers`: such as Retry-After."""

    def __init__(self, problem: Problem, headers: dict[str, str] | None = None) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.headers = headers or {}


def problem(
    status: HTTPStatus,
    code: str,
    detail: str,
    *,
    place: str | None = None,
    fix: str | None = None,
    problems: Iterable[PlaceProblem] = (),
) -> Problem:
    """A problem with its title and type."""
    return Problem(
        type=f"/docs/api#{code}",
        title=status.phrase,
        status=status.value,
        code=code,
        detail=detail,
        place=place,
        fix=fix,
        problems=tuple(problems),
    )


def of_places(code: str, found: Sequence[PlaceProblem]) -> Problem:
    """A mistake of the asker at each of these places; the first is told first, and they are told up to MOST_PLACES."""
    first = found[0]
    detail = f"{first.place}: {first.detail}" if first.place else first.detail
    return problem(HTTPStatus.BAD_REQUEST, code, detail, place=first.place, fix=first.fix, problems=found[:MOST_PLACES])


def of_refused(error: Refused, place: str | None = None, code: str | None = None) -> Problem:
    """What a use case refused. `place` and `code`: as the edge has them, where it knows better than the use case."""
    return problem(
        status_of(error),
        code or error.code,
        str(error),
        place=place or (error.field if isinstance(error, Invalid) else None),
        fix=error.fix,
        problems=(PlaceProblem(place=one.place, detail=one.detail) for one in error.places),
    )


def status_of(error: Refused) -> HTTPStatus:
    """That of its kind, or of the kind that it is one of."""
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), HTTPStatus.BAD_REQUEST)


def headers_of(error: Refused) -> dict[str, str]:
    """What goes with a refusal."""
    match error:
        case Stale():
            return {"ETag": f'"{error.tag}"'}
        case StillRunning():
            return {"Retry-After": "1"}
        case TooManyRequests():
            return {"Retry-After": str(math.ceil(error.seconds))}
        case NotSignedIn():
            return {"WWW-Authenticate": 'Bearer realm="wirewatch"'}
        case _:
            return {}


def response(of: Problem, headers: dict[str, str] | None = None) -> web.Response:
    """As the API answers it. Read in a terminal it steers nothing."""
    text = json_text(of.model_dump_json(exclude_none=True)) + "\n"
    return web.Response(status=of.status, body=text.encode(), content_type=PROBLEM_TYPE, headers=headers)


def in_words(of: Problem, headers: dict[str, str] | None = None) -> web.Response:
    """As a person reads it who asked for no page of ours."""
    return web.Response(status=of.status, text=lines(f"{of.detail[:1].upper()}{of.detail[1:]}.\n"), headers=headers)


def to(request: web.Request, of: Problem, headers: dict[str, str] | None = None) -> web.Response:
    """In JSON where a program asks, else in words."""
    return response(of, headers) if request.path.startswith("/api/") else in_words(of, headers)
