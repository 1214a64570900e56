"""`wirewatch rules`."""

from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from core.model.outcome import AlertOutcome
from core.model.rule import RuleDraft
from core.store import rules
from tests.fakes.records import a_match, a_rule_ref
from tests.fakes.stored import put_matches
from tests.wirewatch.cli.conftest import NOW, Newsroom, story
from wirewatch.cli.main import cli

ARMS = "@dprk AND Russia AND (arms OR missile)"


def _add(newsroom: Newsroom, query: str = ARMS, name: str = "dprk-arms") -> str:
    return newsroom.told("rules", "add", name, query, "--comment", "the desk asked")


def test_a_rule_that_was_added_is_shown_with_author_and_comment(newsroom: Newsroom) -> None:
    assert "version 1" in _add(newsroom)
    [row] = newsroom.rows("rules", "show", "dprk-arms")
    assert row["canonical"] == "@dprk AND russia AND (arms OR missile)"
    assert row["versions"][0]["comment"] == "the desk asked"
    assert newsroom.rows("rules", "list")[0]["state"] == "in force"
    assert "the desk asked" in newsroom.told("rules", "show", "dprk-arms")


def test_a_rule_may_alert_on_what_is_older_than_itself_and_keeps_that_in_later_versions(newsroom: Newsroom) -> None:
    newsroom.told("rules", "add", "dprk-arms", "arms", "--since", "2026-01-01T12:00Z")
    newsroom.told("rules", "add", "dprk-arms", "arms AND Russia")
    assert "2026-01-01T12:00:00" in newsroom.told("rules", "show", "dprk-arms")


def test_a_text_that_is_no_rule_is_refused_with_caret_and_fix(newsroom: Newsroom) -> None:
    said = newsroom.refused("rules", "add", "x", "arms AND Russia OR Korea")
    assert "mixed-and-or" in said
    assert "^^^" in said


def test_an_unknown_channel_is_refused(newsroom: Newsroom) -> None:
    assert "there is no channel 'desk'" in newsroom.refused("rules", "add", "x", "arms", "--channel", "desk")


def test_the_same_text_again_is_no_new_version(newsroom: Newsroom) -> None:
    _add(newsroom)
    assert "unchanged, version 1" in _add(newsroom)


def test_versions_are_compared_by_meaning_and_rolled_back(newsroom: Newsroom) -> None:
    _add(newsroom)
    _add(newsroom, "(missile OR arms OR shells) AND Russia AND @dprk")
    [change] = newsroom.rows("rules", "diff", "dprk-arms", "1", "2")
    assert (change["change"], change["clause"], change["effect"]) == ("gained", "shells", "finds more")

    assert "now version 3" in newsroom.told("rules", "rollback", "dprk-arms", "1")
    assert newsroom.told("rules", "diff", "dprk-arms", "1", "3") == "Both find the same articles.\n"
    assert "it has 1, 2, 3" in newsroom.refused("rules", "rollback", "dprk-arms", "9")


def test_a_removed_rule_can_be_brought_back(newsroom: Newsroom) -> None:
    _add(newsroom)
    newsroom.told("rules", "remove", "dprk-arms")
    assert newsroom.rows("rules", "list")[0]["state"] == "removed"
    newsroom.told("rules", "rollback", "dprk-arms", "1")
    assert newsroom.rows("rules", "list")[0]["state"] == "in force"


def test_a_rule_managed_in_a_file_is_changed_there(newsroom: Newsroom) -> None:
    draft = RuleDraft(name="filed", query="arms", canonical="arms", author="file")
    newsroom.write(lambda conn: rules.sync_from_config(conn, [draft], NOW))
    assert "managed in a file" in newsroom.refused("rules", "remove", "filed")
    assert "managed in a file" in newsroom.refused("rules", "add", "filed", "guns")
    assert "did you mean 'filed'?" in newsroom.refused("rules", "show", "file")


def test_a_standing_condition_is_stored_shown_and_taken_away(newsroom: Newsroom) -> None:
    words = ["rules", "add", "often", "arms", "--standing", "frequency", "--window", "1h", "--stories", "5"]
    newsroom.told(*words)
    [row] = newsroom.rows("rules", "show", "often")
    assert row["settings"]["settings"] == {"standing": {"kind": "frequency", "stories": 5, "window_seconds": 3600.0}}
    assert "standing (kind frequency" in newsroom.told("rules", "show", "often")
    newsroom.told("rules", "add", "often", "arms OR guns")  # what is not given stays
    assert newsroom.rows("rules", "show", "often")[0]["settings"]["settings"]
    newsroom.told("rules", "add", "often", "arms", "--standing", "none")
    assert newsroom.rows("rules", "show", "often")[0]["settings"]["settings"] == {}


