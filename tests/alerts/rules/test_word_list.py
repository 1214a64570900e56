"""Lists of forms, turned round and kept on disk."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.forms import kept_lists
from alerts.rules.forms.word_list import WordList, compiled, pair_of

LISTED = [
    ("war", "war"),
    ("wars", "war"),
    ("star", "star"),
    ("stars", "star"),
    ("went", "go"),
    ("go", "go"),
    ("Go", "go"),
]


def test_a_headword_has_its_forms() -> None:
    words = WordList(compiled(LISTED))
    pairs = words.pairs_of("war")
    assert pairs is not None
    assert {words.pairs[k] for k in pairs} == {("", ""), ("", "s")}
    assert words.pairs_of("wars") is None
    assert words.heads_of("wars") == ["war"]
    assert words.heads_of("went") == ["go"]
    assert words.heads_of("nothing") == []


def test_headwords_with_an_ending_stand_together() -> None:
    words = WordList(compiled(LISTED))
    assert [head for head, _ in words.with_ending("ar", 10)] == ["star", "war"]
    assert words.has_ending("ar", 2)
    assert not words.has_ending("ar", 3)
    assert words.with_ending("zz", 10) == []


@given(st.dictionaries(st.text("абвab'-ñ", min_size=1, max_size=7), st.text("абвab'-ñ", min_size=1, max_size=7)))
def test_every_listed_form_is_found(listed: dict[str, str]) -> None:
    words = WordList(compiled(listed.items()))
    for form, head in listed.items():
        assert words.pairs_of(head) is not None
        if pair_of(form, head) is not None:
            assert head in words.heads_of(form)


def test_another_spelling_of_capitals_is_no_form_of_its_own() -> None:
    assert pair_of("Go", "go") == ("", "")
    assert pair_of("waffen", "Waffe") == ("", "n")


@pytest.mark.parametrize("form", ["guv.", "уряд¹", "to go", "GO"])
def test_what_is_no_word_is_no_form(form: str) -> None:
    assert pair_of(form, "go") is None


def test_a_list_is_made_once_and_a_damaged_one_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = kept_lists.word_list.__wrapped__("lv")
    (file,) = (tmp_path / "wirewatch").iterdir()
    before = file.stat().st_mtime_ns
    assert kept_lists.word_list.__wrapped__("lv").heads_of("ieroču") == made.heads_of("ieroču") == ["ierocis"]
    assert file.stat().st_mtime_ns == before
    file.write_bytes(b"nothing")
    assert kept_lists.word_list.__wrapped__("lv").heads_of("ieroču") == ["ierocis"]


def test_a_list_is_made_where_no_folder_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_lists, "cache_folders", lambda _: [Path("/dev/null/none")])
    assert kept_lists.word_list.__wrapped__("lv").heads_of("ieroču") == ["ierocis"]
