"""The operation that brings sources, rules, aliases, channels and silences to what one document says."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from pydantic import Field

from core.model.team import DEFAULT_TEAM
from wirewatch.api import reading
from wirewatch.api.model import Body, Model, Query
from wirewatch.api.operation import Call, operation
from wirewatch.api.problems import MOST_PLACES, PlaceProblem, Refusal, problem
from wirewatch.config.applied import MOST_BYTES, MOST_ITEMS, Applied, Unreadable, read_data, read_toml
from wirewatch.usecases.apply import apply, team_name
from wirewatch.usecases.apply_plan import Verdict
from wirewatch.usecases.permission import Permission

TOML = "application/toml"
_Tables = Annotated[tuple[dict[str, Any], ...] | None, Field(max_length=MOST_ITEMS)]


class ApplyQuery(Query):
    dry_run: Annotated[bool, Field(description="answer what would change, and change nothing")] = False
    prune: Annotated[
        bool, Field(description="remove what a list of the document does not name, but what files manage")
    ] = False


class ApplyBody(Body):
    """The tables of a configuration file, and silences. A list that is there, if only empty, is the whole of its kind for `prune`."""

    sources: _Tables = Field(None, examples=[[{"name": "Example World", "url": "https://news.example/world.xml"}]])
    aliases: _Tables = Field(None, examples=[[{"name": "dprk", "terms": ["North Korea", "DPRK"]}]])
    rules: _Tables = Field(None, examples=[[{"name": "dprk-arms", "query": "@dprk AND arms"}]])
    channels: _Tables = Field(None, examples=[[]])
    silences: _Tables = Field(
        None, examples=[[{"rule": "dprk-arms", "ends": "2027-01-01T00:00:00Z", "comment": "an exercise"}]]
    )


class AppliedField(Model):
    """A setting that changes, without secrets; null: it is not there."""

    field: str
    before: Any
    after: Any


class AppliedStep(Model):
    """What becomes of one thing. `place`: a JSON pointer to its item in the document; empty for what is removed. `why`: of a conflict."""

    noun: str
    name: str
    verdict: Verdict
    place: str
    changes: Sequence[AppliedField]
    why: str


class Applying(Model):
    """`applied` false: a dry run. `counts`: how many steps of each verdict."""

    applied: bool
    counts: Mapping[Verdict, int]
    steps: Sequence[AppliedStep]


@operation(
    "POST",
    "/apply",
    summary="Apply a document",
    access=Permission.OWN_RULES,
    query=ApplyQuery,
    body=ApplyBody,
    answer=Applying,
    takes=(reading.JSON, TOML),
    most_bytes=MOST_BYTES,
    creates=True,
)
async def apply_document(call: Call[ApplyQuery, ApplyBody | None]) -> Applying:
    """Bring sources, rules, aliases, channels and silences to what the document says, in TOML or JSON, all of it or nothing. Each step
    needs the permission that it needs by itself. A dry run tells conflicts among its steps; without it, they refuse all.
    """
    team = await team_name(call.acting)
    document = _document(call, team)
    return Applying.of(await apply(call.acting, document, prune=call.query.prune, dry_run=call.query.dry_run))


def _document(call: Call[ApplyQuery, ApplyBody | None], team: str) -> Applied:
    try:
        if call.body is None:
            return read_toml(call.raw, "the body", team or DEFAULT_TEAM)
        given = {name: list(items) for name, items in call.body.model_dump().items() if items is not None}
        return read_data(given, "the body", team or DEFAULT_TEAM)
    except Unreadable as error:
        found = [PlaceProblem(place="", detail=f"line {one.line}: {one.message}") for one in error.problems]
        told = problem(HTTPStatus.BAD_REQUEST, error.code, found[0].detail, problems=found[:MOST_PLACES])
        raise Refusal(told) from None


OPERATIONS = [apply_document]
