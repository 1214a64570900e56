"""Rules as the files of the `try` commands hold them.

A line is a rule, `{"id", "query"}`, or an alias that the rules of the file may use, `{"alias", "terms"}`.
"""

from dataclasses import dataclass, field

from wirewatch.cli.try_input import BadInput, Line, Refusals, lines_of


@dataclass(frozen=True, slots=True)
class TriedRule:
    """A rule's text under the id that the output calls it by."""

    rule_id: str
    query: str


@dataclass(slots=True)
class RuleFile:
    """What a file holds."""

    rules: list[TriedRule] = field(default_factory=list)
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)


def read_rules(name: str, refusals: Refusals) -> RuleFile:
    """The rules and aliases of a file; broken lines are reported and skipped."""
    found = RuleFile()
    for line in lines_of(name, refusals):
        try:
            _take(found, line)
        except BadInput as problem:
            refusals.tell(problem)
    return found


def _take(found: RuleFile, line: Line) -> None:
    alias = line.optional("alias")
    if alias is None:
        found.rules.append(TriedRule(line.text("id"), line.text("query")))
    else:
        found.aliases[alias.removeprefix("@")] = line.texts("terms")
