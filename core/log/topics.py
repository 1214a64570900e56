"""The topics and their settings."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic. `partitions`: how many consumers of one group can share it; order holds within a key."""

    name: str
    partitions: int
    retention_hours: float


ENTRIES = Topic(
    "entries", 8, 72
)  # key: host of the article, so that one reader owns a host; of an entry that needs no page, its id
ARTICLES = Topic("articles", 1, 24 * 7)  # one partition: story identity needs one owner
STORIES = Topic("stories", 8, 24 * 7)  # key: story id
MATCHES = Topic("matches", 8, 24 * 7)  # key: rule id, so that one decider owns a rule
DEADLETTER = Topic("deadletter", 1, 24 * 30)  # key: topic the record came from

TOPICS = (ENTRIES, ARTICLES, STORIES, MATCHES, DEADLETTER)


def topic_named(name: str, topics: Sequence[Topic] = TOPICS) -> Topic:
    """The topic's settings; a topic of no stage (a replay's shadow) has one partition and a week."""
    return next((topic for topic in topics if topic.name == name), Topic(name, 1, 24 * 7))
