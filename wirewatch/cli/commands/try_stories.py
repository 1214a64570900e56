"""`wirewatch try stories`: whether each article is a new story, a copy or an update, as the story stage decides."""

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime

import click

from core.model.article import Article
from core.model.outcome import StoryVerdict
from ingest.parse.clean import article_lines
from ingest.story.memory import StoryMemory
from wirewatch.cli.try_articles import articles_of
from wirewatch.cli.try_input import Progress, Refusals, emit, input_argument

_BLANK_LINE = re.compile(r"\n\s*\n")


class _Judge:
    """A story memory, fed in the order of a file: an article that was published before the one above it comes late."""

    def __init__(self) -> None:
        self._memory = StoryMemory()
        self._now: datetime | None = None
        self._seen: set[tuple[str, str]] = set()

    def row(self, name: str, article: Article) -> dict[str, object]:
        now = article.accepted if self._now is None else max(self._now, article.accepted)
        self._now = now
        key = (article.article_id, article.revision)
        text = "\n\n".join(article_lines(_BLANK_LINE.split(article.text), article.title))
        decision = self._memory.judge(replace(article, text=text, seen=now, accepted=now))
        # The same text of the same article raises no alert again, whatever it was the first time.
        verdict = StoryVerdict.COPY if key in self._seen else decision.verdict
        self._seen.add(key)
        return {
            "id": name,
            "group": decision.story_id,
            "alert": verdict is not StoryVerdict.COPY,
            "verdict": verdict.value,
            "correction": decision.correction,
        }


@click.command("stories")
@click.argument("articles", type=input_argument)
def command(articles: str) -> None:
    """Find new stories, copies and updates: {"id", "group", "alert", "verdict", "correction"}.

    Articles count as accepted at their time of publication, in the order of the file. Their texts are cleaned as in the read
    stage. An article is identified by its url, else by its id; the same article with another text is an edit. "alert" is true
    for new and for update, "correction" where the text says that it corrects an earlier one.
    """
    refusals, progress, verdicts, judge = Refusals(), Progress("articles"), Counter[str](), _Judge()
    for name, article in articles_of(articles, refusals):
        row = judge.row(name, article)
        verdicts[str(row["verdict"])] += 1
        emit(row)
        progress.step()
    progress.total("".join(f", {count:,} {verdict}" for verdict, count in sorted(verdicts.items())))
    refusals.finish()
