"""Looking for feeds and lists of sources, field by field."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from core.model.source import SourceKind
from ingest.discover.feeds import FoundFeed as Found
from ingest.discover.feeds import How
from ingest.lists.listed import ListFormat
from wirewatch.api.model import Body, Bool, Model, Query
from wirewatch.api.problems import Problem
from wirewatch.api.source_models import Tags, Url
from wirewatch.usecases.discovery import Preview as Previewed
from wirewatch.usecases.discovery import SiteFeeds
from wirewatch.usecases.source_lists import Brought, KnownPack
from wirewatch.usecases.source_plan import PlanLine, Verdict


class AddressBody(Body):
    url: Url


class Sample(Model):
    title: str
    url: str
    published: datetime | None


class FoundFeed(Model):
    """`a_day`: entries, by the dates of two weeks; `whole`: entries with their whole text. `same_as`: a better one with the
    same entries. `source`: the name of the one that reads it already."""

    url: str
    title: str
    kind: SourceKind
    how: How
    entries: int
    newest: datetime | None
    a_day: float | None
    whole: int
    lang: str | None
    samples: Sequence[Sample]
    same_as: str | None
    source: str | None

    @classmethod
    def of_found(cls, feed: Found, source: str | None = None) -> Self:
        """The model of a feed that was found."""
        told = feed.brings
        return cls(
            url=feed.url,
            title=feed.title,
            kind=feed.kind,
            how=feed.how,
            entries=told.entries,
            newest=told.newest,
            a_day=told.a_day,
            whole=told.whole,
            lang=told.lang,
            samples=Sample.of_all(told.samples),
            same_as=feed.same_as,
            source=source,
        )


class Missed(Model):
    """An address that is no feed. `outcome`: as a poll would end."""

    url: str
    outcome: str
    detail: str


class Site(Model):
    """`cut`: there was more to visit than may be."""

    url: str
    title: str
    feeds: Sequence[FoundFeed]
    missed: Sequence[Missed]
    cut: bool

    @classmethod
    def of_site(cls, site: SiteFeeds) -> Self:
        """The model of a site that was searched."""
        feeds = [FoundFeed.of_found(one.feed, one.source) for one in site.found]
        return cls(url=site.url, title=site.title, feeds=feeds, missed=Missed.of_all(site.missed), cut=site.cut)


class NotAFeedProblem(Problem):
    """With the feeds of the site, the best first."""

    feeds: tuple[FoundFeed, ...] = ()


class Skipped(Model):
    """Entries that would not be read; `outcome` as `wirewatch trace` has it."""

    outcome: str
    why: str
    entries: int


class PreviewArticle(Model):
    """An article as it would be read: its beginning. `problem`: why it cannot be."""

    url: str
    title: str
    text: str
    characters: int
    published: datetime | None
    lang: str | None
    problem: str | None


class Preview(Model):
    """What a first poll would bring."""

    url: str
    title: str
    entries: int
    new: int
    would_be_read: Sequence[Sample]
    skipped: Sequence[Skipped]
    articles: Sequence[PreviewArticle]
    source: str | None

    @classmethod
    def of_preview(cls, seen: Previewed) -> Self:
        """The model of a preview."""
        return cls(
            url=seen.url,
            title=seen.title,
            entries=seen.brings.entries,
            new=seen.new,
            would_be_read=Sample.of_all(seen.entries),
            skipped=Skipped.of_all(seen.skipped),
            articles=PreviewArticle.of_all(seen.articles),
            source=seen.source,
        )


class ImportBody(Body):
    """`text`: the list. `format` null: by what stands in it. `look`: at each new address first, for 40 seconds in all.

    `rename`: another name where one is taken. `take_found`: the first feed that a page announces, in its place.
    """

    text: Annotated[str, Field(min_length=1, max_length=20_000_000)]
    format: ListFormat | None = None
    tags: Tags = ()
    rename: Bool = False
    take_found: Bool = False
    look: Bool = False
    dry_run: Bool = False


class PackBody(Body):
    tags: Tags = ()
    dry_run: Bool = False


class FoundLink(Model):
    url: str
    title: str


class ImportLine(Model):
    """`outcome` null: nothing was done yet (`dry_run`). `other`: the source that it is the same as, or in conflict with."""

    place: int
    name: str
    url: str
    verdict: Verdict
    outcome: str | None
    detail: str
    other: str | None
    found: Sequence[FoundLink]

    @classmethod
    def of_line(cls, line: PlanLine, done: Brought | None = None) -> Self:
        """The model of a line, before or after it was brought in."""
        return cls(
            place=line.place,
            name=line.name,
            url=line.url,
            verdict=line.verdict,
            outcome=None if done is None else done.outcome.value,
            detail=line.detail if done is None else done.detail,
            other=line.other,
            found=FoundLink.of_all(line.found),
        )


class ImportResult(Model):
    """`counts`: lines by verdict, or by outcome once it is done."""

    lines: Sequence[ImportLine]
    counts: dict[str, int]


class ExportQuery(Query):
    format: ListFormat = ListFormat.OPML
    tag: Annotated[str | None, Field(max_length=60)] = None


class Pack(Model):
    """`read`: how many of its sources are read already."""

    name: str
    title: str
    group: str
    sources: int
    languages: int
    countries: int
    read: int

    @classmethod
    def of_known(cls, known: KnownPack) -> Self:
        """The model of a pack."""
        pack = known.pack
        return cls(
            name=pack.name,
            title=pack.title,
            group=pack.group,
            sources=len(pack.entries),
            languages=pack.languages,
            countries=pack.countries,
            read=known.read,
        )


class Packs(Model):
    packs: Sequence[Pack]
