"""A rule as boxes to fill in: all of, any of, none of, in the title, near. A second view of its tree, and never a lossy one.

What boxes cannot show stands in `rest`, as text. A line is a word, a phrase (quotes are not needed), a wildcard, `case(...)`
or `@alias`, as a term of an alias is; a comment stands behind it, or in a line of its own (`# ...`). `boxes_of` and `text_of`
keep the meaning and every comment; the order of what is joined by AND may change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from alerts.rules.aliases import alias_leaf
from alerts.rules.attached import Remarks, attached
from alerts.rules.comments import comments_of, without_comments
from alerts.rules.layout import Breaks, breaks_of, laid_out
from alerts.rules.limits import DEFAULT_DISTANCE, MAX_DISTANCE
from alerts.rules.parser import parse
from alerts.rules.printer import phrase_text, print_rule
from alerts.rules.syntax import AliasRef, And, Forms, Near, Node, Not, Or, Scope, Term, WordField
from alerts.rules.walk import children_of, nodes_of

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
    """All of them must be true. `any_of` and `in_title`: a box for each list of which one line is enough. `remarks`: the comments at
    the head of the text."""

    all_of: Lines = ()
    any_of: tuple[Lines, ...] = ()
    none_of: Lines = ()
    in_title: tuple[Lines, ...] = ()
    near: tuple[NearBox, ...] = ()
    rest: str = ""
    remarks: Lines = ()


@dataclass(frozen=True, slots=True)
class BoxProblem:
    """`box`: the member of Boxes; `number`: which of its lists, from 0; `line`: its text, empty where the box is meant."""

    box: str
    number: int
    line: str
    message: str


def boxes_of(tree: Node, text: str = "") -> Boxes:
    """The boxes of a rule as it was read from a text, aliases as references."""
    remarks = attached(text, tree)
    breaks = breaks_of(text, tree)
    filling = _Filling(remarks)
    top = remarks.pop(id(tree), Remarks())
    if not isinstance(tree, And):
        remarks[id(tree)] = Remarks([], top.behind, top.after)
    for part in tree.children if isinstance(tree, And) else (tree,):
        filling.put(part)
    rest = ""
    if filling.rest:
        joined = filling.rest[0] if len(filling.rest) == 1 else And(tuple(filling.rest))
        broken = {id(joined)} if id(tree) in breaks.broken else set()
        rest = laid_out(joined, remarks, Breaks(breaks.broken | broken, breaks.apart - {id(tree)}))
    return Boxes(
        all_of=tuple(filling.all_of),
        any_of=tuple(filling.any_of),
        none_of=tuple(filling.none_of),
        in_title=tuple(filling.in_title),
        near=tuple(filling.near),
        rest=rest,
        remarks=tuple(top.before),
    )


def text_of(boxes: Boxes, was: str = "") -> tuple[str, tuple[BoxProblem, ...]]:
    """The rule's text, and what is wrong with single lines; those are left out. Empty where every box is.

    `rest` that cannot be read is taken as it is, in parentheses. `was`: the text that the boxes show; what stood in several lines
    there does so again. A long rule has a clause in each line (`alerts.rules.layout`).
    """
    making = _Making()
    parts = [*making.leaves("all_of", 0, boxes.all_of)]
    for number, lines in enumerate(boxes.any_of):
        parts += _either(making.leaves("any_of", number, lines))
    for number, lines in enumerate(boxes.in_title):
        parts += [Scope(WordField.TITLE, one) for one in _either(making.leaves("in_title", number, lines))]
    for number, near in enumerate(boxes.near):
        parts += making.near(number, near)
    parts += [Not(one) for one in making.leaves("none_of", 0, boxes.none_of)]
    head = [line if comments_of(line) else f"# {line}" for one in boxes.remarks if (line := one.strip())]
    return making.joined(parts, boxes.rest.strip(), head, was), tuple(making.problems)


@dataclass(slots=True)
class _Filling:
    """Boxes while they are filled. `remarks`: the comments of the rule's nodes."""

    remarks: Mapping[int, Remarks]
    all_of: list[str] = field(default_factory=list)
    any_of: list[Lines] = field(default_factory=list)
    none_of: list[str] = field(default_factory=list)
    in_title: list[Lines] = field(default_factory=list)
    near: list[NearBox] = field(default_factory=list)
    rest: list[Node] = field(default_factory=list)

    def put(self, part: Node) -> None:
        """Put it into the box for it, if there is one."""
        if not self._put(part):
            self.rest.append(part)

    def _put(self, part: Node) -> bool:
        match part:
            case Term() | AliasRef() | Forms() if (lines := self.lines(part)) is not None:
                self.all_of += lines
            case Or() if (lines := self.lines(part)) is not None:
                self.any_of.append(lines)
            case Not(child=child) if (lines := self.lines(child)) is not None:  # NOT (a OR b) is NOT a AND NOT b
                self.none_of += self.around(part, lines)
            case Scope(field=WordField.TITLE, child=child) if (lines := self.lines(child)) is not None:
                self.in_title.append(self.around(part, lines))
            case Near(negated=False):
                left, right = self.lines(part.left), self.lines(part.right)
                if left is None or right is None:
                    return False
                own = self.remarks.get(id(part), Remarks())
                right = (*right, *own.behind, *own.after)
                self.near.append(NearBox((*own.before, *left), right, part.distance, part.ordered))
            case _:
                return False
        return True

    def lines(self, node: Node) -> Lines | None:
        """The lines of a leaf, or of an OR of leaves, with their comments; None of anything else."""
        leaves = node.children if isinstance(node, Or) else (node,)
        found: list[str] = []
        for leaf in leaves:
            line = _line(leaf) if isinstance(leaf, Term | AliasRef | Forms) else None
            if line is None:
                return None
            own = self.remarks.get(id(leaf), Remarks())
            found += [*own.before, "  ".join((line, *own.behind[:1])), *own.behind[1:], *own.after]
        return self.around(node, tuple(found)) if isinstance(node, Or) else tuple(found)

    def around(self, node: Node, lines: Lines) -> Lines:
        """The lines between the comments of a whole box."""
        own = self.remarks.get(id(node), Remarks())
        return (*own.before, *lines, *own.behind, *own.after)


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