def test_a_query_that_is_not_given_stays(newsroom: Newsroom) -> None:
    newsroom.told("rules", "add", "often", "wombat", "--standing", "frequency", "--window", "1h", "--stories", "2")
    assert "version 2" in newsroom.told("rules", "add", "often", "--standing", "none")
    assert "version 3" in newsroom.told("rules", "add", "often", "--priority", "flash")
    [row] = newsroom.rows("rules", "show", "often")
    assert (row["query"], row["canonical"], row["priority"]) == ("wombat", "wombat", "flash")
    assert "standing" not in row["settings"]["settings"]
    assert "a rule needs a query" in newsroom.refused("rules", "add", "new", "--priority", "flash")


def test_a_rule_that_watches_a_source_needs_no_query_but_a_source_that_is_there(newsroom: Newsroom) -> None:
    silence = ["--standing", "silence", "--window", "6h"]
    assert "a rule needs a query" in newsroom.refused("rules", "add", "quiet", *silence)
    newsroom.told("sources", "add", "https://news.example/feed", "--name", "Example World")
    said = newsroom.refused("rules", "add", "quiet", *silence, "--source", "Exmple World")
    assert "did you mean 'Example World'?" in said
    newsroom.told("rules", "add", "quiet", *silence, "--source", "Example World")
    assert "it has no query" in newsroom.refused("rules", "preview", "quiet")
    assert "has no query" in newsroom.refused("rules", "add", "quiet", "arms")
    assert "Nothing is wrong" in newsroom.told("rules", "health")


def test_a_wrong_standing_condition_is_refused(newsroom: Newsroom) -> None:
    assert newsroom.run("rules", "add", "x", "arms", "--stories", "3").exit_code == 2
    assert newsroom.run("rules", "add", "x", "arms", "--standing", "spike").exit_code == 2
    said = newsroom.refused("rules", "add", "x", "arms", "--standing", "spike", "--window", "20s")
    assert "expected greater than or equal to 60" in said


def test_a_preview_shows_alerts_by_story_with_the_evidence_marked(newsroom: Newsroom) -> None:
    newsroom.store(
        story(1, "Pyongyang sends arms", "Ships left for Russia.", hours_ago=3),
        story(2, "Pyongyang sends arms", "Ships left for Russia.", hours_ago=2, story_of=1),
        story(3, "Weather", "It rains in Russia.", hours_ago=1),
    )
    said = newsroom.told("rules", "preview", ARMS)
    assert "Stored articles reach back 3 hours only." in said
    assert "1 alert in 7 days, about 1.0 a day (2 articles" in said
    assert "[Pyongyang] sends [arms]" in said
    assert "Ships left for [Russia]." in said
    assert "and 1 copy" in said

    summary, *matches = newsroom.rows("rules", "preview", ARMS, "--days", "2")
    assert (summary["alerts"], summary["articles"], summary["top_sources"]) == (1, 2, {"Example World": 2})
    assert [row["verdict"] for row in matches] == ["copy", "new"]


def test_a_preview_says_how_far_back_its_articles_reach(newsroom: Newsroom) -> None:
    newsroom.store(story(1, "Arms", "Ships left.", hours_ago=48), story(2, "Arms", "Ships left.", hours_ago=1))
    said = newsroom.told("rules", "preview", "arms")
    assert "2 alerts in 7 days, about 1.0 a day" in said
    assert "Stored articles reach back 2.0 days only." in said


def test_a_preview_tells_words_just_missed(newsroom: Newsroom) -> None:
    newsroom.store(story(1, "Pyongyang sends missiles", "Ships left for Russia."))
    said = newsroom.told("rules", "preview", "@dprk AND Russia AND missile")
    assert "missile: missiles in 1 article" in said


@pytest.mark.parametrize("query", ["wombat AND arm", "arm"])
def test_a_preview_tells_a_short_word_just_missed(newsroom: Newsroom, query: str) -> None:
    newsroom.store(story(1, "A wombat with arms", "The army was armed near the wombat."))
    said = newsroom.told("rules", "preview", query)
    assert "arm: arms in 1 article" in said
    assert "army" not in said
    assert "armed" not in said
    assert "0 candidates" not in said


def test_a_preview_against_a_stored_rule_tells_what_is_gained_and_lost(newsroom: Newsroom) -> None:
    _add(newsroom, "arms AND Russia")
    newsroom.store(
        story(1, "Arms", "Ships left for Russia."),
        story(2, "Guns", "Ships left for Russia."),
        story(3, "Rain", "Rain."),
    )
    summary, *rows = newsroom.rows("rules", "preview", "guns AND Russia", "--against", "dprk-arms")
    assert (summary["gained"], summary["lost"], summary["same"]) == (1, 1, 0)
    assert [(row["kind"], row["title"]) for row in rows if row["kind"] != "match"] == [
        ("gained", "Guns"),
        ("lost", "Arms"),
    ]
    assert "+ [Guns]" in newsroom.told("rules", "preview", "guns AND Russia", "--against", "dprk-arms")


def test_a_preview_of_a_name_with_a_slip_names_the_rule_that_is_meant(newsroom: Newsroom) -> None:
    _add(newsroom)
    assert "did you mean 'dprk-arms'?" in newsroom.refused("rules", "preview", "dprk-arm")


