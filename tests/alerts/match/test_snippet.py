from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from alerts.match.snippet import SnippetsOf, snippet
from core.model.match import Evidence
from core.text.highlight import highlight, one_line
from tests.fakes.records import an_article

FILLER = "Ministers met again on Tuesday without result. " * 12
TEXT = f"{FILLER.strip()}\n\nLater the ship with arms left for Russia, officials in Seoul said. {FILLER.strip()}\n\nThe end."


def at(word: str, text: str = TEXT, clause: int = 0) -> Evidence:
    start = text.index(word)
    return Evidence(clause, clause + 1, "body", start, start + len(word), word)


def bold(text: str, *words: str) -> str:
    return highlight(text, words, mark=lambda part: f"*{part}*", plain=lambda part: part)


def test_a_snippet_shows_the_place_with_the_most_clauses() -> None:
    shown = snippet(TEXT, [at("Ministers", clause=9), at("arms", clause=1), at("Russia", clause=2)])
    assert shown.startswith("Later the ship with arms left for Russia, officials in Seoul said. Ministers met")
    assert shown.endswith("…")
    assert len(shown) <= 240


def test_a_short_paragraph_is_shown_whole_and_alone() -> None:
    assert snippet(TEXT, [at("end")]) == "The end."


def test_without_evidence_in_the_body_it_is_the_beginning() -> None:
    title_only = [Evidence(0, 1, "title", 0, 4, "arms")]
    assert snippet(TEXT, title_only).startswith("Ministers met again on Tuesday")
    assert snippet("", title_only) == ""


def test_lines_become_one() -> None:
    assert snippet("a line\nand\tanother  one", []) == "a line and another  one"


def test_text_without_spaces_is_cut_anywhere() -> None:
    text = "北" * 500 + "武器" + "朝" * 500
    shown = snippet(text, [at("武器", text)])
    assert "武器" in shown
    assert len(shown) == 240


@given(
    st.text(alphabet=st.sampled_from("ab \n北🚀é"), max_size=900),
    st.lists(st.tuples(st.integers(0, 900), st.integers(1, 60), st.integers(0, 3)), max_size=8),
)
def test_a_snippet_is_a_part_of_the_text_with_its_best_evidence(text: str, places: list[tuple[int, int, int]]) -> None:
    evidence = [
        Evidence(clause, clause + 1, "body", start, start + length, text[start : start + length])
        for start, length, clause in places
        if start + length <= len(text)
    ]
    shown = snippet(text, evidence)
    assert len(shown) <= 240
    assert "\n" not in shown
    assert shown.strip("…").strip() in one_line(text)
    within = [item for item in evidence if "\n\n" not in item.text and item.text.strip()]
    if within:
        assert any(one_line(item.text).strip() in shown for item in within)


def test_evidence_is_marked_as_whole_words() -> None:
    assert bold("arms, alarms and arms", "arms") == "*arms*, alarms and *arms*"
    assert bold("북한의 무기", "북한") == "*북한*의 무기"
    assert bold("North Korea and Korea", "Korea", "North Korea") == "*North Korea* and *Korea*"
    assert bold("nothing", "") == "nothing"


def test_every_part_is_escaped_once() -> None:
    shown = highlight("a<b>c", ["b"], mark=lambda part: f"*{part}*", plain=lambda part: part.replace("<", "&lt;"))
    assert shown == "a&lt;*b*>c"


def test_what_only_the_feed_says_is_shown_where_nothing_else_matched() -> None:
    page = replace(
        an_article("https://news.example/1"), text="Talks went on.", feed_text="Arms were sold.", feed_title="Arms deal"
    )
    snippets = SnippetsOf(page)
    body, fed, title = (Evidence(0, 4, name, 0, 4, "Arms") for name in ("body", "feed_text", "feed_title"))
    assert snippets.of([fed, body]) == "Talks went on."
    assert snippets.of([fed, title]) == "Arms were sold."
    assert snippets.of([title]) == "Arms deal"
    assert SnippetsOf(replace(page, text="")).of([]) == "Arms were sold."
