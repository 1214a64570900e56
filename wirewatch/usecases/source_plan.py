"""What a list of sources would change: decided line by line against what is there, before anything is done. Pure.

add            new; also one that nobody answers at (`unreachable`): it is polled until somebody does
same_as        its address is there, or stands earlier in the list
conflict       its name is that of another source; `rename` gives it another one
not_a_feed     a page stands there; `found` are the feeds that it announces
invalid        the line cannot be read, or says what cannot be
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.masking import masked_url
from core.model.naming import LONGEST
from core.model.source import MOST_TAGS, PATIENCE_SECONDS, Source
from core.net.url import BadUrl, host_of, web_url
from core.store.source_pages import KnownAddress
from core.store.sources import url_key
from ingest.discover.peek import Peeked, rank_in_host
from ingest.lists.listed import Listed
from wirewatch.usecases.refusals import Invalid
from wirewatch.usecases.source_facts import NewSource, checked_source


class Verdict(StrEnum):
    """What a line comes to."""

    ADD = "add"
    SAME_AS = "same_as"
    CONFLICT = "conflict"
    UNREACHABLE = "unreachable"
    NOT_A_FEED = "not_a_feed"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLink:
    """A feed that a page announces."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """A line of a list. `source`: what would be added; `subscribe`: the id of the source that another team reads at the address.

    `url` is shown, so without what is secret in it. `other`: the name of the source that it is the same as, or in conflict with.
    """

    place: int
    name: str
    url: str
    verdict: Verdict
    detail: str = ""
    other: str | None = None
    source: Source | None = None
    subscribe: str | None = None
    paused: bool = False
    named: bool = True  # by the list; else by us, who may know better
    found: tuple[FoundLink, ...] = ()

    @property
    def adds(self) -> bool:
        """Whether something is added for it."""
        return self.source is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """`tags`: for all that is added. `rename`: another name where one is taken. `take_found`: the first feed that a page
    announces, in its place."""

    tags: tuple[str, ...] = ()
    rename: bool = False
    take_found: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is there: addresses by key, and of the acting team the names with their addresses, and the ids that it reads."""

    addresses: Mapping[str, KnownAddress]
    names: frozenset[str]
    read: frozenset[str]


def planned(listed: Iterable[Listed], known: Known, options: PlanOptions) -> list[PlanLine]:
    """A verdict for each line."""
    plan = _Plan(known, options)
    return [plan.line(one) for one in listed]


class _Plan:
    """What the lines so far have taken."""

    def __init__(self, known: Known, options: PlanOptions) -> None:
        self._known = known
        self._options = options
        self._names = set(known.names)
        self._places: dict[str, int] = {}  # key of an address -> the line that has it

    def line(self, one: Listed) -> PlanLine:
        shown = PlanLine(
            place=one.place, name=one.name, url=masked_url(one.url), verdict=Verdict.INVALID, paused=one.paused,
            named=bool(one.name),
        )  # fmt: skip
        if one.problem is not None:
            return replace(shown, detail=one.problem)
        if not one.url:
            return replace(shown, detail="expected an address")
        try:
            source = self._source(one)
            key = url_key(source.url)
        except (Invalid, BadUrl) as error:
            return replace(shown, detail=str(error))
        return self._judged(replace(shown, name=source.name), source, key)

    def _source(self, one: Listed) -> Source:
        """Raises Invalid."""
        tags = tuple(dict.fromkeys([*one.tags, *self._options.tags]))[:MOST_TAGS]
        return checked_source(
            NewSource(
                url=one.url,
                name=one.name or _own_name(one.url),
                kind=one.kind,
                country=one.country,
                lang=one.lang,
                time_zone=one.time_zone,
                since=one.since,
                interval_seconds=one.interval_seconds,
                full_text=one.full_text,
                patience_seconds=PATIENCE_SECONDS if one.patience_seconds is None else one.patience_seconds,
                tags=tags,
                site=_site(one.site),
            )
        )

    def _judged(self, shown: PlanLine, source: Source, key: str) -> PlanLine:
        there = self._known.addresses.get(key)
        if there is not None and there.source_id in self._known.read:
            return replace(shown, verdict=Verdict.SAME_AS, other=there.name)
        if key in self._places:
            return replace(shown, verdict=Verdict.SAME_AS, detail=f"line {self._places[key]} has the same address")
        if there is not None and not there.enabled:
            detail = "its address is there, and is not polled for anybody"
            return replace(shown, verdict=Verdict.CONFLICT, other=there.name, detail=detail)
        name = source.name
        if name in self._names:
            if shown.named and not self._options.rename:
                return replace(shown, verdict=Verdict.CONFLICT, other=name, detail="another source has that name")
            name = self._another_name(source)
        self._names.add(name)
        self._places[key] = shown.place
        detail = "another team reads it already" if there is not None else ""
        subscribe = None if there is None else there.source_id
        source = replace(source, name=name)
        return replace(shown, name=name, verdict=Verdict.ADD, detail=detail, source=source, subscribe=subscribe)

    def _another_name(self, source: Source) -> str:
        """A name that is free: with the host, with the whole address, with a number."""
        host, bare = host_of(source.url).removeprefix("www."), source.url.partition("://")[2]
        stem = source.name[: LONGEST - 70]
        for ending in (host, bare):
            name = f"{stem} ({ending[:60]})"
            if name not in self._names:
                return name
        number = 2
        while f"{stem} ({host[:50]} {number})" in self._names:
            number += 1
        return f"{stem} ({host[:50]} {number})"


