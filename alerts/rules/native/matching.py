"""One article against all rules of a segment: its words, the rules that they lead to, the verdict of each, the evidence."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alerts.rules.native.evidence import ROW, each_once, prove, rows_of_rule
from alerts.rules.native.index import Index, head_slot, no_index, pair_slot
from alerts.rules.native.jit import fetch, i64, inner, kernel, pointers, ptr
from alerts.rules.native.listed import found_places
from alerts.rules.native.lists import MET, Lists, forget, no_lists, note
from alerts.rules.native.matches import fits
from alerts.rules.native.nodes import size_of
from alerts.rules.native.postings import BODY_END, LEAD_END, NO_ARTICLE, TITLE_END, Postings, Search, postings_for
from alerts.rules.native.text import Words
from alerts.rules.native.verdict import ASKS, TRUE, WANTS, rule_verdict
from alerts.rules.native.vocabulary import HASH_START, Vocabulary, empty_vocabulary, find, hashed, spread
from core.text.document import LEAD_WORDS

I8 = npt.NDArray[np.int8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

DONE, NO_ROOM = 0, -1
HITS, WANTING, ASKING, CANDIDATES, STAMP, RULES = range(6)
_AHEAD = 8  # candidates


class Rules(NamedTuple):
    """What is compiled. `about[4 * r]` and on: where rule r's numbers begin in `code`, how often it was a candidate, the
    steps that took, and nothing (so that a rule is in one line of the processor's cache). `held[s]`: articles with a symbol,
    of `articles[0]`."""

    lookup: Index
    code: I32
    about: I64
    held: I32
    articles: I64


class Out(NamedTuple):
    """What is found: rules that are true, that want facts or sentences, and that Python has to evaluate. `seen[r]`: the
    stamp of the last article that the rule was among `candidates` for."""

    hits: I32
    wanting: I32
    asking: I32
    seen: U8
    candidates: I32
    size: I64


def rules_of(lookup: Index, code: I32, begin: I32) -> Rules:
    about = np.zeros((max(len(begin), 1), 4), np.int64)
    about[: len(begin), 0] = begin
    return Rules(lookup, code, about.reshape(-1), np.zeros(len(lookup.begins), np.int32), np.zeros(1, np.int64))


def out_for(rules: int) -> Out:
    return Out(
        np.empty(rules, np.int32),
        np.empty(rules, np.int32),
        np.empty(rules, np.int32),
        np.zeros(rules, np.uint8),
        np.empty(rules, np.int32),
        np.array([0, 0, 0, 0, 0, rules]),
    )


class Compiled(NamedTuple):
    """What is known of a segment, whatever the article. `patterns[s]`: whether a symbol is a pattern."""

    vocabulary: Vocabulary
    patterns: U8
    rules: Rules


class Working(NamedTuple):
    """What a thread writes while an article is matched."""

    postings: Postings
    facts: I8
    lists: Lists
    out: Out


NO_RULES = Compiled(
    empty_vocabulary(), np.zeros(1, np.uint8), rules_of(no_index(), np.zeros(1, np.int32), np.zeros(1, np.int32))
)
NO_WORK = Working(postings_for(1, 1), np.zeros(1, np.int8), no_lists(), out_for(1))
_ROW = np.zeros(1, np.int64)
_article_of, _compiled_of, _working_of = pointers(NO_ARTICLE), pointers(NO_RULES), pointers(NO_WORK)


@inner
def _taken(article: I64, compiled: I64, working: I64) -> tuple[Search, Rules, Out]:
    """From the addresses of an article, a segment and a thread's work."""
    text, known, work = _article_of(article), _compiled_of(compiled), _working_of(working)
    search = Search(
        text.words, text.bounds, known.vocabulary, known.patterns, work.postings, text.room, work.facts, work.lists
    )
    return search, known.rules, work.out


@inner
def _add(found: Postings, symbol: int, word: int) -> int:
    """Note that a symbol stands at a word; its number among those of the article."""
    number, event = i64(found.local[symbol]), found.size[1]
    if number < 0:
        number = found.size[0]
        found.size[0] += 1
        found.local[symbol], found.symbols[number] = number, symbol
        found.first[number] = event
        found.many[number] = found.fits_many[number] = 0
    else:
        found.later[found.last[number]] = event
    found.last[number] = event
    found.many[number] += 1
    found.at[event], found.later[event] = word, -1
    found.size[1] += 1
    return number


@inner
def _patterns(words: Words, word: int, vocabulary: Vocabulary, index: Index, found: Postings) -> int:
    """Write the patterns that a word fits to the end of `fits`; how many, or NO_ROOM."""
    heads, code = index.heads, i64(HASH_START)
    start, end = words.first[word], words.first[word + 1]
    bits, many = heads.numbers[1], found.size[2]
    for at in range(start, end):
        code = hashed(code, i64(words.letters[at]))
        if at - start + 1 < heads.numbers[0]:
            continue
        mixed = spread(code)
        if not heads.filter[(mixed & bits) >> 3] >> (mixed & 7) & 1:
            continue
        head = heads.slots[head_slot(vocabulary, heads, words.letters, start, at - start + 1, mixed)]
        if head < 0:
            continue
        for k in range(heads.first[head], heads.first[head + 1]):
            if many == found.size[3]:
                return NO_ROOM
            if fits(vocabulary, heads.members[k], words, word):
                found.fits[many] = heads.members[k]
                many += 1
    return i64(many - found.size[2])


@inner
def _symbol_at(words: Words, word: int, vocabulary: Vocabulary) -> int:
    code, first, last = i64(HASH_START), words.first[word], words.first[word + 1]
    for at in range(first, last):
        code = hashed(code, i64(words.letters[at]))
    return max(find(vocabulary, words.letters, first, last - first, code), -1)


@inner
def _look_up(word: int, s: Search, index: Index) -> bool:
    """Note the symbol of a word and the patterns it fits; whether there was room."""
    found, words = s.postings, s.words
    symbol = _symbol_at(words, word, s.vocabulary)
    found.symbol[word] = symbol
    seen = symbol >= 0 and found.local[symbol] >= 0
    number = _add(found, symbol, word) if symbol >= 0 else i64(-1)
    if index.heads.numbers[3] == 0:
        return True
    if seen:
        first, many = i64(found.fits_first[number]), i64(found.fits_many[number])
    else:
        first, many = found.size[2], i64(_patterns(words, word, s.vocabulary, index, found))
        if many < 0:
            return False
        if number >= 0:
            found.fits_first[number], found.fits_many[number] = first, many
            found.size[2] += many
    if found.size[1] + many + 2 > found.size[3]:
        return False
    for k in range(first, first + many):
        _add(found, found.fits[k], word)
    return True


@inner
def _prepare(s: Search, many: int) -> None:
    """Forget the last article; where the lead ends."""
    found, bounds = s.postings, s.bounds
    for number in range(found.size[0]):
        found.local[found.symbols[number]] = -1
    found.size[0] = found.size[1] = found.size[2] = 0
    found.symbol[many] = -1
    forget(s.lists)
    lead = bounds[TITLE_END] + LEAD_WORDS
    paragraph = s.words.paragraph
    while 0 < lead < bounds[BODY_END] and paragraph[lead] == paragraph[lead - 1]:
        lead += 1
    bounds[LEAD_END] = min(lead, bounds[BODY_END])


@inner
def _note(rule: int, alive: U8, out: Out) -> None:
    """Take a rule among the candidates, once an article."""
    if out.seen[rule] == out.size[STAMP] or not alive[rule]:
        return
    out.seen[rule] = out.size[STAMP]
    out.candidates[out.size[CANDIDATES]] = rule
    out.size[CANDIDATES] += 1


@inner
def _sort_out(rule: int, rules: Rules, s: Search, out: Out) -> None:
    before = s.room.steps[0]
    value = rule_verdict(rules.code, rules.about[4 * rule], s)
    rules.about[4 * rule + 1] += 1
    rules.about[4 * rule + 2] += s.room.steps[0] - before
    if value == TRUE:
        out.hits[out.size[HITS]] = rule
        out.size[HITS] += 1
    elif value == WANTS:
        out.wanting[out.size[WANTING]] = rule
        out.size[WANTING] += 1
    elif value == ASKS:
        out.asking[out.size[ASKING]] = rule
        out.size[ASKING] += 1


@inner
def _note_all(key: int, index: Index, alive: U8, out: Out, lists: Lists) -> None:
    rules = index.numbers[3]
    for k in range(index.first[key], index.first[key + 1]):
        if index.rules[k] < rules:
            _note(index.rules[k], alive, out)
        else:
            note(lists, index.rules[k] - rules)


@inner
def _note_listed(code: I32, s: Search, alive: U8, out: Out) -> None:
    """Take the rules that are found by lists which are there."""
    lists = s.lists
    for k in range(lists.size[MET]):
        number = i64(lists.met[k])
        if lists.first[number] < lists.first[number + 1]:
            begin, end = found_places(code, number, s, i64(0))
            if end != begin:
                for at in range(lists.first[number], lists.first[number + 1]):
                    _note(lists.rules[at], alive, out)


@inner
def _judge(rules: Rules, s: Search, out: Out) -> None:
    """Evaluate the candidates. Their numbers are far apart in memory: those of the next ones are fetched meanwhile."""
    many = out.size[CANDIDATES]
    for k in range(min(many, 2 * _AHEAD)):
        fetch(rules.about, 4 * i64(out.candidates[k]))
    for k in range(many):
        if k + 2 * _AHEAD < many:
            fetch(rules.about, 4 * i64(out.candidates[k + 2 * _AHEAD]))
        if k + _AHEAD < many:
            begin = rules.about[4 * out.candidates[k + _AHEAD]]
            fetch(rules.code, begin)
            fetch(rules.code, begin + 16)
        _sort_out(out.candidates[k], rules, s, out)


@kernel(int, i64(1), _ROW, _ROW, _ROW, np.zeros(1, np.uint8), np.zeros(1, np.int32))
def match(many: int, article: I64, compiled: I64, working: I64, living: U8, placed: I32) -> int:
    """Evaluate every rule that the article's words lead to, and those that its place does. DONE, or NO_ROOM in the postings."""
    s, rules, out = _taken(article, compiled, working)
    alive, index, found = ptr(living), rules.lookup, s.postings
    _prepare(s, many)
    out.size[STAMP] += 1
    if out.size[STAMP] == 256:
        for rule in range(out.size[RULES]):
            out.seen[rule] = 0
        out.size[STAMP] = 1
    out.size[HITS] = out.size[WANTING] = out.size[ASKING] = out.size[CANDIDATES] = 0
    for word in range(many):
        if not _look_up(word, s, index):
            return NO_ROOM
    rules.articles[0] += 1
    for number in range(found.size[0]):
        symbol = found.symbols[number]
        rules.held[symbol] += 1
        _note_all(symbol, index, alive, out, s.lists)
    for word in range(many):
        a, b = i64(found.symbol[word]), i64(found.symbol[word + 1])
        if a >= 0 and b >= 0 and index.begins[a]:
            pair = index.slots[pair_slot(index.slots, index.pairs, b << 32 | a, index.numbers[0])]
            if pair >= 0:
                _note_all(index.numbers[1] + pair, index, alive, out, s.lists)
    _note_listed(rules.code, s, alive, out)
    for k in range(len(placed)):
        _note(placed[k], alive, out)
    for k in range(index.numbers[2]):
        _note(index.always[k], alive, out)
    _judge(rules, s, out)
    return DONE


@kernel(None, _ROW, _ROW, _ROW)
def match_wanting(article: I64, compiled: I64, working: I64) -> None:
    """Evaluate once more the rules that wanted what has been supplied now."""
    s, rules, out = _taken(article, compiled, working)
    many = out.size[WANTING]
    out.size[WANTING] = 0
    for k in range(many):
        _sort_out(out.wanting[k], rules, s, out)


@kernel(int, _ROW, _ROW, _ROW, i64(1), np.zeros(1, np.int32), np.zeros(1, np.int32))
def prove_hits(article: I64, compiled: I64, working: I64, first: int, rows: I32, rows_from: I32) -> int:
    """Write the evidence of hits from `first` on while there is room; the first that is not written. Hit k's rows are
    `rows[rows_from[k - first]:rows_from[k - first + 1]]`; `rows_from` of one that Python has to prove is -1 - its place. There
    is room for one rule at least: `rows_of_rule`."""
    s, rules, out = _taken(article, compiled, working)
    written = ptr(rows)
    many, k = i64(0), first
    while k < out.size[HITS]:
        begin = rules.about[4 * out.hits[k]]
        if (many + rows_of_rule(size_of(rules.code, begin))) * ROW > len(rows):
            break
        rows_from[k - first] = many
        proved = prove(rules.code, begin, s, written, many)
        if proved < 0:
            rows_from[k - first] = -1 - many
        else:
            many = each_once(written, many, proved)
        k += 1
    rows_from[k - first] = many
    return k
