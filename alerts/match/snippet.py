"""The part of an article that shows best why it matched."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from core.model.article import Article
from core.model.match import Evidence
from core.text.highlight import one_line

LIMIT = 240  # characters, ellipses included

_ELLIPSIS = "…"
_BODY_FIELDS = frozenset({"body", "lead"})  # both count characters of the body
_MARGIN = 40  # characters wished for before the first evidence
_MOST_CONSIDERED = 64
_PLACE = attrgetter("start", "end")


def snippet(text: str, evidence: Sequence[Evidence], limit: int = LIMIT) -> str:
    """At most `limit` characters of one paragraph of `text`, around the evidence of the most clauses; its beginning if
    nothing in the body matched. Cut between words, on one line, otherwise as the article has it."""
    return Snippets(text, limit).of(evidence)


@dataclass(frozen=True, slots=True)
class Snippets:
    """Snippets of one text: matches that are shown by the same place share theirs."""

    text: str
    limit: int = LIMIT
    _cuts: dict[tuple[int, int], str] = field(default_factory=dict)

    def of(self, evidence: Sequence[Evidence]) -> str:
        """See `snippet`."""
        place = _best(self.text, evidence, self.limit)
        found = self._cuts.get(place)
        if found is None:
            found = self._cuts[place] = _cut(self.text, *place, self.limit)
        return found


@dataclass(frozen=True, slots=True)
class SnippetsOf:
    """Snippets of an article: of its text where something matched there, else of what its feed says beside the page."""

    article: Article
    _parts: dict[str, Snippets] = field(default_factory=dict)

    def of(self, evidence: Sequence[Evidence]) -> str:
        """See `snippet`."""
        told = {item.field for item in evidence}
        if told.isdisjoint(_BODY_FIELDS):
            for name, text in (("feed_text", self.article.feed_text), ("feed_title", self.article.feed_title)):
                if name in told:
                    return self._part(name, text).of(
                        [replace(one, field="body") for one in evidence if one.field == name]
                    )
        return self._part("body", self.article.text or self.article.feed_text).of(evidence)

    def _part(self, name: str, text: str) -> Snippets:
        found = self._parts.get(name)
        if found is None:
            found = self._parts[name] = Snippets(text)
        return found


def _best(text: str, evidence: Sequence[Evidence], limit: int) -> tuple[int, int]:
    """The span of evidence that shows the most clauses within `limit` characters and one paragraph; the first of equals."""
    length = len(text)
    places = [
        item
        for item in evidence
        if item.field in _BODY_FIELDS and 0 <= item.start < item.end <= length and item.end - item.start <= limit
    ]
    places.sort(key=_PLACE)
    del places[_MOST_CONSIDERED:]
    best, most = (0, 0), 0
    for index, first in enumerate(places):
        if len(places) - index <= most:
            break  # those that are left are too few
        clauses: set[tuple[int, int]] = set()
        end = first.end
        for item in places[index:]:
            if item.end - first.start > limit - 2 or text.find("\n\n", first.start, item.end) >= 0:
                break
            clauses.add((item.clause_start, item.clause_end))
            end = max(end, item.end)
        if len(clauses) > most:
            best, most = (first.start, end), len(clauses)
    return best


def _cut(text: str, start: int, end: int, limit: int) -> str:
    low = text.rfind("\n\n", 0, start)
    low = 0 if low < 0 else low + 2
    high = text.find("\n\n", end)
    high = len(text) if high < 0 else high
    while low < start and text[low].isspace():
        low += 1
    while high > end and text[high - 1].isspace():
        high -= 1
    if high - low <= limit:
        return one_line(text[low:high])
    room = limit - 2  # an ellipsis at each end
    left = max(low, end - room, min(start - _MARGIN, high - room))
    if left > low:
        left = _word_start(text, left, start)
    right = min(high, left + room)
    if right < high:
        right = _word_end(text, right, max(end, left))
    before = _ELLIPSIS if left > low else ""
    after = _ELLIPSIS if right < high else ""
    return before + one_line(text[left:right]).strip() + after


def _word_start(text: str, position: int, latest: int) -> int:
    """The first beginning of a word from `position` on, `latest` if there is none before it."""
    for index in range(position, latest):
        if text[index - 1].isspace() and not text[index].isspace():
            return index
    # One word without a space, as in Chinese: cutting it anywhere is right.
    return min(latest, position)


def _word_end(text: str, position: int, earliest: int) -> int:
    """The last end of a word up to `position`, but not before `earliest`; `position` if no space stands there."""
    for index in range(position, earliest, -1):
        if text[index].isspace() and not text[index - 1].isspace():
            return index
    return position
