"""The stories of the last days, and what a new article is to them. A fold over articles: no clock, no I/O.

Rebuilt from the log at start: `remember` what was decided, then `judge` what is new.
"""

import math
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.model import ids
from core.model.article import Article
from core.model.outcome import StoryVerdict
from core.model.story import StoryArticle
from ingest.stories.features import Features, features_of
from ingest.stories.judge import Resemblance, Told, resemblance, tells_more

WINDOW = timedelta(hours=72)
_HOT_STORIES = 5  # an anchor that stands in so many stories is boilerplate
_CANDIDATES = 6
_RARE_TEXTS = 5
_RARE_SHARE = 0.05


@dataclass(slots=True)
class Version:
    """A text of a story."""

    key: tuple[str, str]  # article id and revision
    story_id: str
    features: Features
    accepted: datetime


@dataclass(slots=True)
class Story:
    """What is known of a story. `told`, `words`: the anchors and words of all its texts."""

    first_seen: datetime
    articles: set[str] = field(default_factory=set)
    told: set[int] = field(default_factory=set)
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """What an article is to the stories."""

    story_id: str
    verdict: StoryVerdict
    size: int
    first_seen: datetime
    copy_of: str | None = None


class StoryMemory:
    """One owner. Articles are judged in the order in which they come."""

    def __init__(self, window: timedelta = WINDOW) -> None:
        self._window = window
        self._versions: OrderedDict[tuple[str, str], Version] = OrderedDict()
        self._newest: dict[str, tuple[str, str]] = {}  # article id -> its newest version
        self._decided: OrderedDict[tuple[str, str], tuple[datetime, Decision]] = OrderedDict()
        self._stories: dict[str, Story] = {}
        self._index: dict[int, list[tuple[str, str]]] = {}
        self._frequency: Counter[str] = Counter()  # texts in memory that hold a word

    def __len__(self) -> int:
        """Stories in memory."""
        return len(self._stories)

    def judge(self, article: Article) -> Decision:
        """Decide about an article and remember it. The same record again gets the same decision."""
        key = (article.article_id, article.revision)
        known = self._decided.get(key)
        if known is not None:
            return known[1]
        self._forget(article.accepted - self._window)
        features = features_of(article.title, article.text)
        decision = self._decision(article, features)
        self._keep(article, features, decision)
        return decision

    def remember(self, told: StoryArticle) -> None:
        """Take in a decision that was made before."""
        article = told.article
        if (article.article_id, article.revision) in self._decided:
            return
        decision = Decision(told.story_id, told.verdict, told.story_size, told.story_first_seen, told.copy_of)
        self._keep(article, features_of(article.title, article.text), decision)

    def _decision(self, article: Article, features: Features) -> Decision:
        earlier = self._newest.get(article.article_id)
        if earlier is not None:
            return self._joined(article, features, self._versions[earlier])
        found = self._most_alike(features)
        if found is None:
            return Decision(ids.story_id(article.article_id), StoryVerdict.NEW, 1, article.seen)
        return self._joined(article, features, found)

    def _joined(self, article: Article, features: Features, partner: Version) -> Decision:
        story = self._stories[partner.story_id]
        elsewhere = self._elsewhere(features, partner.story_id)
        edited = partner.key[0] == article.article_id
        told = Told(story.told, story.words)
        more = tells_more(features, told, partner.features, elsewhere, self._is_rare, edited=edited)
        size = len(story.articles | {article.article_id})
        verdict = StoryVerdict.UPDATE if more else StoryVerdict.COPY
        return Decision(partner.story_id, verdict, size, story.first_seen, partner.key[0])

    def _most_alike(self, features: Features) -> Version | None:
        hot = self._hot(features)
        hits: dict[tuple[str, str], int] = {}
        for sentence in features.sentences:
            for anchor in sentence.anchors:
                if anchor not in hot:
                    for key in self._index.get(anchor, ()):
                        hits[key] = hits.get(key, 0) + 1
        best: tuple[float, Version] | None = None
        ranked = sorted(hits.items(), key=lambda item: (-item[1], self._versions[item[0]].accepted, item[0]))
        for key, _ in ranked[:_CANDIDATES]:
            version = self._versions[key]
            alike: Resemblance = resemblance(features, version.features, hot, self._weight)
            if alike.same and (best is None or alike.total > best[0]):
                best = (alike.total, version)
        return None if best is None else best[1]

    def _elsewhere(self, features: Features, story_id: str) -> set[int]:
        """Anchors that other stories hold: what a publisher prints under everything."""
        return {
            anchor
            for sentence in features.sentences
            for anchor in sentence.anchors
            if any(self._versions[key].story_id != story_id for key in self._index.get(anchor, ()))
        }

    def _hot(self, features: Features) -> set[int]:
        hot = set()
        for sentence in features.sentences:
            for anchor in sentence.anchors:
                keys = self._index.get(anchor, ())
                if len(keys) >= _HOT_STORIES and len({self._versions[k].story_id for k in keys}) >= _HOT_STORIES:
                    hot.add(anchor)
        return hot

    def _keep(self, article: Article, features: Features, decision: Decision) -> None:
        key = (article.article_id, article.revision)
        self._decided[key] = (article.accepted, decision)
        story = self._stories.setdefault(decision.story_id, Story(decision.first_seen))
        story.articles.add(article.article_id)
        version = Version(key, decision.story_id, features, article.accepted)
        self._versions[key] = version
        self._newest[article.article_id] = key
        self._frequency.update(features.facts)
        story.words = story.words | features.facts if story.words else features.facts  # most stories have one text
        for sentence in features.sentences:
            story.told.update(sentence.anchors)
            for anchor in sentence.anchors:
                self._index.setdefault(anchor, []).append(key)

    def _weight(self, word: str) -> float:
        """How telling a word is: its inverse document frequency."""
        texts = len(self._versions)
        return math.log((texts + 2) / (self._frequency[word] + 1))

    def _is_rare(self, word: str) -> bool:
        return self._frequency[word] <= max(_RARE_TEXTS, _RARE_SHARE * len(self._versions))

    def _forget(self, before: datetime) -> None:
        while self._versions:
            key, version = next(iter(self._versions.items()))
            if version.accepted >= before:
                break
            self._drop(key, version)
        while self._decided and next(iter(self._decided.values()))[0] < before:
            self._decided.popitem(last=False)

    def _drop(self, key: tuple[str, str], version: Version) -> None:
        del self._versions[key]
        if self._newest.get(key[0]) == key:
            del self._newest[key[0]]
        self._frequency.subtract(version.features.facts)
        for sentence in version.features.sentences:
            for anchor in sentence.anchors:
                keys = self._index.get(anchor)
                if keys is not None:
                    keys[:] = [k for k in keys if k != key]
                    if not keys:
                        del self._index[anchor]
        story = self._stories[version.story_id]
        if version.key[0] not in self._newest:
            story.articles.discard(version.key[0])
        if not story.articles:
            del self._stories[version.story_id]
