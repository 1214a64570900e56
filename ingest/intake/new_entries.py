"""Finds the new entries of a feed, from its entries and its known keys. Pure.

Each entry has up to four keys: its URL, its URL with the text it shows now, its guid with that text, the text alone. So an
edited entry is told from one whose guid or URL changes at every poll, and neither raises a flood; nor does a feed whose
entries all get other URLs and guids at once.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.db.types import storable
from core.model.ids import article_id, derived_id
from core.model.outcome import ArticleOutcome
from core.model.source import Entry, Source
from core.net.url import BadUrl, clean_url, is_homepage
from ingest.parse.dates import plausible
from ingest.parse.redirectors import target_of
from ingest.parse.shapes import ParsedEntry

FIRST_POLL_AGE = timedelta(hours=48)
LATER_AGE = timedelta(days=14)
NEWEST = 100  # of a first poll; a feed that shows more is an archive, a sitemap, or dates all by the day it was built
_MOVED_FROM = 5  # entries that are known by their text alone
_UPDATE_WINDOW_SECONDS = 1800  # an entry whose text changes all the time is an update once in each of these
_TAGS = re.compile(r"<[^<>]*>")
_FINGERPRINTED = 20_000  # characters of the body; an edit beyond them shows on the page, not in the feed


@dataclass(frozen=True, slots=True)
class KeyedEntry:
    """An entry that may be new, with its keys."""

    entry: Entry
    parsed: ParsedEntry
    version_key: str
    guid_key: str | None
    text_key: str
    update_key: str

    @property
    def keys(self) -> tuple[str, ...]:
        """What is to be remembered of it once it is on the log, or when it is old."""
        return (self.entry.entry_id, self.version_key, self.text_key) + ((self.guid_key,) if self.guid_key else ())


@dataclass(frozen=True, slots=True)
class SkippedEntry:
    """An entry that goes no further, and why."""

    subject: str
    outcome: ArticleOutcome
    detail: str
    keys: tuple[str, ...] = ()  # where all are known, it was skipped before


@dataclass(frozen=True, slots=True)
class NewEntries:
    """The entries that a feed did not show before. `remember` holds the keys of entries that need no further check, so
    that they outlive pruning.

    `waiting`: edited again so soon that their new text is for a later poll.
    """

    new: tuple[KeyedEntry, ...]
    skipped: tuple[SkippedEntry, ...]
    remember: frozenset[str]
    rolled_over: bool  # nothing of what it showed before is left
    waiting: tuple[ParsedEntry, ...] = ()


def keyed_entries(
    entries: Sequence[ParsedEntry], source: Source, feed_url: str, now: datetime
) -> tuple[list[KeyedEntry], list[SkippedEntry]]:
    """The entries of a feed with their keys, each URL once, and those that name no article."""
    found: dict[str, KeyedEntry] = {}
    skipped: list[SkippedEntry] = []
    for parsed in entries:
        try:
            url = clean_url(target_of(parsed.url), feed_url)
        except BadUrl as e:
            subject = derived_id("entry", source.source_id, storable(parsed.guid or parsed.title))
            skipped.append(SkippedEntry(subject, ArticleOutcome.BAD_URL, str(e), (subject,)))
            continue
        if is_homepage(url):
            key = article_id(url)
            skipped.append(SkippedEntry(key, ArticleOutcome.HOMEPAGE, "the entry links to the front page", (key,)))
            continue
        one = _keyed(parsed, source, url, now)
        found.setdefault(one.entry.entry_id, one)
    return list(found.values()), skipped


def keys_of(found: Sequence[KeyedEntry], skipped: Sequence[SkippedEntry]) -> set[str]:
    """All keys to look up."""
    keys = {key for one in found for key in (*one.keys, one.update_key)}
    return keys | {key for one in skipped for key in one.keys}


def judge(  # noqa: PLR0913 - one call, everything named
    found: Sequence[KeyedEntry],
    skipped: Sequence[SkippedEntry],
    known: Collection[str],
    *,
    first_poll: bool,
    now: datetime,
    overlap: bool = False,
    back_numbers: bool = True,
) -> NewEntries:
    """Tell what is new from what is known, too old, or changes too often to go on at every poll.

    `overlap`: the feed shows other entries, too, that are unchanged. Without `back_numbers` what has no date ends at the
    first poll, and what is dated but for the newest: a new source would pass on its whole feed at once.
    """
    new: list[KeyedEntry] = []
    newly_skipped = [one for one in skipped if not set(one.keys) <= set(known)]
    remember = {key for one in skipped for key in one.keys}
    waiting: list[ParsedEntry] = []
    overlap |= len(newly_skipped) < len(skipped) or any(_is_known(one, known) for one in found)
    moved = _moved(found, known) if not overlap else frozenset()
    newest = _newest(found) if first_poll and not back_numbers else None
    age = FIRST_POLL_AGE if first_poll else LATER_AGE
    for one in found:
        entry_id = one.entry.entry_id
        if one.version_key in known or one.guid_key in known:
            remember.update(one.keys)
        elif _is_known(one, known) and one.update_key in known:
            remember.add(entry_id)  # its new text waits for the next window
            waiting.append(one.parsed)
        elif _older(one.entry, now - age):
            remember.update(one.keys)
            detail = f"published more than {age.total_seconds() / 3600:.0f} h before it was seen"
            newly_skipped.append(SkippedEntry(entry_id, ArticleOutcome.TOO_OLD, detail))
        elif why := _back_number(one, moved, newest):
            remember.update(one.keys)
            newly_skipped.append(SkippedEntry(entry_id, ArticleOutcome.BACK_NUMBER, why))
        else:
            new.append(one)
            remember.update(one.keys)
            if _is_known(one, known):
                remember.add(one.update_key)
    rolled_over = bool(found) and not (first_poll or overlap or moved)
    return NewEntries(tuple(new), tuple(newly_skipped), frozenset(remember), rolled_over, tuple(waiting))


def is_first_poll(last_success: datetime | None, now: datetime) -> bool:
    """Whether nobody can say what a source has shown lately: it is new, or was not polled for weeks."""
    return last_success is None or now - last_success > LATER_AGE


def _is_known(one: KeyedEntry, known: Collection[str]) -> bool:
    return one.entry.entry_id in known or one.guid_key in known


def _moved(found: Sequence[KeyedEntry], known: Collection[str]) -> frozenset[str]:
    """The texts of a feed that is known by nothing but its texts: its entries have other addresses and guids now.

    A text that several entries share says nothing about any of them.
    """
    shown = Counter(one.text_key for one in found)
    texts = frozenset(text for text, times in shown.items() if times == 1 and text in known)
    return texts if len(texts) >= max(_MOVED_FROM, len(found) / 2) else frozenset()


def _newest(found: Sequence[KeyedEntry]) -> frozenset[str]:
    """The entries of a first poll that are new: those with a date, the newest of them."""
    dated = [(at, one.entry.entry_id) for one in found if (at := _date(one.entry)) is not None]
    return frozenset(entry_id for _, entry_id in sorted(dated, key=lambda one: one[0], reverse=True)[:NEWEST])


def _back_number(one: KeyedEntry, moved: Collection[str], newest: Collection[str] | None) -> str | None:
    """Why an entry that looks new is not; None if it is new. `newest`: the new entries of a first poll."""
    if one.text_key in moved:
        return "its source showed it before, under another address and guid, like most of what it shows now"
    if newest is None or one.entry.entry_id in newest:
        return None
    if _date(one.entry) is None:
        return "without a date, and there already when its source was polled for the first time"
    return f"there already when its source was polled for the first time, and not among the {NEWEST} newest"


def _keyed(parsed: ParsedEntry, source: Source, url: str, now: datetime) -> KeyedEntry:
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
    return KeyedEntry(
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
