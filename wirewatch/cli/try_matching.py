"""Matching for the `try` commands; the one place that calls the production matcher."""

from collections.abc import Iterable, Mapping, Sequence

from alerts.rules.ruleset import Hit, RuleCompiler, RuleSet
from core.model.article import Article
from wirewatch.cli.try_input import Refusals
from wirewatch.cli.try_rule_file import TriedRule

_NONE: Mapping[str, tuple[str, ...]] = {}


def compiled(rules: Sequence[TriedRule], aliases: Mapping[str, tuple[str, ...]], refusals: Refusals) -> RuleSet:
    """The rules as production compiles them; skips invalid rules and lists every problem in them."""
    compiler = RuleCompiler()
    try:
        made = compiler.empty().updated(rules, (), aliases)
    except ValueError:  # look for the culprits only now: a million good rules need not be read twice
        refused = compiler.refused(rules, aliases)
        for rule_id, problems in refused.items():
            refusals.tell("\n".join([f"rule {rule_id!r} is no rule", *problems]))
        rules = [rule for rule in rules if rule.rule_id not in refused]
        made = compiler.empty().updated(rules, (), aliases)
    if len(made) < len(rules):
        _tell_twins(rules, refusals)
    return made.merged()


def matches(rules: RuleSet, article: Article) -> Sequence[Hit]:
    """The rules that are true of the article, each with its evidence: what the match stage does."""
    return rules.match(article)


def one_rule(query: str, refusals: Refusals) -> RuleSet:
    """A set of one rule, or an empty set after reporting the rule's problems."""
    return compiled([TriedRule("rule", query)], _NONE, refusals)


def _tell_twins(rules: Iterable[TriedRule], refusals: Refusals) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.rule_id in seen:
            refusals.tell(f"the id {rule.rule_id!r} stands more than once; the last of its rules was used")
        seen.add(rule.rule_id)
