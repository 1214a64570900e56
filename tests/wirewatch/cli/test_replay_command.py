"""`wirewatch replay`."""

from pathlib import Path

from core.model.codec import decode
from core.model.match import Match
from core.model.outcome import AlertOutcome
from core.model.rule import RuleDraft
from core.store import rules
from tests.fakes.records import a_match, a_rule_ref
from tests.fakes.stored import put_matches
from tests.wirewatch.cli.conftest import NOW, Newsroom, story


def _fill(newsroom: Newsroom) -> None:
    """Version 1 found articles 1 and 9 at the time; article 9 is stored no more."""
    newsroom.store(story(1, "Arms", "Ships left."), story(2, "Guns", "Ships left."), story(3, "Rain", "Rain."))
    rule = a_rule_ref("arms")
    draft = RuleDraft(rule_id=rule.rule_id, name="arms", query="arms", canonical="arms")
    made = [a_match(f"https://news.example/{number}", rule=rule, at=NOW) for number in (1, 9)]
    newsroom.write(lambda conn: rules.put(conn, draft, NOW))
    newsroom.write(lambda conn: put_matches(conn, made, AlertOutcome.CREATED))


def test_the_version_in_force_finds_again_what_it_found(newsroom: Newsroom) -> None:
    _fill(newsroom)
    summary, *rows = newsroom.rows("replay", "--rule", "arms", "--since", "1d")
    assert (summary["articles_read"], summary["same"], summary["gained"], summary["lost"]) == (3, 1, 0, 0)
    assert summary["no_longer_stored"] == 1
    assert [row["change"] for row in rows] == ["same", "no longer stored"]


def test_another_version_tells_what_it_gains_and_loses(newsroom: Newsroom) -> None:
    _fill(newsroom)
    newsroom.told("rules", "add", "arms", "guns")
    said = newsroom.told("replay", "--rule", "arms", "--since", "1d")
    assert "gained" in said
    summary, *_ = newsroom.rows("replay", "--rule", "arms", "--since", "1d")
    assert (summary["gained"], summary["lost"]) == (1, 1)
    summary, *_ = newsroom.rows("replay", "--rule", "arms", "--since", "1d", "--version", "1")
    assert (summary["gained"], summary["lost"], summary["same"]) == (0, 0, 1)


def test_what_is_found_is_written_to_a_shadow_and_nowhere_else(newsroom: Newsroom, tmp_path: Path) -> None:
    _fill(newsroom)
    shadow = tmp_path / "shadow.jsonl"
    newsroom.told("replay", "--rule", "arms", "--since", "1d", "--query", "guns", "--shadow", str(shadow))
    [match] = [decode(line, Match) for line in shadow.read_bytes().splitlines()]
    assert match.article.title == "Guns"
    assert newsroom.rows("alerts", "list") == []
    assert newsroom.rows("deliveries", "list") == []


def test_a_range_ends_where_it_is_told_to(newsroom: Newsroom) -> None:
    newsroom.store(story(1, "Arms", "Ships.", hours_ago=5), story(2, "Arms", "Ships.", hours_ago=1))
    newsroom.told("rules", "add", "arms", "arms")
    summary, row = newsroom.rows("replay", "--rule", "arms", "--since", "1d", "--until", "2h")
    assert (summary["articles_read"], row["url"]) == (1, "https://news.example/1")
    assert "nothing lies from" in newsroom.refused("replay", "--rule", "arms", "--since", "1h", "--until", "2h")


def test_what_was_found_again_is_compared_with_what_was_sent(newsroom: Newsroom) -> None:
    _fill(newsroom)
    summary, same, _ = newsroom.rows("replay", "--rule", "arms", "--since", "1d")
    assert (summary["stories_now"], summary["stories_then"], summary["stories_sent"]) == (1, 2, 2)
    assert (same["change"], same["then"]) == ("same", "created")


def test_a_text_that_is_no_rule_is_refused(newsroom: Newsroom) -> None:
    _fill(newsroom)
    said = newsroom.refused("replay", "--rule", "arms", "--since", "1d", "--query", "arms AND")
    assert "missing-operand" in said


def test_an_unknown_rule_is_refused_with_the_nearest_name(newsroom: Newsroom) -> None:
    _fill(newsroom)
    assert "did you mean 'arms'?" in newsroom.refused("replay", "--rule", "arm", "--since", "1d")
