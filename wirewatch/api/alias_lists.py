"""Operations that bring lists of terms into aliases, and hand them out whole."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from aiohttp import web as http
from pydantic import Field

from alerts.rules.term_list import MOST_BYTES, TermList, read_terms
from alerts.rules.term_table import Layout, a_delimiter
from wirewatch.api.aliases import CHANGE, READ, Comment
from wirewatch.api.model import Body, Int, Model
from wirewatch.api.operation import Call, operation
from wirewatch.usecases import alias_lists, aliases
from wirewatch.usecases.alias_lists import AliasPlan
from wirewatch.usecases.refusals import Invalid

_SHOWN = 100  # terms of each kind
Column = Annotated[Int, Field(ge=1, le=1000)] | Annotated[str, Field(min_length=1, max_length=200)]


class AliasImportBody(Body):
    """`text`: the list. `columns`: of a table, those that hold terms, by name or by number from 1; without them a term stands in each
    line. `mode`: whether the terms take the place of those that are there. `dry_run`: the plan alone."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    text: Annotated[str, Field(min_length=1, max_length=MOST_BYTES)]
    columns: Annotated[list[Column], Field(max_length=50)] = []  # noqa: RUF012 - pydantic copies it
    delimiter: Annotated[str | None, Field(max_length=20)] = None
    mode: Literal["add", "replace"] = "add"
    comment: Comment = ""
    dry_run: bool = False


class RefusedLine(Model):
    """A line that is no term. `line` 0: the list as a whole."""

    line: int
    message: str


class AliasImport(Model):
    """What a list makes of an alias: counts, and the first terms of each kind. `version` null: nothing was changed. `left_out`: lines that
    are not brought in; `refused`: why, the first of them."""

    name: str
    version: int | None
    terms: int
    added: int
    same: int
    removed: int
    repeated: int
    left_out: int
    first_added: Sequence[str]
    first_removed: Sequence[str]
    refused: Sequence[RefusedLine]

    @classmethod
    def of_plan(cls, plan: AliasPlan, version: int | None) -> "AliasImport":
        return cls(
            name=plan.name,
            version=version,
            terms=len(plan.terms),
            added=len(plan.changes.gained),
            same=plan.same,
            removed=len(plan.changes.lost),
            repeated=plan.repeated,
            left_out=plan.left_out,
            first_added=plan.changes.gained[:_SHOWN],
            first_removed=plan.changes.lost[:_SHOWN],
            refused=[RefusedLine(line=one.line, message=one.message) for one in plan.refused],
        )


@operation(
    "POST",
    "/alias-imports",
    summary="Bring in a list of terms",
    access=CHANGE,
    body=AliasImportBody,
    answer=AliasImport,
    most_bytes=2 * MOST_BYTES,
)
async def import_terms(call: Call[Any, AliasImportBody]) -> AliasImport:
    """One term a line, or columns of a CSV table, into an alias, new or not. Lines that are no terms are refused, the others brought in.
    `dry_run` answers the plan."""
    body = call.body
    listed = await asyncio.to_thread(_listed, body)
    plan = await alias_lists.plan(call.acting, body.name, listed, replace=body.mode == "replace")
    if body.dry_run:
        return AliasImport.of_plan(plan, None)
    return AliasImport.of_plan(plan, (await aliases.put(call.acting, plan.done(body.comment))).version)


def _listed(body: AliasImportBody) -> TermList:
    try:
        delimiter = None if body.delimiter is None else a_delimiter(body.delimiter)
    except ValueError as error:
        raise Invalid(str(error), "delimiter") from None
    return read_terms(body.text.encode("utf-8", "replace"), "text", Layout(tuple(body.columns), delimiter))


@operation("GET", "/aliases/{alias}/export", summary="Export an alias", access=READ, media="text/plain")
async def export_terms(call: Call[Any, None]) -> http.Response:
    """All its terms, one a line, as an import and a file of the configuration read them."""
    text = await alias_lists.export(call.acting, call.path["alias"])
    return http.Response(text=text, content_type="text/plain", charset="utf-8")


OPERATIONS = [import_terms, export_terms]
