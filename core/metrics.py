"""Every metric, on a registry of its own. All members of every label are present from the start, so rates begin at zero.

Prefix `news_`, base units, `_total` on counters (https://prometheus.io/docs/practices/naming/). No label holds a URL, a
title or a name that somebody typed: the sets are closed, so the number of series is known. docs/metrics.md lists them.
"""

from collections.abc import Iterable, Sequence
from itertools import product

from prometheus_client import CollectorRegistry, Counter, Gauge, GCCollector, Histogram, Info, ProcessCollector

from core.model.outcome import (
    AlertOutcome,
    ArticleOutcome,
    DeadLetterReason,
    EditOutcome,
    EscalationOutcome,
    FailureReason,
    LookupOutcome,
    MatchOutcome,
    PollOutcome,
    ReloadOutcome,
    SignInOutcome,
    Stage,
    StoryVerdict,
    WorkerEnd,
)

ROLES = (
    *Stage,
    "serve",
    "sweep",
    "alert list",
    "dead letters",
    "reload",
    "term files",
    "event loop probe",
    "disk watch",
    "clock watch",
    "log watch",
    "hourly counts",
)
TOPICS = ("pushed", "entries", "articles", "stories", "matches")  # those that a stage consumes
CHANNEL_KINDS = (
    "webhook",
    "slack",
    "teams",
    "discord",
    "telegram",
    "mattermost",
    "googlechat",
    "email",
    "apprise",
    "kafka",
    "pagerduty",
    "ntfy",
    "feed",
    "file",
    "exec",
)
LATENCY_STAGES = (
    "publish_to_seen",
    "seen_to_accepted",
    "accepted_to_matched",
    "matched_to_delivered",
    "seen_to_delivered",
)
FEED_STATES = ("healthy", "degraded", "failing", "stale", "paused")
RULE_STATES = ("active", "disabled", "broken")
SILENCE_STATES = ("active", "pending")
WITHHELD_STATES = ("silenced", "rule_gone", "no_channel", "taken", "capped")

LATENCY_BUCKETS = (0.1, 0.25, 0.5, 1, 2.5, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 21600, 86400)
_SHORT_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
_REQUEST_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120)
_STALL_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
_COUNT_BUCKETS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000)


