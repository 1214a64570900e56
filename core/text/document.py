"""An article as rules search it: fields of words with their places, and exact fields."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Protocol
from urllib.parse import urlsplit

from core.text.addresses import address_form, host_form
from core.text.sentences import paragraph_starts, sentence_starts
from core.text.tokens import Tokens, tokenize

LEAD_WORDS = 50


class Searchable(Protocol):
    """What of an article rules can search; core.model.article.Article is one."""

    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def authors(self) -> Sequence[str]: ...
    @property
    def section(self) -> str | None: ...
    @property
    def tags(self) -> Sequence[str]: ...
    @property
    def source_name(self) -> str: ...
    @property
    def domain(self) -> str: ...
    @property
    def canonical_url(self) -> str: ...
    @property
    def lang(self) -> str | None: ...
    @property
    def country(self) -> str | None: ...
    @property
    def agencies(self) -> Sequence[str]: ...
    @property
    def feed_title(self) -> str: ...
    @property
    def feed_text(self) -> str: ...
    @property
    def published(self) -> datetime | None: ...
    @property
    def seen(self) -> datetime: ...


@dataclass(slots=True)
class FieldText:
    """A field: its original text, its words, and the paragraph and sentence of each word (numbers from 0). `borders`: where
    sentences begin, looked for when they are first asked for; None: paragraphs are sentences."""

    text: str
    tokens: Tokens
    paragraphs: list[int] = field(default_factory=list)
    borders: Callable[[str], Sequence[int]] | None = None
    _sentences: list[int] | None = None

    @property
    def sentences(self) -> list[int]:
        found = self._sentences
        if found is None:
            found = self.paragraphs if self.borders is None else _places(self.tokens.starts, self.borders(self.text))
            self._sentences = found
        return found

    def __len__(self) -> int:
        return len(self.tokens)


def prose(text: str, lang: str | None = None) -> FieldText:
    """A body in a language: paragraphs parted by blank lines, sentences within them."""
    tokens = tokenize(text)
    borders = partial(sentence_starts, lang=lang)
    return FieldText(text, tokens, _places(tokens.starts, paragraph_starts(text)), borders)


def line(text: str) -> FieldText:
    """A title: one sentence and one paragraph."""
    tokens = tokenize(text)
    return FieldText(text, tokens, [0] * len(tokens))


def listing(items: Sequence[str]) -> FieldText:
    """Authors or tags: each item a paragraph of its own, so that no phrase joins two."""
    text = "\n\n".join(items)
    tokens = tokenize(text)
    starts = [0]
    for item in items[:-1]:
        starts.append(starts[-1] + len(item) + 2)
    return FieldText(text, tokens, _places(tokens.starts, starts))


def _places(starts: Sequence[int], borders: Sequence[int]) -> list[int]:
    return [bisect_right(borders, start) - 1 for start in starts]


_APART = "\n\n"  # what parts paragraphs, and the page's from the feed's


@dataclass(frozen=True)
class Document:
    """All that a rule can ask of an article.

    The title is the page's headline and, as a paragraph of its own, the feed's; the body is the text and, behind it, what only
    the feed says. So nothing joins the two.
    """

    article: Searchable

    @cached_property
    def titles(self) -> str:
        """Both headlines."""
        return _joined(self.article.title, self.article.feed_title)

    @cached_property
    def text(self) -> str:
        """The text, and what only the feed says."""
        return _joined(self.article.text, self.article.feed_text)

    def place(self, name: str, start: int) -> tuple[str, int]:
        """The field of the article where a character of the title or the body stands, and its place there."""
        article = self.article
        if name == "title" and article.feed_title:
            return _place(name, "feed_title", article.title, start)
        if name == "body" and article.feed_text:
            return _place(name, "feed_text", article.text, start)
        return name, start

    @cached_property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that it is of: its domain, and the host of its address, as core.text.addresses spells them."""
        found = (host_form(self.article.domain), host_form(urlsplit(self.article.canonical_url).hostname or ""))
        return tuple(dict.fromkeys(host for host in found if host))

    @cached_property
    def address(self) -> str:
        """Its address as core.text.addresses spells it."""
        return address_form(self.article.canonical_url)

    @cached_property
    def title(self) -> FieldText:
        if self.article.title and self.article.feed_title:
            return listing((self.article.title, self.article.feed_title))
        return line(self.titles)

    @cached_property
    def body(self) -> FieldText:
        return prose(self.text, self.article.lang)

    @cached_property
    def lead_length(self) -> int:
        """How many words of the body are its lead: whole paragraphs until there are at least 50 words."""
        return lead_length(self.body.paragraphs)

    @cached_property
    def author(self) -> FieldText:
        return listing(self.article.authors)

    @cached_property
    def section(self) -> FieldText:
        return line(self.article.section or "")

    @cached_property
    def tag(self) -> FieldText:
        return listing(self.article.tags)


def _joined(own: str, fed: str) -> str:
    return f"{own}{_APART}{fed}" if own and fed else own or fed


def _place(name: str, fed: str, own: str, start: int) -> tuple[str, int]:
    behind = len(own) + len(_APART) if own else 0
    return (fed, start - behind) if start >= behind else (name, start)


def lead_length(paragraphs: Sequence[int]) -> int:
    """Words in the lead of a body whose words stand in these paragraphs."""
    total = len(paragraphs)
    if total <= LEAD_WORDS:
        return total
    last = paragraphs[LEAD_WORDS - 1]
    return bisect_right(paragraphs, last)
