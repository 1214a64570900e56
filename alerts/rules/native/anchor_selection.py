"""Which words of a rule it is found by: what alerts.rules.anchors says, with phrases found by two words that stand together.

The rule is looked at only where one of its keys is in the article. A key is a symbol, or two symbols side by side, which few
articles hold even where both words are common.
"""

import numpy as np
import numpy.typing as npt

from alerts.rules.native.bytecode import (
    AT_LEAST,
    CHILDREN,
    COUNT_SHIFT,
    FACT,
    FIRST,
    HEADER,
    KOF,
    NEAR,
    NEGATED,
    NOT,
    OP,
    OP_BITS,
    OR,
    REGEX,
    SCOPE,
    size_of,
)
from alerts.rules.native.jit import f64, i64, inner, kernel, ptr

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

_NEVER = np.inf
_TOGETHER = 0.01  # how much rarer two words side by side are than the rarer of them
_MOST_NODES = 16384  # numbers of a rule that machine code has read: fewer


@inner
def _best_pair(code: I32, pc: int, weights: F32, patterns: U8) -> tuple[float, int]:
    """The cheapest key of a term: its weight, and which word it begins with; of two words: that | 1 << 16."""
    many = code[pc] >> OP_BITS
    best, at = _NEVER, 0
    for k in range(many):
        weight = f64(weights[code[pc + 2 + k]])
        if weight < best:
            best, at = weight, k
    for k in range(many - 1):
        a, b = code[pc + 2 + k], code[pc + 3 + k]
        if patterns[a] or patterns[b]:
            continue
        weight = _TOGETHER * f64(min(weights[a], weights[b]))
        if weight < best:
            best, at = weight, k | 1 << 16
    return best, at


@inner
def _kof_cost(code: I32, pc: int, costs: F64, base: int) -> float:
    """Any `count` of the children include one of any many - count + 1: the cheapest of them."""
    argument = code[pc] >> OP_BITS
    many, count = argument & CHILDREN, argument >> COUNT_SHIFT
    total = 0.0
    for rank in range(many - count + 1):
        total += costs[_ranked(code, pc, costs, base, rank) - base]
    return total


@inner
def _ranked(code: I32, pc: int, costs: F64, base: int, rank: int) -> int:
    """The child with so many cheaper ones (or earlier ones of the same cost)."""
    end = pc + code[pc + 1]
    one = pc + HEADER
    while one < end:
        cheaper, other = 0, pc + HEADER
        while other < end:
            a, b = costs[other - base], costs[one - base]
            cheaper += a < b or (a == b and other < one)
            other += size_of(code, other)
        if cheaper == rank:
            return one
        one += size_of(code, one)
    return pc + HEADER


@inner
def _children_cost(code: I32, pc: int, costs: F64, base: int) -> float:
    op, child, end = code[pc] & OP, pc + HEADER, pc + code[pc + 1]
    total, best = 0.0, _NEVER
    while child < end:
        total += costs[child - base]
        best = min(best, costs[child - base])
        child += size_of(code, child)
    return total if op == OR else best


@inner
def _node_cost(code: I32, pc: int, costs: F64, base: int) -> float:
    """The cost of a node from those of its children."""
    op, first = code[pc] & OP, pc + HEADER
    if op in (FACT, REGEX):
        return _NEVER
    if op == NOT:
        return costs[first + HEADER - base] if code[first] & OP == NOT else _NEVER
    if op in (SCOPE, AT_LEAST, FIRST) or (op == NEAR and (code[pc] >> OP_BITS) & NEGATED):
        return f64(costs[first - base])
    if op == KOF:
        return _kof_cost(code, pc, costs, base)
    return _children_cost(code, pc, costs, base)


@inner
def _list_nodes(code: I32, pc: int, end: int, nodes: I32) -> int:
    many = 0
    while pc < end:
        nodes[many] = pc
        many += 1
        pc += size_of(code, pc) if code[pc] & OP <= 1 else HEADER
    return many


