"""What somebody has typed into the editor of a rule: text, boxes, settings; and which of text and boxes is meant. Pure.

Text and boxes are two views of one rule. Both are in the form; the one that was changed last leads, and where a browser does not
say which (it runs no script), the text does, unless only the boxes differ from what was shown.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from alerts.rules.boxes import Boxes, BoxProblem, NearBox, boxes_of, text_of
from alerts.rules.estimate import CostEstimate
from alerts.rules.form_lists import FormList, form_lists, without_form
from alerts.rules.forms.form import Form as InflectedForm
from alerts.rules.layout import formatted
from alerts.rules.parser import parse
from alerts.rules.problem import Problem
from alerts.rules.size import RuleSize
from alerts.rules.spellings import AlsoFound, also_found
from wirewatch.console.forms import Form

MOST_BOXES = 50  # of a kind
_MOST_LISTS, _MOST_FORMS = 10, 40  # of forms that are shown
_MOST_BESIDE = 10  # forms of one language alone that are shown
_FORM = re.compile(r"form ([0-9]{1,6}) (.+)", re.DOTALL)
_NUMBERED = re.compile(r"(any_of|in_title|near)\.([0-9]{1,2})(?:\.[a-z]+)?")
DAYS = ("1", "7", "30")
SETTING_FIELDS = (
    "channels",
    "priority",
    "tags",
    "group_wait_seconds",
    "group_interval_seconds",
    "throttle.max",
    "throttle.per_seconds",
    "quiet_hours.start",
    "quiet_hours.end",
    "quiet_hours.time_zone",
    "quiet_hours.days",
    "digest.at",
    "digest.cron",
    "digest.time_zone",
    "digest.days",
    "cooldown.first_seconds",
    "cooldown.factor",
    "cooldown.max_seconds",
    "cooldown.reset_seconds",
    "escalate",
    "inhibits",
    "spread_outlets",
    "since",
    "template",
    "standing.kind",
    "standing.window_seconds",
    "standing.stories",
    "standing.factor",
    "standing.baseline_windows",
    "standing.source",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """`query`: the text that is meant. `boxes` None: the text cannot be shown as boxes. `leads`: `text` or `boxes`."""

    name: str = ""
    query: str = ""
    comment: str = ""
    tag: str = ""
    days: str = "7"
    fields: Mapping[str, str]
    boxes: Boxes | None = None
    box_problems: tuple[BoxProblem, ...] = ()
    leads: str = "text"

    @property
    def key(self) -> str:
        return key_of(self.query)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A problem with the part of the text around it; `marked` is where it is."""

    problem: Problem
    before: str
    marked: str
    after: str
    fixes: tuple["ShownFix", ...] = ()


@dataclass(frozen=True, slots=True)
class ShownFix:
    """`key`: what its button sends: the text may be long, and is made anew. `shown`: the part of it that is new."""

    label: str
    key: str
    shown: str


def key_of(text: str) -> str:
    """What a page calls a text that it need not hold a second time."""
    return text and sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def edited(form: Form, found: Sequence[Problem] = ()) -> Edited:
    """What the form holds. `found`: the problems and warnings of its text, where the button of a fix of them was pressed."""
    filled = _boxes(form)
    fixed = _fixed(form, found)
    if fixed is not None:
        form = form.with_field("query", fixed).with_field("leads", "text")
    query, leads, problems = _meant(form, filled)
    if form.has("format"):
        query, leads = formatted(query).text, "text"
    boxes = filled if leads == "boxes" else shown_boxes(query)
    fields = {name: "\n".join(form.many(name)) for name in SETTING_FIELDS}
    fields["template"] = form.fields.get("template", ("",))[0]
    days = form.text("days")
    return Edited(
        name=form.text("name"),
        query=query,
        comment=form.text("comment"),
        tag=form.text("tag"),
        days=days if days in DAYS else "7",
        fields=fields,
        boxes=boxes,
        box_problems=problems,
        leads=leads,
    )


