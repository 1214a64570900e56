"""`wirewatch try check`: how rules are read, and every problem in them."""

import click

from alerts.rules.aliases import AliasSet
from alerts.rules.parser import parse
from alerts.rules.printer import print_rule
from alerts.rules.problem import to_json
from wirewatch.cli.try_input import Progress, Refusals, emit, input_argument
from wirewatch.cli.try_rule_file import read_rules


@click.command("check")
@click.argument("rules", type=input_argument)
def command(rules: str) -> None:
    """Read each rule: {"id", "ok", "canonical", "problems", "warnings"}.

    A line is {"id", "query"}, or {"alias", "terms"} for rules that use @alias. A rule that is refused is an answer: the exit
    code stays 0.
    """
    refusals, progress = Refusals(), Progress("rules")
    found = read_rules(rules, refusals)
    known = AliasSet.of(found.aliases.items())
    refused = 0
    for rule in found.rules:
        parsed = parse(rule.query, aliases=known)
        refused += parsed.tree is None
        emit(
            {
                "id": rule.rule_id,
                "ok": parsed.tree is not None,
                "canonical": None if parsed.tree is None else print_rule(parsed.tree),
                "problems": [to_json(problem) for problem in parsed.problems],
                "warnings": [to_json(warning) for warning in parsed.warnings],
            }
        )
        progress.step()
    progress.total(f", {refused:,} refused")
    refusals.finish()
