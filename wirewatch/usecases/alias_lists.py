"""Terms by the list: brought into an alias by a plan that is shown first, and handed out again whole."""

import asyncio
from dataclasses import dataclass

from alerts.rules.term_list import TermList, TermProblem, told, written_lines
from core.model.term_changes import TermChanges, term_changes
from core.store import aliases as store
from wirewatch.usecases import aliases
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.aliases import NewAlias, a_name, spelled
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasPlan:
    """What a list would make of an alias. `version` None: there is no such alias yet, or it is removed.

    `terms`: those that it would have. `same`: how many stay. `repeated`: lines that fold to a term which stands there already.
    `refused`: what is wrong with lines, the first of them; `left_out`: how many are. `remarks`: lines with a comment, which an alias does not keep.
    """

    name: str
    version: int | None
    terms: tuple[str, ...]
    changes: TermChanges
    same: int
    repeated: int
    refused: tuple[TermProblem, ...]
    left_out: int = 0
    remarks: int = 0

    def done(self, comment: str = "") -> NewAlias:
        """What `aliases.put` takes to do it."""
        return NewAlias(name=self.name, terms=self.terms, comment=comment)


@reads(Permission.CHANGE_RULES)
async def plan(acting: Acting, name: str, listed: TermList, *, replace: bool) -> AliasPlan:
    """What the list would change. `replace`: its terms take the place of those that the alias has; else they are added.

    Raises Invalid where nothing in the list is a term.
    """
    if not listed.terms:
        raise Invalid("; ".join(told(problem) for problem in listed.problems), "text")
    before: tuple[str, ...] = ()
    version = None
    name = a_name(name)
    async with acting.db.connection() as conn:
        name = spelled(await store.names(conn, acting.team), name) or name
        row = await store.get(conn, name, acting.team)
    if row is not None and row.enabled:
        version, before = row.version, row.terms
    terms = listed.terms if replace else tuple(dict.fromkeys((*before, *listed.terms)))
    changes = await asyncio.to_thread(term_changes, before, terms)
    return AliasPlan(
        name=name,
        version=version,
        terms=terms,
        changes=changes,
        same=len(before) - len(changes.lost),
        repeated=listed.repeated,
        refused=listed.problems,
        left_out=listed.left_out,
        remarks=listed.remarks,
    )


@reads(Permission.READ_RULES)
async def export(acting: Acting, name: str) -> str:
    """All terms of an alias, one a line, as `plan` and a file of the configuration read them. Raises NotFound."""
    terms = (await aliases.terms_page(acting, name, Paging(limit=None))).terms
    return await asyncio.to_thread(written_lines, terms)
