"""What of a feed is new: pure, from the entries it shows and the keys that are known of it already.

Each entry has up to four keys: its URL, its URL with the text it shows now, its guid with that text, the text alone. So an
edited entry is told from one whose guid or URL changes at every poll, and neither raises a flood; nor does a feed whose
entries all get other URLs and guids at once.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from core.db.types import storable
from core.model.ids import article_id, derived_id
from core.model.outcome import ArticleOutcome
from core.model.source import Entry, Source
from core.net.url import BadUrl, clean_url, is_homepage
from ingest.parse.shapes import ParsedEntry

FIRST_POLL_AGE = timedelta(hours=48)
LATER_AGE = timedelta(days=14)
NEWEST = 100  # of a first poll; a feed that shows more is an archive, a sitemap, or dates all by the day it was built
_MOVED_FROM = 5  # entries that are known by their text alone
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # dates before the web are placeholders
_AHEAD = timedelta(days=1)
_UPDATE_WINDOW_SECONDS = 1800  # an entry whose text changes all the time is an update once in each of these
_TAGS = re.compile(r"<[^<>]*>")
_FINGERPRINTED = 20_000  # characters of the body; an edit beyond them shows on the page, not in the feed


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that could go on, with its keys."""

    entry: Entry
    shown: ParsedEntry
    version_key: str
    guid_key: str | None
    text_key: str
    update_key: str

    @property
    def keys(self) -> tuple[str, ...]:
        """What is to be remembered of it once it is on the log, or when it is old."""
        return (self.entry.entry_id, self.version_key, self.text_key) + ((self.guid_key,) if self.guid_key else ())


@dataclass(frozen=True, slots=True)
class Ended:
    """An entry that ends at the poll, and why."""

    subject: str
    outcome: ArticleOutcome
    detail: str
    keys: tuple[str, ...] = ()  # known ones are not told again


@dataclass(frozen=True, slots=True)
class News:
    """What a poll found. `remember` holds the keys of all entries that are settled, so that they outlive pruning.

    `waiting`: edited again so soon that their new text is for a later poll.
    """

    fresh: tuple[Candidate, ...]
    ended: tuple[Ended, ...]
    remember: frozenset[str]
    rolled_over: bool  # nothing of the poll before is left in the feed
    waiting: tuple[ParsedEntry, ...] = ()


def candidates(
    shown: Sequence[ParsedEntry], source: Source, feed_url: str, now: datetime
) -> tuple[list[Candidate], list[Ended]]:
    """The entries of a feed with their keys, each URL once, and those that name no article."""
    found: dict[str, Candidate] = {}
    ended: list[Ended] = []
    for parsed in shown:
        try:
            url = clean_url(parsed.url, feed_url)
        except BadUrl as e:
            subject = derived_id("entry", source.source_id, storable(parsed.guid or parsed.title))
            ended.append(Ended(subject, ArticleOutcome.BAD_URL, str(e), (subject,)))
            continue
        if is_homepage(url):
            key = article_id(url)
            ended.append(Ended(key, ArticleOutcome.HOMEPAGE, "the entry links to the front page", (key,)))
            continue
        candidate = _candidate(parsed, source, url, now)
        found.setdefault(candidate.entry.entry_id, candidate)
    return list(found.values()), ended


def keys_of(found: Sequence[Candidate], ended: Sequence[Ended]) -> set[str]:
    """All keys to look up."""
    keys = {key for candidate in found for key in (*candidate.keys, candidate.update_key)}
    return keys | {key for one in ended for key in one.keys}


def judge(  # noqa: PLR0913 - one call, everything named
    found: Sequence[Candidate],
    ended: Sequence[Ended],
    known: Collection[str],
    *,
    first_poll: bool,
    now: datetime,
    overlap: bool = False,
    back_numbers: bool = True,
) -> News:
    """Tell what goes on from what is known, too old, or changes too often to be told at every poll.

    `overlap`: the feed shows other entries, too, which are settled. Without `back_numbers` what has no date ends at the
    first poll, and what is dated but for the newest: a new source would tell its whole feed at once.
    """
    fresh: list[Candidate] = []
    told = [one for one in ended if not set(one.keys) <= set(known)]
    remember = {key for one in ended for key in one.keys}
    waiting: list[ParsedEntry] = []
    overlap |= len(told) < len(ended) or any(_is_known(one, known) for one in found)
    moved = _moved(found, known) if not overlap else frozenset()
    news = _newest(found) if first_poll and not back_numbers else None
    age = FIRST_POLL_AGE if first_poll else LATER_AGE
    for candidate in found:
        entry_id = candidate.entry.entry_id
        if candidate.version_key in known or candidate.guid_key in known:
            remember.update(candidate.keys)
        elif _is_known(candidate, known) and candidate.update_key in known:
            remember.add(entry_id)  # its new text waits for the next window
            waiting.append(candidate.shown)
        elif _older(candidate.entry, now - age):
            remember.update(candidate.keys)
            detail = f"published more than {age.total_seconds() / 3600:.0f} h before it was seen"
            told.append(Ended(entry_id, ArticleOutcome.TOO_OLD, detail))
        elif why := _back_number(candidate, moved, news):
            remember.update(candidate.keys)
            told.append(Ended(entry_id, ArticleOutcome.BACK_NUMBER, why))
        else:
            fresh.append(candidate)
            remember.update(candidate.keys)
            if _is_known(candidate, known):
                remember.add(candidate.update_key)
    rolled_over = bool(found) and not (first_poll or overlap or moved)
    return News(tuple(fresh), tuple(told), frozenset(remember), rolled_over, tuple(waiting))


