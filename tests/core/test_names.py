"""Names of sources and codes of languages are compared in one spelling, whichever way a publisher writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.language_code import language_code
from core.text.names import name_key
from tests.effort import tries


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L'Écho", "L’ÉCHO"),
        ("L`Écho", "L’E\u0301cho"),
        ("S\u030ckoda Weekly", "Škoda\u00a0 weekly"),
        ("Ямал–Медиа", "ЯМАЛ-МЕДИА"),
        ("Milliyet İzmir", "milliyet izmir"),
        ("Al\u200bJazeera", "AlJazeera"),
        ("Ｒｅｕｔｅｒｓ", "Reuters"),
        ("Die „Zeit“", 'die "zeit"'),
    ],
)
def test_a_name_is_one_however_it_is_typed(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Škoda", "Skoda"), ("The Times", "Times"), ("Al Jazeera", "AlJazeera")])
def test_marks_and_words_of_a_name_count(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=24))
@tries(200)
def test_a_key_is_its_own_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("iw", "he"),
        ("in", "id"),
        ("ji", "yi"),
        ("rus", "ru"),
        ("deu", "de"),
        ("ger", "de"),
        ("zh-Hans", "zh"),
        ("zh_CN", "zh"),
        ("PT_br", "pt"),
        ("cmn-Hant", "zh"),
        ("de_DE.UTF-8", "de"),
        ("en-GB", "en"),
        ("ckb", "ckb"),
        (" FR ", "fr"),
        ("русский", "русский"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_language_has_one_code(tag: str | None, code: str) -> None:
    assert language_code(tag) == code
    assert language_code(code) == code
