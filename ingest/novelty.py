"""What of a feed is new: pure, from the entries it shows and the keys that are known of it already.

Each entry has up to three keys: its URL, its URL with the text it shows now, its guid with that text. So an edited entry
is told from one whose guid or URL changes at every poll, and neither raises a flood.
"""

import re
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
    update_key: str

    @property
    def keys(self) -> tuple[str, ...]:
        """What is to be remembered of it once it is on the log, or when it is old."""
        return (self.entry.entry_id, self.version_key) + ((self.guid_key,) if self.guid_key else ())


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
    first poll: a new source would tell its whole feed at once.
    """
    fresh: list[Candidate] = []
    told = [one for one in ended if not set(one.keys) <= set(known)]
    remember = {key for one in ended for key in one.keys}
    waiting: list[ParsedEntry] = []
    for candidate in found:
        is_known = candidate.entry.entry_id in known or candidate.guid_key in known
        overlap |= is_known
        if candidate.version_key in known or candidate.guid_key in known:
            remember.update(candidate.keys)
        elif is_known and candidate.update_key in known:
            remember.add(candidate.entry.entry_id)  # its new text waits for the next window
            waiting.append(candidate.shown)
        elif _older(candidate.entry, now - (age := FIRST_POLL_AGE if first_poll else LATER_AGE)):
            remember.update(candidate.keys)
            detail = f"published more than {age.total_seconds() / 3600:.0f} h before it was seen"
            told.append(Ended(candidate.entry.entry_id, ArticleOutcome.TOO_OLD, detail))
        elif first_poll and not back_numbers and _undated(candidate.entry):
            remember.update(candidate.keys)
            detail = "without a date, and there already when its source was polled for the first time"
            told.append(Ended(candidate.entry.entry_id, ArticleOutcome.BACK_NUMBER, detail))
        else:
            fresh.append(candidate)
            remember.update(candidate.keys)
            if is_known:
                remember.add(candidate.update_key)
    rolled_over = bool(found) and not first_poll and not overlap
    return News(tuple(fresh), tuple(told), frozenset(remember), rolled_over, tuple(waiting))


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
    newest = max((at for at in (entry.published, entry.updated) if at is not None), default=None)
    return newest is not None and newest < edge


def _undated(entry: Entry) -> bool:
    return entry.published is None and entry.updated is None