def shown_boxes(query: str) -> Boxes | None:
    """The boxes of a text; empty ones of no text, None of one that cannot be read."""
    if not query.strip():
        return Boxes()
    tree = parse(query).tree
    return None if tree is None else boxes_of(tree, query)


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A form. `key`: what its button sends, which leaves it out, or takes it in again where it is `struck`."""

    text: str
    guessed: bool
    struck: bool
    key: str


@dataclass(frozen=True, slots=True)
class ShownBeside:
    """Forms in articles of some languages alone, and whether each is left out. `more`: forms that are not shown."""

    langs: str
    forms: tuple[tuple[InflectedForm, bool], ...]
    more: int


@dataclass(frozen=True, slots=True)
class ShownForms:
    """What one `forms(...)` looks for. `more`: forms that are not shown."""

    found: FormList
    forms: tuple[ShownForm, ...]
    more: int
    beside: tuple[ShownBeside, ...]


def shown_forms(query: str) -> list[ShownForms]:
    """The forms that a text looks for; none of one that cannot be read."""
    tree = parse(query).tree
    if tree is None:
        return []
    return [_shown(one) for one in islice(form_lists(tree), _MOST_LISTS)]


def also_finds(query: str) -> list[AlsoFound]:
    """Spellings that the terms of a text also find; none of one that cannot be read."""
    tree = parse(query).tree
    return [] if tree is None else also_found(tree)


def _shown(found: FormList) -> ShownForms:
    shown = found.shown[:_MOST_FORMS]
    forms = tuple(
        ShownForm(form.text, form.guessed, struck, f"form {found.start} {form.text}") for form, struck in shown
    )
    beside = tuple(
        ShownBeside(", ".join(one.langs), one.shown[:_MOST_BESIDE], max(0, one.many - _MOST_BESIDE))
        for one in found.beside
    )
    return ShownForms(found, forms, max(0, found.many - len(shown)), beside)


def cost_line(size: RuleSize, cost: CostEstimate | None) -> str:
    """How much a rule looks for and what that is expected to cost, in words; empty of one that cannot be read."""
    if cost is None:
        return ""
    counts = [
        f"{count:,} {one}{'' if count == 1 else 's'}" for count, one in ((size.clauses, "clause"), (size.terms, "term"))
    ]
    share = f"{cost.share:.2%}" if cost.share >= 0.0001 else "less than 0.01%"
    time = f"about {cost.microseconds:.2g} µs" if cost.microseconds >= 0.01 else "less than 0.01 µs"
    return f"{', '.join(counts)}; looked at for {share} of articles, {time} an article."


def excerpts(problems: Sequence[Problem], text: str, around: int = 40) -> list[Excerpt]:
    """Each problem with the text around it."""
    found = []
    for one in problems:
        start, end = max(0, min(one.start, len(text))), max(0, min(one.end, len(text)))
        before, after = text[max(0, start - around) : start], text[end : end + around]
        left, right = ("…" if start > around else ""), ("…" if end + around < len(text) else "")
        marked = text[start:end] if end - start <= 3 * around else text[start : start + 3 * around] + "…"
        fixes = tuple(ShownFix(fix.label, key_of(fix.text), _new_part(text, fix.text)) for fix in one.fixes)
        found.append(Excerpt(one, left + before, marked or " ", after + right, fixes))
    return found


def _new_part(old: str, new: str, around: int = 30, most: int = 300) -> str:
    """The part of a text that differs from the one before, with a little of what stands beside it."""
    first = _alike(old, new)
    last = _alike(old[first:][::-1], new[first:][::-1])
    start, end = max(0, first - around), min(len(new), len(new) - last + around)
    part = new[start:end] if end - start <= most else new[start : start + most] + "…"
    return f"{'…' if start else ''}{part}{'…' if end < len(new) else ''}"


def _alike(one: str, other: str) -> int:
    """How many characters at the beginning are the same."""
    least = min(len(one), len(other))
    return next((place for place in range(least) if one[place] != other[place]), least)


def _fixed(form: Form, found: Sequence[Problem]) -> str | None:
    """The text that the button of a fix, or of a form, makes; None where none was pressed, or its text was changed meanwhile."""
    key = form.text("fix")
    fix = next((fix.text for one in found for fix in one.fixes if key == key_of(fix.text)), None)
    if fix is not None:
        return fix
    pressed = _FORM.fullmatch(key)
    query = form.text("query")
    tree = parse(query).tree if pressed is not None else None
    return without_form(tree, query, int(pressed[1]), pressed[2]) if tree is not None and pressed is not None else None


def _meant(form: Form, filled: Boxes) -> tuple[str, str, tuple[BoxProblem, ...]]:
    """The text that is meant, what leads, and what is wrong with single lines of the boxes."""
    query, asked = form.text("query"), form.text("leads")
    if asked == "text" or not form.has("boxes_of"):
        return query, "text", ()
    text, problems = text_of(filled, query)
    if asked == "boxes":
        return text, "boxes", problems
    shown = shown_boxes(query)
    untouched = shown is not None and text_of(shown, query)[0] == text and not problems
    if untouched or form.text("boxes_of") != key_of(query):
        return query, "text", ()
    return text, "boxes", problems


def _boxes(form: Form) -> Boxes:
    counts = {"any_of": 0, "in_title": 0, "near": 0}
    for name in form.fields:
        found = _NUMBERED.fullmatch(name)
        if found is not None and int(found[2]) < MOST_BOXES:
            counts[found[1]] = max(counts[found[1]], int(found[2]) + 1)

    def lines(name: str) -> tuple[str, ...]:
        return tuple(line for one in form.fields.get(name, ()) for part in one.split("\n") if (line := part.strip()))

    def lists(name: str) -> tuple[tuple[str, ...], ...]:
        return tuple(found for number in range(counts[name]) if (found := lines(f"{name}.{number}")))

    def near(number: int) -> NearBox:
        distance = form.text(f"near.{number}.distance", "4")
        whole = int(distance) if distance.isascii() and distance.isdigit() and len(distance) < 6 else -1
        ordered = form.text(f"near.{number}.ordered") == "yes"
        return NearBox(lines(f"near.{number}.left"), lines(f"near.{number}.right"), whole, ordered)

    rows = tuple(near(number) for number in range(counts["near"]))
    return Boxes(
        all_of=lines("all_of"),
        any_of=lists("any_of"),
        none_of=lines("none_of"),
        in_title=lists("in_title"),
        near=tuple(row for row in rows if row.left or row.right),
        rest=form.text("rest"),
        remarks=lines("remarks"),
    )
