"""`wirewatch rules format`."""

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.wirewatch.cli.conftest import Newsroom
from wirewatch.cli.main import cli
from wirewatch.config.rule_texts import with_queries

TYPED = "Kim AND # who's\n  (arms OR # and\n guns)"
LAID_OUT = "Kim  # who's\nAND (\n    arms  # and\n    OR guns\n)"
FILE = """# query = "no rule"
[[aliases]]
name = "query"
terms = ["query", "a"]

[[rules]]
name = "one"   # "query"
query = "Kim AND (Xi)"

[[rules]]
"query" = '''
{typed}
'''
name = 'two'

[[rules]]
name = "three"
query = "Kim AND\\n/\\\\d+/"
channels = ["query"]

[[rules]]
name = "watches"
standing = {{ kind = "flatline", window_seconds = 60, source = "A" }}
"""


def told(*words: str, text: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["rules", "format", *words], input=text)


def test_standard_input_is_laid_out_and_laid_out_again_stays() -> None:
    assert told(text=TYPED + "\n").output == LAID_OUT + "\n"
    assert told("-", text=LAID_OUT).output == LAID_OUT + "\n"
    assert told("--check", text=LAID_OUT + "\n").exit_code == 0
    assert told("--check", text=TYPED).exit_code == 1
    assert told("--write", text=TYPED).exit_code == 1


def test_what_is_no_rule_is_told_with_its_place_and_its_comments() -> None:
    refused = told(text="arms guns # both\nAND Kim")
    assert refused.exit_code == 1
    assert "bare-words" in refused.output
    assert 'the phrase:\n    "arms guns" # both\n    AND Kim' in refused.output


def test_the_queries_of_a_file_are_laid_out_in_their_places(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(FILE.format(typed=TYPED), encoding="utf-8")
    before = tomllib.loads(path.read_text(encoding="utf-8"))
    assert told("--check", str(path)).output == f"would change {path}\n"
    assert told("--write", str(path)).exit_code == 0
    text = path.read_text(encoding="utf-8")
    after = tomllib.loads(text)
    assert [one.get("query") for one in after["rules"]] == [
        "Kim AND Xi",
        LAID_OUT + "\n",
        "Kim\nAND /\\d+/",
        None,
    ]
    for rules in (before["rules"], after["rules"]):
        for rule in rules:
            rule.pop("query", None)
    assert after == before
    assert "'''\nKim\nAND /\\d+/'''" in text
    assert text.splitlines()[0] == FILE.splitlines()[0]
    assert 'name = "one"   # "query"' in text
    assert told("--check", str(path)).exit_code == 0
    assert told("--write", str(path)).output == ""
    assert list(tmp_path.iterdir()) == [path]


def test_every_problem_of_a_file_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('[[rules]]\nname = "a"\nquery = "x y"\n[[rules]]\nname = "b"\nquery = "a AND ("\n')
    before = path.read_text()
    refused = told("--write", str(path))
    assert refused.exit_code == 1
    assert "a: bare-words" in refused.output
    assert "b: unbalanced" in refused.output
    assert path.read_text() == before
    path.write_text("[[rules]\n")
    assert f"{path}: " in told(str(path)).output
    path.write_text('x = """\nquery = "Kim"\n"""\n[[rules]]\nname = "a"\nrules.query = "Kim"\n')
    assert told(str(path)).exit_code == 0


def test_files_of_one_rule_and_stored_rules(newsroom: Newsroom, tmp_path: Path) -> None:
    one = tmp_path / "asia.txt"
    one.write_bytes((TYPED + "\n").encode())
    assert told("--write", str(one)).exit_code == 0
    assert one.read_text(encoding="utf-8") == LAID_OUT + "\n"
    newsroom.told("rules", "add", "asia", TYPED)
    assert newsroom.told("rules", "format", "asia") == LAID_OUT + "\n"
    assert "rules add" in newsroom.refused("rules", "format", "--write", "asia")
    assert "asia" in newsroom.refused("rules", "format", "asai")
    assert "no such file" in newsroom.refused("rules", "format", "asia.toml")


@pytest.mark.parametrize("query", ["a'''b AND c\nAND d", "Kim\nAND \"x'", "Kim AND \u0001\nx", 'a "\\" b', "x"])
def test_a_query_is_written_as_the_same_string(query: str) -> None:
    made = with_queries('[[rules]]\nquery = "Kim" # why\nname = "a"', lambda _, __: query)
    assert tomllib.loads(made) == {"rules": [{"query": query, "name": "a"}]}
    assert "# why" in made