class Metrics:
    """One per process, passed to the stages. Nothing is global, so tests can have many."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._collecting()
        self._reading()
        self._log()
        self._matching()
        self._alerting()
        self._delivering()
        self._waiting()
        self._running()

    def _collecting(self) -> None:
        self.feed_polls = self._counter("feed_polls", "Polls of sources by how they ended.", outcome=PollOutcome)
        self.feed_poll_duration_seconds = self._histogram(
            "feed_poll_duration_seconds", "A poll from request to saved state.", _REQUEST_BUCKETS
        )
        self.feed_poll_lateness_seconds = self._histogram(
            "feed_poll_lateness_seconds", "How long after its due time a poll began.", LATENCY_BUCKETS
        )
        self.feed_entries = self._counter("feed_entries", "New entries that polls put on the log.")
        self.feed_rollovers = self._counter(
            "feed_rollovers", "Polls whose feed had no entry of the poll before: entries were probably missed."
        )
        self.feeds = self._gauge("feeds", "Sources by state.", state=FEED_STATES)
        self.feed_overdue_max_seconds = self._gauge(
            "feed_overdue_max_seconds", "How long the source whose poll was due first has waited for it."
        )
        self.feed_interval_stretch = self._gauge(
            "feed_interval_stretch",
            "By how much intervals are stretched to keep to the budget of polls; 1: not at all.",
        )
        self.feed_interval_stretch.set(1)
        self.host_inflight_requests = self._gauge("host_inflight_requests", "Requests to publishers in flight.")
        self.host_throttled = self._counter("host_throttled", "Requests that waited for their host's spacing.")

    def _reading(self) -> None:
        self.articles = self._counter("articles", "Entries by what became of them.", outcome=ArticleOutcome)
        self.entries_put_aside = self._gauge("entries_put_aside", "Entries that wait to be read again.")
        self.entries_told = self._gauge(
            "entries_told", "Of these, entries that are articles already, by their headline or beginning."
        )
        self.article_fetch_duration_seconds = self._histogram(
            "article_fetch_duration_seconds", "The request for an article's page.", _REQUEST_BUCKETS
        )
        self.article_extract_duration_seconds = self._histogram(
            "article_extract_duration_seconds", "Extraction of an article out of its page.", _SHORT_BUCKETS
        )
        self.parser_restarts = self._counter(
            "parser_restarts", "Parsers' processes that were replaced, by why.", reason=WorkerEnd
        )
        self.stories = self._counter("stories", "Articles by what they are to their story.", verdict=StoryVerdict)
        self.story_size = self._histogram("story_size", "Articles of a story, at each new one.", _COUNT_BUCKETS)
        self.stories_in_memory = self._gauge("stories_in_memory", "Stories that a new article is compared with.")

    def _log(self) -> None:
        self.log_appended = self._counter("log_appended", "Records appended to the log.", topic=TOPICS)
        self.consumer_lag_records = self._gauge(
            "consumer_lag_records", "Records that a topic's consumer has not committed.", topic=TOPICS
        )
        self.consumer_lag_seconds = self._gauge(
            "consumer_lag_seconds", "Age of the oldest record that a topic's consumer has not committed.", topic=TOPICS
        )
        self.deadletter = self._counter("deadletter", "Records set aside, by reason.", reason=DeadLetterReason)

    def _matching(self) -> None:
        self.match_articles = self._counter("match_articles", "Articles matched against rules.", outcome=MatchOutcome)
        self.match_duration_seconds = self._histogram(
            "match_duration_seconds", "Matching of one article against all rules.", _SHORT_BUCKETS
        )
        self.match_candidate_rules = self._histogram(
            "match_candidate_rules", "Rules that were evaluated for an article.", _COUNT_BUCKETS
        )
        self.match_python_evaluations = self._counter(
            "match_python_evaluations", "Rules that Python had to evaluate, since machine code cannot."
        )
        self.rules_update_duration_seconds = self._histogram(
            "rules_update_duration_seconds", "Compiling a change of rules until it takes effect.", _STALL_BUCKETS
        )
        self.rules_merge_duration_seconds = self._histogram(
            "rules_merge_duration_seconds", "Bringing the rule set into its fastest form.", _REQUEST_BUCKETS
        )
        self.archive_articles_without_facts = self._gauge(
            "archive_articles_without_facts", "Stored articles of an earlier release that are not fully indexed yet."
        )
        self.rules_over_budget = self._gauge(
            "rules_over_budget", "Rules whose evaluation takes longer than it may, in the mean."
        )
        self.rule_matches = self._counter("rule_matches", "Pairs of rule and article that matched.")
        self.rules = self._gauge("rules", "Rules by state.", state=RULE_STATES)
        self.rules_without_anchor = self._gauge(
            "rules_without_anchor", "Rules that are evaluated for every article, since no word is required."
        )
        self.rules_last_reload_successful = self._gauge(
            "rules_last_reload_successful", "1 when the last change of rules was taken over, else 0."
        )
        self.rules_last_reload_successful.set(1)
        self.rules_last_reload_timestamp_seconds = self._gauge(
            "rules_last_reload_timestamp_seconds", "When rules were last taken over, Unix time."
        )

        self.sign_ins = self._counter("sign_ins", "Sign-ins, by what became of them.", outcome=SignInOutcome)
        self.config_reloads = self._counter(
            "config_reloads", "Reloads of the configuration by outcome.", outcome=ReloadOutcome
        )
        self.config_last_reload_successful = self._gauge(
            "config_last_reload_successful", "1 when the last reload of the configuration was taken over, else 0."
        )
        self.config_last_reload_successful.set(1)
        self.term_files_refused = self._gauge(
            "term_files_refused", "Files of terms whose last change is not taken over: the list before it is in force."
        )

    def _alerting(self) -> None:
        self.escalations = self._counter(
            "escalations",
            "Steps of escalations and ends of snoozes, by what became of them.",
            outcome=EscalationOutcome,
        )
        self.alerts = self._counter("alerts", "Matches by what became of them.", outcome=AlertOutcome)
        self.alert_group_size = self._histogram(
            "alert_group_size", "Articles in a notification when it was delivered.", _COUNT_BUCKETS
        )
        self.silences = self._gauge("silences", "Silences by state.", state=SILENCE_STATES)

    def _delivering(self) -> None:
        self.notifications = self._counter(
            "notifications", "Notifications delivered, by kind of channel.", channel=CHANNEL_KINDS
        )
        self.notifications_failed = self._counter(
            "notifications_failed", "Sends that failed, by reason.", channel=CHANNEL_KINDS, reason=FailureReason
        )
        self.notifications_withheld = self._counter(
            "notifications_withheld",
            "Notifications kept instead of sent, since a silence or a change of the rule came first.",
            channel=CHANNEL_KINDS,
            state=WITHHELD_STATES,
        )
        self.notification_repeats = self._counter(
            "notification_repeats",
            "Sends of a notification of which an earlier send may have arrived.",
            channel=CHANNEL_KINDS,
        )
        self.notification_lookups = self._counter(
            "notification_lookups",
            "Messages asked for at their service, since the answer to an earlier send got lost.",
            channel=CHANNEL_KINDS,
            outcome=LookupOutcome,
        )
        self.message_edits = self._counter(
            "message_edits",
            "Sent messages brought up to date.",
            channel=CHANNEL_KINDS,
            outcome=EditOutcome,
        )
        self.notification_requests = self._counter(
            "notification_requests", "Sends that were tried.", channel=CHANNEL_KINDS
        )
        self.notification_duration_seconds = self._histogram(
            "notification_duration_seconds", "One send.", _REQUEST_BUCKETS, channel=CHANNEL_KINDS
        )
        self.latency_seconds = self._histogram(
            "latency_seconds", "Time between two points of an article's way.", LATENCY_BUCKETS, stage=LATENCY_STAGES
        )

    def _waiting(self) -> None:
        self.notifications_without_channel = self._gauge(
            "notifications_without_channel", "Notifications that wait for a channel that this process lacks."
        )
        self.notifications_blocked = self._gauge(
            "notifications_blocked",
            "Notifications that wait since our own address guard refuses the receiver.",
            channel=CHANNEL_KINDS,
        )
        self.endpoints_backing_off = self._gauge(
            "endpoints_backing_off", "Channels whose endpoint is left alone after failures.", channel=CHANNEL_KINDS
        )
        self.notification_queue_length = self._gauge(
            "notification_queue_length", "Notifications waiting to be sent.", channel=CHANNEL_KINDS
        )
        self.notification_deadletter = self._gauge(
            "notification_deadletter", "Notifications that were given up and wait for a redrive.", channel=CHANNEL_KINDS
        )
        self.notification_oldest_pending_seconds = self._gauge(
            "notification_oldest_pending_seconds", "Age of the oldest one that waits.", channel=CHANNEL_KINDS
        )

    def _running(self) -> None:
        self.clock_jumps = self._counter(
            "clock_jumps", "Jumps of the machine's wall clock by 5 s or more.", direction=("ahead", "back")
        )
        self.build = Info("news_build", "The version that runs.", registry=self.registry)
        self.role_up = self._gauge("role_up", "1 while a role runs in this process.", role=ROLES)
        self.role_wanted = self._gauge("role_wanted", "1 where this process is to run the role.", role=ROLES)
        self.role_upgrade_first = self._gauge(
            "role_upgrade_first", "1 while a role waits for the upgrade of this process.", role=ROLES
        )
        self.role_restarts = self._counter("role_restarts", "Restarts of a role after a failure.", role=ROLES)
        self.stage_cpu_seconds = self._counter("stage_cpu_seconds", "CPU time of a stage's own work.", stage=Stage)
        self.disk_free_bytes = self._gauge("disk_free_bytes", "Bytes left for us on the data directory's file system.")
        self.database_bytes = self._gauge("database_bytes", "Bytes that the database takes on its disk.")
        self.log_file_bytes = self._gauge("log_file_bytes", "Bytes of the embedded log's file; 0 with Kafka.")
        self.event_loop_stall_seconds = self._histogram(
            "event_loop_stall_seconds", "How late the event loop came back to a task that was due.", _STALL_BUCKETS
        )
        self.event_loop_stall_max_seconds = self._gauge(
            "event_loop_stall_max_seconds", "The longest stall of the event loop since the start."
        )

    def _counter(self, name: str, text: str, **labels: Iterable[str]) -> Counter:
        metric = Counter(f"news_{name}", text, tuple(labels), registry=self.registry)
        _present(metric, labels)
        return metric

    def _gauge(self, name: str, text: str, **labels: Iterable[str]) -> Gauge:
        metric = Gauge(f"news_{name}", text, tuple(labels), registry=self.registry)
        _present(metric, labels)
        return metric

    def _histogram(self, name: str, text: str, buckets: Sequence[float], **labels: Iterable[str]) -> Histogram:
        metric = Histogram(f"news_{name}", text, tuple(labels), buckets=buckets, registry=self.registry)
        _present(metric, labels)
        return metric


def _present(metric: Counter | Gauge | Histogram, labels: dict[str, Iterable[str]]) -> None:
    """Make every combination of label members exist."""
    if labels:
        for values in product(*labels.values()):
            metric.labels(*map(str, values))


def total(counter: Counter, **labels: str) -> float:
    """What a counter has counted, of all its members or of those with these labels."""
    return sum(
        sample.value
        for family in counter.collect()
        for sample in family.samples
        if sample.name.endswith("_total") and labels.items() <= sample.labels.items()
    )
