"""`wirewatch try rule`, `try rules` and `try check`."""

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from tests.wirewatch.cli.trying import an_article, lines, rows, tried

ROOT = Path(__file__).resolve().parents[3]
ARTICLES = [
    an_article("z", "Kim sends “arms”", "Köln watched.\n\nShells left for Russia.", url="https://paper.example/a"),
    an_article("a", "Harvest begins", "Farmers were glad of the rain."),
]


@pytest.fixture
def articles(tmp_path: Path) -> str:
    return lines(tmp_path / "articles.jsonl", ARTICLES)


def test_one_rule_tells_each_article_in_order_with_the_places_that_make_it_true(articles: str) -> None:
    query = "arms AND koln AND domain:paper.example"
    first, second = rows("rule", query, articles)
    assert (first["id"], first["matched"]) == ("z", True)
    assert (second["id"], second["matched"], second["evidence"]) == ("a", False, [])
    words = {query[slice(*one["clause"])]: one for one in first["evidence"]}
    assert words["arms"] == {"clause": [0, 4], "field": "title", "start": 11, "end": 15, "text": "arms"}
    assert (words["koln"]["field"], words["koln"]["start"], words["koln"]["text"]) == ("body", 0, "Köln")


def test_articles_may_come_from_standard_input(articles: str) -> None:
    found = rows("rule", "rain", "-", stdin=Path(articles).read_bytes())
    assert [row["matched"] for row in found] == [False, True]


def test_what_is_no_rule_is_refused_with_every_problem_and_its_place(articles: str) -> None:
    result = tried("rule", "Kim arms AND foo:bar", articles)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "bare-words" in result.stderr
    assert "unknown-field" in result.stderr
    assert "^^^" in result.stderr


def test_many_rules_give_the_sorted_ids_that_match(tmp_path: Path, articles: str) -> None:
    rules = [{"id": "r2", "query": "arms"}, {"id": "r10", "query": "shells AND russia"}, {"id": "r1", "query": "rain"}]
    found = rows("rules", lines(tmp_path / "rules.jsonl", rules), articles)
    assert found == [{"id": "z", "rules": ["r10", "r2"]}, {"id": "a", "rules": ["r1"]}]


def test_the_stats_have_what_the_contract_names(tmp_path: Path, articles: str) -> None:
    rules = lines(tmp_path / "rules.jsonl", [{"id": "r", "query": "rain"}])
    rows("rules", rules, articles, "--stats", str(tmp_path / "stats.json"))
    stats = orjson.loads((tmp_path / "stats.json").read_bytes())
    assert (stats["articles"], stats["rules"]) == (2, 1)
    assert stats["compile_seconds"] > 0
    assert stats["match_seconds"] > 0
    assert 10_000_000 < stats["peak_memory_bytes"] < 100_000_000_000


def test_a_rule_that_is_none_is_told_and_the_others_match(tmp_path: Path, articles: str) -> None:
    rules = [{"id": "bad", "query": "a AND b OR c"}, {"id": "good", "query": "rain"}, {"id": "good", "query": "arms"}]
    name = lines(tmp_path / "rules.jsonl", rules)
    result = tried("rules", name, articles)
    assert result.exit_code == 1
    assert "rule 'bad' is no rule" in result.stderr
    assert "mixed-and-or" in result.stderr
    assert "the id 'good' stands more than once" in result.stderr
    assert [orjson.loads(line)["rules"] for line in result.stdout.splitlines()] == [["good"], []]


def test_rules_of_a_file_may_use_its_aliases(tmp_path: Path, articles: str) -> None:
    rules = [{"id": "r", "query": "@dprk AND arms"}, {"alias": "dprk", "terms": ["Pyongyang", "Kim"]}]
    name = lines(tmp_path / "rules.jsonl", rules)
    assert rows("rules", name, articles)[0]["rules"] == ["r"]
    assert rows("check", name)[0]["canonical"] == "@dprk AND arms"
    alone = lines(tmp_path / "alone.jsonl", rules[:1])
    assert rows("check", alone)[0]["problems"][0]["code"] == "unknown-alias"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (b"{broken", "expected a JSON object"),
        (b"[1]", "found [1]"),
        ({"id": "x"}, "expected 'text' as text, and it is missing"),
        ({"id": 7, "text": "x"}, "expected 'id' as text, found 7"),
        (an_article("x", published="yesterday"), "expected 'published' as 2026-03-01T12:00:00Z"),
        (an_article("x", published="2026-03-01T12:00:00"), "expected 'published' as 2026-03-01T12:00:00Z"),
        (an_article("x", tags="one"), "expected 'tags' as a list of texts"),
        (an_article("x", url="mailto:x"), "expected http:// or https://"),
    ],
)
def test_a_broken_line_is_told_with_its_place_and_stops_no_other(tmp_path: Path, row: object, expected: str) -> None:
    name = lines(tmp_path / "articles.jsonl", [ARTICLES[0], b"", row, ARTICLES[1]])
    result = tried("rule", "rain", name)
    assert result.exit_code == 1
    assert f"{name}, line 3: " in result.stderr
    assert expected in result.stderr
    assert [orjson.loads(line)["id"] for line in result.stdout.splitlines()] == ["z", "a"]


