"""Rules as the files of the `try` commands hold them.

A line is a rule, `{"id", "query"}`, or an alias that the rules of the file may use, `{"alias", "terms"}`, with the keys of an alias of
the configuration: `terms_file` and so on, relative to the file.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from alerts.rules.term_list import MOST_BYTES, exclusions, is_table, read_terms, told
from alerts.rules.term_table import Layout, a_delimiter
from core.named_file import read_named, reason
from wirewatch.cli.try_input import STANDARD_INPUT, BadInput, Line, Refusals, lines_of


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
    folder = Path() if name == STANDARD_INPUT else Path(name).parent
    for line in lines_of(name, refusals):
        try:
            _take(found, line, folder)
        except BadInput as problem:
            refusals.tell(problem)
    return found


def _take(found: RuleFile, line: Line, folder: Path) -> None:
    alias = line.optional("alias")
    if alias is None:
        found.rules.append(TriedRule(line.text("id"), line.text("query")))
    else:
        terms = [*line.texts("terms"), *_in_file(line, "terms_file", folder)]
        excluded = [*line.texts("exclude"), *_in_file(line, "exclude_file", folder)]
        found.aliases[alias.removeprefix("@")] = (*terms, *exclusions(excluded))


def _in_file(line: Line, key: str, folder: Path) -> Iterable[str]:
    """The terms of a file that a line names. Raises BadInput."""
    name = line.optional(key)
    if name is None:
        return ()
    try:
        raw = read_named(folder / name, MOST_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{line.place}: {name}: {reason(error)}") from None
    layout = Layout() if key == "exclude_file" and not is_table(name) else _layout(line)
    read = read_terms(raw, name, layout)
    if read.problems:
        raise BadInput("; ".join(f"{name}: {told(problem)}" for problem in read.problems))
    return read.terms


def _layout(line: Line) -> Layout:
    column = line.fields.get("column")
    columns = line.fields.get("columns") or ([] if column is None else [column])
    given = columns if isinstance(columns, list) else [columns]
    named = [one for one in given if isinstance(one, str) or (type(one) is int and one > 0)]
    if len(named) < len(given):
        raise BadInput(f"{line.place}: expected columns by their names, or their numbers from 1")
    delimiter = line.optional("delimiter")
    try:
        return Layout(tuple(named), None if delimiter is None else a_delimiter(delimiter))
    except ValueError as error:
        raise BadInput(f"{line.place}: delimiter: {error}") from None
