"""The diff between a document and what is stored."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.model.origin import DB, FILE
from wirewatch.usecases.apply_plan import FieldChange, Known, Step, Verdict, Wanted, plan


def wanted(name: str, **values: Any) -> Wanted:
    return Wanted(key=name, name=name, place=f"/rules/{name}", values=values)


def known(name: str, origin: str = DB, *, enabled: bool = True, **values: Any) -> Known:
    return Known(key=name, name=name, origin=origin, enabled=enabled, values=values)


def verdicts(steps: list[Step]) -> list[tuple[str, Verdict]]:
    return [(step.name, step.verdict) for step in steps]


def test_each_item_is_added_changed_or_the_same_and_what_no_item_names_stays() -> None:
    steps = plan(
        "rules",
        [wanted("new", query="a"), wanted("other", query="b"), wanted("as-it-was", query="c")],
        [known("other", query="a"), known("as-it-was", query="c"), known("unnamed", query="d")],
        prune=False,
    )
    assert verdicts(steps) == [("new", Verdict.ADD), ("other", Verdict.CHANGE), ("as-it-was", Verdict.SAME)]
    assert steps[1].changes == (FieldChange("query", "a", "b"),)
    assert [step.place for step in steps] == ["/rules/new", "/rules/other", "/rules/as-it-was"]


def test_pruning_removes_what_no_item_names_but_neither_what_files_manage_nor_what_is_removed_already() -> None:
    stored = [known("a"), known("in-file", FILE), known("gone", enabled=False), known("kept", query="x")]
    steps = plan("rules", [wanted("kept", query="x")], stored, prune=True)
    assert verdicts(steps) == [("kept", Verdict.SAME), ("a", Verdict.REMOVE)]
    assert steps[1].place == ""


def test_what_a_file_manages_is_a_conflict_unless_the_document_says_the_same() -> None:
    stored = [known("a", FILE, query="x"), known("b", FILE, query="x")]
    steps = plan("rules", [wanted("a", query="x"), wanted("b", query="y")], stored, prune=True)
    assert verdicts(steps) == [("a", Verdict.SAME), ("b", Verdict.CONFLICT)]
    assert "managed in a file" in steps[1].why


def test_what_was_removed_is_added_again() -> None:
    assert verdicts(plan("rules", [wanted("a", query="x")], [known("a", enabled=False, query="x")], prune=False)) == [
        ("a", Verdict.ADD)
    ]


def test_a_setting_that_the_document_leaves_out_goes() -> None:
    (step,) = plan("rules", [wanted("a", query="x")], [known("a", query="x", digest={"at": ["08:00"]})], prune=False)
    assert step.changes == (FieldChange("digest", {"at": ["08:00"]}, None),)


def test_a_secret_is_compared_and_never_shown() -> None:
    item = Wanted(
        key="d", name="d", place="", values={"url": "https://chat/new"}, shown={"url": "https://chat/[secret]"}
    )
    stored = Known(
        key="d", name="d", origin=DB, values={"url": "https://chat/old"}, shown={"url": "https://chat/[secret]"}
    )
    (step,) = plan("channels", [item], [stored], prune=False)
    assert step.verdict is Verdict.CHANGE
    assert step.changes == (FieldChange("url", "https://chat/[secret]", "https://chat/[secret]"),)
    assert "new" not in repr(step).replace("[secret]", "")
    assert "old" not in repr(step)


NAMES = st.sampled_from("abcdef")
STATES = st.dictionaries(NAMES, st.integers(0, 2))


@given(STATES, STATES, st.booleans())
def test_what_a_plan_leads_to_is_what_the_document_says_and_planning_again_finds_nothing_to_do(
    document: dict[str, int],
    stored: dict[str, int],
    prune: bool,  # noqa: FBT001 - drawn
) -> None:
    items = [wanted(name, value=value) for name, value in document.items()]
    state = dict(stored)
    for step in plan("rules", items, [known(name, value=value) for name, value in stored.items()], prune=prune):
        if step.verdict is Verdict.REMOVE:
            del state[step.name]
        elif step.verdict is not Verdict.SAME:
            state[step.name] = document[step.name]
    assert state == (document if prune else {**stored, **document})
    again = plan("rules", items, [known(name, value=value) for name, value in state.items()], prune=prune)
    assert {step.verdict for step in again} <= {Verdict.SAME}
