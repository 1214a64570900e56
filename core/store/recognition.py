"""Which stored rule each rule of the files is: by its key, else by its name, else as the one that was renamed. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.model.origin import FILE
from core.model.rule import RuleDraft, RuleRow, RuleSettings

_Body = tuple[str, RuleSettings]  # what a rule that only got another name keeps


@dataclass(frozen=True, slots=True)
class Recognised:
    """A rule of the files, and the stored rule that it is; None: a new one."""

    draft: RuleDraft
    row: RuleRow | None

    @property
    def renamed(self) -> bool:
        return self.row is not None and self.row.name != self.draft.name


def recognised(rows: Sequence[RuleRow], drafts: Sequence[RuleDraft], teams: Mapping[str, str]) -> list[Recognised]:
    """Each draft with its row, of the same team; no row twice. `teams`: ids by name.

    A rule that vanished from the files was renamed where exactly one new rule has its query and settings, and that one has
    no other candidate.
    """
    pairs: list[Recognised] = []
    for team in dict.fromkeys(draft.team for draft in drafts):
        of_team = [row for row in rows if row.team_id == teams[team]]
        pairs += _of_team(of_team, [draft for draft in drafts if draft.team == team])
    return pairs


def _of_team(rows: Sequence[RuleRow], drafts: Sequence[RuleDraft]) -> list[Recognised]:
    found: dict[str, RuleRow] = {}  # by the draft's name
    free = {row.rule_id: row for row in rows}
    keys = {row.key: row for row in rows if row.key is not None}
    _take(drafts, {draft.name: keys.get(draft.key) for draft in drafts if draft.key is not None}, found, free)
    names = {row.name: row for row in rows}
    _take(drafts, {draft.name: names.get(draft.name) for draft in drafts}, found, free)
    _take(drafts, _renamed(free, [draft for draft in drafts if draft.name not in found]), found, free)
    return [Recognised(draft, found.get(draft.name)) for draft in drafts]


def _take(
    drafts: Sequence[RuleDraft],
    offered: Mapping[str, RuleRow | None],
    found: dict[str, RuleRow],
    free: dict[str, RuleRow],
) -> None:
    for draft in drafts:
        row = offered.get(draft.name)
        if row is not None and draft.name not in found and row.rule_id in free:
            found[draft.name] = free.pop(row.rule_id)


def _renamed(free: Mapping[str, RuleRow], new: Sequence[RuleDraft]) -> dict[str, RuleRow | None]:
    if not new:
        return {}
    vanished: dict[_Body, list[RuleRow]] = defaultdict(list)
    came: dict[_Body, list[RuleDraft]] = defaultdict(list)
    for row in free.values():
        if row.origin == FILE and row.enabled:
            vanished[row.query, row.settings].append(row)
    if not vanished:
        return {}
    for draft in new:
        came[draft.query, draft.settings].append(draft)
    return {
        drafts[0].name: rows[0]
        for body, drafts in came.items()
        if len(drafts) == 1 and len(rows := vanished.get(body, [])) == 1
    }