def test_two_rules_that_mean_the_same_are_told(newsroom: Newsroom) -> None:
    _add(newsroom)
    _add(newsroom, "Russia AND (missile OR arms) AND @dprk", "second")
    [row] = newsroom.rows("rules", "health")
    assert (row["rule"], row["trouble"]) == ("second", "same_as")


def test_a_rule_that_always_matches_much_is_not_told_to_match_more_than_before(newsroom: Newsroom) -> None:
    """More matches than the evidence of which is looked at."""
    draft = RuleDraft(name="arms", query="arms", canonical="arms")
    newsroom.write(lambda conn: rules.put(conn, draft, NOW - timedelta(days=40)))
    made = [
        replace(
            a_match(f"https://news.example/{day}-{number}", rule=a_rule_ref("arms")), matched=NOW - timedelta(days=day)
        )
        for day in range(5)
        for number in range(1900)
    ]
    newsroom.write(lambda conn: put_matches(conn, made, AlertOutcome.CREATED))
    assert "rate_up" not in newsroom.told("rules", "health", "--days", "5")


def test_another_products_query_is_printed_as_a_rule_with_notes_apart() -> None:
    result = CliRunner().invoke(cli, ["rules", "translate", "--from", "lexis", "-"], input="arms w/5 russia\n")
    assert result.exit_code == 0
    assert result.stdout == "arms NEAR/5 russia\n"
    assert "'w/5'" in result.stderr


def test_a_query_that_cannot_be_read_is_refused_with_its_place() -> None:
    result = CliRunner().invoke(cli, ["rules", "translate", "--from", "lucene", "arms AND ("])
    assert result.exit_code == 1
    assert "unbalanced" in result.stderr


def test_an_unknown_dialect_is_a_wrong_call_that_names_the_known_ones() -> None:
    result = CliRunner().invoke(cli, ["rules", "translate", "--from", "altavista", "arms"])
    assert result.exit_code == 2
    assert "lexis" in result.stderr


@pytest.mark.parametrize("name", ["", " x", "two\nlines", "x" * 201])
def test_a_new_rule_needs_a_name_that_can_be_used(newsroom: Newsroom, name: str) -> None:
    assert "1 to 200 characters" in newsroom.refused("rules", "add", name, "arms")
    source = newsroom.run("sources", "add", "https://a.example/feed", "--name", name)
    assert source.exit_code == 2
    assert "1 to 200 characters" in source.output


@pytest.mark.parametrize("name", ["x" * 200, "Ελλάδα/\"quoted\" 'too'", "\u202e\u05e2\u05d1\u05e8\u05d9\u05ea", "🎈"])
def test_any_line_is_a_name(newsroom: Newsroom, name: str) -> None:
    _add(newsroom, name=name)
    [row] = newsroom.rows("rules", "show", name)
    assert row["name"] == name


def test_a_renamed_rule_keeps_its_versions(newsroom: Newsroom) -> None:
    _add(newsroom)
    _add(newsroom, "arms AND Russia")
    _add(newsroom, name="other")
    assert "is now 'weapons'" in newsroom.told("rules", "rename", "dprk-arms", "weapons")
    [row] = newsroom.rows("rules", "show", "weapons")
    assert [one["version"] for one in row["versions"]] == [2, 1]
    assert "there is no rule 'dprk-arms'" in newsroom.refused("rules", "show", "dprk-arms")
    assert "the name of another rule" in newsroom.refused("rules", "rename", "weapons", "other")
    assert "1 to 200 characters" in newsroom.refused("rules", "rename", "weapons", " x")


def test_an_escalation_is_stored_shown_and_taken_away(newsroom: Newsroom) -> None:
    newsroom.told("channels", "add", "desk", "--kind", "webhook", "--set", "url=https://chat.example/hook")
    words = ["rules", "add", "hot", "arms", "--escalate", "10m:desk", "--escalate", "1h:desk:flash,low"]
    newsroom.told(*words)
    [row] = newsroom.rows("rules", "show", "hot")
    assert row["settings"]["escalate"] == [
        {"after_seconds": 600.0, "channels": ["desk"]},
        {"after_seconds": 3600.0, "channels": ["desk"], "priorities": ["flash", "low"]},
    ]
    assert "escalate (after_seconds 600, channels desk" in newsroom.told("rules", "show", "hot")
    newsroom.told("rules", "add", "hot", "guns")  # it stays
    assert "escalate" in newsroom.told("rules", "show", "hot")
    newsroom.told("rules", "add", "hot", "--escalate", "none")
    [row] = newsroom.rows("rules", "show", "hot")
    assert row["settings"]["escalate"] is None


def test_a_wrong_escalation_is_refused(newsroom: Newsroom) -> None:
    assert newsroom.run("rules", "add", "x", "arms", "--escalate", "soon:desk").exit_code == 2
    assert "larger after_seconds" in newsroom.refused(
        "rules", "add", "x", "arms", "--escalate", "1h:desk", "--escalate", "1m:desk"
    )
    assert "there is no channel 'nobody'" in newsroom.refused("rules", "add", "x", "arms", "--escalate", "1h:nobody")
