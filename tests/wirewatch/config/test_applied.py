"""A document that is applied: the tables of a configuration file in TOML or JSON, all problems at once."""

from datetime import UTC, datetime

import orjson
import pytest

from wirewatch.config.applied import MOST_ITEMS, Unreadable, pointer, read_json, read_toml

TOML = b"""
[[sources]]
name = "Example World"
url = "https://news.example/world.xml"
since = 2026-03-01T00:00:00Z

[[rules]]
name = "arms"
query = "arms"
group_wait_seconds = 5

[[silences]]
rule = "arms"
ends = 2026-03-02T00:00:00+01:00
comment = "an exercise"
"""


def test_toml_and_json_say_the_same() -> None:
    document = {
        "sources": [
            {"name": "Example World", "url": "https://news.example/world.xml", "since": "2026-03-01T00:00:00Z"}
        ],
        "rules": [{"name": "arms", "query": "arms", "group_wait_seconds": 5.0, "digest": None}],
        "silences": [{"rule": "arms", "ends": "2026-03-02T00:00:00+01:00", "comment": "an exercise"}],
    }
    of_toml, of_json = read_toml(TOML, "a.toml"), read_json(orjson.dumps(document), "the body")
    assert of_toml == of_json
    assert of_toml.problems == ()
    assert of_toml.nouns == {"sources", "rules", "silences"}
    assert of_toml.sources[0].since == datetime(2026, 3, 1, tzinfo=UTC)
    assert of_toml.rules[0].settings.group_wait_seconds == 5


def test_every_problem_is_told_with_its_place_and_the_nearest_key() -> None:
    document = b"""
[[rule]]
name = "a"
[[rules]]
name = "b"
[[rules]]
name = "c"
query = "x"
chanels = ["desk"]
[[rules]]
name = "c"
query = "y"
[[sources]]
name = "s"
url = "ftp://x"
[[sources]]
name = "t"
url = "https://news.example/"
password = "hunter2"
[[routes]]
channels = ["desk"]
[[silences]]
rule = "a"
comment = "x"
"""
    problems = {one.path: one.message for one in read_toml(document, "a.toml").problems}
    assert 'did you mean "rules"?' in problems["rule"]
    assert problems["rules[0].query"] == "missing"
    assert 'did you mean "channels"?' in problems["rules[1].chanels"]
    assert "named twice" in problems["rules[2].name"]
    assert "http" in problems["sources[0].url"]
    assert "no password is kept" in problems["sources[1].password"]
    assert "files only" in problems["routes"]
    assert problems["silences[0].ends"] == "missing"
    assert "hunter2" not in str(problems)


def test_what_cannot_be_read_says_where() -> None:
    with pytest.raises(Unreadable, match="single quotes") as caught:
        read_toml(b'[[rules]]\nname = "a"\nquery = "North Korea" AND Russia\n', "a.toml")
    assert caught.value.code == "bad_toml"
    assert caught.value.problems[0].line == 3
    with pytest.raises(Unreadable) as caught:
        read_json(b'{"rules": [NaN]}', "the body")
    assert caught.value.code == "bad_json"
    for wrong in (b"[]", b"1", b'"x"', b"null"):
        with pytest.raises(Unreadable, match="object"):
            read_json(wrong, "the body")


def test_one_table_for_a_list_says_how_it_is_written() -> None:
    (problem,) = read_toml(b'[silences]\nrule = "a"\nends = 2026-03-02T00:00:00Z\ncomment = "x"\n', "a.toml").problems
    assert "[[silences]]" in problem.message


def test_another_team_is_refused() -> None:
    document = b'[[rules]]\nname = "a"\nquery = "x"\nteam = "night"\n'
    assert [one.path for one in read_toml(document, "a.toml").problems] == ["rules[0].team"]
    assert read_toml(document, "a.toml", team="night").problems == ()


def test_a_document_is_bounded() -> None:
    (problem,) = read_json(orjson.dumps({"rules": [{}] * (MOST_ITEMS + 1)}), "the body").problems
    assert f"{MOST_ITEMS:,}" in problem.message


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("", ""),
        ("rules", "/rules"),
        ("rules[0].query", "/rules/0/query"),
        ("channels[2].headers.a/b", "/channels/2/headers/a~1b"),
    ],
)
def test_a_place_is_a_json_pointer(path: str, place: str) -> None:
    assert pointer(path) == place


def test_variables_of_the_environment_are_not_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME_SECRET", "hunter2")
    document = read_toml(b'[[rules]]\nname = "a"\nquery = "${HOME_SECRET}"\n', "a.toml")
    assert document.rules[0].query == "${HOME_SECRET}"
