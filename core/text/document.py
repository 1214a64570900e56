"""An article as rules search it: fields of words with their places, and exact fields."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

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


def prose(text: str) -> FieldText:
    """A body: paragraphs parted by blank lines, sentences within them."""
    tokens = tokenize(text)
    return FieldText(text, tokens, _places(tokens.starts, paragraph_starts(text)), sentence_starts)


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


@dataclass(frozen=True)
class Document:
    """All that a rule can ask of an article."""

    article: Searchable

    @cached_property
    def title(self) -> FieldText:
        return line(self.article.title)

    @cached_property
    def body(self) -> FieldText:
        return prose(self.article.text)

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


def lead_length(paragraphs: Sequence[int]) -> int:
    """Words in the lead of a body whose words stand in these paragraphs."""
    total = len(paragraphs)
    if total <= LEAD_WORDS:
        return total
    last = paragraphs[LEAD_WORDS - 1]
    return bisect_right(paragraphs, last)
