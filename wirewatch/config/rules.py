"""The configuration's rules as they are stored, and what is wrong with their text, each with its place in the file."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from alerts.rules.aliases import AliasSet
from alerts.rules.kept import parse_once
from alerts.rules.printer import print_rule
from alerts.rules.problem import Code, render
from alerts.rules.problem import Problem as RuleTextProblem
from alerts.rules.size import RuleSize, size_of
from core.config import Problem, nearest
from core.errors import ConfigError
from core.model.rule import RuleDraft
from core.model.team import DEFAULT_TEAM
from wirewatch.config.aliases import some_terms, term_problems
from wirewatch.config.loading import Config, RuleConfig, examine_whole, in_file_order
from wirewatch.config.other_channels import other_channel_problems, stored_channels
from wirewatch.config.routes import route_warnings

_LONG = 2000  # characters


def load_with_rules(path: Path) -> Config:
    """The configuration, its rules' text read too. Raises ConfigError with every problem of both.

    For a caller without an event loop, since the database may be asked for the channels that it has.
    """
    config, problems = examine_with_rules(path)
    if config is None or problems:
        raise ConfigError([str(problem) for problem in problems])
    return config


def examine_with_rules(path: Path, environ: Mapping[str, str] | None = None) -> tuple[Config | None, list[Problem]]:
    """Every problem of files, keys, rules and aliases, in the order of the files, whatever else is wrong.

    For a caller without an event loop, as above. The configuration is None if it cannot be read at all.
    """
    found = examine_whole(path, environ)
    others = other_channel_problems(found.readable, stored_channels(found.readable))
    problems = [*found.problems, *others, *rule_problems(found.readable)]
    return found.config, in_file_order(problems, found.readable.files)


def alias_set(config: Config, team: str = DEFAULT_TEAM) -> AliasSet:
    """The configuration's aliases of a team."""
    return AliasSet.of((one.name, one.terms) for one in config.aliases if one.team == team and some_terms(one))


def _alias_sets(config: Config) -> dict[str, AliasSet]:
    return {team: alias_set(config, team) for team in {rule.team for rule in config.rules}}


def rule_drafts(config: Config) -> list[RuleDraft]:
    """The rules to be stored. Raises ConfigError with every problem of every rule."""
    problems = rule_problems(config)
    if problems:
        raise ConfigError([str(problem) for problem in problems])
    aliases = _alias_sets(config)
    return [_draft(rule, _read(rule, aliases[rule.team])[1] if rule.query else "") for rule in config.rules]


def _read(rule: RuleConfig, aliases: AliasSet) -> tuple[Sequence[RuleTextProblem], str]:
    """Problems and canonical form of the rule's query, read once: a start asks for one, and then for the other."""
    if not rule.read:
        parsed = parse_once(rule.query, aliases)
        rule.read.append((parsed.problems, "" if parsed.tree is None else print_rule(parsed.tree)))
    return rule.read[0]


def _draft(rule: RuleConfig, canonical: str) -> RuleDraft:
    return RuleDraft(
        name=rule.name,
        key=rule.key,
        team=rule.team,
        query=rule.query,
        canonical=canonical,
        settings=rule.settings,
        author="file",
        comment=rule.comment,
    )


def rule_problems(config: Config) -> list[Problem]:
    """Everything that is wrong with the text of rules and aliases, in the order of the files.

    An alias that is broken, or that may stand in a file which cannot be read, is not missed in the rules that use it.
    """
    missing = [(name, (name,)) for name in config.unknown_aliases]
    aliases = {team: AliasSet.of([*missing, *of.terms.items()]) for team, of in _alias_sets(config).items()}
    found = list(_alias_problems(config))
    for rule in _with_query(config):
        problems = _read(rule, aliases[rule.team])[0]
        found += [_placed(rule, one) for one in problems if not (config.some_unread and one.code is Code.UNKNOWN_ALIAS)]
    return in_file_order(found, config.files)


def word_list_advice(config: Config) -> str | None:
    """What to do where rules of the files ask for forms and word lists are not made yet; None: nothing."""
    queries = [rule.query for rule in config.rules if "forms" in rule.query.lower()]
    if not queries:
        return None
    from wirewatch.word_lists import advice  # noqa: PLC0415 - few configurations ask for forms

    return advice(queries)


def rule_warnings(config: Config) -> list[Problem]:
    """What is probably not meant so. For a caller without an event loop: the database may be asked how much a place has."""
    aliases = _alias_sets(config)
    warned = [(rule, parse_once(rule.query, aliases[rule.team]).warnings) for rule in _with_query(config)]
    places = [k for k, (_, warnings) in enumerate(warned) if any(one.code is Code.WHOLE_PLACE for one in warnings)]
    if places:
        from alerts.management.whole_place import with_much  # noqa: PLC0415 - few rules ask for a place alone
        from wirewatch.config.place_estimates import estimates  # noqa: PLC0415 - the same

        told = estimates(config, [(warned[k][0], aliases[warned[k][0].team]) for k in places])
        for k, much in zip(places, told, strict=True):
            warned[k] = (warned[k][0], with_much(warned[k][1], much))
    found = [_placed(rule, warning) for rule, warnings in warned for warning in warnings]
    return [*config.warnings, *config.renamed, *found, *_unknown_sources(config), *route_warnings(config)]


def largest_rule(config: Config) -> tuple[str, RuleSize] | None:
    """The rule that has most terms once its aliases and forms stand for them, of those that have some or are long."""
    aliases = _alias_sets(config)
    found = []
    for rule in _with_query(config):
        if "@" in rule.query or "forms" in rule.query.lower() or len(rule.query) > _LONG:
            tree = parse_once(rule.query, aliases[rule.team]).tree
            if tree is not None:
                found.append((rule.name, size_of(tree, aliases[rule.team])))
    return max(found, key=lambda one: (one[1].terms, one[1].clauses), default=None)


def _unknown_sources(config: Config) -> Iterator[Problem]:
    """Rules that watch a source which no file names; one that was added by command is known only to the database."""
    names = [source.name for source in config.sources]
    for rule in config.rules:
        watched = _watched(rule)
        if watched is not None and watched not in names:
            message = f"rule {rule.name!r}: no source in these files is named {watched!r}{nearest(watched, names)}"
            yield rule.place("standing", message)


def _with_query(config: Config) -> Iterator[RuleConfig]:
    """All rules but those that watch a source, which match no article."""
    return (rule for rule in config.rules if _watched(rule) is None)


def _watched(rule: RuleConfig) -> str | None:
    return rule.settings.watched_source


def _placed(rule: RuleConfig, problem: RuleTextProblem) -> Problem:
    shown = render(problem, rule.query).replace("\n", "\n    ")
    return rule.place("query", f"rule {rule.name!r}: {shown}" if rule.name else shown)


def _alias_problems(config: Config) -> Iterator[Problem]:
    for alias, draft in zip(config.listed_aliases, config.aliases, strict=True):
        yield from term_problems(alias, draft)
