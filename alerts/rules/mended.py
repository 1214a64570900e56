"""What is said of a refused rule that was pasted from elsewhere: each kind of slip once, with fixes that mend all of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from alerts.rules.pasted.draft import Draft, Kind, Slip
from alerts.rules.pasted.mending import Mended, mend
from alerts.rules.problem import Change, Code, Fix, Problem

Read = Callable[[str], Sequence[Problem]]
PHRASE = "the phrase"
_MOST_STEPS = 12  # mends one after another, each at all places
_MOST_READS = 30  # texts that are read to see what a mend leaves to be mended
_MOST_READ = 400_000  # characters of them
_MOST_FIXES = 4
_MOST_FIXED = 12  # problems that come with fixes, which are the same at all of them


def told(text: str, found: Sequence[Problem], read: Read) -> tuple[Problem, ...]:
    """The problems of a refused text. `read`: the problems of any text as the parser finds them."""
    readings = mend(text)
    if not readings:
        return _with_ends(found, _ends(text, found, read))
    draft = readings[0].draft
    rest = read(draft.text)
    fixes = _fixes_of(readings, read)
    if not fixes and len(rest) > len(found):
        return _with_ends(found, [end for end in _ends(text, found, read) if not mend(end.text)])
    if len(found) == 1 and found[0].code is Code.BARE_WORDS and _may_be_words(draft):
        fixes += [fix for fix in found[0].fixes if fix.label == PHRASE and not read(fix.text)]
    slips = [_problem(text, kind, of_kind, fixes) for kind, of_kind in _by_kind(draft.slips).items()]
    return (*slips, *_mapped(_with_ends(rest, fixes), draft, slips))


def _may_be_words(draft: Draft) -> bool:
    """Whether what was mended may also be words of a phrase, and nothing of it is a sign of a program."""
    kinds = {slip.kind for slip in draft.slips}
    return any(kind.words for kind in kinds) and all(kind.code is Code.BARE_WORDS for kind in kinds)


def _fixes_of(readings: Sequence[Mended], read: Read) -> list[Fix]:
    return list(dict.fromkeys(fix for reading in readings for fix in _fixes(reading, read)))[:_MOST_FIXES]


def misread(text: str, read: Read) -> tuple[Problem, ...]:
    """Of a text that could be read as it stands: what it is a slip for; the caller says whether a fix changes what it means."""
    readings = mend(text)
    if not readings:
        return ()
    fixes = _fixes_of(readings, read)
    kinds = _by_kind(readings[0].draft.slips)
    return tuple(_problem(text, kind, slips, fixes) for kind, slips in kinds.items())


def _by_kind(slips: Sequence[Slip]) -> dict[Kind, list[Slip]]:
    kinds: dict[Kind, list[Slip]] = {}
    for slip in slips:
        kinds.setdefault(slip.kind, []).append(slip)
    return kinds


def _problem(text: str, kind: Kind, slips: Sequence[Slip], fixes: Sequence[Fix]) -> Problem:
    first = slips[0]
    written = text[first.start : first.end].strip()[:40]
    said = kind.said.format(written or "this")
    more = f" (and {len(slips) - 1} more)" if len(slips) > 1 else ""
    return Problem(kind.code, first.start, first.end, said + more, tuple(fixes))


def _fixes(reading: Mended, read: Read) -> Iterator[Fix]:
    """A reading, and where more is wrong in it, what that is mended to."""
    text = reading.draft.text.strip()
    problems = read(text)
    if not problems:
        yield Fix(reading.label, text)
        return
    for end in _ends(text, problems, read):
        yield replace(end, label=f"{reading.label}, {end.label}")


def _ends(text: str, problems: Sequence[Problem], read: Read) -> list[Fix]:
    """Valid rules that the fixes of the problems lead to, each kind of fix at all places at once; none where something is left."""
    search = _Search(read)
    search.go(text, problems, ())
    several = len(problems) > 1
    return [Fix(f"all places: {label}" if several else label, end) for end, label in search.ends.items()]


@dataclass(slots=True)
class _Search:
    """Goes through the fixes in their order. `ends`: valid rules with what leads to them."""

    read: Read
    ends: dict[str, str] = field(default_factory=dict)
    reads: int = 0
    characters: int = 0

    def go(self, text: str, problems: Sequence[Problem], before: tuple[str, ...]) -> None:
        if len(before) == _MOST_STEPS:
            return
        tried = {text}
        for label in _labels(problems):
            new = _together(text, problems, label)
            if new in tried or len(self.ends) == _MOST_FIXES:
                continue
            if self.reads == _MOST_READS or (self.reads and self.characters + len(new) > _MOST_READ):
                return
            tried.add(new)
            self.reads += 1
            self.characters += len(new)
            left = self.read(new)
            if left:
                self.go(new, left, (*before, label))
            else:
                self.ends.setdefault(new, ", ".join(dict.fromkeys((*before, label))))


def _labels(problems: Iterable[Problem]) -> list[str]:
    """What their fixes are called, the first of each problem first."""
    fixes = [problem.fixes for problem in problems if problem.fixes][:_MOST_FIXED]
    ranked = sorted((rank, place) for place, some in enumerate(fixes) for rank in range(len(some)))
    return list(dict.fromkeys(fixes[place][rank].label for rank, place in ranked))


def _together(text: str, problems: Iterable[Problem], label: str) -> str:
    """The text with the fix of that name, or else the first, at each place; of two that overlap with the earlier alone."""
    changes = []
    for problem in problems:
        if problem.fixes:
            made = next((fix for fix in problem.fixes if fix.label == label), problem.fixes[0]).made
            changes.append(Change(text, 0, len(text), made) if isinstance(made, str) else made)
    pieces, at = list[str](), 0
    for change in sorted(changes, key=lambda one: (one.start, one.end)):
        if change.start >= at:
            pieces += (text[at : change.start], change.new)
            at = change.end
    return "".join((*pieces, text[at:]))


def _with_ends(found: Sequence[Problem], ends: Sequence[Fix]) -> tuple[Problem, ...]:
    """The problems, the first of them with what mends all."""
    return tuple(replace(one, fixes=tuple(ends) if place < _MOST_FIXED else ()) for place, one in enumerate(found))


def _mapped(rest: Sequence[Problem], draft: Draft, slips: Sequence[Problem]) -> Iterator[Problem]:
    """Problems of the mended text at their places in the text as it was pasted; of a place that has one, no second."""
    taken = [(slip.start, slip.end) for slip in slips]
    offered = {fix.text for slip in slips for fix in slip.fixes}
    for problem in rest:
        start, end = draft.origins[problem.start], draft.origins[problem.end]
        told_so = problem.code is Code.MIXED_AND_OR and {fix.text for fix in problem.fixes} <= offered
        if (start, end) not in taken and not told_so:
            yield replace(problem, start=start, end=max(start, end))
