"""Aliases whose terms stand in files beside the configuration."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from wirewatch.cli.main import cli
from wirewatch.config.aliases import read_again
from wirewatch.config.loading import Config, examine
from wirewatch.config.rules import examine_with_rules
from wirewatch.config.term_files import GONE, stamps_of

RULE = "[[rules]]\nname = 'r'\nquery = '@sanctions AND ship'\n"


def written(folder: Path, alias: str, **files: str) -> Path:
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    path = folder / "wirewatch.toml"
    path.write_text(f"[[aliases]]\nname = 'sanctions'\n{alias}\n{RULE}")
    return path


def config_of(path: Path) -> Config:
    config, problems = examine_with_rules(path, {})
    assert problems == []
    assert config is not None
    return config


def problems_of(path: Path) -> list[str]:
    return [str(problem) for problem in examine_with_rules(path, {})[1]]


def test_terms_come_from_the_table_and_the_files_that_it_names(tmp_path: Path) -> None:
    alias = "terms = ['Doe']\nterms_file = 'a.csv'\ncolumn = 'name'\nexclude = ['apple pie']\nexclude_file = 'not.txt'"
    path = written(tmp_path, alias, a_csv="id,name\n1,KIM\n2,Doe\n", not_txt="Big Apple\n")
    (draft,) = config_of(path).aliases
    assert draft.terms == ("Doe", "KIM", "NOT apple pie", "NOT Big Apple")


def test_a_file_is_relative_to_the_file_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    (tmp_path / "wirewatch.toml").write_text("include = ['desk/*.toml']\n")
    (tmp_path / "desk" / "a.toml").write_text("[[aliases]]\nname = 'x'\nterms_file = 'x.txt'\n")
    (tmp_path / "desk" / "x.txt").write_text("Kim\n***\n")
    config, problems = examine(tmp_path / "wirewatch.toml", {})
    assert config is not None
    assert config.aliases[0].terms == ("Kim",)
    assert [str(problem).split(":")[:2] for problem in problems] == [["desk/x.txt", "2"]]


def test_every_problem_has_its_file_line_and_remedy(tmp_path: Path) -> None:
    assert problems_of(written(tmp_path, "terms_file = 'lst.txt'", list_txt="Kim\n")) == [
        'wirewatch.toml:3: aliases[0].terms_file: lst.txt: there is no such file; did you mean "list.txt"?'
    ]
    (told,) = problems_of(written(tmp_path, "terms_file = 'a.csv'\ncolumn = 'nam'", a_csv="id,name\n1,Kim\n"))
    assert told.startswith(
        "wirewatch.toml:4: aliases[0].column: a.csv: there is no column 'nam'; did you mean \"name\"?"
    )
    (told,) = problems_of(written(tmp_path, "terms_file = 'a.txt'", a_txt="Kim\nLi*\n"))
    assert told.startswith("a.txt:2: @sanctions: Li*: 3 letters")
    (told,) = problems_of(written(tmp_path, "exclude = ['x']"))
    assert told.startswith("wirewatch.toml:1: aliases[0].terms: missing; write terms")
    (told,) = problems_of(written(tmp_path, "terms = ['NOT x']"))
    assert "exclusions only" in told
    (told,) = problems_of(written(tmp_path, "terms = ['x']\ncolumn = 2"))
    assert "name it with `terms_file`" in told


def test_a_pipe_or_a_device_is_told_and_not_waited_for(tmp_path: Path) -> None:
    path = written(tmp_path, "terms_file = 'pipe.txt'")
    os.mkfifo(tmp_path / "pipe.txt")
    (told,) = problems_of(path)
    assert told.startswith(
        "wirewatch.toml:3: aliases[0].terms_file: pipe.txt: it is a pipe or a device; expected a file"
    )
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    (told,) = problems_of(written(tmp_path, "terms_file = 'zero.txt'"))
    assert "zero.txt: it is a pipe or a device" in told


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("include = ['pipe']", "pipe"),
        (
            "[[sources]]\nname = 'a'\nurl = 'https://a.example/f'\nusername = 'u'\npassword_file = 'pipe'",
            "password_file",
        ),
        ("[[channels]]\nname = 'w'\nkind = 'webhook'\nurl = 'https://a.example'\nsecret_file = 'pipe'", "secret_file"),
        ("[[channels]]\nname = 'w'\nkind = 'file'\npath = 'pipe'", "path"),
        ("[database]\nurl_file = 'pipe'", "url_file"),
    ],
)
def test_no_pipe_that_a_configuration_names_is_waited_for(tmp_path: Path, text: str, place: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "wirewatch.toml").write_text(text)
    (told,) = map(str, examine(tmp_path / "wirewatch.toml", {})[1])
    assert f"{place}: " in told
    assert "a pipe or a device; expected a file" in told


@pytest.mark.parametrize("key", ["terms_file", "exclude_file"])
def test_a_name_that_no_file_can_have_is_told(tmp_path: Path, key: str) -> None:
    path = tmp_path / "wirewatch.toml"
    path.write_text(f"[[aliases]]\nname = 'x'\nterms = ['Kim']\n{key} = \"a\\u0000b\"\n")
    _, problems = examine(path, {})
    (told,) = map(str, problems)
    assert told.startswith(f"wirewatch.toml:4: aliases[0].{key}: expected the name of a file")


def test_a_file_that_is_the_same_is_not_read_again(tmp_path: Path) -> None:
    path = written(tmp_path, "terms_file = 'a.txt'", a_txt="Kim\n")
    config = config_of(path)
    assert stamps_of(config.term_stamps) == config.term_stamps
    assert read_again(config.listed_aliases).drafts[0].terms[0] is config.aliases[0].terms[0]
    (tmp_path / "new.txt").write_text("Lee\n")
    (tmp_path / "new.txt").replace(tmp_path / "a.txt")
    now = stamps_of(config.term_stamps)
    assert [path for path in now if now[path] != config.term_stamps[path]] == [tmp_path / "a.txt"]
    assert read_again(config.listed_aliases).drafts[0].terms == ("Lee",)
    (tmp_path / "a.txt").unlink()
    gone = read_again(config.listed_aliases)
    assert list(gone.stamps.values()) == [GONE]
    assert "there is no such file" in str(gone.problems[0])


def test_check_counts_the_terms(tmp_path: Path) -> None:
    path = written(tmp_path, "terms_file = 'a.txt'\nexclude = ['x']", a_txt="Kim\nkim\nLee\n")
    done = CliRunner().invoke(cli, ["check", "--offline", "--config", str(path)])
    assert "ok  @sanctions: 2 terms, 1 exclusion; a.txt repeats 1" in done.output
