"""Which words of a rule it is found by: the one choice of anchors, in functions that also compile to machine code.

A rule is looked at only where one of the chosen terms may be in the article: the cheapest side of an AND, all sides of an OR. What
a term costs is how often its rarest word is met; of a phrase, its rarest two words side by side, which few articles hold even
where both are common. A place (`domain:`, `source:`) is chosen like a term, and is met about as often as a name. The matcher compiles this for a million rules; alerts.rules.anchors calls it for one.
"""

from collections.abc import MutableSequence, Sequence

from alerts.rules.bytecode import (
    AT_LEAST,
    COUNT_SHIFT,
    FACT,
    FIRST,
    HEADER,
    KOF,
    LIST,
    NEAR,
    NEGATED,
    NOT,
    OP,
    OP_BITS,
    OR,
    PLACE,
    REGEX,
    SCOPE,
    size_of,
)

Ints = Sequence[int]
Floats = Sequence[float]
NewInts = MutableSequence[int]
NewFloats = MutableSequence[float]

NEVER = float("inf")  # what costs so much is no anchor
PLACE_SHARE = 0.008  # of articles that come from one place: more than hold a rare word, fewer than hold a common one
_TOGETHER = 0.01  # how much rarer two words side by side are than the rarer of them


def best_key(code: Ints, pc: int, weights: Floats, patterns: Ints) -> tuple[float, int]:
    """The cheapest key of a term: its weight, and which word it begins with; of two words: that | 1 << 16."""
    many = code[pc] >> OP_BITS
    best, at = NEVER, 0
    for k in range(many):
        weight = float(weights[code[pc + 2 + k]])
        if weight < best:
            best, at = weight, k
    for k in range(many - 1):
        a, b = code[pc + 2 + k], code[pc + 3 + k]
        if patterns[a] or patterns[b]:
            continue
        weight = _TOGETHER * min(weights[a], weights[b])
        if weight < best:
            best, at = weight, k | 1 << 16
    return best, at


def _kof_cost(code: Ints, pc: int, costs: NewFloats, base: int, spare: NewInts, first: int) -> float:
    """Any `count` of the children include one of any many - count + 1: the cheapest of them."""
    total = 0.0
    for k in range(first, _push_cheapest(code, pc, costs, base, spare, first)):
        total += costs[spare[k] - base]
    return total


def _push_cheapest(code: Ints, pc: int, costs: NewFloats, base: int, stack: NewInts, first: int) -> int:
    """Write the cheapest many - count + 1 children of a KOF from `first` on (Shell's sort); where they end."""
    end = _push_all(code, pc, stack, first)
    gap = 1
    while gap < end - first:
        gap = 3 * gap + 1
    while gap > 0:
        for k in range(first + gap, end):
            child, at = stack[k], k
            while at - gap >= first and costs[stack[at - gap] - base] > costs[child - base]:
                stack[at] = stack[at - gap]
                at -= gap
            stack[at] = child
        gap //= 3
    return end - ((code[pc] >> OP_BITS) >> COUNT_SHIFT) + 1


def _cheapest(code: Ints, pc: int, costs: NewFloats, base: int) -> int:
    """The first child of those that cost least."""
    child, end = pc + HEADER, pc + code[pc + 1]
    best = child
    while child < end:
        if costs[child - base] < costs[best - base]:
            best = child
        child += size_of(code, child)
    return best


def _children_cost(code: Ints, pc: int, costs: NewFloats, base: int) -> float:
    op, child, end = code[pc] & OP, pc + HEADER, pc + code[pc + 1]
    total, best = 0.0, NEVER
    while child < end:
        total += costs[child - base]
        best = min(best, costs[child - base])
        child += size_of(code, child)
    return total if op == OR else best


def _node_cost(
    code: Ints, pc: int, costs: NewFloats, base: int, spare: NewInts, first_spare: int, lists: Floats
) -> float:
    """The cost of a node from those of its children. `spare`: room from `first_spare` on."""
    op, first = code[pc] & OP, pc + HEADER
    if op in (FACT, REGEX):
        return NEVER
    if op == PLACE:
        return PLACE_SHARE
    if op == LIST:
        return lists[code[pc] >> OP_BITS]
    if op == NOT:
        return costs[first + HEADER - base] if code[first] & OP == NOT else NEVER
    if op in (SCOPE, AT_LEAST, FIRST) or (op == NEAR and (code[pc] >> OP_BITS) & NEGATED):
        return costs[first - base]
    if op == KOF:
        return _kof_cost(code, pc, costs, base, spare, first_spare)
    return _children_cost(code, pc, costs, base)


def list_nodes(code: Ints, pc: int, end: int, nodes: NewInts) -> int:
    many = 0
    while pc < end:
        nodes[many] = pc
        many += 1
        pc += size_of(code, pc) if code[pc] & OP <= 1 else HEADER
    return many


def node_costs(
    code: Ints, begin: int, end: int, weights: Floats, patterns: Ints, costs: NewFloats, nodes: NewInts, lists: Floats
) -> int:
    """The cost of every node, children first; how many nodes there are. A node has two numbers at least: `nodes`, as long as the
    rule, has room for the children of one besides. `lists`: what each list costs."""
    many = list_nodes(code, begin, end, nodes)
    for k in range(many - 1, -1, -1):
        pc = nodes[k]
        if code[pc] & OP <= 1:
            costs[pc - begin] = best_key(code, pc, weights, patterns)[0]
        else:
            costs[pc - begin] = _node_cost(code, pc, costs, begin, nodes, many, lists)
    return many


def _push_all(code: Ints, pc: int, stack: NewInts, top: int) -> int:
    child, end = pc + HEADER, pc + code[pc + 1]
    while child < end:
        stack[top] = child
        top += 1
        child += size_of(code, child)
    return top


def _push(code: Ints, pc: int, costs: NewFloats, base: int, stack: NewInts, top: int) -> int:
    """The children whose keys are those of the node."""
    op, argument, first = code[pc] & OP, code[pc] >> OP_BITS, pc + HEADER
    if op == OR:
        return _push_all(code, pc, stack, top)
    if op == KOF:
        return _push_cheapest(code, pc, costs, base, stack, top)
    if op == NOT:
        stack[top] = first + HEADER
    elif op in (SCOPE, AT_LEAST, FIRST) or (op == NEAR and argument & NEGATED):
        stack[top] = first
    else:  # AND, NEAR, WITHIN: the cheapest
        stack[top] = _cheapest(code, pc, costs, base)
    return top + 1


def chosen_terms(code: Ints, begin: int, costs: NewFloats, stack: NewInts, terms: NewInts) -> int:
    """Write where the terms, places and lists are by which a rule is found; how many. `costs`: of its nodes."""
    stack[0], top, many = begin, 1, 0
    while top > 0:
        top -= 1
        pc = stack[top]
        if code[pc] & OP > 1 and code[pc] & OP not in (PLACE, LIST):
            top = _push(code, pc, costs, begin, stack, top)
        else:
            terms[many] = pc
            many += 1
    return many