def with_looks(
    plan: Sequence[PlanLine],
    looks: Mapping[int, Peeked],
    found: Mapping[int, Sequence[FoundLink]],
    options: PlanOptions,
) -> list[PlanLine]:
    """The plan after a look at the addresses of what it would add, by place in it; `found`: what pages there announce."""
    taken = {line.source.name for line in plan if line.source is not None}
    return [
        _looked(line, looks[place], tuple(found.get(place, ())), options, taken) if place in looks else line
        for place, line in enumerate(plan)
    ]


def _looked(
    line: PlanLine, look: Peeked, found: tuple[FoundLink, ...], options: PlanOptions, taken: set[str]
) -> PlanLine:
    if line.source is None:
        return line
    if look.outcome == "not_looked":
        return replace(line, detail=f"not looked at: {look.detail}")
    if look.outcome == "not_a_feed":
        if options.take_found and found:
            source = replace(line.source, url=found[0].url, site=line.source.site or line.source.url)
            detail = f"no feed, but it announces one: {masked_url(found[0].url)}"
            return replace(line, source=source, url=masked_url(source.url), detail=detail, found=found)
        return replace(line, verdict=Verdict.NOT_A_FEED, detail=look.detail, source=None, found=found)
    if look.outcome != "ok":
        return replace(line, verdict=Verdict.UNREACHABLE, detail=f"{look.outcome}: {look.detail}")
    title = look.title[:LONGEST].strip()
    if not line.named and title and title not in taken:
        taken.add(title)
        return replace(line, name=title, source=replace(line.source, name=title))
    return line


def first_polls(sources: Sequence[Source], now: datetime, polls_per_minute: float) -> list[datetime]:
    """When each is due for the first time: one after the other at the pace that all may be polled, those of a host far apart."""
    ranks = rank_in_host([source.url for source in sources])
    order = sorted(range(len(sources)), key=lambda place: (ranks[place], place))
    due = {place: now + timedelta(minutes=turn / polls_per_minute) for turn, place in enumerate(order)}
    return [due[place] for place in range(len(sources))]


def counts(plan: Iterable[PlanLine]) -> dict[str, int]:
    """How many lines come to what; each verdict, also those that none does."""
    found = dict.fromkeys((verdict.value for verdict in Verdict), 0)
    for line in plan:
        found[line.verdict.value] += 1
    return found


def _own_name(url: str) -> str:
    """The name of a source that has none: its host."""
    try:
        return host_of(url).removeprefix("www.")[:LONGEST] or url[:LONGEST]
    except BadUrl:
        return url[:LONGEST]  # told as invalid with its address


def _site(site: str | None) -> str | None:
    """A home page that is none is not worth a refusal."""
    try:
        return None if site is None else str(web_url(site))
    except BadUrl:
        return None
