"""Operations on aliases: shared lists of terms that rules write as `@name`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from alerts.rules.term_list import MOST_BYTES, MOST_CHARACTERS, MOST_TERMS, exclusions
from wirewatch.api.model import Body, Int, Model, Paged, PagedAll, Query
from wirewatch.api.operation import Answer, Call, operation
from wirewatch.api.rule_models import DiffQuery
from wirewatch.usecases import aliases
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.aliases import NewAlias, alias_tag
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission

READ, CHANGE = Permission.READ_RULES, Permission.CHANGE_RULES
Term = Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]
Terms = Annotated[list[Term], Field(min_length=1, max_length=MOST_TERMS)]
Exclusions = Annotated[
    list[Term],
    Field(
        max_length=MOST_TERMS, description="where one stands, or near it, no term counts; as terms that begin with NOT"
    ),
]
Comment = Annotated[str, Field(max_length=2000)]


class Alias(Model):
    """An alias in the version in force. `origin`: `file` (read-only here) or `db`. `terms`: the first ones of a long alias, about
    20,000 characters; `count`: how many it has."""

    name: str
    team_id: str
    version: int
    terms: Sequence[str]
    count: int
    origin: str
    enabled: bool
    author: str
    comment: str
    created: datetime


class Aliases(Model):
    aliases: Sequence[Alias]
    next: str | None


class AliasDetail(Model):
    """`canonical`: the terms as they are compared. `used_by`: the rules in force that use it, also through another one."""

    alias: Alias
    canonical: Sequence[str]
    used_by: Sequence[str]


class TermsQuery(Paged):
    text: Annotated[str, Field(max_length=200, description="a part of the terms")] = ""


class AliasTerms(Model):
    """`total`: how many terms there are that have the text."""

    terms: Sequence[str]
    next: str | None
    total: int


class AliasVersions(Model):
    """The newest first."""

    versions: Sequence[Alias]


class AliasDiff(Model):
    """Terms that the second version has and the first has not, and the other way round."""

    gained: Sequence[str]
    lost: Sequence[str]


class NewAliasBody(Body):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    terms: Terms
    exclude: Exclusions = []  # noqa: RUF012 - pydantic copies it
    comment: Comment = ""


class PutAliasBody(Body):
    terms: Terms
    exclude: Exclusions = []  # noqa: RUF012 - pydantic copies it
    comment: Comment = ""


class AliasRollbackBody(Body):
    version: Annotated[Int, Field(ge=1, le=2_000_000_000)]


@operation("GET", "/aliases", summary="List aliases", access=READ, query=PagedAll, answer=Aliases)
async def list_aliases(call: Call[PagedAll, None]) -> Aliases:
    """By name, removed ones too."""
    page = await aliases.list_page(call.acting, Paging(call.query.limit, call.query.cursor))
    return Aliases(aliases=Alias.of_all(page.items), next=page.next)


@operation("GET", "/aliases/{alias}", summary="Show an alias", access=READ, answer=AliasDetail)
async def show_alias(call: Call[Query, None]) -> Answer:
    """By its name in any letter case, with the rules that use it."""
    found = await aliases.show(call.acting, call.path["alias"])
    made = AliasDetail(alias=Alias.of(found.current), canonical=found.canonical, used_by=found.used_by)
    return Answer(made, etag=alias_tag(found.current))


@operation(
    "GET",
    "/aliases/{alias}/terms",
    summary="List the terms of an alias",
    access=READ,
    query=TermsQuery,
    answer=AliasTerms,
)
async def list_alias_terms(call: Call[TermsQuery, None]) -> AliasTerms:
    """All of them, in pages, or those that have a text in them."""
    paging = Paging(call.query.limit, call.query.cursor)
    return AliasTerms.of(await aliases.terms_page(call.acting, call.path["alias"], paging, call.query.text))


@operation(
    "POST",
    "/aliases",
    summary="Make an alias",
    access=CHANGE,
    body=NewAliasBody,
    answer=Alias,
    status=201,
    creates=True,
    most_bytes=MOST_BYTES,
)
async def make_alias(call: Call[Query, NewAliasBody]) -> Answer:
    """Refused where the name is in use."""
    body = call.body
    new = NewAlias(name=body.name, terms=_all_terms(body), comment=body.comment, only_new=True)
    return await _shown(call.acting, (await aliases.put(call.acting, new)).name)


@operation(
    "PUT",
    "/aliases/{alias}",
    summary="Change an alias",
    access=CHANGE,
    body=PutAliasBody,
    answer=Alias,
    stale=True,
    most_bytes=MOST_BYTES,
)
async def change_alias(call: Call[Query, PutAliasBody]) -> Answer:
    """The terms take the place of those that it had. Refused where a rule that uses it could not be read with them."""
    known = await aliases.current(call.acting, call.path["alias"])
    new = NewAlias(name=known.name, terms=_all_terms(call.body), comment=call.body.comment)
    return await _shown(call.acting, (await aliases.put(call.acting, new)).name)


@operation("DELETE", "/aliases/{alias}", summary="Remove an alias", access=CHANGE, status=204, stale=True)
async def remove_alias(call: Call[Query, None]) -> None:
    """Refused while a rule uses it; its versions stay."""
    await aliases.remove(call.acting, call.path["alias"])


@operation(
    "GET", "/aliases/{alias}/versions", summary="List the versions of an alias", access=READ, answer=AliasVersions
)
async def list_alias_versions(call: Call[Query, None]) -> AliasVersions:
    """The newest first."""
    found = await aliases.show(call.acting, call.path["alias"])
    return AliasVersions(versions=Alias.of_all(found.versions))


@operation(
    "GET",
    "/aliases/{alias}/diff",
    summary="Compare two versions of an alias",
    access=READ,
    query=DiffQuery,
    answer=AliasDiff,
)
async def compare_alias_versions(call: Call[DiffQuery, None]) -> AliasDiff:
    """Terms gained and lost from the first version to the second."""
    return AliasDiff.of(await aliases.compare(call.acting, call.path["alias"], call.query.first, call.query.second))


@operation(
    "POST",
    "/aliases/{alias}/rollback",
    summary="Roll an alias back",
    access=CHANGE,
    body=AliasRollbackBody,
    answer=Alias,
    stale=True,
)
async def roll_alias_back(call: Call[Query, AliasRollbackBody]) -> Answer:
    """Put an old version in force again, as a new version."""
    done = await aliases.rollback(call.acting, call.path["alias"], call.body.version)
    return await _shown(call.acting, done.name)


def _all_terms(body: NewAliasBody | PutAliasBody) -> tuple[str, ...]:
    """Its terms, those that are excluded with NOT."""
    return (*body.terms, *exclusions(body.exclude))


async def _shown(acting: Acting, name: str) -> Answer:
    row = await aliases.current(acting, name)
    return Answer(Alias.of(row), etag=alias_tag(row))


OPERATIONS = [
    list_aliases,
    make_alias,
    show_alias,
    list_alias_terms,
    change_alias,
    remove_alias,
    list_alias_versions,
    compare_alias_versions,
    roll_alias_back,
]
