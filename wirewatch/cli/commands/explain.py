"""`wirewatch explain`: why a rule is true or false for an article, clause by clause, and what the pipeline did with it."""

from collections.abc import Iterator
from pathlib import Path

import click

from alerts.management.clause_tree import label, quoted
from alerts.rules.explain import Explained
from alerts.rules.printer import print_rule
from core.model.match import Evidence
from core.model.story import StoryArticle
from wirewatch.cli import output
from wirewatch.cli.opened import act, config_option, json_option
from wirewatch.usecases import articles
from wirewatch.usecases.articles import Explanation


@click.command("explain")
@click.argument("rule")
@click.argument("article")
@config_option
@json_option
def command(rule: str, article: str, path: Path, *, as_json: bool) -> None:
    """Show why RULE (a name or a query) is true or false for ARTICLE (the id or address of a stored article)."""
    answer = act(path, lambda me: articles.explain_rule(me, rule, article))
    if as_json:
        output.print_json(_as_json(answer))
    else:
        _show(answer)


def _show(answer: Explanation) -> None:
    article = answer.story.article
    output.say(output.one_line(article.title))
    output.say(output.one_line(f"{article.source_name}  {article.url}"))
    output.say()
    for line in tree_lines(answer.verdict, answer.story):
        output.say(line)
    output.say()
    output.say(f"The rule is {'true' if answer.verdict.true else 'false'} of the article.")
    if not answer.verdict.true:
        for word, near in answer.missed.items():
            said = ", ".join(f"{other} ({count})" for other, count in near.items())
            output.say(f"It does not hold {word!r}, but {said}.")
    output.say(output.one_line(answer.part_of_the_pipeline()))


def tree_lines(verdict: Explained, story: StoryArticle) -> Iterator[str]:
    """The clause tree, a node a line, with evidence below the clauses that have any."""
    yield from _lines(verdict, story, "", "")


def _lines(verdict: Explained, story: StoryArticle, first: str, rest: str) -> Iterator[str]:
    nearest = f"  nearest: {verdict.nearest} words between" if verdict.nearest is not None else ""
    has = f"  {verdict.has}" if verdict.has is not None else ""
    yield f"{first}{_word(true=verdict.true)} {output.one_line(label(verdict.node))}{nearest}{has}"
    shown = verdict.children
    for evidence in verdict.evidence[:2]:
        bar = "│ " if shown else "  "
        yield f"{rest}{bar}    {evidence.field}: {_quoted(story, evidence)}"
    for place, child in enumerate(shown):
        last = place == len(shown) - 1
        yield from _lines(child, story, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "))


def _word(*, true: bool) -> str:
    return output.good("true ") if true else output.bad("false")


def _quoted(story: StoryArticle, evidence: Evidence) -> str:
    found = quoted(story.article, evidence)
    before, text, after = map(output.one_line, (found.before, found.text, found.after))
    return f"{before}{output.marked(text)}{after}"


def _as_json(answer: Explanation) -> dict[str, object]:
    row = answer.row
    return {
        "rule": None if row is None else row.name,
        "version": None if row is None else row.version,
        "query": answer.query,
        "article_id": answer.story.article.article_id,
        "url": answer.story.article.url,
        "true": answer.verdict.true,
        "tree": _node(answer.verdict),
        "just_missed": answer.missed,
        "pipeline": answer.part_of_the_pipeline(),
        "outcomes": [
            {"stage": step.stage, "outcome": step.outcome, "at": step.at, "detail": step.detail}
            for step in answer.trace.steps
        ],
    }


def _node(verdict: Explained) -> dict[str, object]:
    return {
        "clause": print_rule(verdict.node),
        "start": verdict.node.span[0],
        "end": verdict.node.span[1],
        "true": verdict.true,
        "nearest": verdict.nearest,
        "has": verdict.has,
        "evidence": verdict.evidence,
        "children": [_node(child) for child in verdict.children],
    }
