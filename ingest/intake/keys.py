"""What an entry is known by, so that it is told once whatever its feed does to links, guids, order and markup. Pure.

| key | the same for |
|---|---|
| id | one address |
| version | one address that shows the same words |
| text | the same words, wherever they stand |
| guid | one guid |
| name | one headline of one time, wherever it links to |
| part | one fragment of a link |

An entry is looked up by more keys than are remembered of it: by the other spellings of its address, and by those that the
release before remembered.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.db.types import storable
from core.model.ids import article_id, derived_id
from core.model.outcome import ArticleOutcome
from core.model.source import Entry, Source
from core.net.url import BadUrl, clean_url, other_spellings
from ingest.intake.addresses import Address, Addresses, FrontPage, folded, guid_name
from ingest.parse.dates import plausible
from ingest.parse.shapes import ParsedEntry

_UPDATE_WINDOW_SECONDS = 1800  # an entry whose text changes all the time is an update once in each of these
_TAGS = re.compile(r"<[^<>]*>")
_FINGERPRINTED = 20_000  # characters of the body; an edit beyond them shows on the page, not in the feed
_TELLING_TITLE, _TELLING_BODY = 12, 60  # characters; shorter ones are those of many articles: "Weather", "Read more"
_ALONE = 20  # characters of a headline that stands without a body and a date


@dataclass(frozen=True, slots=True)
class KeyedEntry:
    """An entry that may be new, with its keys. `telling`: its words are those of no other article.

    `is_guid`: that its guid is no other entry's.

    `shared_key`: that its page is that of several entries; remembered where it is (`is_shared`).
    """

    entry: Entry
    parsed: ParsedEntry
    version_key: str
    guid_key: str | None
    text_key: str
    update_key: str
    name_key: str = ""
    part_key: str = ""
    shared_key: str = ""
    is_shared: bool = False
    is_guid: bool = True
    telling: bool = False
    has_body: bool = False
    before: tuple[str, ...] = ()  # the guid with the words, as the release before remembered it
    name_update_key: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """What is to be remembered of it once it is on the log, or when it is old."""
        optional = (self.guid_key, self.name_key, self.part_key, self.shared_key if self.is_shared else "")
        return (self.entry.entry_id, self.version_key, self.text_key, *(key for key in optional if key))

    @property
    def lookups(self) -> tuple[str, ...]:
        """What to ask for to know whether it is known."""
        asked = (*self.keys, self.update_key, self.name_update_key, self.shared_key, *self.before)
        return tuple(key for key in asked if key)

    @property
    def spellings(self) -> tuple[tuple[str, str], ...]:
        """Id and version key of the other spellings of its address."""
        text = _text_of(self.entry)
        ids = [article_id(url) for url in other_spellings(self.entry.url)]
        return tuple((entry_id, derived_id("version", entry_id, text)) for entry_id in ids)


@dataclass(frozen=True, slots=True)
class SkippedEntry:
    """An entry that goes no further, and why."""

    subject: str
    outcome: ArticleOutcome
    detail: str
    keys: tuple[str, ...] = ()  # where all are known, it was skipped before


def keyed_entries(
    entries: Sequence[ParsedEntry], addresses: Addresses, source: Source, now: datetime
) -> tuple[list[KeyedEntry], list[SkippedEntry]]:
    """Entries with their keys, and those that name no article."""
    found: list[KeyedEntry] = []
    skipped: list[SkippedEntry] = []
    for parsed in entries:
        try:
            address = addresses.of(parsed)
        except FrontPage as e:
            key = article_id(clean_url(parsed.url, source.url))
            skipped.append(SkippedEntry(key, ArticleOutcome.HOMEPAGE, str(e), (key,)))
        except BadUrl as e:
            subject = derived_id("entry", source.source_id, storable(parsed.guid or parsed.title))
            skipped.append(SkippedEntry(subject, ArticleOutcome.BAD_URL, str(e), (subject,)))
        else:
            found.append(_keyed(parsed, address, source, now, is_guid=not addresses.shares_guid(parsed)))
    return found, skipped


def each_once(found: Sequence[KeyedEntry], *, ascending: bool) -> list[KeyedEntry]:
    """Each version of an entry once, the older before the newer. `ascending`: the feed shows its oldest entry first."""
    versions: dict[str, dict[str, KeyedEntry]] = {}
    for one in found if ascending else reversed(found):
        versions.setdefault(one.entry.entry_id, {}).setdefault(one.version_key, one)
    order = dict.fromkeys(one.entry.entry_id for one in found)
    return [one for entry_id in order for one in sorted(versions[entry_id].values(), key=_age)]


def _age(one: KeyedEntry) -> float:
    at = date_of(one.entry)
    return 0.0 if at is None else at.timestamp()


def apart(
    found: Sequence[KeyedEntry], known: Mapping[str, object], addresses: Addresses, now: datetime
) -> list[KeyedEntry]:
    """The same, where those whose link was another entry's before have an address of their own.

    A page is known to be shared once several entries showed it at a time; or an entry comes with its link, another
    fragment, and nothing else that is known.
    """
    return [
        _keyed(
            one.parsed,
            addresses.of(one.parsed, shared=True),
            one.entry.source,
            now,
            is_guid=not addresses.shares_guid(one.parsed),
        )
        if one.entry.has_page and (one.shared_key in known or _is_another_part(one, known))
        else one
        for one in found
    ]


def keys_of(found: Sequence[KeyedEntry], skipped: Sequence[SkippedEntry]) -> set[str]:
    """All keys to look up."""
    return {key for one in found for key in one.lookups} | {key for one in skipped for key in one.keys}


def is_as_before(one: KeyedEntry, known: Collection[str]) -> bool:
    """Whether it was shown before at this address, or under its guid, in these words."""
    if one.version_key in known or any(key in known for key in one.before):
        return True
    return one.guid_key in known and one.text_key in known


def date_of(entry: Entry) -> datetime | None:
    """When it was last touched."""
    return max((at for at in (entry.published, entry.updated) if at is not None), default=None)


def _is_another_part(one: KeyedEntry, known: Collection[str]) -> bool:
    if not one.part_key or one.part_key in known or one.entry.entry_id not in known:
        return False
    return not any(key in known for key in (one.guid_key, one.name_key, one.text_key, *one.before))


def _keyed(parsed: ParsedEntry, address: Address, source: Source, now: datetime, *, is_guid: bool) -> KeyedEntry:
    entry = Entry(
        entry_id=article_id(address.url),
        source=source,
        url=address.url,
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
        has_page=address.has_page,
    )
    text = _text_of(entry)
    title, body = folded(entry.title), _body(entry)
    window = int(now.timestamp() // _UPDATE_WINDOW_SECONDS)
    name = _name_key(entry, title)
    has_body = len(body) >= _TELLING_BODY
    return KeyedEntry(
        entry,
        parsed,
        derived_id("version", entry.entry_id, text),
        derived_id("guid-alone", guid_name(entry.guid)) if entry.guid else None,
        derived_id("text", text),
        derived_id("update", entry.entry_id, window),
        name,
        derived_id("part", address.page, address.part) if address.part else "",
        derived_id("shared", address.page),
        is_shared=address.url != address.page,
        is_guid=is_guid,
        telling=bool(title) and (has_body or (entry.published is None and len(title) >= _ALONE)),
        has_body=has_body,
        before=(derived_id("guid", entry.guid, text),) if entry.guid else (),
        name_update_key=derived_id("update", name, window) if name else "",
    )


def _name_key(entry: Entry, title: str) -> str:
    if len(title) < _TELLING_TITLE:
        return ""
    return derived_id("name", title, entry.entry_id if entry.published is None else entry.published.isoformat())


def _text_of(entry: Entry) -> str:
    """The same for the same words, whatever the markup, the case and the spaces.

    A sitemap shows no words of the article; there `updated` is all that tells of an edit.
    """
    words = folded(f"{entry.title} {_raw_body(entry)}")
    if not _body(entry) and entry.updated is not None:
        return derived_id("fingerprint", words, entry.updated.isoformat())
    return derived_id("fingerprint", words)


def _raw_body(entry: Entry) -> str:
    return _TAGS.sub(" ", (entry.content or entry.summary)[:_FINGERPRINTED])


def _body(entry: Entry) -> str:
    return _raw_body(entry).strip()


def shortened(entry: Entry, max_characters: int) -> Entry:
    """The entry with bodies of at most that many characters."""
    if len(entry.content) + len(entry.summary) <= max_characters:
        return entry
    summary = entry.summary[: max_characters // 4]
    return replace(entry, summary=summary, content=entry.content[: max_characters - len(summary)])
