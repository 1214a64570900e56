"""`wirewatch try check`: how rules are read, and every problem in them."""

from collections.abc import Sequence
from dataclasses import asdict

import click

from alerts.rules.aliases import AliasSet
from alerts.rules.estimate import estimated
from alerts.rules.expand import expand
from alerts.rules.form_lists import FormList, form_lists
from alerts.rules.forms.form import Form
from alerts.rules.parser import parse
from alerts.rules.printer import print_rule
from alerts.rules.problem import to_json
from alerts.rules.size import size_of
from alerts.rules.spellings import also_found
from wirewatch.cli.try_input import Progress, Refusals, emit, input_argument
from wirewatch.cli.try_rule_file import read_rules


@click.command("check")
@click.argument("rules", type=input_argument)
@click.option(
    "--explain", is_flag=True, help="Also say which other spellings each term finds, as folding makes them one word."
)
def command(rules: str, *, explain: bool) -> None:
    """Read each rule: {"id", "ok", "canonical", "problems", "warnings", "forms", "clauses", "terms", "cost"}, and with --explain "also_finds".

    "terms": those that are looked for, with those of lists, which are one clause each. "forms": for each forms(...) its place, the languages taken, and its forms: {"text", "guessed", "struck"}; "beside": those that count in articles of other languages alone.

    "cost": the share of articles that the rule is expected to be looked at for, and the microseconds that this takes an article.

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
        size = None if parsed.tree is None else size_of(parsed.tree, known)
        also = also_found(parsed.tree) if explain and parsed.tree is not None else []
        emit(
            {
                "id": rule.rule_id,
                "ok": parsed.tree is not None,
                "canonical": None if parsed.tree is None else print_rule(parsed.tree),
                "problems": [to_json(problem) for problem in parsed.problems],
                "warnings": [to_json(warning) for warning in parsed.warnings],
                "forms": [] if parsed.tree is None else [_forms(one) for one in form_lists(parsed.tree)],
                "clauses": None if size is None else size.clauses,
                "terms": None if size is None else size.terms,
                "cost": None if parsed.tree is None else asdict(estimated(expand(parsed.tree, known))),
                **({"also_finds": [asdict(one) for one in also]} if explain else {}),
            }
        )
        progress.step()
    progress.total(f", {refused:,} refused")
    refusals.finish()


def _forms(found: FormList) -> dict[str, object]:
    beside = [{"langs": one.langs, "many": one.many, "forms": _each(one.shown)} for one in found.beside]
    return {
        "start": found.start,
        "end": found.end,
        "text": found.text,
        "langs": found.langs,
        "told": found.told,
        "many": found.many,
        "forms": _each(found.shown),
        "beside": beside,
    }


def _each(shown: Sequence[tuple[Form, bool]]) -> list[dict[str, object]]:
    return [{"text": form.text, "guessed": form.guessed, "struck": struck} for form, struck in shown]
