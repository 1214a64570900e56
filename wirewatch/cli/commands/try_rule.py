"""`wirewatch try rule`: match one rule against articles, with evidence."""

import click

from core.model.match import Evidence
from wirewatch.cli.try_articles import articles_of
from wirewatch.cli.try_input import Progress, Refusals, emit, input_argument
from wirewatch.cli.try_matching import matches, one_rule


@click.command("rule")
@click.argument("query")
@click.argument("articles", type=input_argument)
def command(query: str, articles: str) -> None:
    """Match QUERY against each article: {"id", "matched", "evidence"}."""
    refusals, progress = Refusals(), Progress("articles")
    rules = one_rule(query, refusals)
    refusals.finish()
    matched = 0
    for name, article in articles_of(articles, refusals):
        hits = matches(rules, article)
        matched += bool(hits)
        emit({"id": name, "matched": bool(hits), "evidence": [_shown(e) for hit in hits for e in hit.evidence]})
        progress.step()
    progress.total(f", {matched:,} matched")
    refusals.finish()


def _shown(one: Evidence) -> dict[str, object]:
    return {
        "clause": [one.clause_start, one.clause_end],
        "field": one.field,
        "start": one.start,
        "end": one.end,
        "text": one.text,
    }
