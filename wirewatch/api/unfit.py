"""What pydantic finds wrong with a body or a query string, as problems: each place, what was expected there, the nearest name. Pure.

No value is repeated: it may be a secret.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from core.config import fields_at, pointed
from core.size_words import in_our_words
from wirewatch.api.model import A_MOMENT
from wirewatch.api.problems import PlaceProblem, Problem, of_places
from wirewatch.usecases.refusals import nearest

# What pydantic calls a wrong type, in the words of JSON.
_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "none_required": "null",
    "datetime_type": A_MOMENT,
    "datetime_parsing": A_MOMENT,
    "datetime_from_date_parsing": A_MOMENT,
    "timezone_aware": A_MOMENT,
}


def of_validation(error: ValidationError, model: type[BaseModel], given: Any, code: str, *, in_body: bool) -> Problem:
    """Every place of a body, or of a query string, that is not as expected."""
    told: dict[PlaceProblem, None] = {}
    for one in error.errors(include_url=False, include_input=False):
        told.setdefault(_place(one, model, given, in_body=in_body))
    return of_places(code, tuple(told))


def _place(one: Any, model: type[BaseModel], given: Any, *, in_body: bool) -> PlaceProblem:
    path = _there(one["loc"], given, one["type"])
    place = "".join(f"/{pointed(part)}" for part in path) if in_body else ".".join(map(str, path))
    detail, fix = _told(one, model, path, given, in_body=in_body)
    return PlaceProblem(place=place, detail=detail, fix=fix)


def _there(loc: Sequence[str | int], given: Any, kind: str) -> list[str | int]:
    """The parts of a place that are of the request: pydantic also names the choice of a union that it tried."""
    here: Any = given
    path: list[str | int] = []
    for number, part in enumerate(loc):
        if isinstance(here, Mapping) and part in here:
            here = here[part]
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = list(here)[part]
        elif not (number == len(loc) - 1 and kind == "missing"):
            continue
        path.append(part)
    return path


def _told(
    one: Any, model: type[BaseModel], path: Sequence[str | int], given: Any, *, in_body: bool
) -> tuple[str, str | None]:
    kind = one["type"]
    what = "member" if in_body else "parameter"
    if kind == "extra_forbidden":
        known = fields_at(model, path[:-1])
        near = nearest(str(path[-1]), known)
        if near is not None:
            return f"there is no such {what}; did you mean {near!r}?", near
        return f"there is no such {what}" + (f"; known here: {', '.join(known)}" if known else ""), None
    if kind == "missing":
        return f"the {what} is missing", None
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        expected = str(one.get("ctx", {}).get("expected") or one.get("ctx", {}).get("expected_tags", ""))
        choices = re.findall(r"'([^']*)'", expected)
        return f"expected one of {', '.join(choices)}", nearest(str(_at(given, path))[:100], choices)
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}", None
    text = in_our_words(str(one["msg"]))
    return re.sub(r"^(Input|String|List|Value|Tuple) should (be|have|match)", r"expected to \2", text).replace(
        "to be ", "", 1
    ), None


def _at(given: Any, path: Sequence[str | int]) -> Any:
    for part in path:
        given = given[part]
    return given