@dataclass(slots=True)
class _Making:
    """A rule's tree while it is made of boxes. `remarks`: the comments of its nodes; `loose`: those of boxes without a line."""

    problems: list[BoxProblem] = field(default_factory=list)
    remarks: dict[int, Remarks] = field(default_factory=dict)
    loose: list[str] = field(default_factory=list)
    made: list[Node] = field(default_factory=list)  # so that no other node gets the id of one

    def leaves(self, box: str, number: int, lines: Iterable[str]) -> list[Node]:
        found: dict[Node, Node] = {}
        said: list[str] = []
        last: Node | None = None
        for written in lines:
            line, here = " ".join(without_comments(written).split()), [one.text for one in comments_of(written)]
            leaf = _read(line) if line else None
            if leaf is None or isinstance(leaf, str):
                said += here
                if leaf is not None:
                    self.problems.append(BoxProblem(box, number, line, leaf))
                continue
            if leaf in found:
                self._of(found[leaf]).after.extend((*said, *here))
            else:
                last = found[leaf] = replace(leaf)  # a node of its own: comments go by nodes
                self.made.append(last)
                own = self._of(last)
                own.before, own.behind = said, here
            said = []
        if last is None:
            self.loose += said
        else:
            own = self._of(last)
            if not own.behind:  # in its line it stays with it, whatever follows
                own.behind, said = said[:1], said[1:]
            own.after += said
        return [*found.values()]

    def near(self, number: int, near: NearBox) -> list[Node]:
        left, right = (self.leaves("near", number, side) for side in (near.left, near.right))
        if not left and not right:
            return []
        if not left or not right:
            self.problems.append(BoxProblem("near", number, "", "words are missing on one of its two sides"))
            return []
        if not 0 <= near.distance <= MAX_DISTANCE:
            message = f"the number of words between is 0 to {MAX_DISTANCE}"
            self.problems.append(BoxProblem("near", number, str(near.distance), message))
            return []
        return [Near(_either(left)[0], _either(right)[0], near.distance, near.ordered)]

    def joined(self, parts: list[Node], rest: str, head: Sequence[str], was: str) -> str:
        """The text of all parts and of `rest`, below the comments at its head."""
        head = [*head, *self.loose]
        if not parts:
            return "\n".join((*head, rest) if rest else head)
        unread = ""
        if rest:
            text = f"{_ANCHOR} AND (\n{rest}\n)"  # a part of a rule needs no word of its own that must be there
            read = parse(text)
            if isinstance(read.tree, And):
                parts = [*parts, *read.tree.children[1:]]
                self.remarks |= attached(text, read.tree)
            else:
                self.problems += [BoxProblem("rest", 0, rest, problem.message) for problem in read.problems]
                unread = f" AND ({rest})"
        tree = parts[0] if len(parts) == 1 else And(tuple(parts))
        self._of(tree).before[:0] = head
        written = laid_out(tree, self.remarks, _as_before(tree, was))
        if isinstance(tree, Or) and unread:
            written = f"({written}\n)" if comments_of(written) else f"({written})"
        return written + (f"\nAND (\n{rest}\n)" if unread and comments_of(f"{written}\n{rest}") else unread)

    def _of(self, node: Node) -> Remarks:
        return self.remarks.setdefault(id(node), Remarks())


def _as_before(tree: Node, was: str) -> Breaks:
    """Line breaks where the same parts had some in the text before."""
    before = parse(was, anchored=False).tree if "\n" in was else None
    if before is None:
        return Breaks()
    breaks = breaks_of(was, before)
    every = list(nodes_of(before))
    parts = {part for node in every if id(node) in breaks.broken for part in children_of(node)}
    apart = {node for node in every if id(node) in breaks.apart and node is not before}
    broken = {id(node) for node in nodes_of(tree) if any(part in parts for part in children_of(node))}
    alike = {id(tree)} if id(before) in breaks.apart else set()
    return Breaks(broken, {id(node) for node in nodes_of(tree) if node in apart} | alike)


def _either(leaves: Sequence[Node]) -> list[Node]:
    """At most one node: an OR where there are several."""
    return [*leaves] if len(leaves) < 2 else [Or(tuple(leaves))]
