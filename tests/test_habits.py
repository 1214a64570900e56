"""What surrounds the code for those who work on it: hooks, editor settings, forms, the map of the stages."""

import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.model.outcome import Stage
from tests import docs_checks as checks
from tests.effort import SLOW
from wirewatch.cli.main import cli

ROOT = Path(__file__).resolve().parents[1]
FORMS = sorted(path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
STAGES = {
    "poll": "ingest/poll/stage.py",
    "read": "ingest/read/stage.py",
    "story": "ingest/story/stage.py",
    "match": "alerts/match/stage.py",
    "alert": "alerts/decide/stage.py",
    "deliver": "alerts/deliver/stage.py",
}


def loaded(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_hooks_run_the_checks_of_make_and_download_nothing() -> None:
    repos = loaded(ROOT / ".pre-commit-config.yaml")["repos"]
    assert [repo["repo"] for repo in repos] == ["local"]
    calls = [line.split() for line in MAKEFILE.splitlines() if line.startswith("\t$(BIN)/")]
    checked = {tuple(words[:count]) for words in calls for count in (1, 2)}
    for hook in repos[0]["hooks"]:
        assert hook["language"] == "system"
        program, *rest = shlex.split(hook["entry"])
        if program == "make":
            assert re.search(rf"^{rest[0]}:", MAKEFILE, re.MULTILINE)
        else:
            assert program.startswith(".venv/bin/")
            name = f"$(BIN)/{program.removeprefix('.venv/bin/')}"
            assert (name, *rest[:1]) in checked, hook["id"]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_asks_for_something_and_names_only_commands_that_are_there(path: Path) -> None:
    form = loaded(path)
    assert form["name"]
    assert form["description"]
    asked = [field for field in form["body"] if field["type"] != "markdown"]
    assert any(field.get("validations", {}).get("required") for field in asked)
    assert len({field["id"] for field in asked}) == len(asked)
    assert checks.wrong_calls(checks.calls_in(path.read_text(encoding="utf-8"), "wirewatch"), cli) == []


def test_the_picture_and_the_table_lead_from_each_stage_to_its_file() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = {row.split("|")[1].strip(): row for row in text.splitlines() if row.startswith("| ") and "/stage.py" in row}
    assert list(rows) == [stage.value for stage in Stage]
    for stage, row in rows.items():
        place = STAGES[stage]
        assert f"](../{place})" in row
        assert f'<a href="../{place}">{stage}</a>' in text
        import_module(place.removesuffix(".py").replace("/", "."))


@pytest.mark.parametrize("place", SLOW)
def test_what_the_quick_run_leaves_out_is_there(place: str) -> None:
    path, _, name = place.partition("::")
    assert (ROOT / path).exists()
    assert not name or re.search(rf"^(async )?def {name}", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
