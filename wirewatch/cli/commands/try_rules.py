"""`wirewatch try rules`: match many rules against articles and measure it. Articles are streamed."""

import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import click
import orjson

from alerts.rules.ruleset import RuleSet
from wirewatch.cli import output
from wirewatch.cli.told import Told
from wirewatch.cli.try_articles import articles_of
from wirewatch.cli.try_input import Progress, Refusals, emit, input_argument, once_only
from wirewatch.cli.try_matching import compiled, matches
from wirewatch.cli.try_rule_file import read_rules

_MUCH_SECONDS, _MUCH_SHARE = 2.0, 0.2  # in neither compiling nor matching
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # getrusage(2)


@dataclass(slots=True)
class _Run:
    """What a run took; times in seconds."""

    began: float
    rules: int = 0
    compile_seconds: float = 0.0
    match_seconds: float = 0.0
    articles: int = 0
    pairs: int = 0

    def stats(self) -> dict[str, object]:
        return {
            "articles": self.articles,
            "rules": self.rules,
            "compile_seconds": round(self.compile_seconds, 6),
            "match_seconds": round(self.match_seconds, 6),
            "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT,
        }

    def elsewhere(self) -> str | None:
        whole = perf_counter() - self.began
        rest = whole - self.compile_seconds - self.match_seconds
        if rest <= _MUCH_SECONDS + _MUCH_SHARE * whole:
            return None
        return f"note: {rest:.1f} s of {whole:.1f} s are in neither compiling nor matching (reading and writing files)"


@click.command("rules")
@click.argument("rules", type=input_argument)
@click.argument("articles", type=input_argument)
@click.option(
    "--stats", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures of the run to this file."
)
def command(rules: str, articles: str, stats: Path | None) -> None:
    """Match all rules against each article: {"id", "rules"}, the ids that match, sorted.

    A line of RULES is {"id", "query"}, or {"alias", "terms"} for rules that use @alias. An invalid rule is
    skipped and its problems are listed; the exit code is then 1.
    """
    once_only(rules, articles)
    refusals, progress, run = Refusals(), Progress("articles"), _Run(perf_counter())
    rule_set = _compiled(rules, refusals, run)
    for name, article in articles_of(articles, refusals):
        began = perf_counter()
        hits = matches(rule_set, article)
        run.match_seconds += perf_counter() - began
        emit({"id": name, "rules": sorted(hit.key for hit in hits)})
        run.pairs += len(hits)
        progress.step()
    run.articles = progress.count
    progress.total(f", {run.rules:,} rules, {run.pairs:,} matches: {_took(run)}")
    _write(run, stats)
    refusals.finish()


def _compiled(name: str, refusals: Refusals, run: _Run) -> RuleSet:
    found = read_rules(name, refusals)
    began = perf_counter()
    made = compiled(found.rules, found.aliases, refusals)
    run.compile_seconds = perf_counter() - began
    run.rules = len(made)
    return made


def _took(run: _Run) -> str:
    each = 1000 * run.match_seconds / run.articles if run.articles else 0.0
    return f"compiled in {run.compile_seconds:.2f} s, matched in {run.match_seconds:.2f} s, {each:.2f} ms an article"


def _write(run: _Run, stats: Path | None) -> None:
    note = run.elsewhere()
    if note:
        output.say(note, err=True)
    if stats is None:
        return
    try:
        stats.write_bytes(orjson.dumps(run.stats(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    except OSError as error:
        raise Told(f"{stats}: {error.strerror}") from None
