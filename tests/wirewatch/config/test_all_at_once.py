"""Whatever is wrong hides nothing else that is wrong: keys, types, rules, aliases, channels, sources, files, in their order."""

from pathlib import Path

import pytest

from wirewatch.config.rules import examine_with_rules


def problems_of(folder: Path, **files: str) -> list[str]:
    """`main` is the main file, `a` and so on are rules/a.toml; the first line of each problem."""
    (folder / "rules").mkdir(exist_ok=True)
    for name, text in files.items():
        path = folder / ("main.toml" if name == "main" else f"rules/{name}.toml")
        path.write_text(text, encoding="utf-8")
    return [str(one).partition("\n")[0] for one in examine_with_rules(folder / "main.toml", {})[1]]


EVERYTHING = """include = ["rules/*.toml"]
[fetch]
max_bites = 1
[[sources]]
name = "A"
url = "https://a.example/feed"
country = "Indai"
[[aliases]]
name = "guns"
terms = ["rifle", 5]
[[rules]]
query = "arms AND ("
[[rules]]
name = "uses"
query = "@guns AND @nobody"
channels = ["dsk"]
priority = "high"
[[channels]]
name = "desk"
kind = "webhook"
urll = "https://chat.example/"
"""


def test_every_kind_of_problem_is_told_in_the_order_of_the_files_each_once(tmp_path: Path) -> None:
    found = problems_of(
        tmp_path,
        main=EVERYTHING,
        a='[[aliases]]\nname = "inc"\nterms = ["(("]\n[[rules]]\nname = "r1"\nquery = "arms AND"\nprioriti = "low"\n',
        b='[[rules]]\nname = "r2"\nquery = "x AND"\n',
    )
    assert [line.split(": ")[0] + " " + line.split(": ")[1] for line in found] == [
        "main.toml:3 fetch.max_bites",
        "main.toml:7 sources[0].country",
        "main.toml:10 aliases[0].terms[1]",
        "main.toml:11 rules[0].name",
        "main.toml:12 rules[0].query",
        "main.toml:12 rules[0].query",
        "main.toml:12 rules[0].query",
        "main.toml:15 rules[1].query",
        "main.toml:16 rules[1].channels[0]",
        "main.toml:17 rules[1].priority",
        "main.toml:21 channels[0].urll",
        "rules/a.toml:3 aliases[0].terms",
        "rules/a.toml:6 rules[0].query",
        "rules/a.toml:7 rules[0].prioriti",
        "rules/b.toml:3 rules[0].query",
    ]
    text = "\n".join(found)
    assert "there is no alias @nobody" in text
    assert "there is no alias @guns" not in text, "it is there, and what is wrong with it is told"


def test_a_broken_file_hides_nothing_in_others_and_makes_up_nothing(tmp_path: Path) -> None:
    found = problems_of(
        tmp_path,
        main='include = ["rules/*.toml"]\n[[rules]]\nname = "r"\nquery = "@elsewhere AND"\nchannels = ["there"]\n',
        a="[[rules]\nthis is no TOML\n",
        b='[[rules]]\nname = "r2"\nquery = "x AND"\nprioriti = 1\n',
    )
    assert [line.split(": ")[0] for line in found] == [
        "main.toml:4", "rules/a.toml:1", "rules/b.toml:3", "rules/b.toml:4",
    ]  # fmt: skip
    assert "no alias" not in "\n".join(found), "it may stand in the file that cannot be read"
    assert "no channel" not in "\n".join(found)


def test_a_main_file_that_cannot_be_read_does_not_hide_what_it_includes(tmp_path: Path) -> None:
    found = problems_of(
        tmp_path,
        main='include = [\n  "rules/*.toml",\n]\n[fetch\nmax_bytes = 1\n',
        a='[[rules]]\nname = "r"\nquery = "x AND"\nprioriti = 1\n',
    )
    assert [line.split(": ")[0] for line in found] == ["main.toml:4", "rules/a.toml:3", "rules/a.toml:4"]
    assert examine_with_rules(tmp_path / "main.toml", {})[0] is None


@pytest.mark.parametrize("name", ["", "name = 5\n", 'name = ""\n'])
def test_a_rule_without_a_usable_name_is_read_all_the_same(tmp_path: Path, name: str) -> None:
    found = problems_of(tmp_path, main=f'[[rules]]\n{name}query = "x AND"\n[[rules]]\n{name}query = "y"\n')
    assert len([line for line in found if "].name: " in line]) == 2
    assert len([line for line in found if "].query: missing-operand" in line]) == 1
    assert "named twice" not in "\n".join(found)


NAMES = """[[aliases]]
name = "Guns"
terms = ["rifle", "@arms"]
[[aliases]]
name = "guns"
terms = ["pistol"]
[[aliases]]
name = "@arms"
terms = ["sword"]
[[rules]]
name = "with\\u0000nothing"
query = "x AND"
[[rules]]
name = "two lines"
team = "a\\nb"
query = "@guns OR @arms"
"""


def test_a_name_that_nobody_could_use_is_told_with_what_was_expected_and_hides_nothing(tmp_path: Path) -> None:
    a_name = "expected a name of 1 to 200 characters on one line, without blanks at its ends"
    assert problems_of(tmp_path, main=NAMES) == [
        "main.toml:5: aliases[1].name: 'guns' is named twice; the first stands at main.toml:2",
        "main.toml:8: aliases[2].name: expected 1 to 100 letters, digits, _ and -; leave out the @, which only rules write",
        f"main.toml:11: rules[0].name: {a_name}",
        "main.toml:12: rules[0].query: missing-operand: something to search for is missing beside AND",
        f"main.toml:15: rules[1].team: {a_name}",
    ]


def test_what_is_good_has_no_problems(tmp_path: Path) -> None:
    assert problems_of(tmp_path, main='include = ["rules/*.toml"]\n', a='[[rules]]\nname = "r"\nquery = "x"\n') == []
