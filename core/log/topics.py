"""The topics and their settings."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.model.article import Article
from core.model.deadletter import DeadLetter
from core.model.match import Match
from core.model.outcome import Stage
from core.model.pushed import PushedArticle
from core.model.source import Entry
from core.model.story import StoryArticle


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic. `partitions`: how many consumers of one group can share it; order holds within a key.

    `read_by`: the stage that consumes it, as a group of the stage's name. `record`: the type that it holds.
    """

    name: str
    partitions: int
    retention_hours: float
    read_by: Stage | None = None
    record: type | None = None


# key: host of the article, so that one reader owns a host; of an entry that needs no page, its id
ENTRIES = Topic("entries", 8, 72, Stage.READ, Entry)
PUSHED = Topic("pushed", 8, 72, Stage.READ, PushedArticle)  # key: host of the article, or whatever a crawler sets
ARTICLES = Topic("articles", 1, 24 * 7, Stage.STORY, Article)  # one partition: story identity needs one owner
STORIES = Topic("stories", 8, 24 * 7, Stage.MATCH, StoryArticle)  # key: story id
MATCHES = Topic("matches", 8, 24 * 7, Stage.ALERT, Match)  # key: rule id, so that one decider owns a rule
DEADLETTER = Topic("deadletter", 1, 24 * 30, record=DeadLetter)  # key: topic the record came from

TOPICS = (PUSHED, ENTRIES, ARTICLES, STORIES, MATCHES, DEADLETTER)


def topic_named(name: str, topics: Sequence[Topic] = TOPICS) -> Topic:
    """The topic's settings; a topic of no stage (a replay's shadow) has one partition and a week."""
    return next((topic for topic in topics if topic.name == name), Topic(name, 1, 24 * 7))
