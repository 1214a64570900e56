"""`wirewatch silences`."""

from core.model.rule import RuleDraft
from core.store import rules
from tests.wirewatch.cli.conftest import NOW, Newsroom


def _rule(newsroom: Newsroom) -> None:
    draft = RuleDraft(name="dprk-arms", query="arms", canonical="arms")
    newsroom.write(lambda conn: rules.put(conn, draft, NOW))


def test_a_silence_is_added_listed_and_ended(newsroom: Newsroom) -> None:
    _rule(newsroom)
    said = newsroom.told("silences", "add", "--rule", "dprk-*", "--for", "2h", "--comment", "an exercise")
    assert "1 rule at present" in said

    [row] = newsroom.rows("silences", "list")
    assert (row["rule"], row["state"], row["comment"]) == ("dprk-*", "in force", "an exercise")

    newsroom.told("silences", "remove", row["id"])
    assert newsroom.rows("silences", "list") == []
    assert newsroom.rows("silences", "list", "--all")[0]["state"] == "over"


def test_a_silence_of_a_rule_that_does_not_exist_is_refused(newsroom: Newsroom) -> None:
    _rule(newsroom)
    said = newsroom.refused("silences", "add", "--rule", "dprk-arm", "--for", "2h", "--comment", "x")
    assert "did you mean 'dprk-arms'?" in said


def test_a_span_that_is_none_is_a_wrong_call(newsroom: Newsroom) -> None:
    result = newsroom.run("silences", "add", "--rule", "*", "--for", "soon", "--comment", "x")
    assert result.exit_code == 2
    assert "such as 2h" in result.stderr
