"""The features of a text that identify copies: min-hashes over shingles of each sentence, numbers and names. Pure.

Broder, "On the resemblance and containment of documents" (1997), applied sentence by sentence, so that a trimmed copy,
another headline or an added dateline leaves the rest recognisable. Hashes are fixed: the same text, the same features.
"""

import re
import sys
import unicodedata
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain, count, islice, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.story.corrections import is_correction
from ingest.story.headlines import Headline, headline_of
from ingest.story.reading import Facts, Reading, fact, is_glued, later_names_in, numbers_in, read, spoken, words_in

SHINGLE_WORDS = 8
_LEAST_WORDS = 4  # shorter sentences tell nothing
_LEAD_SENTENCES = 2
_ENOUGH_KEYS = 3  # names and numbers that tell texts apart
_FACT_LINE_WORDS = 14  # a line of figures; several of them may stand in for a lead
_STEPS = {width: np.uint64(pow(0x100000001B3, width, 1 << 64)) for width in (1, 2, 4)}
_SPREAD, _KEPT = np.uint64(0x9E3779B97F4A7C15), np.uint64(20)
_ABOVE = 2**64 - 1  # no shingle has it
_SYLLABIC = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7ff]")
_SYLLABLES, _LETTERS = 2, 3  # characters that stand for a word, in Chinese and the like, and in Thai and the like
_LEAST_LETTERS = 3  # of a title's word that tells something
_TITLE = 0
_HEAD = 7  # counts at the front of a packed text's shapes
_NONE: frozenset[int] = frozenset()
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+"
)
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_LINE, _TELLING, _SHORT = "\n", "+", "-"  # of packed sentences: what parts them, and what each begins with

Anchors = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Features:
    """A text's sentences, by place: of each the two smallest shingle hashes and the facts that a template would fill in.

    `anchors`: one or two of each sentence; `words`: those of all, in order: the n-th sentence's are
    `words[borders[n]:borders[n + 1]]`; `numbers`, `names`: of the sentences that have any; `key_numbers`, `key_names`: those
    of title and lead; `facts`: all words and numbers, each once, numbered from 0. `title`: its words in order where key names
    and numbers are few, else none; where there is no title, those of the first sentence. `width`: how many of them stand for
    a word.
    """

    anchors: tuple[Anchors, ...]
    words: tuple[int, ...]
    borders: tuple[int, ...]
    numbers: Facts
    names: Facts
    key_numbers: frozenset[int]
    key_names: frozenset[int]
    facts: dict[int, int]
    title: tuple[int, ...] = ()
    width: int = 1

    def length(self, sentence: int) -> int:
        """In words."""
        return self.borders[sentence + 1] - self.borders[sentence]

    def words_of(self, sentence: int) -> tuple[int, ...]:
        return self.words[self.borders[sentence] : self.borders[sentence + 1]]


def _telling(reading: Reading) -> NDArray[np.int64]:
    return 1 + np.flatnonzero(np.diff(reading.borders)[1:] >= _LEAST_WORDS)


def _features(reading: Reading, text: str) -> Features:
    lengths = np.diff(reading.borders)
    telling = _telling(reading)
    keys = [_TITLE, *telling[:_LEAD_SENTENCES].tolist()]
    keys += [place for place in reading.numbers if place != _TITLE and lengths[place] <= _FACT_LINE_WORDS]
    key_numbers = _NONE.union(*(reading.numbers.get(place, _NONE) for place in keys))
    key_names = _NONE.union(*(reading.names.get(place, _NONE) for place in keys))
    title, width = _title(reading, keys) if len(key_numbers) + len(key_names) < _ENOUGH_KEYS else ((), 1)
    facts = chain(reading.words[lengths[_TITLE] :].tolist(), key_numbers, key_names, *reading.numbers.values())
    if not len(telling):
        return replace(_whole(reading.texts[_TITLE], text, key_numbers, key_names, facts), title=title, width=width)
    new = {old: place for place, old in enumerate(telling.tolist())}
    kept = np.zeros(len(lengths), np.bool_)
    kept[telling] = True
    return Features(
        _anchors(reading, telling),
        tuple(reading.words[kept.repeat(lengths)].tolist()),
        (0, *lengths[telling].cumsum().tolist()),
        {new[old]: found for old, found in reading.numbers.items() if old in new},
        {new[old]: found for old, found in reading.names.items() if old in new},
        key_numbers,
        key_names,
        _numbered(facts),
        title,
        width,
    )


