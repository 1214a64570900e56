"""Rules as rows of numbers (alerts.rules.bytecode), written from the template of their shape and their own words."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alerts.rules.bytecode import CASED, HEADER, OP, OP_BITS, packed_span
from alerts.rules.native.jit import compiled, i64, inner, kernel, later, ptr
from alerts.rules.native.rule_tokens import ASKED, ODD, Tokens, tokens_at, tokens_for
from alerts.rules.native.text import Words, words_at, words_for
from alerts.rules.native.vocabulary import Vocabulary, empty_vocabulary, intern, vocabulary_at

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]

NODE = 6  # numbers of a node: its head, its first and last token, the node after all below it, where its words are, how many
_HEAD, _FROM, _TO, _NEXT, _WORDS, _MANY = range(NODE)
_MOST_LEVELS = 64

_packed_span = compiled(packed_span)


class Templates(NamedTuple):
    """The nodes of shape n are `nodes[first[n]:first[n + 1]]`, none where the parser has to read each rule. Of a term,
    `_WORDS` is its token, or -1 - where its own `symbols` begin, `_MANY` of them; of a fact, its number, or -1: it has a value."""

    first: I32
    nodes: I32
    symbols: I32


def no_templates() -> Templates:
    return Templates(np.zeros(1, np.int32), np.zeros(NODE, np.int32), np.zeros(1, np.int32))


class Asked(NamedTuple):
    """The symbols of the terms that Python was asked for: those of number n at `symbols[first[n]:first[n + 1]]`."""

    first: I32
    symbols: I32


class Written(NamedTuple):
    """What is being made. `values`: facts that have a value, `size[1]` of them: text, place in `code`, node."""

    code: I32
    size: I64
    vocabulary: Vocabulary
    values: I32


@inner
def _at(t: Templates, a: Asked, w: Written) -> tuple[Templates, Asked, Written]:
    """Pointers in place of arrays."""
    return (
        Templates(ptr(t.first), ptr(t.nodes), ptr(t.symbols)),
        Asked(ptr(a.first), ptr(a.symbols)),
        Written(ptr(w.code), ptr(w.size), vocabulary_at(w.vocabulary), ptr(w.values)),
    )


@inner
def _put(written: Written, value: int) -> None:
    written.code[written.size[0]] = value
    written.size[0] += 1


@inner
def _put_all(written: Written, symbols: I32, first: int, last: int) -> int:
    for k in range(first, last):
        _put(written, symbols[k])
    return last - first


@inner
def _plain_letters(text: U32, token: int, tokens: Tokens) -> bool:
    """Whether the words of the row are what `case(...)` has of the token, folded."""
    for at in range(tokens.start[token], tokens.end[token]):
        if text[at] > 127:
            return False
    return not tokens.form[token] == ASKED  # noqa: SIM201 - a bool for mypy


@inner
def _term(node: int, token: int, t: Templates, tokens: Tokens, a: Asked, words: Words, written: Written) -> None:
    """Write the symbols of a term and say in its head how many there are."""
    place, first = written.size[0] - 2, i64(tokens.first[token]) if token >= 0 else i64(0)
    if token < 0:
        many = _put_all(written, t.symbols, -1 - token, -1 - token + t.nodes[node + _MANY])
    elif tokens.form[token] == ASKED:
        many = _put_all(written, a.symbols, a.first[first], a.first[first + 1])
    else:
        many = i64(tokens.many[token])
        for word in range(first, first + many):
            begin = i64(words.first[word])
            _put(written, intern(written.vocabulary, words.letters, begin, words.first[word + 1] - begin))
    written.code[place] = (t.nodes[node + _HEAD] & OP) | many << OP_BITS


@inner
def _header(node: int, head: int, span: int, rule: int, number: int, t: Templates, written: Written) -> None:
    source = i64(t.nodes[node + _WORDS])
    if t.nodes[node + _MANY] > 0:  # a fact
        if source < 0:
            at = 3 * written.size[1]
            written.values[at], written.values[at + 1], written.values[at + 2] = rule, written.size[0], number
            written.size[1] += 1
        else:
            head |= source << OP_BITS
    _put(written, head)
    _put(written, HEADER)
    _put(written, span)


@inner
def _write(
    rule: int,
    shape: int,
    first_token: int,
    text: U32,
    t: Templates,
    a: Asked,
    tokens: Tokens,
    words: Words,
    written: Written,
    levels: I32,
) -> bool:
    """Write a rule; False: the parser has to read it."""
    first, last, depth = i64(t.first[shape]), i64(t.first[shape + 1]), 0
    for number in range(first, last):
        node = NODE * number
        while depth > 0 and levels[2 * depth - 1] == number:
            depth -= 1
            written.code[levels[2 * depth] + 1] = written.size[0] - levels[2 * depth]
        head = i64(t.nodes[node + _HEAD])
        start, end = tokens.start[first_token + t.nodes[node + _FROM]], tokens.end[first_token + t.nodes[node + _TO]]
        span = i64(_packed_span(i64(start), i64(end)))
        if head & OP > 1:
            levels[2 * depth], levels[2 * depth + 1] = written.size[0], t.nodes[node + _NEXT]
            depth += 1
            _header(node, head, span, rule, number, t, written)
            continue
        token = i64(t.nodes[node + _WORDS])
        token = first_token + token if token >= 0 else token
        if token >= 0 and tokens.form[token] == ODD:  # `published`, which may begin a comparison, and is a word here
            return False
        if head & OP == CASED and token >= 0 and not _plain_letters(text, token, tokens):
            return False
        _put(written, head)
        _put(written, span)
        _term(node, token, t, tokens, a, words, written)
    while depth > 0:
        depth -= 1
        written.code[levels[2 * depth] + 1] = written.size[0] - levels[2 * depth]
    return first < last


@kernel(
    None,
    np.zeros(1, np.int32),
    np.zeros(1, np.uint32),
    np.zeros(1, np.int64),
    no_templates(),
    Asked(np.zeros(1, np.int32), np.zeros(1, np.int32)),
    tokens_for(1, 1),
    words_for(1),
    Written(np.zeros(1, np.int32), np.zeros(2, np.int64), empty_vocabulary(), np.zeros(1, np.int32)),
    np.zeros(1, np.int32),
)
def write_rules(
    shape: I32,
    text: U32,
    starts: I64,
    templates: Templates,
    asked: Asked,
    found: Tokens,
    row: Words,
    made: Written,
    begin: I32,
) -> None:
    """Write every rule whose shape has a template: where its numbers begin in `begin`, -1 where the parser has to read it."""
    t, a, written = _at(templates, asked, made)
    tokens, words, levels = tokens_at(found), words_at(row), np.empty(2 * _MOST_LEVELS, np.int32)
    for k in range(len(shape)):
        first, values = made.size[0], made.size[1]
        begin[k] = first
        own = later(ptr(text), starts[k])
        if shape[k] < 0 or not _write(k, shape[k], tokens.bounds[k], own, t, a, tokens, words, written, ptr(levels)):
            made.size[0], made.size[1] = first, values
            begin[k] = -1
    levels[0] = 0  # an array is freed after its last use, pointers or not
