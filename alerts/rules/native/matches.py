"""Where a term stands in an article, by machine code, and lists of matches in order.

A match is start << 32 | end, words of the article's row; a list of them is a range of `room.positions`, in order, each once.
"""

import numpy as np
import numpy.typing as npt

from alerts.rules.bytecode import ALPHABETIC, ANY_LETTER, DISTANCE, OP_BITS, ORDERED, STAR
from alerts.rules.native.jit import i64, inner
from alerts.rules.native.postings import MOST_POSITIONS, Search
from alerts.rules.native.text import Words
from alerts.rules.native.vocabulary import Vocabulary

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

TOO_MANY, WANTS_SENTENCES, WANTS_LIST = (
    -1,
    -2,
    -3,
)  # in place of the end of a list: ask Python; tell what is wanted and ask again
LOW = (1 << 32) - 1


@inner
def fits(vocabulary: Vocabulary, symbol: int, words: Words, word: int) -> bool:
    """Whether a word fits a pattern."""
    at, end = vocabulary.first[symbol], vocabulary.first[symbol + 1]
    letter, last = words.first[word], words.first[word + 1]
    while at < end:
        wanted = vocabulary.letters[at]
        if wanted == STAR:
            return True
        if letter == last:
            return False
        given = words.letters[letter]
        if given != wanted and (wanted != ANY_LETTER or given & ALPHABETIC == 0):
            return False
        at += 1
        letter += 1
    return bool(letter == last)


@inner
def _stands(code: I32, pc: int, start: int, s: Search) -> bool:
    """Whether the words of a term stand from `start` on, in one paragraph."""
    many = code[pc] >> OP_BITS
    if s.words.paragraph[start] != s.words.paragraph[start + many - 1]:
        return False
    for k in range(many):
        symbol = code[pc + 2 + k]
        if s.patterns[symbol]:
            if not fits(s.vocabulary, symbol, s.words, start + k):
                return False
        elif s.postings.symbol[start + k] != symbol:
            return False
    return True


@inner
def term(code: I32, pc: int, low: int, high: int, s: Search, used: int, most: int) -> int:
    """Add the matches of a term between two words, `most` of them; the end of the list, or TOO_MANY."""
    many, rarest, fewest = code[pc] >> OP_BITS, 0, 1 << 30
    found, positions = s.postings, s.room.positions
    for k in range(many):
        number = found.local[code[pc + 2 + k]]
        if number < 0:
            return used
        if found.many[number] < fewest:
            fewest, rarest = found.many[number], k
    number = found.local[code[pc + 2 + rarest]]
    at, begin = found.first[number], used
    for _ in range(fewest):
        start = i64(found.at[at]) - rarest
        at = found.later[at]
        if start < low or start + many > high or (many > 1 and not _stands(code, pc, start, s)):
            continue
        if used == MOST_POSITIONS:
            return TOO_MANY
        positions[used] = start << 32 | (start + many)
        used += 1
        if used - begin == most:
            break
    s.room.steps[0] += fewest
    return used


@inner
def sort(positions: I64, begin: int, end: int) -> int:
    """Put a list in order, each match once (Shell's sort: lists are short); its end."""
    gap = (end - begin) // 2
    while gap > 0:
        for k in range(begin + gap, end):
            value, at = positions[k], k
            while at - gap >= begin and positions[at - gap] > value:
                positions[at] = positions[at - gap]
                at -= gap
            positions[at] = value
        gap //= 2
    kept = begin
    for k in range(begin, end):
        if k == begin or positions[k] != positions[kept - 1]:
            positions[kept] = positions[k]
            kept += 1
    return kept


@inner
def lower(positions: I64, begin: int, end: int, start: int) -> int:
    """The first match that begins at `start` or later."""
    while begin < end:
        middle = (begin + end) // 2
        if positions[middle] >> 32 < start:
            begin = middle + 1
        else:
            end = middle
    return begin


@inner
def near_enough(a: int, b: int, argument: int, words: Words) -> bool:
    """Whether two matches do not overlap, are near enough and in one paragraph. Their order has been seen to."""
    a_start, a_end, b_start, b_end = a >> 32, a & LOW, b >> 32, b & LOW
    if a_end <= b_start:
        between = b_start - a_end
    elif b_end <= a_start and not argument & ORDERED:
        between = a_start - b_end
    else:
        return False
    if between > argument & DISTANCE:
        return False
    return bool(words.paragraph[min(a_start, b_start)] == words.paragraph[max(a_end, b_end) - 1])


@inner
def longest_of(positions: I64, begin: int, end: int) -> int:
    longest = i64(0)
    for k in range(begin, end):
        longest = max(longest, (positions[k] & LOW) - (positions[k] >> 32))
    return longest
