"""`wirewatch alerts` and `wirewatch deliveries`."""

from datetime import timedelta

from core.model.outcome import AlertOutcome, FailureReason, NotificationState
from core.model.rule import RuleDraft
from core.store import alerts, endpoints, notifications, rules
from core.store.endpoints import EndpointRow
from core.store.notifications import Attempt
from tests.fakes.records import a_notification, an_alert
from tests.wirewatch.cli.conftest import NOW, Newsroom

ALERT = an_alert(at=NOW)
SENT = a_notification(ALERT, at=NOW)
GONE = Attempt(at=NOW, reason=FailureReason.GONE, status=410, latency_seconds=0.25, detail="the receiver is gone")


def _fill(newsroom: Newsroom) -> None:
    newsroom.write(
        lambda conn: rules.put(
            conn, RuleDraft(rule_id=ALERT.rule.rule_id, name="arms", query="arms", canonical="arms"), NOW
        ),
        lambda conn: alerts.insert_alert(conn, ALERT, AlertOutcome.CREATED),
        lambda conn: notifications.add(conn, SENT, NOW),
        lambda conn: notifications.record_attempt(conn, SENT.notification_id, GONE, state=NotificationState.DEAD),
    )


def test_alerts_are_listed_with_their_first_article(newsroom: Newsroom) -> None:
    _fill(newsroom)
    [row] = newsroom.rows("alerts", "list", "--rule", "arms", "--since", "1d")
    assert (row["rule"], row["outcome"], row["title"]) == ("arms", "created", "A title")
    assert "A title" in newsroom.told("alerts", "list")
    assert newsroom.told("alerts", "list", "--outcome", "silenced") == "No alerts.\n"


def test_an_alert_is_shown_with_its_evidence_and_where_it_went(newsroom: Newsroom) -> None:
    _fill(newsroom)
    said = newsroom.told("alerts", "show", ALERT.alert_id)
    assert "... [arms] ..." in said
    assert "dead" in said
    [whole] = newsroom.rows("alerts", "show", ALERT.alert_id)
    assert whole["deliveries"][0]["last_reason"] == "gone"


def test_what_is_said_of_an_alert_is_shown_with_who_and_when(newsroom: Newsroom) -> None:
    _fill(newsroom)
    alert_id = ALERT.alert_id
    assert "acknowledged by lee" in newsroom.told("alerts", "ack", alert_id, "--by", "lee", "--comment", "I call them")
    assert "was so already" in newsroom.told("alerts", "ack", alert_id, "--by", "lee")
    newsroom.told("alerts", "comment", alert_id, "no answer yet", "--by", "kim")
    [row] = newsroom.rows("alerts", "list", "--state", "acknowledged")
    assert row["state"] == "acknowledged"
    assert newsroom.told("alerts", "list", "--state", "open") == "No alerts.\n"
    [whole] = newsroom.rows("alerts", "show", alert_id)
    assert (whole["state"]["by"], whole["state"]["comment"]) == ("lee", "I call them")
    assert [(event["by"], event["status"], event["via"]) for event in whole["history"]] == [
        ("lee", "acknowledged", "command"),
        ("kim", None, "command"),
    ]
    said = newsroom.told("alerts", "show", alert_id)
    assert "acknowledged by lee at " in said
    assert "no answer yet" in said


def test_an_alert_is_put_off_settled_and_opened_again(newsroom: Newsroom) -> None:
    _fill(newsroom)
    alert_id = ALERT.alert_id
    assert "snoozed until" in newsroom.told("alerts", "snooze", alert_id, "--for", "2h")
    assert "resolved by" in newsroom.told("alerts", "resolve", alert_id)
    assert "release it first" in newsroom.refused("alerts", "ack", alert_id)
    assert "open by" in newsroom.told("alerts", "release", alert_id)
    assert "not relevant by" in newsroom.told("alerts", "not-relevant", alert_id)
    assert "open by" in newsroom.told("alerts", "not-relevant", alert_id, "--undo")


