"""A pasted rule as this language writes it, in the readings that it has."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from alerts.rules.limits import MAX_CHARACTERS
from alerts.rules.pasted import brackets, encoded, expressions, functions, lists, operators, queries, quotes
from alerts.rules.pasted.draft import Draft, Edit
from core.text.invisible import has_invisible, places_seen

_Stage = Callable[[str], Iterable[Edit]]
_STAGES: tuple[_Stage, ...] = (
    encoded.edits_of,
    queries.heads,
    encoded.wrapping,
    queries.ranges,
    queries.conditions,
    queries.dropped,
    expressions.flags,
    quotes.corner_quotes,
    quotes.single_quotes,
    operators.enclosed,
    lists.numbered,
    lists.bullets,
    brackets.brackets,
    quotes.partners,
    lists.glued_terms,
    functions.functions,
    operators.operators,
    brackets.empty,
    brackets.unopened,
    lists.loose_separators,
    operators.loose_operators,
    operators.loose_operators,
)


_PLAINLY: tuple[_Stage, ...] = (quotes.plain_quotes, operators.written_out)  # of a text that is mended anyway


@dataclass(frozen=True, slots=True)
class Mended:
    """`label`: what the reading is called."""

    label: str
    draft: Draft


def mend(text: str) -> list[Mended]:
    """The readings of a pasted text, the likeliest first; none where nothing of it is written as elsewhere."""
    if len(text) > MAX_CHARACTERS:
        return []
    draft = Draft.of(text).edited(_unseen(text))
    for stage in _STAGES:
        draft = draft.edited(stage(draft.text))
    either = list(lists.joined(draft.text, "OR"))
    if either and any(edit.kind is lists.LIST for edit in either):
        every = lists.joined(draft.text, "AND")
        return [Mended("any of them", draft.edited(either)), Mended("all of them", draft.edited(every))]
    draft = draft.edited(either)
    if not draft.slips:
        return []
    for stage in _PLAINLY:
        draft = draft.edited(stage(draft.text))
    return [Mended("as it is written here", draft)]


def _unseen(text: str) -> list[Edit]:
    """Characters that are not seen leave first: they are no part of the places of tokens."""
    if not has_invisible(text):
        return []
    seen = set(places_seen(text))
    return [Edit(at, at + 1, "", None) for at in range(len(text)) if at not in seen]
