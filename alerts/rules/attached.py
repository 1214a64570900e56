"""To which part of a rule each of its comments belongs.

A comment behind something in its line belongs to that; one in a line of its own to what follows, or at the end of a group to what
is before it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from alerts.rules.comments import Comment, comments_of
from alerts.rules.lexer import Token, tokens_of
from alerts.rules.scanner import Kind
from alerts.rules.syntax import Node
from alerts.rules.walk import children_of, nodes_of

_BEGIN = frozenset((Kind.OPEN, Kind.FUNCTION, Kind.FIELD, Kind.NOT, Kind.MINUS))


@dataclass(slots=True)
class Remarks:
    """The comments of a part: in lines before it, behind it in its line, in lines after it."""

    before: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    @property
    def every(self) -> list[str]:
        return [*self.before, *self.behind, *self.after]


def attached(text: str, tree: Node) -> dict[int, Remarks]:
    """The comments of each node that has some, by the node's id. `tree` is the rule as it was read from `text`."""
    comments = comments_of(text)
    if not comments:
        return {}
    nodes, found = _Nodes.of(tree), dict[int, Remarks]()
    tokens = _Tokens.of(text)
    free, taken = 0, set[int]()
    for comment in comments:
        node, how = _owner(nodes, tokens, comment, taken, free)
        getattr(found.setdefault(id(node), Remarks()), how).append(comment.text)
        free = comment.end
        if how == "behind":
            taken.add(id(node))
    return found


@dataclass(frozen=True, slots=True)
class _Tokens:
    every: Sequence[Token]
    starts: Sequence[int]

    @classmethod
    def of(cls, text: str) -> "_Tokens":
        every = tokens_of(text)
        return cls(every, [token.start for token in every])

    def around(self, place: int) -> tuple[Token | None, Token]:
        """What stands before and behind a place between two."""
        at = bisect_left(self.starts, place)
        return (self.every[at - 1] if at else None), self.every[at]


@dataclass(frozen=True, slots=True)
class _Nodes:
    """The nodes by where they start, the outermost first, and by where they end, the innermost last."""

    starting: Sequence[Node]
    starts: Sequence[int]
    ending: Sequence[Node]
    ends: Sequence[int]

    @classmethod
    def of(cls, tree: Node) -> "_Nodes":
        every = list(nodes_of(tree))
        starting = sorted(every, key=lambda node: (node.span[0], -node.span[1]))
        ending = sorted(every, key=lambda node: node.span[1])
        return cls(starting, [node.span[0] for node in starting], ending, [node.span[1] for node in ending])

    def following(self, place: int) -> Node | None:
        at = bisect_left(self.starts, place)
        return self.starting[at] if at < len(self.starting) else None

    def ended(self, place: int) -> Node | None:
        at = bisect_right(self.ends, place) - 1
        return self.ending[at] if at >= 0 else None

    def around(self, place: int) -> Node | None:
        """The leaf that a place is within: `forms(a, # a comment` goes on in the next line."""
        at = bisect_right(self.starts, place) - 1
        leaf = self.starting[at] if at >= 0 else None
        return leaf if leaf is not None and not children_of(leaf) and place < leaf.span[1] else None


def _owner(nodes: _Nodes, tokens: _Tokens, comment: Comment, taken: AbstractSet[int], free: int) -> tuple[Node, str]:
    """The node and the list of its remarks. `taken`: nodes with a comment behind them already; `free`: where the comment before ends."""
    before, after = tokens.around(comment.start)
    inside, place = nodes.around(comment.start), comment.start
    if inside is not None:
        if id(inside) not in taken:
            return inside, "behind" if after.kind is Kind.CLOSE and not comment.alone else "before"
        place = inside.span[1]  # where it is printed
        after = tokens.around(place)[1]
    following, ended = nodes.following(place), nodes.ended(place)
    if ended is None or before is None:
        assert following is not None  # noqa: S101 - a rule has something to search for
        return following, "before"
    if not (comment.alone or before.kind in _BEGIN or free > ended.span[1] or id(ended) in taken):
        return ended, "behind"
    if following is None or after.kind is Kind.CLOSE:
        return ended, "after"
    return following, "before"
