"""The stories of the last days, and what a new article is to them. A fold over articles: no clock, no I/O.

Rebuilt from the log at start: `remember` what was decided, then `judge` what is new.
"""

import math
from array import array
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain

from core.model import ids
from core.model.article import Article
from core.model.outcome import StoryVerdict
from core.model.story import StoryArticle
from ingest.story.changes import Asked, Text, is_same_frame, tells_news
from ingest.story.corrections import is_update
from ingest.story.features import Features, Packed, Prepared, prepared, sentences_of, unpack
from ingest.story.headlines import SAME_STORY, Headline, Headlines
from ingest.story.judge import MOST_TOTAL, Resemblance, Told, resemblance, tells_more

WINDOW = timedelta(hours=72)
_HOT_STORIES = 5  # an anchor that stands in so many stories is boilerplate
_CANDIDATES = 6
_NEARLY = 0.5  # cover from which on two texts may be one but for a number
_RARE_TEXTS = 5
_RARE_SHARE = 0.05
_TOLD_COMPARED = 4  # the last texts of a story that alerted
_UNPACKED = 128  # texts compared lately are compared again soon

# Anchor -> numbers of the texts that hold it, and the stories that these are of.
_Holders = dict[int, tuple[tuple[int, ...], frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Version:
    """A text of a story, packed: days of news are kept."""

    key: tuple[str, str]  # article id and revision
    story_id: str
    packed: Packed
    written: bytes  # its sentences
    accepted: datetime
    source_id: str
    headline: Headline


@dataclass(slots=True)
class Story:
    """What is known of a story. `anchors`, `words`: those of all its texts; arrays that are shared with its first text."""

    first_seen: datetime
    articles: set[str] = field(default_factory=set)
    told: list[int] = field(default_factory=list)  # numbers of the texts that alerted: the first, and updates
    anchors: "array[int]" = field(default_factory=lambda: array("Q"))
    words: "array[int]" = field(default_factory=lambda: array("Q"))

    def tell(self, text: Packed) -> None:
        """Take in a text."""
        self.anchors = _with(self.anchors, text.anchors)
        self.words = _with(self.words, text.facts)


def _with(told: "array[int]", more: "array[int]") -> "array[int]":
    """An array of the values of both; one of the two itself where it has them all."""
    if not told:
        return more
    fresh = set(more).difference(told)
    return told + array(told.typecode, fresh) if fresh else told


class _Index:
    """Anchor -> numbers of the texts that hold it. Most are held by one, which then stands there as a plain number."""

    def __init__(self) -> None:
        self._at: dict[int, int | tuple[int, ...]] = {}

    def at(self, anchor: int) -> tuple[int, ...]:
        found = self._at.get(anchor, ())
        return (found,) if isinstance(found, int) else found

    def add(self, anchor: int, number: int) -> None:
        found = self._at.get(anchor)
        self._at[anchor] = number if found is None else (*self.at(anchor), number)

    def remove(self, anchor: int, number: int) -> None:
        left = tuple(other for other in self.at(anchor) if other != number)
        if left:
            self._at[anchor] = left if len(left) > 1 else left[0]
        else:
            self._at.pop(anchor, None)


@dataclass(frozen=True, slots=True)
class Decision:
    """What an article is to the stories."""

    story_id: str
    verdict: StoryVerdict
    size: int
    first_seen: datetime
    copy_of: str | None = None
    correction: bool = False  # it says so itself


class StoryMemory:
    """One owner. Articles are judged in the order in which they come."""

    def __init__(self, window: timedelta = WINDOW) -> None:
        self._window = window
        self._versions: OrderedDict[int, Version] = OrderedDict()  # by number, in the order in which they came
        self._next_number = 0
        self._newest: dict[str, int] = {}  # article id -> its newest version
        self._features: OrderedDict[int, Features] = OrderedDict()
        self._texts: OrderedDict[int, Text] = OrderedDict()
        self._decided: OrderedDict[tuple[str, str], tuple[datetime, Decision]] = OrderedDict()
        self._stories: dict[str, Story] = {}
        self._index = _Index()
        self._headlines = Headlines()
        self._frequency: Counter[int] = Counter()  # texts in memory that hold a word

    def __len__(self) -> int:
        """Stories in memory."""
        return len(self._stories)

    def judge(self, article: Article, ready: Prepared | None = None) -> Decision:
        """Decide about an article and remember it. The same record again gets the same decision.

        `ready`: its text, where that was prepared elsewhere.
        """
        key = (article.article_id, article.revision)
        known = self._decided.get(key)
        if known is not None:
            return known[1]
        self._forget(article.accepted - self._window)
        ready = ready or prepared(article.title, article.text)
        decision = self._decision(article, ready)
        self._keep(article, ready, decision)
        return decision

    def knows(self, article: Article) -> bool:
        """Whether this record has been decided about."""
        return (article.article_id, article.revision) in self._decided

    def remember(self, told: StoryArticle, ready: Prepared | None = None) -> None:
        """Take in a decision that was made before."""
        article = told.article
        if (article.article_id, article.revision) in self._decided:
            return
        decision = Decision(
            told.story_id, told.verdict, told.story_size, told.story_first_seen, told.copy_of, told.correction
        )
        self._keep(article, ready or prepared(article.title, article.text), decision)

    def _decision(self, article: Article, ready: Prepared) -> Decision:
        features = ready.features
        holders = self._holders(features)
        correction = ready.correction
        found = self._newest.get(article.article_id)
        if found is None:
            found = self._most_alike(article, ready, holders)
        if found is None:
            found = self._below_one_headline(article, ready.headline)
        if found is None:
            story_id = ids.story_id(article.article_id)
            return Decision(story_id, StoryVerdict.NEW, 1, article.seen, correction=correction)
        partner = self._versions[found]
        story = self._stories[partner.story_id]
        size = len(story.articles | {article.article_id})
        # What we read later, or better, its publisher has told before.
        more = not article.reread and (
            (partner.headline.bare and not ready.headline.bare) or self._tells_more(article, ready, found, holders)
        )
        verdict = StoryVerdict.UPDATE if more else StoryVerdict.COPY
        return Decision(partner.story_id, verdict, size, story.first_seen, partner.key[0], correction)

    def _tells_more(self, article: Article, ready: Prepared, number: int, holders: _Holders) -> bool:
        features = ready.features
        partner = self._versions[number]
        story = self._stories[partner.story_id]
        # What a publisher prints under everything stands in other stories, too.
        elsewhere = frozenset(anchor for anchor, (_, stories) in holders.items() if stories != {partner.story_id})
        edited = partner.key[0] == article.article_id
        told = Told(frozenset(story.anchors), frozenset(story.words))
        if tells_more(features, told, elsewhere, self._rare(), edited=edited):
            return True
        sentences = sentences_of(ready.written)
        texts = [self._text(one) for one in self._to_compare(story, number, edited=edited)]

        def known(place: int) -> bool:
            at = sentences.places[place]
            return at >= 0 and not elsewhere.isdisjoint(features.anchors[at])

        asked = Asked(
            article.lang,
            close=ready.correction or partner.source_id == article.source_id or edited or is_update(article.title),
            corrects=ready.correction,
            known=known,
        )
        return tells_news(Text(sentences.texts), texts, asked)

    def _to_compare(self, story: Story, partner: int, *, edited: bool) -> list[int]:
        """The text that it resembles most, and those that alerted: the first, and the last few.

        Of an edit: those told after the version that it takes the place of, so that taking something back is news.
        """
        told = [one for one in story.told if one in self._versions and one != partner]
        if edited:
            return [partner, *[one for one in told if one > partner][-_TOLD_COMPARED:]]
        return [partner, *dict.fromkeys([*told[:1], *told[-_TOLD_COMPARED:]])]

    def _most_alike(self, article: Article, ready: Prepared, holders: _Holders) -> int | None:
        features, corrects = ready.features, ready.correction
        hot = frozenset(anchor for anchor, (_, stories) in holders.items() if len(stories) >= _HOT_STORIES)
        telling = (anchor for anchor in holders if anchor not in hot)
        hits = Counter(chain.from_iterable(holders[anchor][0] for anchor in telling))
        best: tuple[float, int] | None = None
        nearly: list[int] = []

        def rank(number: int) -> tuple[int, datetime, tuple[str, str]]:
            return -hits[number], self._versions[number].accepted, self._versions[number].key

        for number in sorted(hits, key=rank)[:_CANDIDATES] if len(hits) > 1 else hits:
            alike: Resemblance = resemblance(features, self._unpacked(number), hot, self._weight, corrects=corrects)
            if alike.same and (best is None or alike.total > best[0]):
                best = (alike.total, number)
                if alike.total >= MOST_TOTAL:
                    break
            elif alike.shared and (corrects or alike.cover >= _NEARLY):
                nearly.append(number)
        if best is None and nearly:
            text = Text(sentences_of(ready.written).texts)
            return next(
                (one for one in nearly if is_same_frame(text, self._text(one), article.lang, corrects=corrects)), None
            )
        return None if best is None else best[1]

    def _below_one_headline(self, article: Article, headline: Headline) -> int | None:
        """The text below the same headline, where one of the two is hardly more than that.

        An outlet that has the headline a second time writes about something else; so do outlets that had it in two stories.
        """
        numbers = self._headlines.at(headline.keys)
        if len({self._versions[number].story_id for number in numbers}) != 1:
            return None
        for number in numbers:
            other = self._versions[number]
            is_article = other.headline.bare and not headline.bare
            if article.accepted - other.accepted <= SAME_STORY and (
                is_article or (headline.bare and other.source_id != article.source_id)
            ):
                return number
        return None

    def _holders(self, features: Features) -> _Holders:
        """Of each anchor that is known, the texts and the stories that hold it."""
        holders: _Holders = {}
        stories: dict[tuple[int, ...], frozenset[str]] = {}  # most sentences of a copy stand in the same texts
        for anchor in chain.from_iterable(features.anchors):
            numbers = self._index.at(anchor)
            if numbers:
                if numbers not in stories:
                    stories[numbers] = frozenset(self._versions[number].story_id for number in numbers)
                holders[anchor] = numbers, stories[numbers]
        return holders

    def _keep(self, article: Article, ready: Prepared, decision: Decision) -> None:
        features, packed, written, _, headline = ready
        key = (article.article_id, article.revision)
        self._decided[key] = (article.accepted, decision)
        story = self._stories.setdefault(decision.story_id, Story(decision.first_seen))
        story.articles.add(article.article_id)
        number = self._next_number
        self._next_number += 1
        self._versions[number] = Version(
            key, decision.story_id, packed, written, article.accepted, article.source_id, headline
        )
        self._headlines.add(headline.keys, number)
        if decision.verdict is not StoryVerdict.COPY:
            story.told.append(number)
        self._remember_unpacked(number, features)
        self._newest[article.article_id] = number
        self._frequency.update(features.facts.keys())
        story.tell(packed)
        for anchor in dict.fromkeys(
            chain.from_iterable(features.anchors)
        ):  # a sentence may stand in it a thousand times
            self._index.add(anchor, number)

    def _unpacked(self, number: int) -> Features:
        features = self._features.get(number)
        if features is None:
            features = unpack(self._versions[number].packed)
        self._remember_unpacked(number, features)
        return features

    def _text(self, number: int) -> Text:
        """The sentences of a text, kept for a while."""
        text = self._texts.pop(number, None) or Text(sentences_of(self._versions[number].written).texts)
        self._texts[number] = text
        if len(self._texts) > _UNPACKED:
            self._texts.popitem(last=False)
        return text

    def _remember_unpacked(self, number: int, features: Features) -> None:
        self._features[number] = features
        self._features.move_to_end(number)
        if len(self._features) > _UNPACKED:
            self._features.popitem(last=False)

    def _weight(self, name: int) -> float:
        """How telling a name is: its inverse document frequency."""
        return math.log((len(self._versions) + 2) / (self._frequency.get(name, 0) + 1))

    def _rare(self) -> Callable[[int], bool]:
        """Whether few of the texts hold a word."""
        frequency, most = self._frequency.get, max(_RARE_TEXTS, _RARE_SHARE * len(self._versions))
        return lambda word: frequency(word, 0) <= most

    def _forget(self, before: datetime) -> None:
        while self._versions:
            number, version = next(iter(self._versions.items()))
            if version.accepted >= before:
                break
            self._drop(number, version)
        while self._decided and next(iter(self._decided.values()))[0] < before:
            self._decided.popitem(last=False)

    def _drop(self, number: int, version: Version) -> None:
        self._features.pop(number, None)
        self._texts.pop(number, None)
        del self._versions[number]
        article_id, _ = version.key
        if self._newest.get(article_id) == number:
            del self._newest[article_id]
        for word in version.packed.facts:
            self._frequency[word] -= 1
            if not self._frequency[word]:
                del self._frequency[word]
        self._headlines.remove(version.headline.keys, number)
        for anchor in version.packed.anchors:
            self._index.remove(anchor, number)
        story = self._stories[version.story_id]
        if number in story.told:
            story.told.remove(number)
        if article_id not in self._newest:
            story.articles.discard(article_id)
        if not story.articles:
            del self._stories[version.story_id]
