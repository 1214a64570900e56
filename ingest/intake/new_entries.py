"""Finds the new entries of a feed, from its entries and their known keys (keys.py). Pure.

An entry is as before, the same in another place, edited, or new. So an edited entry is told from one whose guid or link
changes at every poll, and neither raises a flood; nor does a feed whose entries all get other links and guids at once.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from core.model.ids import derived_id
from core.model.outcome import ArticleOutcome
from core.model.source import Entry
from core.net.url import other_spellings
from ingest.intake.keys import KeyedEntry, SkippedEntry, date_of, is_as_before
from ingest.parse.shapes import ParsedEntry

FIRST_POLL_AGE = timedelta(hours=48)
LATER_AGE = timedelta(days=14)
NEWEST = 100  # of a first poll; a feed that shows more is an archive, a sitemap, or dates all by the day it was built
MOVED_KEY = derived_id("moved")  # the source's links changed all at once before
_MOVED_FROM = 5  # entries that are known by their text alone
# Within it the same words of one source are one entry in another place: a second article would be a copy in its story.
_SAME_WORDS = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class NewEntries:
    """The entries that a feed did not show before. `remember` holds the keys of entries that need no further check, so
    that they outlive pruning.

    `waiting`: edited again so soon that their new text is for a later poll. `unseen`: ids of those that are no edits, and
    were not shown before, whether they pass or not.
    """

    new: tuple[KeyedEntry, ...]
    skipped: tuple[SkippedEntry, ...]
    remember: frozenset[str]
    rolled_over: bool  # nothing of what it showed before is left
    waiting: tuple[ParsedEntry, ...] = ()
    unseen: frozenset[str] = frozenset()


class _Standing(Enum):
    KNOWN = auto()  # as it was
    ELSEWHERE = auto()  # as it was, under another link and guid
    EDITED = auto()
    NEW = auto()


def judge(  # noqa: PLR0913 - one call, everything named
    found: Sequence[KeyedEntry],
    skipped: Sequence[SkippedEntry],
    known: Mapping[str, datetime],
    *,
    first_poll: bool,
    now: datetime,
    unchanged: Sequence[ParsedEntry] = (),
    back_numbers: bool = True,
    since: datetime | None = None,
) -> NewEntries:
    """Tell what is new from what is known, too old, or changes too often to go on at every poll.

    `known`: when keys were noted last. `unchanged`: what else the feed shows, exactly as before. Without `back_numbers`
    what has no date ends at the first poll, and what is dated but for the newest: a new source would pass on its whole
    feed at once. `since`: what its owner says is news at the first poll.
    """
    newly_skipped = [one for one in skipped if not known.keys() >= set(one.keys)]
    standings = _standings(found, known, now, unchanged)
    overlap = bool(unchanged) or len(newly_skipped) < len(skipped)
    overlap |= not {_Standing.KNOWN, _Standing.EDITED}.isdisjoint(standings)
    moved = frozenset() if overlap else _moved(found, known)
    judged = _Judged(newly_skipped, {key for one in skipped for key in one.keys})
    if moved:
        judged.remember.add(MOVED_KEY)
    newest = _newest(found, since) if first_poll and not back_numbers else None
    age = _first_age(since, now) if first_poll else LATER_AGE
    for one, standing in zip(found, standings, strict=True):
        is_moved = one.text_key in moved
        if standing is _Standing.KNOWN or (MOVED_KEY in known if is_moved else standing is _Standing.ELSEWHERE):
            # No key that is new: the next poll may show another link or guid.
            judged.remember.update(known.keys() & one.keys)
        elif standing is _Standing.EDITED and _waits(one, known):
            judged.wait(one)
        elif _older(one.entry, now - age):
            detail = f"published more than {age.total_seconds() / 3600:.0f} h before it was seen"
            judged.skip(one, ArticleOutcome.TOO_OLD, detail)
        elif why := _back_number(one, moved, newest):
            judged.skip(one, ArticleOutcome.BACK_NUMBER, why)
        else:
            judged.let_pass(one, is_edit=standing is _Standing.EDITED)
    unseen = frozenset(
        one.entry.entry_id for one, is_as in zip(found, standings, strict=True) if is_as is _Standing.NEW
    )
    rolled_over = bool(found) and set(standings) == {_Standing.NEW} and not (first_poll or overlap or moved)
    return judged.entries(rolled_over=rolled_over, unseen=unseen)


class _Judged:
    """What became of the entries so far."""

    def __init__(self, skipped: list[SkippedEntry], remember: set[str]) -> None:
        self.remember = remember
        self._skipped = skipped
        self._new: list[KeyedEntry] = []
        self._waiting: list[ParsedEntry] = []
        self._twins = _Twins()

    def wait(self, one: KeyedEntry) -> None:
        self.remember.add(one.entry.entry_id)  # its new text waits for the next window
        self._waiting.append(one.parsed)

    def skip(self, one: KeyedEntry, outcome: ArticleOutcome, detail: str) -> None:
        self.remember.update(one.keys)
        self._skipped.append(SkippedEntry(one.entry.entry_id, outcome, detail))

    def let_pass(self, one: KeyedEntry, *, is_edit: bool) -> None:
        self.remember.update(one.keys)
        if is_edit:
            self.remember.update(key for key in (one.update_key, one.name_update_key) if key)
        elif self._twins.shown(one):
            return
        self._new.append(one)

    def entries(self, *, rolled_over: bool, unseen: frozenset[str]) -> NewEntries:
        return NewEntries(
            tuple(self._new), tuple(self._skipped), frozenset(self.remember), rolled_over, tuple(self._waiting), unseen
        )


def is_first_poll(last_success: datetime | None, now: datetime) -> bool:
    """Whether nobody can say what a source has shown lately: it is new, or was not polled for weeks."""
    return last_success is None or now - last_success > LATER_AGE


def doubtful(found: Sequence[KeyedEntry], known: Collection[str]) -> set[str]:
    """Further keys to look up, for entries of which nothing is known so far."""
    strangers = [one for one in found if one.entry.entry_id not in known and not is_as_before(one, known)]
    return {key for one in strangers for keys in one.spellings for key in keys}


def _standings(
    found: Sequence[KeyedEntry], known: Mapping[str, datetime], now: datetime, unchanged: Sequence[ParsedEntry]
) -> list[_Standing]:
    as_before = [is_as_before(one, known) for one in found]
    stays = {one.text_key for one, is_known in zip(found, as_before, strict=True) if is_known}
    others = _Words(unchanged)
    return [
        _Standing.KNOWN
        if is_known
        else _standing(one, known, now, beside=one.text_key in stays or one.parsed in others)
        if one.text_key in known
        else _edited_or_new(one, known)
        for one, is_known in zip(found, as_before, strict=True)
    ]


def _standing(one: KeyedEntry, known: Mapping[str, datetime], now: datetime, *, beside: bool) -> _Standing:
    """Of an entry whose words are known. `beside`: they still stand where they stood, too: this is another of the kind."""
    if any(version in known for _, version in one.spellings) or one.name_key in known:
        return _Standing.ELSEWHERE
    if one.telling and not beside and now - known[one.text_key] < _SAME_WORDS:
        return _Standing.ELSEWHERE
    return _edited_or_new(one, known)


def _edited_or_new(one: KeyedEntry, known: Collection[str]) -> _Standing:
    named = one.entry.entry_id in known or one.name_key in known
    if named or (known and any(other in known for other, _ in one.spellings)):
        return _Standing.EDITED
    return _Standing.NEW


def _waits(one: KeyedEntry, known: Collection[str]) -> bool:
    """Whether it was edited in this half hour already. Another guid and headline at another time are no edit, but
    another article at the same link."""
    if one.update_key not in known and one.name_update_key not in known:
        return False
    is_other = one.guid_key is not None and one.guid_key not in known and one.name_key not in known
    return not (is_other and one.name_key and one.entry.published is not None)


class _Words:
    """Whether some of these entries have an entry's words, to the letter; looked at only if somebody asks."""

    def __init__(self, entries: Sequence[ParsedEntry]) -> None:
        self._entries = entries
        self._words: frozenset[tuple[str, str, str]] | None = None

    def __contains__(self, entry: ParsedEntry) -> bool:
        if self._words is None:
            self._words = frozenset((one.title, one.summary, one.content) for one in self._entries)
        return (entry.title, entry.summary, entry.content) in self._words


