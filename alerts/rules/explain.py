"""Why a rule is true or false of an article: the clause tree with true or false on each node, positions, near misses.

Plain Python over the tree, one rule and one article at a time; alerts.rules.ruleset does the same for a million rules.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from alerts.rules import comparison, regular
from alerts.rules.exact import has_value
from alerts.rules.positions import FieldIndex, Position, gap, pairs, positions, together
from alerts.rules.syntax import (
    AliasRef,
    And,
    AtLeast,
    Comparison,
    FieldTest,
    First,
    Forms,
    KOf,
    Listed,
    Near,
    Node,
    Not,
    Or,
    Regex,
    Scope,
    Term,
    Within,
    WordField,
)
from core.model.match import Evidence
from core.text.document import Document
from core.text.language_code import language_code

MAX_EVIDENCE = 5  # a clause
DEFAULT_FIELDS = (WordField.TITLE, WordField.BODY)


@dataclass(frozen=True, slots=True)
class Explained:
    """A node with its verdict. `evidence` of a true clause; `nearest`: words between, of a proximity that is false.
    `has`: what the article has where a comparison asks for something: `wc is 734`."""

    node: Node
    true: bool
    evidence: tuple[Evidence, ...] = ()
    nearest: int | None = None
    has: str | None = None
    children: tuple["Explained", ...] = ()

    def proof(self) -> Iterator[Evidence]:
        """Evidence of every positive clause on a true path."""
        if not self.true or isinstance(self.node, Not):
            return
        yield from self.evidence
        for child in self.children:
            yield from child.proof()


@dataclass(slots=True)
class Searched:
    """An article prepared for explaining: one index a field, made when first asked for."""

    document: Document
    _fields: dict[WordField, FieldIndex] = field(default_factory=dict)

    def index(self, name: WordField) -> FieldIndex:
        found = self._fields.get(name)
        if found is None:
            found = self._fields[name] = self._make(name)
        return found

    def _make(self, name: WordField) -> FieldIndex:
        document = self.document
        lang = language_code(document.article.lang)
        match name:
            case WordField.TITLE:
                return FieldIndex(document.title, lang)
            case WordField.LEAD:
                return FieldIndex(document.body, lang, document.lead_length)
            case WordField.AUTHOR:
                return FieldIndex(document.author, lang)
            case WordField.SECTION:
                return FieldIndex(document.section, lang)
            case WordField.TAG:
                return FieldIndex(document.tag, lang)
            case WordField.BODY | WordField.HLEAD:
                return FieldIndex(document.body, lang)


def explain(tree: Node, document: Document) -> Explained:
    """The verdict on every node. Aliases must have been expanded."""
    return explain_in(tree, Searched(document))


def explain_in(tree: Node, searched: Searched) -> Explained:
    """The same for an article that several rules are explained on."""
    return _explained(tree, searched, DEFAULT_FIELDS)


def fields_of(scope: WordField) -> tuple[WordField, ...]:
    """The fields that a scope searches."""
    return (WordField.TITLE, WordField.LEAD) if scope is WordField.HLEAD else (scope,)


def _explained(  # noqa: C901, PLR0912 - one case a kind of node
    node: Node, text: Searched, fields: Sequence[WordField]
) -> Explained:
    match node:
        case And(children=children) | Or(children=children) | KOf(children=children):
            below = tuple(_explained(child, text, fields) for child in children)
            needed = len(below) if isinstance(node, And) else node.count if isinstance(node, KOf) else 1
            return Explained(node, sum(child.true for child in below) >= needed, children=below)
        case Not(child=child):
            inner = _explained(child, text, fields)
            return Explained(node, not inner.true, children=(inner,))
        case Scope(field=scope, child=child):
            inner = _explained(child, text, fields_of(scope))
            return Explained(node, inner.true, children=(inner,))
        case AtLeast():
            return _at_least(node, text, fields)
        case First():
            return _first(node, text, fields)
        case Near():
            return _near(node, text, fields)
        case Within():
            return _within(node, text, fields)
        case Term() | Listed():
            return _clause(
                node, [(name, place) for name in fields for place in positions(node, text.index(name))], text
            )
        case Regex():
            return _regex(node, text, fields)
        case FieldTest():
            return Explained(node, has_value(node, text.document))
        case Comparison():
            return Explained(node, comparison.held(node, text.document), has=comparison.found(node, text.document))
        case Forms(text=written):
            raise ValueError(f"forms({written}) has not been expanded")
        case AliasRef(name=name):
            raise ValueError(f"@{name} has not been expanded")


def _clause(node: Node, found: Sequence[tuple[WordField, Position]], text: Searched) -> Explained:
    shown = tuple(_evidence(node, name, place, text) for name, place in found[:MAX_EVIDENCE])
    return Explained(node, bool(found), shown)


def _evidence(node: Node, name: WordField, place: Position, text: Searched) -> Evidence:
    source = text.index(name).text
    start, end = source.tokens.starts[place[0]], source.tokens.ends[place[1] - 1]
    shown = WordField.BODY if name is WordField.LEAD else name
    return evidence_at(node.span, shown, start, source.text[start:end], text.document)


def evidence_at(span: tuple[int, int], name: WordField, start: int, found: str, document: Document) -> Evidence:
    """Evidence in the article's own fields. `start`: in the field that rules search."""
    field, place = document.place(name.value, start)
    return Evidence(span[0], span[1], field, place, place + len(found), found)


