"""`wirewatch trace` and `wirewatch explain`."""

from dataclasses import replace

from core.model.outcome import AlertOutcome, Stage
from core.model.rule import RuleDraft
from core.store import rules, traces
from core.store.traces import TraceRow
from tests.fakes.records import a_match, a_rule_ref
from tests.fakes.stored import put_matches
from tests.wirewatch.cli.conftest import NOW, Newsroom, story

STORY = story(1, "Pyongyang sends arms", "Ships with shells and with missiles left for Russia.")
ID = STORY.article.article_id


def _step(stage: Stage, outcome: str) -> TraceRow:
    return TraceRow(subject=ID, stage=stage, outcome=outcome, at=NOW, article_id=ID)


def _fill(newsroom: Newsroom) -> None:
    newsroom.store(STORY)
    steps = [_step(Stage.POLL, "ok"), _step(Stage.READ, "accepted"), _step(Stage.MATCH, "no_rule")]
    newsroom.write(lambda conn: traces.add_many(conn, steps))


def test_a_trace_shows_every_stage_and_why_there_was_no_alert(newsroom: Newsroom) -> None:
    _fill(newsroom)
    said = newsroom.told("trace", "https://news.example/1#top")
    assert "Pyongyang sends arms" in said
    assert "No rule matched it." in said
    [row] = newsroom.rows("trace", ID)
    assert [step["stage"] for step in row["steps"]] == ["poll", "read", "match"]


def test_a_trace_of_what_was_never_seen_says_so_and_fails(newsroom: Newsroom) -> None:
    result = newsroom.run("trace", "https://news.example/other")
    assert result.exit_code == 1
    assert "Nothing is known of it" in result.stdout


def test_a_trace_of_what_is_no_address_is_refused(newsroom: Newsroom) -> None:
    assert "neither an article's id nor an address" in newsroom.refused("trace", "nonsense")


def test_an_explanation_marks_what_is_true_and_where_it_stands(newsroom: Newsroom) -> None:
    _fill(newsroom)
    said = newsroom.told("explain", "@dprk AND (guns OR arms)", ID)
    assert "The rule is true of the article." in said
    assert "title: [Pyongyang] sends arms" in said
    assert "false guns" in said
    assert "The rule is not stored" in said


def test_an_explanation_tells_the_nearest_distance_and_words_just_missed(newsroom: Newsroom) -> None:
    _fill(newsroom)
    said = newsroom.told("explain", "missile AND shells NEAR/1 Russia", "https://news.example/1")
    assert "nearest: 5 words between" in said
    assert "It does not hold 'missile', but missiles (1)." in said
    [row] = newsroom.rows("explain", "missile AND shells NEAR/1 Russia", ID)
    assert row["true"] is False
    assert row["tree"]["children"][1]["nearest"] == 5


def test_a_word_that_the_rule_excludes_was_not_missed(newsroom: Newsroom) -> None:
    _fill(newsroom)
    assert "It does not hold" not in newsroom.told("explain", "guns AND NOT missile", ID)


def test_an_explanation_of_a_stored_rule_tells_what_became_of_its_match(newsroom: Newsroom) -> None:
    _fill(newsroom)
    made = a_match("https://news.example/1", rule=a_rule_ref("arms"), at=NOW)
    draft = RuleDraft(rule_id=made.rule.rule_id, name="arms", query="arms", canonical="arms")
    newsroom.write(
        lambda conn: rules.put(conn, draft, NOW),
        lambda conn: put_matches(conn, [made], AlertOutcome.SILENCED),
    )
    assert "Version 1 matched it: silenced." in newsroom.told("explain", "arms", ID)
    why = TraceRow(
        subject=ID, stage=Stage.ALERT, outcome="silenced", at=NOW, detail="arms: silenced until noon (known)"
    )
    other = replace(why, detail="arms-2: silenced until midnight")
    newsroom.write(lambda conn: traces.add_many(conn, [why, other]))
    assert "Version 1 matched it: silenced (silenced until noon (known))." in newsroom.told("explain", "arms", ID)


def test_an_article_that_did_not_match_is_told_to_be_a_copy(newsroom: Newsroom) -> None:
    newsroom.told("rules", "add", "guns", "guns")
    newsroom.store(story(2, "Arms", "Ships.", story_of=1, hours_ago=-1))
    said = newsroom.told("explain", "guns", "https://news.example/2")
    assert f"It was not matched. It is a copy of {ID} (2 articles in the story)." in said


def test_a_rule_younger_than_the_article_is_told(newsroom: Newsroom) -> None:
    _fill(newsroom)
    newsroom.told("rules", "add", "arms", "arms")
    assert "came into force after the article was read" in newsroom.told("explain", "arms", ID)


def test_an_article_that_is_not_stored_is_refused_with_what_is_known(newsroom: Newsroom) -> None:
    said = newsroom.refused("explain", "arms", "https://news.example/2")
    assert "Nothing is known of it" in said