def is_first_poll(last_success: datetime | None, now: datetime) -> bool:
    """Whether nobody can say what a source has shown lately: it is new, or was not polled for weeks."""
    return last_success is None or now - last_success > LATER_AGE


def _is_known(candidate: Candidate, known: Collection[str]) -> bool:
    return candidate.entry.entry_id in known or candidate.guid_key in known


def _moved(found: Sequence[Candidate], known: Collection[str]) -> frozenset[str]:
    """The texts of a feed that is known by nothing but its texts: its entries have other addresses and guids now.

    A text that several entries share says nothing about any of them.
    """
    shown = Counter(one.text_key for one in found)
    texts = frozenset(text for text, times in shown.items() if times == 1 and text in known)
    return texts if len(texts) >= max(_MOVED_FROM, len(found) / 2) else frozenset()


def _newest(found: Sequence[Candidate]) -> frozenset[str]:
    """The entries of a first poll that are news: those with a date, the newest of them."""
    dated = [(at, one.entry.entry_id) for one in found if (at := _date(one.entry)) is not None]
    return frozenset(entry_id for _, entry_id in sorted(dated, key=lambda one: one[0], reverse=True)[:NEWEST])


def _back_number(candidate: Candidate, moved: Collection[str], news: Collection[str] | None) -> str | None:
    """Why an entry that looks new is none; None if it is news. `news`: what is, at a first poll."""
    if candidate.text_key in moved:
        return "its source showed it before, under another address and guid, like most of what it shows now"
    if news is None or candidate.entry.entry_id in news:
        return None
    if _date(candidate.entry) is None:
        return "without a date, and there already when its source was polled for the first time"
    return f"there already when its source was polled for the first time, and not among the {NEWEST} newest"


def plausible(at: datetime | None, now: datetime) -> datetime | None:
    """`at` unless it cannot be: before 1990, or further ahead than a wrong time zone explains."""
    return at if at is not None and _OLDEST <= at <= now + _AHEAD else None


def _candidate(parsed: ParsedEntry, source: Source, url: str, now: datetime) -> Candidate:
    entry = Entry(
        entry_id=article_id(url),
        source=source,
        url=url,
        title=storable(parsed.title),
        guid=storable(parsed.guid) if parsed.guid else None,
        authors=tuple(map(storable, parsed.authors)),
        tags=tuple(map(storable, parsed.tags)),
        lang=parsed.lang,
        published=plausible(parsed.published, now),
        updated=plausible(parsed.updated, now),
        summary=storable(parsed.summary),
        content=storable(parsed.content),
        seen=now,
    )
    text = fingerprint(entry)
    return Candidate(
        entry,
        parsed,
        derived_id("version", entry.entry_id, text),
        derived_id("guid", entry.guid, text) if entry.guid else None,
        derived_id("text", text),
        derived_id("update", entry.entry_id, int(now.timestamp() // _UPDATE_WINDOW_SECONDS)),
    )


def fingerprint(entry: Entry) -> str:
    """The same for the same words, whatever the markup, the case and the spaces.

    A sitemap shows no words of the article; there `updated` is all that tells of an edit.
    """
    body = _TAGS.sub(" ", (entry.content or entry.summary)[:_FINGERPRINTED])
    words = " ".join(f"{entry.title} {body}".casefold().split())
    if not body.strip() and entry.updated is not None:
        return derived_id("fingerprint", words, entry.updated.isoformat())
    return derived_id("fingerprint", words)


def shortened(entry: Entry, max_characters: int) -> Entry:
    """The entry with bodies of at most that many characters."""
    if len(entry.content) + len(entry.summary) <= max_characters:
        return entry
    summary = entry.summary[: max_characters // 4]
    return replace(entry, summary=summary, content=entry.content[: max_characters - len(summary)])


def _older(entry: Entry, edge: datetime) -> bool:
    newest = _date(entry)
    return newest is not None and newest < edge


def _date(entry: Entry) -> datetime | None:
    return max((at for at in (entry.published, entry.updated) if at is not None), default=None)
