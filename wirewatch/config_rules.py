"""The configuration's rules as they are stored, and what is wrong with them, each with its place in the file."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from alerts.pipeline.settings import TIMES
from alerts.rules.aliases import AliasSet, alias_term
from alerts.rules.parser import Parsed, parse
from alerts.rules.printer import print_rule
from alerts.rules.problem import Problem as RuleTextProblem
from alerts.rules.problem import render
from core.config import KeyPath, Problem, nearest
from core.errors import ConfigError
from core.model.rule import RuleDraft
from wirewatch.config import Config, RuleConfig


def alias_set(config: Config) -> AliasSet:
    """The configuration's aliases."""
    return AliasSet.of((alias.name, alias.terms) for alias in config.aliases)


def rule_drafts(config: Config) -> list[RuleDraft]:
    """The rules to be stored. Raises ConfigError with every problem of every rule."""
    problems = rule_problems(config)
    if problems:
        raise ConfigError([str(problem) for problem in problems])
    aliases = alias_set(config)
    return [_draft(rule, parse(rule.query, aliases=aliases)) for rule in config.rules]


def _draft(rule: RuleConfig, parsed: Parsed) -> RuleDraft:
    return RuleDraft(
        name=rule.name,
        query=rule.query,
        canonical="" if parsed.tree is None else print_rule(parsed.tree),
        settings=rule.settings,
        author="file",
        comment=rule.comment,
    )


def rule_problems(config: Config) -> list[Problem]:
    """Everything that is wrong with rules and aliases but their tables' form, in the order of the files."""
    aliases = alias_set(config)
    channels = [channel.settings.name for channel in config.channels]
    found = list(_alias_problems(config))
    for rule in config.rules:
        found += [_placed(rule, problem) for problem in parse(rule.query, aliases=aliases).problems]
        found += [*_channel_problems(rule, channels), *_time_problems(rule)]
    return found


def rule_warnings(config: Config) -> list[Problem]:
    """What is probably not meant so."""
    aliases = alias_set(config)
    return [_placed(rule, warning) for rule in config.rules for warning in parse(rule.query, aliases=aliases).warnings]


def _placed(rule: RuleConfig, problem: RuleTextProblem) -> Problem:
    shown = render(problem, rule.query).replace("\n", "\n    ")
    return rule.place(("query",), f"rule {rule.name!r}: {shown}")


def _alias_problems(config: Config) -> Iterator[Problem]:
    for alias in config.aliases:
        for term in alias.terms:
            if term.strip().startswith("@"):
                continue  # told where a rule uses it
            try:
                alias_term(term)
            except ValueError as error:
                yield Problem(str(config.path.name), 0, f"aliases {alias.name!r}", str(error))


def _channel_problems(rule: RuleConfig, channels: list[str]) -> Iterator[Problem]:
    for index, channel in enumerate(rule.settings.channels):
        if channel not in channels:
            hint = nearest(channel, channels) or (f"; there are {', '.join(channels)}" if channels else "")
            yield rule.place(("channels", index), f"there is no channel {channel!r}{hint}")


def _time_problems(rule: RuleConfig) -> Iterator[Problem]:
    """Quiet hours and digest, which the rule keeps as they were written."""
    for key, reader in TIMES.items():
        written = getattr(rule.settings, key)
        if written is None:
            continue
        try:
            reader.validate_python(written)
        except ValidationError as error:
            known = list(reader.json_schema()["properties"])
            for detail in error.errors(include_url=False, include_input=False):
                path: KeyPath = (key, *detail["loc"])
                yield rule.place(path, _time_message(detail, known))


def _time_message(detail: Any, known: list[str]) -> str:
    """pydantic's words for a wrong call, which is what it takes a wrong table for, in those of somebody who writes TOML."""
    match detail["type"]:
        case "unexpected_keyword_argument":
            return "unknown key" + (nearest(str(detail["loc"][-1]), known) or f"; known here: {', '.join(known)}")
        case "missing_argument" | "missing_keyword_only_argument" | "missing":
            return "missing"
        case "tuple_type":
            return "expected a list in [ ]"
        case "time_parsing" | "time_type":
            return 'expected a time of day as "HH:MM"'
        case _:
            return str(detail["msg"]).removeprefix("Value error, ").removeprefix("Input ")
