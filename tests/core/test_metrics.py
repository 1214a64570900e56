"""Metrics are complete from the first scrape and hold nothing that somebody typed."""

import re

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from core.log import topics
from core.metrics import CHANNEL_KINDS, TOPICS, Metrics
from core.model.outcome import AlertOutcome, ArticleOutcome, FailureReason, PollOutcome


def exposition(metrics: Metrics) -> str:
    return generate_latest(metrics.registry).decode()


def values(text: str, name: str, label: str) -> set[str]:
    return {
        sample.labels[label]
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


def test_every_member_of_every_label_is_there_before_anything_happened() -> None:
    text = exposition(Metrics())
    assert values(text, "news_feed_polls_total", "outcome") == set(PollOutcome)
    assert values(text, "news_articles_total", "outcome") == set(ArticleOutcome)
    assert values(text, "news_alerts_total", "outcome") == set(AlertOutcome)
    assert values(text, "news_notifications_failed_total", "reason") == set(FailureReason)
    assert values(text, "news_notifications_total", "channel") == set(CHANNEL_KINDS)
    assert values(text, "news_latency_seconds_bucket", "stage") == {
        "publish_to_seen",
        "seen_to_accepted",
        "accepted_to_matched",
        "matched_to_delivered",
        "seen_to_delivered",
    }


def test_lag_is_known_of_every_topic_that_a_stage_consumes() -> None:
    assert {topic.name for topic in topics.TOPICS if topic.read_by is not None} == set(TOPICS)


def test_names_follow_the_conventions() -> None:
    families = [f for f in text_string_to_metric_families(exposition(Metrics())) if f.name.startswith("news_")]
    assert families
    for family in families:
        assert re.fullmatch(r"news_[a-z]+(_[a-z]+)*", family.name)
        assert family.documentation
        assert not re.search(r"(milliseconds|minutes|hours|_ms|_kb)", family.name)
        for sample in family.samples:
            if family.type == "counter" and not sample.name.endswith("_created"):
                assert sample.name.endswith("_total")


def test_two_processes_in_one_test_do_not_share_numbers() -> None:
    first, second = Metrics(), Metrics()
    first.deadletter.labels(reason="failed").inc()
    assert 'news_deadletter_total{reason="failed"} 1.0' in exposition(first)
    assert 'news_deadletter_total{reason="failed"} 0.0' in exposition(second)