def _title(reading: Reading, keys: Sequence[int]) -> tuple[tuple[int, ...], int]:
    """What stands at the top, and how many words of it stand for one: characters are words where there are no spaces."""
    for place in keys:
        text, words = reading.texts[place], reading.words[reading.borders[place] : reading.borders[place + 1]].tolist()
        if words and is_glued(text):
            return tuple(words), _SYLLABLES if _SYLLABIC.search(text) else _LETTERS
        if words:
            long = [fact(word) for word in words_in(text) if len(word) >= _LEAST_LETTERS]
            return tuple(long or words), 1
    return (), 1


def _composed(text: str) -> str:
    """Letters and their marks as one, digits of every script as ASCII, without what is not seen but the joiners."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    return _OTHER_DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), text)


def _numbered(facts: Iterable[int]) -> dict[int, int]:
    return dict(zip(dict.fromkeys(facts), count()))


def _whole(
    title: str, text: str, key_numbers: frozenset[int], key_names: frozenset[int], facts: Iterable[int]
) -> Features:
    """A few words only: they are told by all of them."""
    words = [*words_in(title), *words_in(text)]
    hashes, numbers, names = tuple(map(fact, words)), numbers_in(text, words), later_names_in(text)
    return Features(
        ((fact(" ".join(words)),),),
        hashes,
        (0, len(hashes)),
        {0: numbers} if numbers else {},
        {0: names} if names else {},
        key_numbers,
        key_names,
        _numbered(chain(facts, hashes, numbers)),
    )


def _anchors(reading: Reading, telling: NDArray[np.int64]) -> tuple[Anchors, ...]:
    """Of each telling sentence its two lowest shingle hashes; of one that is shorter than a shingle the hash of all of it."""
    firsts, ends = reading.borders[telling], reading.borders[telling + 1]
    long = ends - firsts >= SHINGLE_WORDS
    lowest = iter(_lowest(reading.hashes, firsts[long], ends[long]))
    return tuple(
        [
            next(lowest) if enough else (fact(spoken(reading.texts[place])),)
            for place, enough in zip(telling.tolist(), long.tolist(), strict=True)
        ]
    )


def _lowest(words: NDArray[np.uint64], firsts: NDArray[np.int64], ends: NDArray[np.int64]) -> list[Anchors]:
    """The two lowest shingle hashes between each first word and end."""
    if not len(firsts):
        return []
    borders = np.empty((len(firsts), 2), np.int64)  # every other piece between two lies across sentences: passed over
    borders[:, 0], borders[:, 1] = firsts, ends - (SHINGLE_WORDS - 1)
    borders = borders.ravel() - firsts[0]
    shingles = _shingles(words)[firsts[0] :]
    lowest = np.minimum.reduceat(shingles, borders)
    spans = np.empty_like(borders)
    np.subtract(borders[1:], borders[:-1], out=spans[:-1])
    spans[-1] = len(shingles) - borders[-1]
    shingles[shingles == lowest.repeat(spans)] = _ABOVE
    others = np.minimum.reduceat(shingles, borders)
    pairs = zip(lowest[::2].tolist(), others[::2].tolist(), strict=True)
    return [pair if pair[1] != _ABOVE else pair[:1] for pair in pairs]


def _shingles(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The hash of each SHINGLE_WORDS words that follow one another, and one that is above them all.

    A polynomial in uint64: the place of a word counts, wrapping is meant. Two of a half's length make one of twice that.
    """
    rolled = words
    for width, step in _STEPS.items():
        rolled = rolled[:-width] * step + rolled[width:]
    shingles = np.empty(len(rolled) + 1, np.uint64)
    shingles[:-1], shingles[-1] = (rolled * _SPREAD) >> _KEPT, _ABOVE
    return shingles


class Packed(NamedTuple):
    """Features in a fraction of the memory, to be kept for days. The arrays are shared: nobody changes them."""

    facts: "array[int]"
    anchors: "array[int]"
    others: tuple[int, ...]  # names that are no facts
    places: "bytes | array[int]"  # counts, then facts by their place in `facts` and, behind it, `others`; see `pack`


class Sentences(NamedTuple):
    """A text's sentences as they are written, the title first. `places`: of each its place in the features, -1 of the title
    and of those that are too short to have one."""

    texts: tuple[str, ...]
    places: tuple[int, ...]


