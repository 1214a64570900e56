"""An article in a file of the `try` commands: `{"id", "title", "text", "published", "source", "url"?, "lang"?, ...}`."""

from collections.abc import Iterator
from datetime import UTC, datetime

from core.model.article import Article
from core.model.ids import article_id, derived_id
from core.net.url import BadUrl, clean_url, domain_of
from wirewatch.cli.try_input import BadInput, Line, Refusals, lines_of

_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)


def articles_of(name: str, refusals: Refusals) -> Iterator[tuple[str, Article]]:
    """The articles of a file with the ids they have there; broken lines are reported and skipped."""
    for line in lines_of(name, refusals):
        try:
            found = line.text("id"), article_of(line)
        except BadInput as problem:
            refusals.tell(problem)
            continue
        yield found


def article_of(line: Line) -> Article:
    """The article on a line, as if it had been accepted when it was published. Raises BadInput.

    With a `url` it is identified by that, as in production; else by its `id`.
    """
    name, url = line.text("id"), line.optional("url") or ""
    if url:
        try:
            url = clean_url(url)
        except BadUrl as problem:
            raise BadInput(f"{line.place}: {problem}") from None
    title, text, source = line.text("title", ""), line.text("text"), line.text("source", "")
    published = line.time("published")
    at = _UNDATED if published is None else published.astimezone(UTC)
    return Article(
        article_id=article_id(url or name),
        revision=derived_id("revision", title, text),
        url=url,
        canonical_url=url,
        title=title,
        text=text,
        authors=line.texts("authors"),
        section=line.optional("section"),
        tags=line.texts("tags"),
        lang=line.optional("lang"),
        country=line.optional("country"),
        agencies=line.texts("agencies"),
        feed_title=line.text("feed_title", ""),
        feed_text=line.text("feed_text", ""),
        source_id=derived_id("source", source),
        source_name=source,
        domain=line.optional("domain") or (domain_of(url) if url else ""),
        published=published,
        seen=at,
        accepted=at,
    )