def _sides(
    node: Near | Within, found: Sequence[tuple[WordField, Position, Position]], text: Searched
) -> tuple[Explained, ...]:
    """The two sides of a true proximity, each with the positions that make it true."""
    left = list(dict.fromkeys((name, a) for name, a, _ in found))
    right = list(dict.fromkeys((name, b) for name, _, b in found))
    return (_clause(node.left, left, text), _clause(node.right, right, text))


def _near(node: Near, text: Searched, fields: Sequence[WordField]) -> Explained:
    if node.negated:
        free = [(name, place) for name in fields for place in positions(node, text.index(name))]
        if free:
            return Explained(node, True, children=(_clause(node.left, free, text),))
        return _not_near(node, text, fields)
    found = [(name, a, b) for name in fields for a, b in pairs(node, text.index(name))]
    if found:
        return Explained(node, True, children=_sides(node, found, text))
    return _not_near(node, text, fields)


def _not_near(node: Near, text: Searched, fields: Sequence[WordField]) -> Explained:
    """A false proximity: what stands there of either side, and how near they come."""
    below = tuple(_explained(side, text, fields) for side in (node.left, node.right))
    return Explained(node, False, nearest=_nearest(node, text, fields), children=below)


def _nearest(node: Near, text: Searched, fields: Sequence[WordField]) -> int | None:
    """The fewest words between the two sides in one paragraph, either order."""
    gaps = []
    for name in fields:
        index = text.index(name)
        rights = positions(node.right, index)
        for left in positions(node.left, index):
            for right in rights:
                between = gap(left, right)
                if between is not None and index.paragraph(left[0]) == index.paragraph(right[0]):
                    gaps.append(between)
    return min(gaps, default=None)


def _within(node: Within, text: Searched, fields: Sequence[WordField]) -> Explained:
    found = [(name, a, b) for name in fields for a, b in together(node, text.index(name))]
    if found:
        return Explained(node, True, children=_sides(node, found, text))
    return Explained(node, False, children=tuple(_explained(side, text, fields) for side in (node.left, node.right)))


def _at_least(node: AtLeast, text: Searched, fields: Sequence[WordField]) -> Explained:
    found = [(name, place) for name in fields for place in apart(positions(node.child, text.index(name)))]
    return Explained(node, len(found) >= node.count, children=(_clause(node.child, found, text),))


def apart(found: Sequence[Position]) -> list[Position]:
    """Occurrences that do not overlap, taken from the left: the most that can be counted once each."""
    kept: list[Position] = []
    for place in sorted(found, key=lambda p: (p[1], p[0])):
        if not kept or place[0] >= kept[-1][1]:
            kept.append(place)
    return kept


def _first(node: First, text: Searched, fields: Sequence[WordField]) -> Explained:
    found = [
        (name, place)
        for name in fields
        for place in positions(node.child, text.index(name))
        if name is WordField.TITLE or place[0] < node.count
    ]
    return Explained(node, bool(found), children=(_clause(node.child, found, text),))


def _regex(node: Regex, text: Searched, fields: Sequence[WordField]) -> Explained:
    compiled = regular.compiled(node.pattern)
    shown: list[Evidence] = []
    for name in fields:
        label = WordField.BODY if name is WordField.LEAD else name
        for found in compiled.finditer(original(name, text.document)):
            shown.append(evidence_at(node.span, label, found.start(), found.group(), text.document))
            if len(shown) == MAX_EVIDENCE:
                break
    return Explained(node, bool(shown), tuple(shown[:MAX_EVIDENCE]))


def regex_found(node: Regex, scope: WordField | None, document: Document) -> bool:
    """Whether a regular expression is found in a field; None: in title or body."""
    compiled = regular.compiled(node.pattern)
    fields = DEFAULT_FIELDS if scope is None else fields_of(scope)
    return any(compiled.search(original(name, document)) is not None for name in fields)


def original(name: WordField, document: Document) -> str:
    """The text of a field as the article has it."""
    match name:
        case WordField.TITLE:
            return document.titles
        case WordField.BODY | WordField.HLEAD:
            return document.text
        case WordField.LEAD:
            ends, words = document.body.tokens.ends, document.lead_length
            return document.text[: ends[words - 1]] if words else ""
        case WordField.AUTHOR:
            return document.author.text
        case WordField.SECTION:
            return document.section.text
        case WordField.TAG:
            return document.tag.text
