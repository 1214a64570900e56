"""Finds a term, a proximity or an OR of them in a field, as spans of words: first and one past the last."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from alerts.rules.listed import index_of
from alerts.rules.syntax import Listed, Near, Node, Or, Term, Terms, Unit, Within, WordPattern
from alerts.rules.terms import exact
from alerts.rules.word_index import expression, fits, fits_joined
from core.text.document import FieldText
from core.text.fold import fold_pattern

Position = tuple[int, int]


class FieldIndex:
    """A field's words and where each stands. `lang`: of its article, "" where it has none. `limit`: only words before it count (the
    lead of a body)."""

    def __init__(self, text: FieldText, lang: str = "", limit: int | None = None) -> None:
        self.text = text
        self.lang = lang
        self.words = text.tokens.words if limit is None else text.tokens.words[:limit]
        self._positions: dict[str, list[int]] = {}
        self._lists: dict[Listed, list[Position]] = {}
        for place, word in enumerate(self.words):
            self._positions.setdefault(word, []).append(place)

    def at(self, pattern: WordPattern, *, cased: bool) -> Sequence[int]:
        """Places of the words that fit a pattern, in order."""
        if cased:
            typed = expression(pattern)
            folded = self.at(WordPattern(fold_pattern(pattern.text), pattern.prefix), cased=False)
            return [place for place in folded if typed.fullmatch(exact(self.original(place)))]
        if pattern.is_literal:
            return self._positions.get(pattern.text, ())
        found = {p for word, places in self._positions.items() if fits(pattern, word) for p in places}
        if "?" in pattern.text:
            joined = self.text.tokens.joined.items()
            found |= {p for p, pairs in joined if p < len(self.words) and fits_joined(pattern, self.words[p], pairs)}
        return sorted(found)

    def listed(self, node: Listed) -> list[Position]:
        """The matches of a list, in order, each once; looked for once, for all rules that name it."""
        found = self._lists.get(node)
        if found is None:
            found = self._terms(Terms.of(node.terms))
            excluded = self._terms(Terms.of(node.exclude)) if found else []
            if excluded:
                found = _outside(found, excluded, node.within, self)
            self._lists[node] = found
        return found

    def _terms(self, terms: Terms) -> list[Position]:
        met = dict.fromkeys(index_of(terms).found(self._positions.keys()))
        return sorted({place for term in met for place in _term(term, self)})

    def original(self, place: int) -> str:
        """A word as the article has it."""
        tokens = self.text.tokens
        return self.text.text[tokens.starts[place] : tokens.ends[place]]

    def paragraph(self, place: int) -> int:
        return self.text.paragraphs[place]

    def unit(self, unit: Unit, place: int) -> int:
        return (self.text.sentences if unit is Unit.SENTENCE else self.text.paragraphs)[place]


def positions(node: Node, index: FieldIndex) -> list[Position]:
    """Every match of an operand, in order, each once."""
    match node:
        case Term():
            return _term(node, index)
        case Listed():
            return index.listed(node)
        case Or(children=children):
            return sorted({place for child in children for place in positions(child, index)})
        case Near():
            return _near(node, index)
        case Within():
            return _within(node, index)
        case _:
            raise TypeError(f"{type(node).__name__} is no operand")


def _term(term: Term, index: FieldIndex) -> list[Position]:
    length = len(term.words)
    if not 0 < length <= len(index.words) or (term.langs and index.lang not in term.langs):
        return []
    columns: list[Sequence[int]] = []
    for word in term.words:
        columns.append(index.at(word, cased=term.cased))
        if not columns[-1]:
            return []
    if length == 1:
        return [(place, place + 1) for place in columns[0]]
    rarest = min(range(length), key=lambda k: len(columns[k]))
    starts = [place - rarest for place in columns[rarest] if 0 <= place - rarest <= len(index.words) - length]
    for k, word in enumerate(term.words):
        if not starts:
            return []
        if word.is_literal and not term.cased:
            starts = [start for start in starts if index.words[start + k] == word.text]
        elif k != rarest:
            here = set(columns[k])
            starts = [start for start in starts if start + k in here]
    return [(s, s + length) for s in starts if index.paragraph(s) == index.paragraph(s + length - 1)]


def _outside(found: list[Position], excluded: list[Position], within: int, index: FieldIndex) -> list[Position]:
    """The matches that no exclusion overlaps, or has within so many words in one paragraph."""
    starts = [place[0] for place in excluded]
    longest = max(end - start for start, end in excluded)

    def is_excluded(place: Position) -> bool:
        for other in excluded[bisect_left(starts, place[0] - within - longest) :]:
            if other[0] > place[1] + within:
                return False
            between = gap(place, other)
            if between is None or (between <= within and _one_paragraph(index, place, other)):
                return True
        return False

    return [place for place in found if not is_excluded(place)]


def gap(left: Position, right: Position) -> int | None:
    """Words between the nearer edges; None where the two overlap."""
    if left[1] <= right[0]:
        return right[0] - left[1]
    if right[1] <= left[0]:
        return left[0] - right[1]
    return None


def pairs(node: Near, index: FieldIndex) -> Iterator[tuple[Position, Position]]:
    """Matches of the left side with the matches of the right side that are near enough."""
    rights = positions(node.right, index)
    if not rights:
        return
    starts = [place[0] for place in rights]
    longest = max(end - start for start, end in rights)
    for left in positions(node.left, index):
        first = left[1] if node.ordered else left[0] - node.distance - longest
        for right in rights[bisect_left(starts, first) :]:
            if right[0] > left[1] + node.distance:
                break
            between = gap(left, right)
            if between is not None and between <= node.distance and _one_paragraph(index, left, right):
                yield left, right


def _one_paragraph(index: FieldIndex, left: Position, right: Position) -> bool:
    first, last = min(left[0], right[0]), max(left[1], right[1]) - 1
    return index.paragraph(first) == index.paragraph(last)


def _near(node: Near, index: FieldIndex) -> list[Position]:
    if node.negated:
        held = {left for left, _ in pairs(node, index)}
        return [place for place in positions(node.left, index) if place not in held]
    return sorted({(min(a[0], b[0]), max(a[1], b[1])) for a, b in pairs(node, index)})


def _within(node: Within, index: FieldIndex) -> list[Position]:
    return sorted({(min(a[0], b[0]), max(a[1], b[1])) for a, b in together(node, index)})


def together(node: Within, index: FieldIndex) -> Iterator[tuple[Position, Position]]:
    """Matches of both sides that stand whole in one sentence or paragraph."""
    by_unit: dict[int, list[Position]] = {}
    for right in positions(node.right, index):
        unit = _unit_of(node.unit, right, index)
        if unit is not None:
            by_unit.setdefault(unit, []).append(right)
    for left in positions(node.left, index):
        unit = _unit_of(node.unit, left, index)
        if unit is not None:
            yield from ((left, right) for right in by_unit.get(unit, ()))


def _unit_of(unit: Unit, place: Position, index: FieldIndex) -> int | None:
    first, last = index.unit(unit, place[0]), index.unit(unit, place[1] - 1)
    return first if first == last else None
