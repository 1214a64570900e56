"""Apply: bring sources, rules, aliases, channels and silences to what one document says, all of it or nothing.

document -> plan (apply_plan) -> each step by its own use case, in one transaction --(a step is refused)--> taken back
                                                                                   | dry run: taken back
                                                                                   v
                                                                                   committed
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.model.team import DEFAULT_TEAM
from core.store import teams
from wirewatch.config.applied import Applied, pointer
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.apply_nouns import ALL, Noun
from wirewatch.usecases.apply_plan import Step, Verdict, plan
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Conflict, Invalid, NotPermitted, Place, Refused

_ROUNDS = 20  # things may need each other in any order, such as a channel its fall-back
_BY_NOUN = {noun.name: noun for noun in ALL}
_MOST_TOLD = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, or would be: `steps` in the order of the document, what is removed last."""

    steps: tuple[Step, ...]
    applied: bool

    def count(self, verdict: Verdict) -> int:
        return sum(step.verdict is verdict for step in self.steps)

    @property
    def counts(self) -> dict[str, int]:
        """How many steps of each verdict."""
        return {verdict.value: self.count(verdict) for verdict in Verdict}


class _TakenBack(Exception):
    """Ends the transaction of a dry run."""


def _commit(*, dry_run: bool) -> None:
    if dry_run:
        raise _TakenBack


@changes(Permission.OWN_RULES, "document.apply")
async def apply(acting: Acting, document: Applied, *, prune: bool = False, dry_run: bool = False) -> Outcome:
    """Bring what is stored to what the document says. Raises Invalid and Conflict, each with every place; nothing is changed then.

    Each step asks for the permission that its own use case needs, and is noted in the audit log by it. `prune`: of the nouns
    that the document has a list of, what it does not name goes, but what files manage. A dry run tells conflicts in the steps.
    """
    if document.problems:
        places = tuple(Place(pointer(one.path), one.message) for one in document.problems[:_MOST_TOLD])
        raise Invalid(_in_short([f"{one.path}: {one.message}" for one in document.problems])).at(places)
    steps: list[Step] = []
    try:
        async with acting.db.transaction() as conn:
            inside = replace(acting, db=acting.db.within(conn), if_match=None)
            steps = await _planned(inside, document, prune=prune)
            steps, refused = await _carried_out(inside, steps)
            if refused and not dry_run:
                raise _refusal(steps, refused)
            await acting.note(conn, "document", after=Outcome(tuple(steps), applied=True).counts)
            _commit(dry_run=dry_run)
    except _TakenBack:
        return Outcome(tuple(steps), applied=False)
    return Outcome(tuple(steps), applied=True)


@reads(Permission.READ_STATUS)
async def team_name(acting: Acting) -> str:
    """What the acting team is called, for which documents say what they say."""
    async with acting.db.connection() as conn:
        return await teams.name_of(conn, acting.team) or DEFAULT_TEAM


async def _planned(acting: Acting, document: Applied, *, prune: bool) -> list[Step]:
    steps: list[Step] = []
    for noun in ALL:
        if noun.name in document.nouns:
            steps += plan(noun.name, list(noun.wanted(document)), await noun.known(acting), prune=prune)
    return [step for step in steps if step.verdict is not Verdict.REMOVE] + [
        step for step in reversed(steps) if step.verdict is Verdict.REMOVE
    ]


async def _carried_out(acting: Acting, steps: Sequence[Step]) -> tuple[list[Step], list[Refused]]:
    """The steps as they went, and what was refused. Raises NotPermitted at once."""
    told = list(steps)
    left = [number for number, step in enumerate(steps) if step.verdict in _DOING]
    failed: dict[int, Refused] = {}
    for _ in range(_ROUNDS):
        failed = {}
        for number in left:
            try:
                await _do(acting, _BY_NOUN[steps[number].noun], steps[number])
            except NotPermitted:
                raise
            except Refused as error:
                failed[number] = error
        if len(failed) in (0, len(left)):
            break
        left = list(failed)
    for number, why in failed.items():
        told[number] = steps[number].refused(str(why))
    stopped = [Conflict(step.why) for step in steps if step.verdict is Verdict.CONFLICT]
    return told, [*stopped, *failed.values()]


_DOING = (Verdict.ADD, Verdict.CHANGE, Verdict.REMOVE)


async def _do(acting: Acting, noun: Noun, step: Step) -> None:
    if step.verdict is Verdict.REMOVE and step.known is not None:
        await noun.remove(acting, step.known)
    else:
        await noun.put(acting, step)


def _refusal(steps: Sequence[Step], refused: Sequence[Refused]) -> Refused:
    stopped = [step for step in steps if step.verdict is Verdict.CONFLICT]
    places = tuple(Place(step.place, step.why) for step in stopped[:_MOST_TOLD])
    message = _in_short([f"{step.noun} {step.name!r}: {step.why}" for step in stopped])
    if any(isinstance(error, Conflict) or error.code == "managed_in_file" for error in refused):
        return Conflict(message).at(places)
    return Invalid(message).at(places)


def _in_short(messages: Sequence[str]) -> str:
    more = f" (and {len(messages) - 1} more)" if len(messages) > 1 else ""
    return f"{messages[0]}{more}; nothing was changed"
