"""An article prepared for machine code: one row of words for all fields. Prepared once, whatever the number of parts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.rules.bytecode import unit
from alerts.rules.explain import Searched
from alerts.rules.native.addressed import Addressed
from alerts.rules.native.letters import TABLE
from alerts.rules.native.postings import (
    AUTHOR_END,
    BODY_END,
    NO_ARTICLE,
    SECTION_END,
    SENTENCES_KNOWN,
    TAG_END,
    TITLE_END,
    OfArticle,
    article_for,
)
from alerts.rules.native.text import MANY_BITS, NEEDS_PYTHON, READ, WORD_COUNT, Words, put_words, read_words, words_for
from alerts.rules.native.vocabulary import flat
from alerts.rules.syntax import Listed, WordField
from core.text.document import Document, FieldText
from core.text.sentences import sentence_starts
from core.text.tokens import Tokens

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U32 = npt.NDArray[np.uint32]

_SENTENCES_FROM = 1 << 28  # numbers of the body's sentences; those of other fields are their paragraphs' and smaller
_SPARE = 64
_LETTERS_FREE = 16  # a character may be so many letters


@dataclass(slots=True)
class Prepared:
    """Room for an article, used for one after another."""

    held: Addressed[OfArticle]

    @classmethod
    def empty(cls) -> "Prepared":
        return cls(Addressed(article_for(1 << 14), NO_ARTICLE))

    @property
    def words(self) -> Words:
        return self.held.value.words

    @property
    def bounds(self) -> I64:
        return self.held.value.bounds

    @property
    def row(self) -> I64:
        """What a kernel takes."""
        return self.held.row

    def _put_in(self, words: Words) -> None:
        """Use another room for words."""
        self.held = Addressed(self.held.value._replace(words=words), NO_ARTICLE)

    @property
    def many(self) -> int:
        return int(self.words.sizes[WORD_COUNT])

    def read(self, document: Document, *, others: bool) -> None:
        """Find the words of title and body, and of author, section and tag where `others`."""
        self._make_room(document, others=others)
        self.words.sizes[:] = 0
        self.bounds[SENTENCES_KNOWN] = 0
        for text, prose, place in ((document.titles, False, TITLE_END), (document.text, True, BODY_END)):
            self._read_text(text, document, prose=prose)
            self.bounds[place] = self.many
        self.bounds[AUTHOR_END : TAG_END + 1] = self.many
        if others:
            self._read_others(document)

    def _make_room(self, document: Document, *, others: bool) -> None:
        size = len(document.titles) + len(document.text) + _SPARE
        if others:
            article = document.article
            pieces = (*article.authors, article.section or "", *article.tags)
            size += sum(map(len, pieces)) + 2 * len(pieces)
        if size > len(self.words.start):
            self._put_in(words_for(size * 3 // 2))

    def _read_text(self, text: str, document: Document, *, prose: bool) -> None:
        if not prose and document.article.title and document.article.feed_title:
            self._put(document.title)  # two headlines
            return
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        while True:
            letters = TABLE.addressed  # held while it is read: another thread may put a larger table in its place
            needed = read_words(codes, letters.row, self.row, len(self.words.letters) - _LETTERS_FREE, prose)
            if needed == READ:
                return
            if needed == NEEDS_PYTHON:
                self._put(document.body if prose else document.title)
                return
            TABLE.fill(needed - 1)

    def _read_others(self, document: Document) -> None:
        for text, place in (
            (document.author, AUTHOR_END),
            (document.section, SECTION_END),
            (document.tag, TAG_END),
        ):
            self._put(text)
            self.bounds[place] = self.many

    def _put(self, text: FieldText) -> None:
        """Words that core.text has found."""
        tokens = text.tokens
        letters, first = flat([tuple(map(unit, word)) for word in tokens.words])
        self._more_letters(len(letters))
        columns = np.array([tokens.starts, tokens.ends, text.paragraphs], np.int32).reshape(-1)
        put_words(self.words, letters, first, columns, _joined(tokens, first))

    def _more_letters(self, many: int) -> None:
        """Folding may make more letters of a text than it had characters."""
        needed = int(self.words.sizes[1]) + many + _SPARE
        if needed > len(self.words.letters):
            letters = np.zeros(needed * 3 // 2, np.uint32)
            letters[: len(self.words.letters)] = self.words.letters
            self._put_in(self.words._replace(letters=letters))

    def tell_sentences(self, text: str, lang: str | None) -> None:
        """Number the sentences, as a rule has asked for them; `text`: the body, in that language."""
        many, (low, high) = self.many, (int(self.bounds[TITLE_END]), int(self.bounds[BODY_END]))
        self.words.sentence[:many] = self.words.paragraph[:many]
        borders: Sequence[int] = sentence_starts(text, lang)
        numbers = np.searchsorted(borders, self.words.start[low:high], side="right")
        self.words.sentence[low:high] = numbers + _SENTENCES_FROM
        self.bounds[SENTENCES_KNOWN] = 1

    def places(self, node: Listed, searched: Searched) -> list[tuple[int, int]]:
        """Where Python finds a list, as words of the row, in order."""
        begin, found = 0, list[tuple[int, int]]()
        for name, place in (
            (WordField.TITLE, TITLE_END),
            (WordField.BODY, BODY_END),
            (WordField.AUTHOR, AUTHOR_END),
            (WordField.SECTION, SECTION_END),
            (WordField.TAG, TAG_END),
        ):
            if self.bounds[place] > begin:
                found += ((begin + start, begin + end) for start, end in searched.index(name).listed(node))
            begin = int(self.bounds[place])
        return found


def _joined(tokens: Tokens, first: I64) -> I32:
    """The letters that are written as one, as the row has them."""
    found = [
        int(first[word]) + at << MANY_BITS | length for word, pairs in tokens.joined.items() for at, length in pairs
    ]
    return np.array(found, np.int32)


_FREE: list[Prepared] = []


def prepared() -> Prepared:
    """Room that no other thread uses; give it back with `done`."""
    return _FREE.pop() if _FREE else Prepared.empty()


def done(one: Prepared) -> None:
    if len(one.words.start) <= 1 << 20:  # a giant is let go
        _FREE.append(one)