class _Twins:
    """The new entries of one body, each once, though the body shows it twice under two links or guids."""

    def __init__(self) -> None:
        self._shown: dict[tuple[str, ...], str | None] = {}

    def shown(self, one: KeyedEntry) -> bool:
        """Whether it was there before; else it is from now on."""
        names = [("page", min(url := one.entry.url, *other_spellings(url)), one.text_key)]
        if one.guid_key is not None and one.is_guid:
            names.append(("guid", one.guid_key, one.text_key))
        if one.has_body and one.name_key and one.entry.published is not None:
            names.append(("name", one.name_key, one.text_key))
        was = any(
            name in self._shown
            and (name[0] != "name" or None in (guid := (self._shown[name], one.guid_key)) or guid[0] == guid[1])
            for name in names
        )
        for name in names:
            self._shown.setdefault(name, one.guid_key)
        return was


def _moved(found: Sequence[KeyedEntry], known: Collection[str]) -> frozenset[str]:
    """The texts of a feed that is known by nothing but its texts: its entries have other addresses and guids now.

    A text that several entries share says nothing about any of them.
    """
    shown = Counter(one.text_key for one in found)
    texts = frozenset(text for text, times in shown.items() if times == 1 and text in known)
    return texts if len(texts) >= max(_MOVED_FROM, len(found) / 2) else frozenset()


def marked(found: Sequence[KeyedEntry], since: datetime | None) -> list[KeyedEntry]:
    """The entries of a first poll, those that are from before `since` marked so: nobody waits for them. None: none are."""
    return [
        replace(one, entry=replace(one.entry, source_added=since))
        if since is not None and (one.entry.published is None or one.entry.published < since)
        else one
        for one in found
    ]


def _first_age(since: datetime | None, now: datetime) -> timedelta:
    return FIRST_POLL_AGE if since is None else max(FIRST_POLL_AGE, now - since)


def _newest(found: Sequence[KeyedEntry], since: datetime | None) -> frozenset[str]:
    """The entries of a first poll that are new: those with a date, the newest of them and all that are asked for."""
    dated = [(at, one.entry.entry_id) for one in found if (at := date_of(one.entry)) is not None]
    newest = sorted(dated, key=lambda one: one[0], reverse=True)
    return frozenset(
        entry_id for place, (at, entry_id) in enumerate(newest) if place < NEWEST or (since is not None and at >= since)
    )


def _back_number(one: KeyedEntry, moved: Collection[str], newest: Collection[str] | None) -> str | None:
    """Why an entry that looks new is not; None if it is new. `newest`: the new entries of a first poll."""
    if one.text_key in moved:
        return "its source showed it before, under another address and guid, like most of what it shows now"
    if newest is None or one.entry.entry_id in newest:
        return None
    if date_of(one.entry) is None:
        return "without a date, and there already when its source was polled for the first time"
    return f"there already when its source was polled for the first time, and not among the {NEWEST} newest"


def _older(entry: Entry, edge: datetime) -> bool:
    newest = date_of(entry)
    return newest is not None and newest < edge
