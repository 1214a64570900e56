"""The list of a language as a file that is read by searching it: the headwords, each with how its forms differ from it.

simplemma has lists from a form to its headword. Here they are turned round: a form is a pair (ending of the headword, ending of the
form) after what the two begin with alike, a headword's forms are a set of pairs, and the headwords stand in the order of their
last letters, so that words with the same ending stand together. Polish has 3.7 million forms of 264,000 headwords: 8,000 sets.
A Bloom filter of one hash (B. Bloom, Space/time trade-offs in hash coding with allowable errors, 1970) says at once of most words that
they are no headword: who looks for what a word may be a form of asks for hundreds.
"""

import mmap
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

Pair = tuple[str, str]  # ending of the headword, ending of the form

MAGIC = b"wirewatch forms 3\n"
_HEADER = struct.Struct("<5Q")  # where the pairs, the sets, the places of the sets, the filter and the headwords begin
_PLACE = struct.Struct("<I")
_NO_WORD = re.compile(r"[\s\d.,()/¹²³_]")
_MARKS = {"sl": {"ẹ": "e", "ọ": "o"}}  # that textbooks write and newspapers do not
_FILTER_BYTES = 4  # of a headword, at least: one in thirty other words is looked up in vain
_MOST_ASKED = 1024  # headwords whose answer is kept
_LEAST_SHARED = 3  # letters of a headword in a form with another beginning, by which it is a prefixed word


def compiled(listed: Iterable[tuple[str, str]]) -> bytes:
    """The file, of (form, headword)."""
    pairs: dict[Pair, int] = {}
    heads: dict[str, set[int]] = {}
    for form, head in listed:
        pair = pair_of(form, head)
        known = heads.setdefault(head, set())
        if pair is not None:
            known.add(pairs.setdefault(pair, len(pairs)))
    sets: dict[tuple[int, ...], int] = {}
    rows = sorted(
        (head[::-1].encode(), sets.setdefault(tuple(sorted(known)), len(sets))) for head, known in heads.items()
    )
    return _written(tuple(pairs), tuple(sets), rows)


def pair_of(form: str, head: str) -> Pair | None:
    """How a form differs from its headword; None for what is none: another spelling of its capitals, a word with a prefix."""
    if _NO_WORD.search(form) or (form.isupper() and not head.isupper() and len(form) > 1):
        return None
    if head[:1].isupper() != form[:1].isupper():
        form = form[:1].swapcase() + form[1:]
    shared = len(head)
    while not form.startswith(head[:shared]):
        shared -= 1
    if shared == 0 and form.find(head[: max(_LEAST_SHARED, len(head) - 3)]) > 0:
        return None
    return head[shared:], form[shared:]


def _written(pairs: Sequence[Pair], sets: Sequence[tuple[int, ...]], rows: Sequence[tuple[bytes, int]]) -> bytes:
    of_pairs = "".join(f"{head}\t{form}\n" for head, form in pairs).encode()
    of_sets, places = bytearray(), bytearray()
    for one in sets:
        places += _PLACE.pack(len(of_sets))
        of_sets += struct.pack(f"<{len(one)}I", *one)
    places += _PLACE.pack(len(of_sets))
    of_heads = b"\n" + b"".join(b"%b\t%d\n" % row for row in rows)
    parts = (of_pairs, of_sets, places, _filter([key for key, _ in rows]), of_heads)
    header = _HEADER.pack(*accumulate(map(len, parts[:-1]), initial=len(MAGIC) + _HEADER.size))
    return b"".join((MAGIC, header, *parts))


def _filter(keys: Sequence[bytes]) -> bytearray:
    """A bit for each headword; a power of two of them, so that a hash is cut to a place."""
    bits = bytearray(1 << (_FILTER_BYTES * len(keys)).bit_length())
    for key in keys:
        spot = zlib.crc32(key) % (8 * len(bits))
        bits[spot >> 3] |= 1 << (spot & 7)
    return bits


