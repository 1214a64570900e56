"""Marks of a correction or an update, as the press writes them above and below a text. Pure."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from core.text.fold import fold
from ingest.story.words import CODES, language

_FIRST, _LAST = 3, 4  # sentences of a text between which no mark stands
_LONGEST = 100  # characters of a note's beginning that are looked at
_OPEN, _SHUT = r"[(\[{<【［（〔《*\s\"'«“-]*", r"\s*[\])}>】］）〕》:：*–—|-]"
_NUMBER = r"(?:\s*(?:n[o°º.]*\s*)?\d{1,2})?"


def is_correction(title: str, sentences: Sequence[str]) -> bool:
    """Whether a text says of itself that it corrects an earlier one. `sentences`: without the title."""
    headline, note = _corrections()
    if headline.search(title.casefold()):
        return True
    return any(note.match(one[:_LONGEST].casefold()) is not None for one in _edges(sentences))


def is_update(title: str) -> bool:
    """Whether a headline says of itself that it stands above a later version."""
    return _updates().match(title.casefold()) is not None


def is_note(sentence: str) -> bool:
    """Whether a sentence is such a note itself."""
    return _corrections()[1].match(sentence[:_LONGEST].casefold()) is not None


def _edges(sentences: Sequence[str]) -> Iterable[str]:
    return sentences if len(sentences) <= _FIRST + _LAST else [*sentences[:_FIRST], *sentences[-_LAST:]]


@lru_cache(maxsize=1)
def _corrections() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Of a headline: the mark before it or in brackets behind it. Of a sentence: the mark or a note's first words."""
    marks = _any(mark for code in CODES for mark in language(code).corrections)
    notes = _any(note for code in CODES for note in language(code).correction_notes)
    before = rf"{_OPEN}(?:\d+(?:st|nd|rd|th)?\s+)?(?:{marks}){_NUMBER}"
    headline = rf"^{before}{_SHUT}|[(\[【（]\s*(?:{marks})\s*[)\]】）]\s*$|[|–—-]\s*(?:{marks})\s*$"
    return re.compile(headline), re.compile(rf"[(\[【（*]\s*(?:{marks})\b|{before}\s*[:：\])】）–—]|{_OPEN}(?:{notes})")


@lru_cache(maxsize=1)
def _updates() -> re.Pattern[str]:
    marks = _any(mark for code in CODES for mark in language(code).updates)
    return re.compile(rf"{_OPEN}(?:{marks}){_NUMBER}{_SHUT}")


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted({re.escape(form) for word in words for form in (word, fold(word))}, key=len, reverse=True))
