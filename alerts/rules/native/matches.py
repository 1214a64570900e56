"""Where a term stands in an article, by machine code, and lists of matches in order.

A match is start << 32 | end, words of the article's row; a list of them is a range of `room.positions`, in order, each once.
"""

import numpy as np
import numpy.typing as npt

from alerts.rules.bytecode import ALPHABETIC, ANY_LETTER, DISTANCE, OP_BITS, ORDERED, STAR
from alerts.rules.native.jit import i64, inner
from alerts.rules.native.postings import MOST_POSITIONS, Search
from alerts.rules.native.text import JOINED, MANY, MANY_BITS, Words
from alerts.rules.native.vocabulary import Vocabulary
from alerts.rules.word_index import MOST_LETTERS

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
    """Whether a word fits a pattern, where `?` may also be letters that are written as one (alerts.rules.word_index.fits_joined)."""
    if _fits(vocabulary, symbol, words, word):
        return True
    return words.sizes[JOINED] > 0 and _fits_joined(vocabulary, symbol, words, word)


@inner
def _fits_joined(vocabulary: Vocabulary, symbol: int, words: Words, word: int) -> bool:
    base, length = i64(words.first[word]), i64(words.first[word + 1] - words.first[word])
    begin, end = i64(0), i64(words.sizes[JOINED])
    while begin < end:
        middle = (begin + end) // 2
        if words.joined[middle] >> MANY_BITS < base:
            begin = middle + 1
        else:
            end = middle
    end = begin
    while end < words.sizes[JOINED] and words.joined[end] >> MANY_BITS < base + length:
        end += 1
    if begin == end or length > MOST_LETTERS:
        return False
    reached = i64(1)  # a bit for each number of letters that what was read of the pattern may have taken
    for at in range(vocabulary.first[symbol], vocabulary.first[symbol + 1]):
        wanted, following = vocabulary.letters[at], i64(0)
        if wanted == STAR:
            return reached != 0
        for k in range(length):
            given = words.letters[base + k]
            if given == wanted or (wanted == ANY_LETTER and given & ALPHABETIC):
                following |= (reached >> k & 1) << (k + 1)
        if wanted == ANY_LETTER:
            for k in range(begin, end):
                first = (i64(words.joined[k]) >> MANY_BITS) - base
                following |= (reached >> first & 1) << (first + (i64(words.joined[k]) & MANY))
        reached = following
    return reached >> length & 1 != 0


@inner
def _fits(vocabulary: Vocabulary, symbol: int, words: Words, word: int) -> bool:
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