@inner
def _costs(code: I32, begin: int, end: int, weights: F32, patterns: U8, costs: F64, nodes: I32) -> int:
    """The cost of every node, children first; how many nodes there are."""
    many = _list_nodes(code, begin, end, nodes)
    for k in range(many - 1, -1, -1):
        pc = nodes[k]
        if code[pc] & OP <= 1:
            costs[pc - begin] = _best_pair(code, pc, weights, patterns)[0]
        else:
            costs[pc - begin] = _node_cost(code, pc, costs, begin)
    return many


@inner
def _push_all(code: I32, pc: int, stack: I32, top: int) -> int:
    child, end = pc + HEADER, pc + code[pc + 1]
    while child < end:
        stack[top] = child
        top += 1
        child += size_of(code, child)
    return top


@inner
def _push(code: I32, pc: int, costs: F64, base: int, stack: I32, top: int) -> int:
    """The children whose keys are those of the node."""
    op, argument, first = code[pc] & OP, code[pc] >> OP_BITS, pc + HEADER
    if op == OR:
        return _push_all(code, pc, stack, top)
    if op == KOF:
        for rank in range((argument & CHILDREN) - (argument >> COUNT_SHIFT) + 1):
            stack[top] = _ranked(code, pc, costs, base, rank)
            top += 1
        return top
    if op == NOT:
        stack[top] = first + HEADER
    elif op in (SCOPE, AT_LEAST, FIRST) or (op == NEAR and argument & NEGATED):
        stack[top] = first
    else:  # AND, NEAR, WITHIN: the cheapest
        stack[top] = _ranked(code, pc, costs, base, 0)
    return top + 1


@inner
def _keys(code: I32, begin: int, costs: F64, stack: I32, weights: F32, patterns: U8, keys: I64, many: int) -> int:
    """Write the keys of a rule: a symbol, or the second of two << 32 | the first, with 1 << 62 set."""
    stack[0], top = begin, 1
    while top > 0:
        top -= 1
        pc = stack[top]
        if code[pc] & OP > 1:
            top = _push(code, pc, costs, begin, stack, top)
            continue
        at = _best_pair(code, pc, weights, patterns)[1]
        first = pc + 2 + (at & 0xFFFF)
        key = i64(code[first])
        if at >> 16:
            key |= i64(code[first + 1]) << 32 | i64(1) << 62
        keys[many] = key
        many += 1
    return many


@kernel(
    int,
    np.zeros(1, np.int32),
    np.zeros(1, np.int32),
    np.zeros(1, np.float32),
    np.zeros(1, np.uint8),
    np.zeros(1, np.int64),
    np.zeros(1, np.int32),
)
def choose(numbers: I32, begin: I32, shares: F32, signs: U8, keys: I64, keys_from: I32) -> int:
    """The keys of every rule, rule r's at `keys[keys_from[r]:keys_from[r + 1]]`; none: it is looked at in every article."""
    code, weights, patterns = ptr(numbers), ptr(shares), ptr(signs)
    costs, nodes = np.empty(_MOST_NODES, np.float64), np.empty(_MOST_NODES, np.int32)
    many = i64(0)
    for rule in range(len(begin)):
        start = i64(begin[rule])
        end = start + size_of(code, start)
        if end - start > len(costs):
            costs, nodes = np.empty(2 * (end - start), np.float64), np.empty(2 * (end - start), np.int32)
        keys_from[rule] = many
        _costs(code, start, end, weights, patterns, ptr(costs), ptr(nodes))
        if costs[0] < _NEVER:
            many = _keys(code, start, ptr(costs), ptr(nodes), weights, patterns, ptr(keys), many)
    keys_from[len(begin)] = many
    return many


@kernel(int, np.zeros(1, np.int32), np.zeros(1, np.int32), np.zeros(1, np.int32))
def count_uses(code: I32, begin: I32, uses: I32) -> int:
    """How many terms of all rules name each symbol; how many terms there are."""
    terms = i64(0)
    for rule in range(len(begin)):
        pc = i64(begin[rule])
        end = pc + size_of(code, pc)
        while pc < end:
            if code[pc] & OP > 1:
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
