"""What is said of a refused rule that was pasted from elsewhere: each kind of slip once, with fixes that mend all of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from alerts.rules.pasted.draft import Draft, Kind, Slip
from alerts.rules.pasted.mending import Mended, mend
from alerts.rules.problem import Code, Fix, Problem

Read = Callable[[str], Sequence[Problem]]
_MOST_STEPS = 12  # fixes applied one after another
_MOST_READ = 100_000  # characters of fixes that are read to see what they leave to mend
_MOST_FIXES = 4


def told(text: str, found: Sequence[Problem], read: Read) -> tuple[Problem, ...]:
    """The problems of a refused text. `read`: the problems of any text as the parser finds them."""
    readings = mend(text)
    if not readings:
        return tuple(_at_once(text, found, read))
    draft = readings[0].draft
    rest = read(draft.text)
    if len(rest) > len(found):
        return tuple(found)
    fixes = list(dict.fromkeys(fix for reading in readings for fix in _fixes(reading, read)))[:_MOST_FIXES]
    if len(found) == 1 and found[0].code is Code.BARE_WORDS and any(slip.kind.words for slip in draft.slips):
        fixes += [fix for fix in found[0].fixes if fix.label == PHRASE]
    slips = [_problem(text, kind, of_kind, fixes) for kind, of_kind in _by_kind(draft.slips).items()]
    return (*slips, *_mapped(list(_at_once(draft.text, rest, read)), draft, slips))


def misread(text: str, read: Read) -> tuple[Problem, ...]:
    """Of a text that could be read as it stands: what it is a slip for; the caller says whether a fix changes what it means."""
    readings = mend(text)
    if not readings:
        return ()
    fixes = list(dict.fromkeys(fix for reading in readings for fix in _fixes(reading, read)))[:_MOST_FIXES]
    kinds = _by_kind(readings[0].draft.slips)
    return tuple(_problem(text, kind, slips, fixes) for kind, slips in kinds.items())


PHRASE = "the phrase"


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
    ends = list(_ends(text, problems, read))
    for label, mended in ends:
        yield Fix(f"{reading.label}, {label}", mended)
    if not ends:
        yield Fix(reading.label, text)


def _ends(text: str, problems: Sequence[Problem], read: Read) -> Iterator[tuple[str, str]]:
    """Valid rules that the first fix of each problem in turn leads to; at the last problem, each of its fixes."""
    for _ in range(_MOST_STEPS):
        mendable = [problem for problem in problems if problem.fixes]
        if not mendable:
            return
        if len(problems) == 1:
            for fix in mendable[0].fixes:
                if not read(fix.text):
                    yield fix.label, fix.text
                elif (more := read(fix.text)) and len(more) == 1 and more[0].code is Code.MIXED_AND_OR:
                    yield from ((f"{fix.label}, {one.label}", one.text) for one in more[0].fixes if not read(one.text))
            return
        text = mendable[0].fixes[0].text
        problems = read(text)
        if not problems:
            yield mendable[0].fixes[0].label, text
            return


def _at_once(text: str, found: Sequence[Problem], read: Read) -> Iterator[Problem]:
    """Fixes that leave nothing to mend, at each problem; where there are none, fixes that leave less than there was."""
    mendable = len(found) <= _MOST_STEPS and all(problem.fixes for problem in found)
    ends = [Fix(*end) for end in _ends(text, found, read)] if mendable else []
    if len(found) > 1:
        ends = [replace(end, label=f"all places: {end.label}") for end in ends]
    left = _MOST_READ
    for place, problem in enumerate(found):
        good: list[Fix] = []
        for fix in problem.fixes if not ends and place < _MOST_STEPS else ():
            left -= len(fix.text)
            if left > 0 and len(read(fix.text)) < len(found):
                good.append(fix)
        yield replace(problem, fixes=tuple(dict.fromkeys(ends or good)))


def _mapped(rest: Sequence[Problem], draft: Draft, slips: Sequence[Problem]) -> Iterator[Problem]:
    """Problems of the mended text at their places in the text as it was pasted; of a place that has one, no second."""
    taken = [(slip.start, slip.end) for slip in slips]
    offered = {fix.text for slip in slips for fix in slip.fixes}
    for problem in rest:
        start, end = draft.origins[problem.start], draft.origins[problem.end]
        told_so = problem.code is Code.MIXED_AND_OR and {fix.text for fix in problem.fixes} <= offered
        if (start, end) not in taken and not told_so:
            yield replace(problem, start=start, end=max(start, end))
