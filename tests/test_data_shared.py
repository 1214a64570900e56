"""A clone without the shared sample data skips what reads it, and CI does not pass in silence without."""

from pathlib import Path

import pytest

from tests import data_shared
from tests.data_shared import shared


@pytest.fixture(autouse=True)
def _no_shared_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(data_shared, "SHARED", tmp_path / "shared")


def test_without_the_sample_data_a_test_is_skipped_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"shared/data/article\.txt"):
        shared("data", "article.txt")


def test_in_ci_it_fails_and_says_how_to_run_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.delenv("WIREWATCH_SHARED_DATA", raising=False)
    with pytest.raises(pytest.fail.Exception, match="WIREWATCH_SHARED_DATA=none"):
        shared("data")
    monkeypatch.setenv("WIREWATCH_SHARED_DATA", "none")
    with pytest.raises(pytest.skip.Exception):
        shared("data")