class Prepared(NamedTuple):
    """A text ready to be judged: its features, the same to be kept, its sentences to be kept (`sentences_of`), and whether
    it says of itself that it is a correction; its headline."""

    features: Features
    packed: Packed
    written: bytes
    correction: bool
    headline: Headline


def prepared(title: str, text: str) -> Prepared:
    """What judging an article begins with. It needs nothing but the text, so any process can do it."""
    title, text = _composed(title), _composed(text)
    reading = read(title, text)
    features = _features(reading, text)
    correction = is_correction(reading.texts[_TITLE], reading.texts[1:])
    return Prepared(features, pack(features), _compressed(reading), correction, headline_of(title, text))


def _compressed(reading: Reading) -> bytes:
    """A fifth of the text's size; it is compared word by word with few others."""
    telling = frozenset(_telling(reading).tolist())
    lines = [
        (_TELLING if place in telling else _SHORT) + text.replace(_LINE, " ")
        for place, text in enumerate(reading.texts)
    ]
    return zlib.compress(_LINE.join(lines).encode("utf-8", "surrogatepass"), 1)


def sentences_of(written: bytes) -> Sentences:
    """The sentences again."""
    lines = zlib.decompress(written).decode("utf-8", "surrogatepass").split(_LINE)
    numbers = accumulate(line[0] == _TELLING for line in lines)
    places = tuple(number - 1 if line[0] == _TELLING else -1 for line, number in zip(lines, numbers, strict=True))
    return Sentences(tuple(line[1:] for line in lines), places)


def all_prepared(texts: Iterable[tuple[str, str]]) -> list[Prepared]:
    """The same for several (title, text)."""
    return [prepared(title, text) for title, text in texts]


def pack(features: Features) -> Packed:
    """The features in a tenth of the memory."""
    named = _NONE.union(*features.names.values())
    others = tuple(named.union(features.title) - features.facts.keys())
    place = features.facts if not others else {**features.facts, **dict(zip(others, count(len(features.facts))))}
    numbers, names = features.numbers, features.names
    lengths = [end - first for first, end in pairwise(features.borders)]
    shapes = [
        *(len(lengths), len(numbers), len(names), len(features.key_numbers), len(features.key_names)),
        *(len(features.title), features.width),
        *map(len, features.anchors),
        *lengths,
        *numbers,
        *map(len, numbers.values()),
        *names,
        *map(len, names.values()),
    ]
    told = chain(
        features.words, *numbers.values(), *names.values(), features.key_numbers, features.key_names, features.title
    )
    return Packed(
        array("Q", list(features.facts)),
        array("Q", list(chain.from_iterable(features.anchors))),
        others,
        _written([*shapes, *map(place.__getitem__, told)], max(len(place), len(features.words), len(features.title))),
    )


def unpack(packed: Packed) -> Features:
    """The features again."""
    places, anchors = iter(_read_again(packed.places)), iter(packed.anchors)
    many, numbered, named, key_numbers, key_names, title, width = islice(places, _HEAD)
    anchors_of = tuple([tuple(islice(anchors, count)) for count in [*islice(places, many)]])
    borders = (0, *accumulate(islice(places, many)))
    of_numbers, of_names = _shapes(places, numbered), _shapes(places, named)
    told = map([*packed.facts, *packed.others].__getitem__, places)
    return Features(
        anchors_of,
        tuple(islice(told, borders[-1])),
        borders,
        {place: frozenset(islice(told, many)) for place, many in of_numbers},
        {place: frozenset(islice(told, many)) for place, many in of_names},
        frozenset(islice(told, key_numbers)),
        frozenset(islice(told, key_names)),
        _numbered(packed.facts),
        tuple(islice(told, title)),
        width,
    )


def _shapes(places: Iterator[int], many: int) -> list[tuple[int, int]]:
    """Sentences, and how many facts each has."""
    return list(zip(list(islice(places, many)), list(islice(places, many)), strict=True))


def _written(numbers: Sequence[int], most: int) -> "bytes | array[int]":
    """As UTF-8, in which small ones take a byte and most others two; those of a giant as they are."""
    if most > sys.maxunicode:
        return array("I", numbers)
    return "".join(map(chr, numbers)).encode("utf-8", "surrogatepass")


def _read_again(written: "bytes | array[int]") -> Iterable[int]:
    return map(ord, written.decode("utf-8", "surrogatepass")) if isinstance(written, bytes) else written
