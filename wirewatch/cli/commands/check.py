"""`wirewatch check`: report every problem before the pipeline runs."""

import asyncio
from pathlib import Path

import click

from alerts.rules.engine import choose
from alerts.rules.term_list import counted
from wirewatch.cli import output
from wirewatch.cli.lazy import log_to_standard_error
from wirewatch.config.channels import template_problems
from wirewatch.config.loading import Config
from wirewatch.config.rules import examine_with_rules, largest_rule, rule_warnings, word_list_advice


@click.command("check")
@click.option("--config", "path", type=click.Path(path_type=Path), default="wirewatch.toml", show_default=True)
@click.option("--offline", is_flag=True, help="Skip the checks that need the network.")
@click.option("--data", is_flag=True, help="Read the files of data_dir completely and report damage.")
def command(path: Path, *, offline: bool, data: bool) -> None:
    """Check configuration, rules and reachability; list every problem and exit 1 if there is one."""
    config, problems = examine_with_rules(path)
    for problem in problems:
        output.say(str(problem), err=True)
    if config is None:
        raise click.exceptions.Exit(1)
    for warning in config.renamed if problems else rule_warnings(config):
        output.say(f"warning: {warning}", err=True)
    if advised := word_list_advice(config):
        output.say(f"warning: {advised}", err=True)
    templates = template_problems(config)
    for told in templates:
        output.say(told, err=True)
    engine = choose(len(config.rules))
    if engine.missing:
        output.say(f"warning: {engine.missing}", err=True)
    counts = f"{len(config.sources)} sources, {len(config.rules)} rules, {len(config.channels)} channels"
    if not problems and not templates:
        output.say(f"ok  {path}: {counts}")
        _say_lists(config)
        _say_digests(config)
        output.say(f"ok  the rules of these files are matched by the {engine.engine}")
    bad = len(problems) + len(templates)
    if data or not offline:
        from wirewatch.cli import findings  # noqa: PLC0415 - it loads the whole application

        log_to_standard_error()
        bad += findings.tell_files(config) if data else 0
        bad += 0 if offline else asyncio.run(findings.tell_reachable(config))
    if bad:
        output.say(f"{bad} problem{'s' if bad > 1 else ''}", err=True)
        raise click.exceptions.Exit(1)


def _say_lists(config: Config) -> None:
    """The aliases whose terms stand in files."""
    for listed, draft in zip(config.listed_aliases, config.aliases, strict=True):
        if listed.files:
            repeats = "".join(f"; {name} repeats {many:,}" for name, many in listed.repeated() if many)
            output.say(f"ok  @{draft.name}: {counted(draft.terms)}{repeats}")
    if largest := largest_rule(config):
        name, size = largest
        output.say(
            f"ok  the largest rule is {name!r}: {size.clauses:,} clauses, {size.terms:,} terms with those of its lists"
        )


def _say_digests(config: Config) -> None:
    digests = [(rule.name, rule.settings.digest) for rule in config.rules if rule.settings.digest is not None]
    if not digests:
        return
    from alerts.pipeline.local_time import digest_times  # noqa: PLC0415 - few rules have a digest
    from core.clock import SystemClock  # noqa: PLC0415 - the same

    for name, digest in digests:
        output.say(f"ok  digests of {name!r}: {digest_times(digest, SystemClock().now())}")
