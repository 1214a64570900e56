"""`wirewatch explain`: why a rule is true or false of an article, clause by clause, and what the pipeline did with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from alerts.management.preview import missed_words
from alerts.rules.explain import Explained, explain
from alerts.rules.printer import print_rule
from alerts.rules.syntax import And, KOf, Node, Not, Or, Scope
from core.errors import UserError
from core.model.outcome import StoryVerdict
from core.model.story import StoryArticle
from core.net.url import BadUrl
from core.store.findings import Finding
from core.store.notifications import NotificationRow
from core.text.document import Document
from wirewatch.cli import output
from wirewatch.cli.opened import config_option, json_option, open_database, run
from wirewatch.cli.rule_texts import Named, named
from wirewatch.tracing import Trace, find_article, trace

_AROUND = 30  # characters shown on each side of evidence


@dataclass(frozen=True, slots=True)
class _Answer:
    rule: Named
    story: StoryArticle
    verdict: Explained
    missed: dict[str, dict[str, int]]
    trace: Trace

    def part_of_the_pipeline(self) -> str:
        """What became of the article where this rule is concerned."""
        row = self.rule.row
        if row is None:
            return "The rule is not stored; nothing was matched with it."
        finding = self.trace.finding_of(row.rule_id)
        if finding is not None:
            because = self.trace.because(row.name, finding)
            return f"Version {finding.match.rule.version} matched it: {finding.outcome.value}{because}.{self._sent(finding)}"
        if not row.enabled:
            return "It matched nothing: the rule is removed."
        if row.created > self.story.article.accepted:
            return f"It was not matched: version {row.version} came into force after the article was read."
        if self.verdict.true:
            return f"No match is kept. {self.trace.conclusion}"
        return f"It was not matched.{self._copy()}"

    def _sent(self, finding: Finding) -> str:
        """Where the alert that this match raised or joined was sent."""
        sent = [row for row in self.trace.notifications if finding.alert_id in _alert_ids(row)]
        said = dict.fromkeys(f"{row.state.value} to {row.notification.channel}" for row in sent)
        return f" The alert: {', '.join(said)}." if said else ""

    def _copy(self) -> str:
        story = self.story
        if story.copy_of is None:
            return ""
        update = "a correction" if story.correction else "an update"
        what = "a copy" if story.verdict is StoryVerdict.COPY else update
        return f" It is {what} of {story.copy_of} ({story.story_size} articles in the story)."


def _alert_ids(row: NotificationRow) -> set[str]:
    return {alert.alert_id for alert in row.notification.alerts}


@click.command("explain")
@click.argument("rule")
@click.argument("article")
@config_option
@json_option
def command(rule: str, article: str, path: Path, *, as_json: bool) -> None:
    """Say why RULE (a name or a rule's text) is true or false of ARTICLE (the id or address of a stored one)."""
    answer = run(_explain(path, rule, article))
    if as_json:
        output.print_json(_as_json(answer))
    else:
        _show(answer)


async def _explain(path: Path, rule: str, article: str) -> _Answer:
    async with open_database(path) as opened, opened.db.connection() as conn:
        asked = await named(conn, opened.config, rule)
        try:
            story = await find_article(conn, article)
        except BadUrl as error:
            raise UserError(f"{article!r} is neither an article's id nor an address: {error}") from None
        if story is None:
            found = await trace(conn, article)
            raise UserError(f"the article is not stored. {found.conclusion}")
        passed = await trace(conn, story.article.article_id)
    document = Document(story.article)
    verdict = explain(asked.tree, document)
    return _Answer(asked, story, verdict, missed_words(verdict, document), passed)


def _show(answer: _Answer) -> None:
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
    yield f"{first}{_word(true=verdict.true)} {output.one_line(label(verdict.node))}{nearest}"
    shown = verdict.children
    for evidence in verdict.evidence[:2]:
        bar = "│ " if shown else "  "
        yield f"{rest}{bar}    {evidence.field}: {_quoted(story, evidence.field, evidence.start, evidence.end)}"
    for place, child in enumerate(shown):
        last = place == len(shown) - 1
        yield from _lines(child, story, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "))


def _word(*, true: bool) -> str:
    return output.good("true ") if true else output.bad("false")


def label(node: Node) -> str:
    """An operator by its name; a clause by its text."""
    match node:
        case And():
            return "AND, all of"
        case Or():
            return "OR, any of"
        case Not():
            return "NOT"
        case KOf(count=count):
            return f"KOF/{count}, at least {count} of"
        case Scope(field=field):
            return f"in {field.value}"
        case _:
            return print_rule(node)


def _quoted(story: StoryArticle, field: str, start: int, end: int) -> str:
    article = story.article
    text = {"title": article.title, "body": article.text, "lead": article.text}.get(field)
    if text is None:
        items = {"author": article.authors, "tag": article.tags, "section": (article.section or "",)}.get(field, ())
        text = "\n\n".join(items)
    left, right = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    before = "…" if start > _AROUND else ""
    after = "…" if end + _AROUND < len(text) else ""
    parts = map(output.one_line, (left, text[start:end], right))
    left, found, right = parts
    return f"{before}{left}{output.marked(found)}{right}{after}"


def _as_json(answer: _Answer) -> dict[str, object]:
    row = answer.rule.row
    return {
        "rule": None if row is None else row.name,
        "version": None if row is None else row.version,
        "query": answer.rule.query,
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
        "evidence": verdict.evidence,
        "children": [_node(child) for child in verdict.children],
    }