def test_a_check_tells_the_canonical_form_problems_with_fixes_and_warnings() -> None:
    given = [
        {"id": "ok", "query": "Kim  w/3 arms"},
        {"id": "bad", "query": "North Korea"},
        {"id": "warned", "query": "Kim AND NEAR/20"},
        {"id": "wide", "query": "Kim NEAR/20 arms"},
    ]
    found = rows("check", "-", stdin=b"\n".join(map(orjson.dumps, given)))
    ok, bad, warned, wide = found
    assert 0 < ok.pop("cost")["share"] < 1
    size = {"clauses": 2, "terms": 2}
    assert ok == {
        "id": "ok",
        "ok": True,
        "canonical": "kim NEAR/3 arms",
        "problems": [],
        "warnings": [],
        "forms": [],
        **size,
    }
    assert (bad["ok"], bad["canonical"], bad["problems"][0]["code"]) == (False, None, "bare-words")
    assert {"label": "the phrase", "text": '"North Korea"'} in bad["problems"][0]["fixes"]
    assert (bad["problems"][0]["start"], bad["problems"][0]["end"]) == (0, 11)
    assert not warned["ok"]
    assert [one["code"] for one in wide["warnings"]] == ["wide-near"]


def test_a_file_that_is_not_there_is_a_mistake_and_two_standard_inputs_a_wrong_call(tmp_path: Path) -> None:
    missing = tried("check", str(tmp_path / "none.jsonl"))
    assert (missing.exit_code, "No such file" in missing.stderr) == (1, True)
    folder = tried("check", str(tmp_path))
    assert (folder.exit_code, "Is a directory" in folder.stderr) == (1, True)
    assert tried("rules", "-", "-", stdin=b"").exit_code == 2
    assert tried("rule", "x").exit_code == 2
    assert tried("nothing").exit_code == 2


def test_the_installed_command_ends_with_the_exit_code_of_what_it_did() -> None:
    def code(*words: str) -> int:
        command = [sys.executable, "-m", "wirewatch.cli.main", *words]
        return subprocess.run(command, cwd=ROOT, input=b"", capture_output=True, check=False).returncode

    assert code("try", "rule", "a b", "-") == 1
    assert code("try", "rule", "ab", "-") == 0
    assert code("try", "rule") == 2


def test_matching_rules_loads_nothing_of_collecting_databases_or_the_web() -> None:
    script = (
        "import sys; from click.testing import CliRunner; from wirewatch.cli.main import cli;"
        "r = CliRunner().invoke(cli, ['try', 'rules', '/dev/null', '-'], input='');"
        "assert r.exit_code == 0, r.output;"
        "print([m for m in ('trafilatura', 'sqlalchemy', 'aiohttp', 'lingua', 'ingest') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def test_a_pipe_in_the_place_of_a_file_of_terms_is_told_and_not_waited_for(tmp_path: Path, articles: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    rules = lines(tmp_path / "rules.jsonl", [{"alias": "a", "terms_file": "pipe"}, {"id": "r", "query": "rain"}])
    done = tried("rules", rules, articles)
    assert "line 1: pipe: it is a pipe or a device" in done.stderr
    assert done.stdout.count('"r"') == 1


def test_an_alias_may_name_a_file_of_terms_beside_the_rules(tmp_path: Path, articles: str) -> None:
    (tmp_path / "names.csv").write_text("id;name\n1;Farmers\n2;Kim sends\n")
    alias = {"alias": "names", "terms_file": "names.csv", "column": "name", "exclude": ["Kim Il"]}
    rules = lines(tmp_path / "rules.jsonl", [alias, {"id": "r", "query": "@names"}])
    assert [row["rules"] for row in rows("rules", rules, articles)] == [["r"], ["r"]]
    assert [row["ok"] for row in rows("check", rules)] == [True]
    rules = lines(tmp_path / "rules.jsonl", [{**alias, "column": "nam"}, {"id": "r", "query": "@names"}])
    assert 'did you mean "name"' in tried("check", rules).stderr
