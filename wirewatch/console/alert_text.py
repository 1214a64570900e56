"""An article's own text for the page of an alert, with all evidence marked, paragraph by paragraph. Pure.

Where the publisher has edited the article since it matched, the places of the evidence are those of another text: then the
words are marked wherever they stand whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

from core.model.alert import AlertArticle
from core.model.match import Evidence
from core.text.highlight import spans
from core.text.sentences import paragraph_starts
from wirewatch.console import view
from wirewatch.usecases.alert_story import AlertStory, StoryArticle, fits

_BODY = frozenset({"body", "lead"})
_MOST_CHARACTERS = 12_000  # of a text that is shown whole
_MOST_PARAGRAPHS = 40  # with evidence, of what is longer

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextView:
    """An article of an alert. `paragraphs` is empty of one that is kept no more; then there is the snippet. `cut`: it goes on."""

    title: Markup
    url: str | None
    source: str
    lang: str
    when: datetime | None
    paragraphs: tuple[Markup, ...]
    snippet: Markup
    cut: bool
    edited: bool
    why: tuple[view.Why, ...]


def text_views(row: Sequence[AlertArticle], query: str, story: AlertStory) -> list[TextView]:
    """The first articles of an alert, as many as there are texts for; the first one in any case."""
    shown = [one for index, one in enumerate(row) if index == 0 or one.brief.article_id in story.texts]
    return [_text_view(one, query, story.texts.get(one.brief.article_id)) for one in shown]


def _text_view(article: AlertArticle, query: str, stored: StoryArticle | None) -> TextView:
    brief, texts = article.brief, [one.text for one in article.evidence]
    edited = stored is not None and not fits(article, stored)
    body = "" if stored is None else stored.article.text or stored.article.feed_text
    paragraphs, cut = _paragraphs(body, _places(body, article.evidence, edited=edited))
    title = brief.title or brief.url
    return TextView(
        title=view.marked(title, texts),
        url=view.safe_url(brief.url),
        source=brief.source_name,
        lang=brief.lang or "",
        when=brief.published or brief.seen,
        paragraphs=paragraphs,
        snippet=view.marked(brief.snippet, texts),
        cut=cut,
        edited=edited,
        why=tuple(dict.fromkeys(view.why(query, evidence) for evidence in article.evidence)),
    )


def _places(body: str, evidence: Sequence[Evidence], *, edited: bool) -> Spans:
    if edited:
        return spans(body, [one.text for one in evidence])
    found = {(one.start, one.end) for one in evidence if one.field in _BODY and body[one.start : one.end] == one.text}
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if kept and start <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        elif start < end:
            kept.append((start, end))
    return kept


def _paragraphs(body: str, places: Spans) -> tuple[tuple[Markup, ...], bool]:
    """Each paragraph with its marks; of a long text its beginning, and then those alone that have marks."""
    starts = paragraph_starts(body)
    found: list[Markup] = []
    later, cut, at = 0, False, 0
    for start, end in zip(starts, [*starts[1:], len(body)], strict=True):
        mine = []
        while at < len(places) and places[at][0] < end:
            mine.append(places[at])
            at += 1
        if start >= _MOST_CHARACTERS:
            cut = True
            if not mine or later >= _MOST_PARAGRAPHS:
                continue
            later += 1
        text = _marked(body, start, min(end, start + _MOST_CHARACTERS), mine)
        if text.strip():
            found.append(text)
    return tuple(found), cut


def _marked(body: str, start: int, end: int, places: Spans) -> Markup:
    parts, done = [], start
    for first, last in places:
        if last > end:
            break
        parts.append(escape(body[done:first]))
        parts.append(Markup("<mark>") + escape(body[first:last]) + Markup("</mark>"))
        done = last
    parts.append(escape(body[done:end].rstrip()))
    return Markup("").join(parts)
