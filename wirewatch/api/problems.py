"""What went wrong with a request, as `application/problem+json` (RFC 9457) with a stable `code`, the place and the fix."""

from http import HTTPStatus

from aiohttp import web
from pydantic import ValidationError

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
)

PROBLEM_TYPE = "application/problem+json"
_MOST_SHOWN = 20  # problems of one body

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
}


class PlaceProblem(Model):
    """`place`: a JSON pointer (RFC 6901) into the body, or the name of a query parameter."""

    place: str
    detail: str


class Problem(Model):
    """`code` stays the same for ever; `detail` is for people. `place`: where in the request; `problems`: all places."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    place: str | None = None
    problems: tuple[PlaceProblem, ...] = ()


class Refusal(Exception):
    """An answer that says no, from the edge. `headers`: such as Retry-After."""

    def __init__(self, problem: Problem, headers: dict[str, str] | None = None) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.headers = headers or {}


def problem(status: HTTPStatus, code: str, detail: str, *, place: str | None = None) -> Problem:
    """A problem with its title and type."""
    return Problem(
        type=f"/docs/api#{code}", title=status.phrase, status=status.value, code=code, detail=detail, place=place
    )


def of_refused(error: Refused) -> Problem:
    """What a use case refused."""
    field = error.field if isinstance(error, Invalid) else None
    code = f"bad_{field}" if field is not None else error.code
    return problem(_STATUS.get(type(error), HTTPStatus.BAD_REQUEST), code, str(error), place=field)


def of_validation(error: ValidationError, code: str, pointer: str) -> Problem:
    """Every place of a body (`pointer` "/") or of a query string (`pointer` "") that is not as expected."""
    found = []
    for one in error.errors(include_url=False, include_context=False, include_input=False)[:_MOST_SHOWN]:
        place = pointer + "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in one["loc"])
        found.append(PlaceProblem(place=place, detail=one["msg"].removeprefix("Value error, ")))
    first = found[0]
    told = problem(HTTPStatus.BAD_REQUEST, code, f"{first.place}: {first.detail}", place=first.place)
    return told.model_copy(update={"problems": tuple(found)})


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
