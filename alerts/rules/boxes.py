"""A rule as boxes to fill in: all of, any of, none of, in the title, near. A second view of its tree, and never a lossy one.

What boxes cannot show stands in `rest`, as text. A line is a word, a phrase (quotes are not needed), a wildcard, `case(...)`
or `@alias`, as a term of an alias is. `boxes_of` and `text_of` keep the meaning; the order of what is joined by AND may change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from alerts.rules.aliases import alias_leaf
from alerts.rules.limits import DEFAULT_DISTANCE, MAX_DISTANCE
from alerts.rules.parser import parse
from alerts.rules.printer import as_written, phrase_text, print_rule
from alerts.rules.syntax import AliasRef, And, Forms, Near, Node, Not, Or, Scope, Term, WordField

_ANCHOR = "anchor"

Lines = tuple[str, ...]
_Leaf = Term | AliasRef | Forms


@dataclass(frozen=True, slots=True)
class NearBox:
    """Any line of `left` has at most `distance` words between it and any line of `right`; `ordered`: and stands before it."""

    left: Lines = ()
    right: Lines = ()
    distance: int = DEFAULT_DISTANCE
    ordered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes:
    """All of them must be true. `any_of` and `in_title`: a box for each list of which one line is enough."""

    all_of: Lines = ()
    any_of: tuple[Lines, ...] = ()
    none_of: Lines = ()
    in_title: tuple[Lines, ...] = ()
    near: tuple[NearBox, ...] = ()
    rest: str = ""


@dataclass(frozen=True, slots=True)
class BoxProblem:
    """`box`: the member of Boxes; `number`: which of its lists, from 0; `line`: its text, empty where the box is meant."""

    box: str
    number: int
    line: str
    message: str


@dataclass(slots=True)
class _Filled:
    """Boxes while they are filled."""

    all_of: list[str] = field(default_factory=list)
    any_of: list[Lines] = field(default_factory=list)
    none_of: list[str] = field(default_factory=list)
    in_title: list[Lines] = field(default_factory=list)
    near: list[NearBox] = field(default_factory=list)
    rest: list[Node] = field(default_factory=list)


def boxes_of(tree: Node) -> Boxes:
    """The boxes of a rule as it was read, aliases as references."""
    filled = _Filled()
    for part in tree.children if isinstance(tree, And) else (tree,):
        if not _put(part, filled):
            filled.rest.append(part)
    rest = filled.rest
    text = "" if not rest else as_written(rest[0] if len(rest) == 1 else And(tuple(rest)))
    return Boxes(
        all_of=tuple(filled.all_of),
        any_of=tuple(filled.any_of),
        none_of=tuple(filled.none_of),
        in_title=tuple(filled.in_title),
        near=tuple(filled.near),
        rest=text,
    )


def text_of(boxes: Boxes) -> tuple[str, tuple[BoxProblem, ...]]:
    """The rule's text, and what is wrong with single lines; those are left out. Empty where every box is.

    `rest` that cannot be read is taken as it is, in parentheses.
    """
    problems: list[BoxProblem] = []
    parts = [*_leaves("all_of", 0, boxes.all_of, problems)]
    for number, lines in enumerate(boxes.any_of):
        parts += _either(_leaves("any_of", number, lines, problems))
    for number, lines in enumerate(boxes.in_title):
        parts += [Scope(WordField.TITLE, one) for one in _either(_leaves("in_title", number, lines, problems))]
    for number, near in enumerate(boxes.near):
        parts += _near(number, near, problems)
    parts += [Not(one) for one in _leaves("none_of", 0, boxes.none_of, problems)]
    return _joined(parts, boxes.rest.strip(), problems), tuple(problems)


def _put(part: Node, filled: _Filled) -> bool:
    """Put it into the box for it, if there is one."""
    match part:
        case Term() | AliasRef() | Forms() if (lines := _lines(part)) is not None:
            filled.all_of += lines
        case Or() if (lines := _lines(part)) is not None:
            filled.any_of.append(lines)
        case Not(child=child) if (lines := _lines(child)) is not None:  # none of them: NOT (a OR b) is NOT a AND NOT b
            filled.none_of += lines
        case Scope(field=WordField.TITLE, child=child) if (lines := _lines(child)) is not None:
            filled.in_title.append(lines)
        case Near(negated=False):
            left, right = _lines(part.left), _lines(part.right)
            if left is None or right is None:
                return False
            filled.near.append(NearBox(left, right, part.distance, part.ordered))
        case _:
            return False
    return True


def _lines(node: Node) -> Lines | None:
    """The lines of a leaf, or of an OR of leaves; None of anything else."""
    leaves = node.children if isinstance(node, Or) else (node,)
    found = [_line(leaf) if isinstance(leaf, Term | AliasRef | Forms) else None for leaf in leaves]
    return tuple(line for line in found if line is not None) if None not in found else None


def _line(leaf: _Leaf) -> str | None:
    """As its author wrote it where that reads as the same again."""
    if isinstance(leaf, AliasRef):
        return f"@{leaf.name}"
    if isinstance(leaf, Forms):
        return print_rule(leaf)
    words = phrase_text(leaf.words)
    written = (leaf.shown, words) if not leaf.cased else (f"case({leaf.shown})", f"case({words})")
    return next((line for one in written if _read(line := " ".join(one.split())) == leaf), None)


def _read(line: str) -> _Leaf | str:
    """The leaf of a line, or what is wrong with it."""
    if line.startswith("@"):
        ref = parse(line).tree
        return ref if isinstance(ref, AliasRef) else "an alias is written as @name, of letters, digits, _ and -"
    try:
        term = alias_leaf(line)
    except ValueError as error:
        return str(error)
    return replace(term, shown="") if isinstance(term, Term) and term.cased else term  # printed as typed all the same


def _leaves(box: str, number: int, lines: Iterable[str], problems: list[BoxProblem]) -> list[Node]:
    found: list[Node] = []
    for written in lines:
        line = " ".join(written.split())
        leaf = _read(line) if line else None
        if isinstance(leaf, str):
            problems.append(BoxProblem(box, number, line, leaf))
        elif leaf is not None and leaf not in found:
            found.append(leaf)
    return found


def _either(leaves: Sequence[Node]) -> list[Node]:
    """At most one node: an OR where there are several."""
    return [*leaves] if len(leaves) < 2 else [Or(tuple(leaves))]


def _near(number: int, near: NearBox, problems: list[BoxProblem]) -> list[Node]:
    left, right = (_leaves("near", number, side, problems) for side in (near.left, near.right))
    if not left and not right:
        return []
    if not left or not right:
        problems.append(BoxProblem("near", number, "", "words are missing on one of its two sides"))
        return []
    if not 0 <= near.distance <= MAX_DISTANCE:
        message = f"the number of words between is 0 to {MAX_DISTANCE}"
        problems.append(BoxProblem("near", number, str(near.distance), message))
        return []
    return [Near(_either(left)[0], _either(right)[0], near.distance, near.ordered)]


def _joined(parts: Sequence[Node], rest: str, problems: list[BoxProblem]) -> str:
    if not parts:
        return rest
    written = _printed(parts)
    if not rest:
        return written
    read = parse(f"{_ANCHOR} AND ({rest})")  # a part of a rule needs no word of its own that must be there
    if not isinstance(read.tree, And):
        problems += [BoxProblem("rest", 0, rest, problem.message) for problem in read.problems]
        return f"{written if not isinstance(parts[0], Or) or len(parts) > 1 else f'({written})'} AND ({rest})"
    return _printed([*parts, *read.tree.children[1:]])


def _printed(parts: Sequence[Node]) -> str:
    return as_written(parts[0] if len(parts) == 1 else And(tuple(parts)))
