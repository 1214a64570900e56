"""Headlines that stand above one story in several outlets, of which some have hardly more than the headline. Pure.

Feeds and aggregators carry items of a headline alone. Their texts have nothing to compare, so the headline itself tells.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from ingest.story.reading import fact, is_glued, words_in

SAME_STORY = timedelta(hours=24)  # after which an outlet may write the same headline about something else
_LEAST_WORDS, _LEAST_LETTERS = 5, 3  # words that make a headline telling, and letters of such a word
_LEAST_CHARACTERS = 10  # the same where characters are words
_HARDLY, _HARDLY_CHARACTERS = 12, 30  # words of a text that is hardly one
_OUTLET = re.compile(r"\s[-–—|]\s+[^-–—|\s][^-–—|]{1,39}$")  # `Port closed after fire - Gazette`


class Headline(NamedTuple):
    """`keys`: of the headline, as it is and without the outlet's name behind it; none where it is too short to tell one story.
    `bare`: there is hardly a text below it."""

    keys: tuple[int, ...]
    bare: bool


def headline_of(title: str, text: str) -> Headline:
    """What a headline is compared by."""
    keys = [_key(form) for form in dict.fromkeys((title, _OUTLET.sub("", title))) if _is_telling(form)]
    return Headline(tuple(dict.fromkeys(keys)), _is_bare(title, text))


def _key(title: str) -> int:
    return fact("\n" + " ".join(words_in(title)))


def _is_telling(title: str) -> bool:
    words = words_in(title)
    if is_glued(title):
        return len(words) >= _LEAST_CHARACTERS
    return sum(len(word) >= _LEAST_LETTERS for word in words) >= _LEAST_WORDS


def _is_bare(title: str, text: str) -> bool:
    if len(text) > 4 * len(title) + 400:
        return False
    words = words_in(text)
    return len(words) <= (_HARDLY_CHARACTERS if is_glued(text) else _HARDLY) or set(words).issubset(words_in(title))


class Headlines:
    """The numbers of the texts that a headline stands above."""

    def __init__(self) -> None:
        self._at: dict[int, list[int]] = {}

    def add(self, keys: Iterable[int], number: int) -> None:
        for key in keys:
            self._at.setdefault(key, []).append(number)

    def remove(self, keys: Iterable[int], number: int) -> None:
        for key in keys:
            self._at[key].remove(number)
            if not self._at[key]:
                del self._at[key]

    def at(self, keys: Iterable[int]) -> Sequence[int]:
        """Each once, the latest first."""
        return sorted({number for key in keys for number in self._at.get(key, ())}, reverse=True)
