"""The word lists of `forms(...)` are made before a rule asks for them."""

from pathlib import Path

import pytest

from alerts.rules.forms.kept_lists import is_kept
from alerts.rules.forms.languages import LANGUAGES, LISTS
from wirewatch.word_lists import advice, make


def test_lists_are_made_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WIREWATCH_WORD_LISTS", str(tmp_path / "lists"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert [is_kept("lv"), make(("lv", "id")), make(("lv", "id")), is_kept("lv")] == [False, 2, 0, True]
    assert len(list((tmp_path / "lists").iterdir())) == 2


def test_where_lists_are_missing_a_rule_of_forms_is_told_how_to_make_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WIREWATCH_WORD_LISTS", str(tmp_path / "lists"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert advice(["Kim AND arms"]) is None
    assert "python -m wirewatch.word_lists" in (advice(["forms(Kim)"]) or "")
    monkeypatch.setattr("wirewatch.word_lists.is_kept", lambda _code: True)
    assert advice(["forms(Kim)"]) is None


def test_every_language_whose_words_are_looked_up_has_its_list_among_them() -> None:
    """What a language looks up is a list of this name, or one that several languages share."""
    shared = {"hr": "hbs", "bs": "hbs", "sr": "hbs", "nn": "nb", "no": "nb"}
    own_rules = {"ru", "az", "kk", "uz", "ur"}
    assert {shared.get(lang, lang) for lang in LANGUAGES} - own_rules == set(LISTS)
