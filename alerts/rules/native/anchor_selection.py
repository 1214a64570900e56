"""The keys that rules are found by, from the terms that alerts.rules.selection chooses: a symbol, two side by side, a place, or a list."""

import numpy as np
import numpy.typing as npt

from alerts.rules import selection
from alerts.rules.bytecode import HEADER, LIST, OP, OP_BITS, PLACE
from alerts.rules.native.jit import compiled, i64, inner, kernel, ptr
from alerts.rules.native.nodes import size_of
from alerts.rules.selection import NEVER, chosen_terms, node_costs

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

_MOST_NODES = 16384  # numbers of a rule, mostly fewer

_node_costs, _chosen_terms, best_key = compiled(node_costs), compiled(chosen_terms), compiled(selection.best_key)


@inner
def key_of(code: I32, pc: int, weights: F32, patterns: U8) -> int:
    """The key of a term: a symbol, or the second of two << 32 | the first, with 1 << 62 set; of a place: its fact, with 1 << 61 set; of a
    list: its number, with 1 << 60 set."""
    if code[pc] & OP == PLACE:
        return i64(code[pc] >> OP_BITS) | i64(1) << 61
    if code[pc] & OP == LIST:
        return i64(code[pc] >> OP_BITS) | i64(1) << 60
    at = i64(best_key(code, pc, weights, patterns)[1])
    first = pc + 2 + (at & 0xFFFF)
    if at >> 16:
        return i64(code[first]) | i64(code[first + 1]) << 32 | i64(1) << 62
    return i64(code[first])


@kernel(
    int,
    np.zeros(1, np.int32),
    np.zeros(1, np.int32),
    np.zeros(1, np.float32),
    np.zeros(1, np.uint8),
    np.zeros(1, np.float64),
    np.zeros(1, np.int64),
    np.zeros(1, np.int32),
)
def choose(numbers: I32, begin: I32, shares: F32, signs: U8, lists: F64, keys: I64, keys_from: I32) -> int:
    """The keys of every rule, rule r's at `keys[keys_from[r]:keys_from[r + 1]]`; none: it is looked at in every article. `lists`:
    what each list costs."""
    code, weights, patterns = ptr(numbers), ptr(shares), ptr(signs)
    costs, nodes, terms = np.empty(_MOST_NODES), np.empty(_MOST_NODES, np.int64), np.empty(_MOST_NODES, np.int64)
    many = i64(0)
    for rule in range(len(begin)):
        start = i64(begin[rule])
        size = i64(size_of(code, start))
        if size > len(costs):
            costs, nodes, terms = np.empty(2 * size), np.empty(2 * size, np.int64), np.empty(2 * size, np.int64)
        keys_from[rule] = many
        _node_costs(code, start, start + size, weights, patterns, ptr(costs), ptr(nodes), ptr(lists))
        if costs[0] < NEVER:
            for k in range(_chosen_terms(code, start, ptr(costs), ptr(nodes), ptr(terms))):
                keys[many] = key_of(code, terms[k], weights, patterns)
                many += 1
    keys_from[len(begin)] = many
    return many


@kernel(int, np.zeros(1, np.int32), np.zeros(1, np.int32), np.zeros(1, np.int32))
def count_uses(code: I32, begin: I32, uses: I32) -> int:
    """How many terms of all rules name each symbol; how many there are of what a rule may be found by: terms, places, lists."""
    terms = i64(0)
    for rule in range(len(begin)):
        pc = i64(begin[rule])
        end = pc + size_of(code, pc)
        while pc < end:
            if code[pc] & OP > 1:
                terms += code[pc] & OP in (PLACE, LIST)
                pc += HEADER
                continue
            terms += 1
            for k in range(code[pc] >> OP_BITS):
                uses[code[pc + 2 + k]] += 1
            pc += size_of(code, pc)
    return terms


@kernel(None, np.zeros(1, np.uint32), np.zeros(1, np.int32), np.zeros(1, np.uint8), np.zeros(1, np.int32))
def look_at_symbols(letters: npt.NDArray[np.uint32], first: I32, patterns: U8, lengths: I32) -> None:
    """Which symbols are patterns, and how many letters each has (signs not counted)."""
    for symbol in range(len(patterns)):
        for k in range(first[symbol], first[symbol + 1]):
            sign = letters[k] in (63, 42)
            patterns[symbol] |= sign
            lengths[symbol] += not sign