def test_alerts_of_an_unknown_rule_are_refused_with_the_nearest_name(newsroom: Newsroom) -> None:
    _fill(newsroom)
    assert "did you mean 'arms'?" in newsroom.refused("alerts", "list", "--rule", "arm")


def test_a_notification_is_shown_with_every_attempt(newsroom: Newsroom) -> None:
    _fill(newsroom)
    assert newsroom.rows("deliveries", "list", "--state", "dead")[0]["rules"] == ["arms"]
    [whole] = newsroom.rows("deliveries", "show", SENT.notification_id)
    assert whole["attempts_made"][0]["detail"] == "the receiver is gone"
    assert "410" in newsroom.told("deliveries", "show", SENT.notification_id)


def test_what_waits_for_an_endpoint_that_fails_says_until_when_it_is_left_alone(newsroom: Newsroom) -> None:
    row = EndpointRow(
        channel="desk",
        failures=9,
        since=NOW,
        until=NOW + timedelta(days=40_000),
        reason=FailureReason.CONNECT,
        detail="connection refused",
    )
    newsroom.write(
        lambda conn: notifications.add(conn, SENT, NOW),
        lambda conn: endpoints.put(conn, row),
    )
    said = f"1 message waits; the endpoint is left alone until {row.until:%Y-%m-%d %H:%M:%S} UTC; it has failed since"
    assert f"channel desk: {said}" in newsroom.run("deliveries", "list").stderr
    assert "(connect: connection refused)" in newsroom.run("deliveries", "list", "--channel", "desk").stderr
    assert "there is no channel 'dsk'" in newsroom.refused("deliveries", "list", "--channel", "dsk")
    [whole] = newsroom.rows("deliveries", "show", SENT.notification_id)
    assert whole["channel_is"].startswith(said)


def test_a_dead_notification_is_sent_again_and_no_other_one(newsroom: Newsroom) -> None:
    _fill(newsroom)
    assert newsroom.told("deliveries", "redrive", SENT.notification_id) == "1 notification due now\n"
    assert newsroom.rows("deliveries", "list")[0]["state"] == "pending"
    assert "is pending, not dead" in newsroom.refused("deliveries", "redrive", SENT.notification_id)
    assert newsroom.told("deliveries", "redrive", "--all") == "0 notifications due now\n"


def test_a_redrive_of_nothing_in_particular_is_a_wrong_call(newsroom: Newsroom) -> None:
    assert newsroom.run("deliveries", "redrive").exit_code == 2


def test_a_time_that_no_calendar_holds_in_utc_is_told(newsroom: Newsroom) -> None:
    result = newsroom.run("alerts", "list", "--since", "0001-01-01T00:00:00+14:00")
    assert result.exit_code == 2
    assert "is no time; expected a span such as 7d" in result.stderr


def test_what_is_dead_is_told_and_sent_again_by_its_cause(newsroom: Newsroom) -> None:
    _fill(newsroom)
    [row] = newsroom.rows("deliveries", "causes")
    assert (row["channel"], row["reason"], row["dead"]) == ("desk", "gone", 1)
    assert row["detail"] == "the receiver is gone"
    assert newsroom.rows("deliveries", "list", "--reason", "timeout") == []
    assert len(newsroom.rows("deliveries", "list", "--reason", "gone")) == 1
    assert newsroom.told("deliveries", "redrive", "--all", "--reason", "timeout") == "0 notifications due now\n"
    assert newsroom.told("deliveries", "redrive", "--all", "--channel", "ops") == "0 notifications due now\n"
    narrowed = ("--channel", "desk", "--reason", "gone")
    assert newsroom.told("deliveries", "redrive", "--all", *narrowed) == "1 notification due now\n"
    assert newsroom.told("deliveries", "causes") == "No notification is dead.\n"