class WordList:
    """A list of a language. `data`: the file, as bytes or mapped into memory."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        if data[: len(MAGIC)] != MAGIC or data[-1:] != b"\n":
            raise ValueError("no list of forms")
        self._data = data
        pairs: int
        pairs, self._sets, self._places, self._filter, self._heads = _HEADER.unpack_from(data, len(MAGIC))
        one: dict[str, str] = {}  # endings stand in many pairs; each is one text
        lines = data[pairs : self._sets].decode().split("\n")
        self.pairs: list[Pair] = [
            (one.setdefault(head, head), one.setdefault(form, form))
            for head, _, form in (line.partition("\t") for line in lines[:-1])
        ]
        self._spots = 8 * (self._heads - self._filter)
        self._by_ending: dict[str, list[str]] | None = None
        self._asked: dict[str, frozenset[int] | None] = {}

    def pairs_of(self, head: str) -> frozenset[int] | None:
        """The forms of a headword, as numbers of pairs; None: it is none. Forms of one word ask for the same headwords."""
        asked = self._asked
        if head in asked:
            return asked[head]
        if len(asked) >= _MOST_ASKED:
            asked = self._asked = {}  # another one, not emptied: a thread may be reading it
        found = asked[head] = self._looked_up(head)
        return found

    def _looked_up(self, head: str) -> frozenset[int] | None:
        key = head[::-1].encode()
        spot = zlib.crc32(key) % self._spots
        if not self._data[self._filter + (spot >> 3)] & (1 << (spot & 7)):
            return None
        key += b"\t"
        at = self._first(key)
        return None if self._data[at : at + len(key)] != key else self._set(at + len(key))

    def forms_of(self, head: str) -> frozenset[str]:
        """The listed forms of a headword."""
        pairs = (self.pairs[number] for number in self.pairs_of(head) or ())
        return frozenset(head[: len(head) - len(ending)] + form for ending, form in pairs)

    def heads_of(self, form: str) -> list[str]:
        """The headwords that a word is a form of."""
        found = []
        for size in range(len(form) + 1):
            stem, ending = form[: len(form) - size], form[len(form) - size :]
            for head_ending in self._heads_by_ending().get(ending, ()):
                head = stem + head_ending
                known = self.pairs_of(head)
                if known is not None and any(self.pairs[k] == (head_ending, ending) for k in known):
                    found.append(head)
        return list(dict.fromkeys(found))

    def with_ending(self, ending: str, most: int) -> list[tuple[str, frozenset[int]]]:
        """Headwords with an ending, and their forms; some of them, evenly, where there are more than `most`."""
        key = ending[::-1].encode()
        first, last = self._first(key), self._first(key + b"\xff")
        lines = self._data[first:last].split(b"\n")[:-1]
        lines = lines[:: len(lines) // most + 1]
        parts = (line.partition(b"\t") for line in lines)
        return [(head.decode()[::-1], self._numbered(int(number))) for head, _, number in parts]

    def has_ending(self, ending: str, least: int) -> bool:
        """Whether so many headwords have the ending."""
        key = ending[::-1].encode()
        at, last = self._first(key), self._first(key + b"\xff")
        for _ in range(least):
            if at >= last:
                return False
            at = self._data.find(b"\n", at) + 1
        return True

    def _heads_by_ending(self) -> dict[str, list[str]]:
        if self._by_ending is None:
            found: dict[str, list[str]] = {}
            for head, form in self.pairs:
                found.setdefault(form, []).append(head)
            self._by_ending = found
        return self._by_ending

    def _first(self, key: bytes) -> int:
        """Where the first line that is not before the key begins."""
        low, high = self._heads, len(self._data) - 1  # line feeds: one before each line, one at the end
        while low < high:
            middle = self._data.rfind(b"\n", low, (low + high) // 2 + 1)
            end = self._data.find(b"\n", middle + 1)
            if middle < 0 or end < 0:
                break
            if self._data[middle + 1 : end] < key:
                low = end
            else:
                high = middle
        return int(low) + 1

    def _set(self, at: int) -> frozenset[int]:
        return self._numbered(int(self._data[at : self._data.find(b"\n", at)]))

    def _numbered(self, number: int) -> frozenset[int]:
        first, last = struct.unpack_from("<2I", self._data, self._places + 4 * number)
        return frozenset(struct.unpack_from(f"<{(last - first) // 4}I", self._data, self._sets + first))


def front_coded(code: str) -> Iterator[tuple[str, str]]:
    """(form, headword) of simplemma's list of a language, one after the other: as a mapping, Polish takes 600 MB."""
    from simplemma.strategies.dictionaries import dictionary_factory, frontcode  # noqa: PLC0415 - loaded when a rule asks for it

    data = dictionary_factory._read_decompressed(code)  # noqa: SLF001 - the version is pinned for it
    reverse, _, first = frontcode._read_header(data)  # noqa: SLF001
    marks = str.maketrans(_MARKS.get(code, {}))
    for _, form, head in frontcode._iter_records(data, first):  # noqa: SLF001
        one, other = (form[::-1].decode(), head[::-1].decode()) if reverse else (form.decode(), head.decode())
        yield (one.translate(marks), other.translate(marks)) if marks else (one, other)
