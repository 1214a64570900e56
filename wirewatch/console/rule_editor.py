"""What somebody has typed into the editor of a rule: text, boxes, settings; and which of text and boxes is meant. Pure.

Text and boxes are two views of one rule. Both are in the form; the one that was changed last leads, and where a browser does not
say which (it runs no script), the text does, unless only the boxes differ from what was shown.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from alerts.rules.boxes import Boxes, BoxProblem, NearBox, boxes_of, text_of
from alerts.rules.form_lists import FormList, form_lists, without_form
from alerts.rules.forms.form import Form as InflectedForm
from alerts.rules.parser import parse
from alerts.rules.problem import Problem
from alerts.rules.spellings import AlsoFound, also_found
from alerts.rules.syntax import Node
from wirewatch.console.forms import Form

MOST_BOXES = 50  # of a kind
_MOST_LISTS, _MOST_FORMS = 10, 40  # of forms that are shown; each has a whole text behind its button
_MOST_BESIDE = 10  # forms of one language alone that are shown
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


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A problem with the part of the text around it; `marked` is where it is."""

    problem: Problem
    before: str
    marked: str
    after: str


def edited(form: Form) -> Edited:
    """What the form holds."""
    filled = _boxes(form)
    query, leads, problems = _meant(form, filled)
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
    return None if tree is None else boxes_of(tree)


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A form, and the rule's text with it left out, or in it again where it is `struck`."""

    text: str
    guessed: bool
    struck: bool
    other: str


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
    return [_shown(tree, query, one) for one in islice(form_lists(tree), _MOST_LISTS)]


def also_finds(query: str) -> list[AlsoFound]:
    """Spellings that the terms of a text also find; none of one that cannot be read."""
    tree = parse(query).tree
    return [] if tree is None else also_found(tree)


def _shown(tree: Node, query: str, found: FormList) -> ShownForms:
    shown = found.shown[:_MOST_FORMS]
    forms = tuple(
        ShownForm(form.text, form.guessed, struck, without_form(tree, query, found.start, form.text))
        for form, struck in shown
    )
    beside = tuple(
        ShownBeside(", ".join(one.langs), one.shown[:_MOST_BESIDE], max(0, one.many - _MOST_BESIDE))
        for one in found.beside
    )
    return ShownForms(found, forms, max(0, found.many - len(shown)), beside)


def excerpts(problems: Sequence[Problem], text: str, around: int = 40) -> list[Excerpt]:
    """Each problem with the text around it."""
    found = []
    for one in problems:
        start, end = max(0, min(one.start, len(text))), max(0, min(one.end, len(text)))
        before, after = text[max(0, start - around) : start], text[end : end + around]
        left, right = ("…" if start > around else ""), ("…" if end + around < len(text) else "")
        marked = text[start:end] if end - start <= 3 * around else text[start : start + 3 * around] + "…"
        found.append(Excerpt(one, left + before, marked or " ", after + right))
    return found


def _meant(form: Form, filled: Boxes) -> tuple[str, str, tuple[BoxProblem, ...]]:
    """The text that is meant, what leads, and what is wrong with single lines of the boxes."""
    query, asked = form.text("query"), form.text("leads")
    if form.has("fix"):
        return form.text("fix"), "text", ()
    if asked == "text" or not form.has("boxes_of"):
        return query, "text", ()
    text, problems = text_of(filled)
    if asked == "boxes":
        return text, "boxes", problems
    shown = shown_boxes(query)
    untouched = shown is not None and text_of(shown)[0] == text and not problems
    if untouched or form.text("boxes_of") != query:
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
    )
