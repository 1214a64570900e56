"""A key that got another name works under the old one for a release, and is told."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from core.config import fields_at
from core.config_renames import Renamed
from wirewatch.cli.commands import run
from wirewatch.cli.main import cli
from wirewatch.config import loading
from wirewatch.config.loading import Config, examine
from wirewatch.config.renamed import RENAMES
from wirewatch.config.schema import MainFile

RENAMED = (
    Renamed("fetch.most_bytes", "fetch.max_bytes", "0.3"),
    Renamed("sources.nation", "sources.country", "0.3"),
    Renamed("listen", "server.listen", "0.3"),
    Renamed("keep", "retention", "0.3"),
    Renamed("rules.throttle.most", "rules.throttle.max", "0.4"),
)


def read(folder: Path, text: str, environ: dict[str, str] | None = None) -> tuple[Config, list[str]]:
    (folder / "wirewatch.toml").write_text(text, encoding="utf-8")
    config, problems = examine(folder / "wirewatch.toml", environ or {}, RENAMED)
    assert config is not None
    return config, [str(one) for one in problems]


OLD = """listen = "127.0.0.1:9000"
[fetch]
most_bytes = 4096
[keep]
articles_days = 3
[[sources]]
name = "A"
url = "https://a.example/feed"
[[sources]]
name = "B"
url = "https://b.example/feed"
nation = "IN"
[[rules]]
name = "r"
query = "x"
throttle = { most = 2, per_seconds = 60 }
"""


def test_old_keys_are_read_as_the_new_ones_and_each_is_told_with_its_place(tmp_path: Path) -> None:
    config, problems = read(tmp_path, OLD)
    assert problems == []
    assert config.server.listen == ("127.0.0.1", 9000)
    assert (config.fetch.max_bytes, config.retention.articles) == (4096, 3)
    assert [source.country for source in config.sources] == [None, "IN"]
    [rule] = config.rules
    assert rule.settings.throttle is not None
    assert rule.settings.throttle.max == 2
    assert {str(one) for one in config.renamed} == {
        f"wirewatch.toml:{line}: {old}: `{old}` is now `{new}`; the old name works until {until}"
        for line, old, new, until in (
            (1, "listen", "server.listen", "0.3"),
            (3, "fetch.most_bytes", "fetch.max_bytes", "0.3"),
            (4, "keep", "retention", "0.3"),
            (12, "sources[1].nation", "sources[1].country", "0.3"),
            (16, "rules[0].throttle.most", "rules[0].throttle.max", "0.4"),
        )
    }


def test_what_is_wrong_with_a_value_under_an_old_name_is_told_at_its_line(tmp_path: Path) -> None:
    _, problems = read(tmp_path, '[fetch]\nmost_bytes = "many"\n[keep]\narticles_days = "x"\n')
    assert problems == [
        "wirewatch.toml:2: fetch.max_bytes: expected a whole number, got text",
        "wirewatch.toml:4: retention.articles_days: expected a number, got text",
    ]


def test_both_names_at_once_are_refused(tmp_path: Path) -> None:
    _, problems = read(tmp_path, "[fetch]\nmost_bytes = 4096\nmax_bytes = 8192\n")
    assert problems == [
        (
            "wirewatch.toml:2: fetch.most_bytes: `fetch.most_bytes` is now `fetch.max_bytes`, and both stand here;"
            " leave the old one out"
        )
    ]


def test_an_old_name_works_in_the_environment_too(tmp_path: Path) -> None:
    environ = {"WIREWATCH_FETCH__MOST_BYTES": "4096", "WIREWATCH_KEEP__ARTICLES_DAYS": "3", "WIREWATCH_LISTEN": "a:1"}
    config, problems = read(tmp_path, "", environ)
    assert problems == []
    assert (config.fetch.max_bytes, config.retention.articles) == (4096, 3)
    assert config.server.listen == ("a", 1)
    assert {one.file for one in config.renamed} >= {"environment WIREWATCH_FETCH__MOST_BYTES"}


@pytest.mark.parametrize(
    "text", ["fetch = 5\n", "[[fetch]]\n", "sources = 3\n", 'rules = ["x"]\n', "listen = 5\nserver = 1\n"]
)
def test_a_table_that_is_none_is_told_as_ever(tmp_path: Path, text: str) -> None:
    config, problems = examine_of(tmp_path, text)
    assert problems
    assert config is None or config.renamed == ()


def examine_of(folder: Path, text: str) -> tuple[Config | None, list[str]]:
    (folder / "wirewatch.toml").write_text(text, encoding="utf-8")
    config, problems = examine(folder / "wirewatch.toml", {}, RENAMED)
    return config, [str(one) for one in problems]


def test_check_tells_it_and_a_start_logs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "wirewatch.toml"
    path.write_text("[fetch]\nmost_bytes = 4096\n", encoding="utf-8")
    config, _ = examine(path, {}, RENAMED)
    assert config is not None
    monkeypatch.setattr(loading, "RENAMES", RENAMED)
    done = CliRunner().invoke(cli, ["check", "--offline", "--config", str(path)])
    assert (done.exit_code, done.stderr) == (
        0, "warning: wirewatch.toml:2: fetch.most_bytes: `fetch.most_bytes` is now `fetch.max_bytes`; the old name works until 0.3\n",
    )  # fmt: skip
    monkeypatch.setattr(run, "set_up_logging", lambda **_: None)
    run._set_up_log(config)
    logged = capsys.readouterr()  # a command's log goes to standard error, that of `run` to standard output
    assert "`fetch.most_bytes` is now `fetch.max_bytes`" in logged.out + logged.err


@pytest.mark.parametrize("rename", [*RENAMES, *RENAMED], ids=lambda rename: rename.old)
def test_the_new_name_is_a_key_and_the_old_one_is_none(rename: Renamed) -> None:
    for name, there in ((rename.new, True), (rename.old, False)):
        *above, last = name.split(".")
        assert (last in fields_at(MainFile, above)) is there, name
