"""`wirewatch sources add|discover|preview|import|export|packs`: from an address, a site, a list or a pack to sources, and back."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from core.model.source import SourceKind
from ingest.lists.listed import MOST_BYTES, ListFormat, NoList
from wirewatch.cli import output
from wirewatch.cli.counting import counting
from wirewatch.cli.opened import act, acting, config_option, json_option, run
from wirewatch.cli.times import SINCE, before
from wirewatch.cli.told import Told
from wirewatch.usecases import sources
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.refusals import Invalid
from wirewatch.usecases.sources import NewSource, SourceFilter

_FORMATS = click.Choice([one.value for one in ListFormat])
_PLAN = ("place", "verdict", "name", "url", "detail")
_RESULT = ("place", "outcome", "name", "url", "detail")


@click.command("add")
@click.argument("url", required=False)
@click.option("--name", help="Its name for people; without it the feed's own.")
@click.option("--kind", type=click.Choice([kind.value for kind in SourceKind]), default="auto", show_default=True)
@click.option("--country", help="ISO 3166-1 alpha-2, such as IN.")
@click.option("--lang", help="ISO 639-1, such as en.")
@click.option("--time-zone", help="IANA name, such as Asia/Kolkata, for times without a zone.")
@click.option("--since", type=SINCE, help="What was published since then alerts; default: since the source was added.")
@click.option(
    "--interval", "interval_seconds", type=float, help="Seconds between polls; default: as its news pays for."
)
@click.option("--site", help="Its publisher's home page.")
@click.option("--tag", "tags", multiple=True, help="A tag; may be given several times.")
@click.option("--pack", help="All sources of a ready-made pack; `wirewatch sources packs` lists them.")
@click.option("--dry-run", is_flag=True, help="With --pack: show what would be added, and add nothing.")
@click.option("--no-look", is_flag=True, help="Add it unseen; without this a page is told from a feed first.")
@config_option
def add(path: Path, url: str | None, pack: str | None, *, dry_run: bool, no_look: bool, **facts: Any) -> None:
    """Add a source, or those of a pack; a running process polls them soon.

    A page that is no feed is not added: its feeds are named.
    """
    if (url is None) == (pack is None):
        raise click.UsageError("name the address of a feed, or a pack with --pack")
    if pack is not None:
        run(_add_pack(path, pack, facts["tags"], dry_run=dry_run))
        return
    if no_look and not facts["name"]:
        raise click.UsageError("--no-look needs a --name: nobody looks what the feed calls itself")
    if facts["name"] == "":
        raise click.BadParameter(
            "expected a name of 1 to 200 characters; leave it out for the feed's own", param_hint="--name"
        )
    since = facts.pop("since")
    new = NewSource(**{**facts, "url": url, "name": facts["name"] or "", "kind": SourceKind(facts["kind"])})
    run(_add(path, new, since, look=not no_look))


async def _add(path: Path, new: NewSource, since: datetime | timedelta | None, *, look: bool) -> None:
    async with acting(path) as me:
        new = new if since is None else replace(new, since=before(me.clock.now(), since))
        try:
            name, note = await _added(me, new, look=look)
        except Invalid as error:
            if error.field is None:
                raise
            hint = "URL" if error.field == "url" else f"--{error.field.replace('_', '-')}"
            raise click.BadParameter(str(error), param_hint=hint) from None
    output.say(f"added {name!r}; it is due now")
    if note is not None:
        output.say(f"warning: {note}; it is polled until it does", err=True)


async def _added(me: Acting, new: NewSource, *, look: bool) -> tuple[str, str | None]:
    if not look:
        return (await sources.add(me, new)).name, None
    from wirewatch.usecases import discovery  # noqa: PLC0415 - it loads the client and the parsers
    from wirewatch.usecases.source_web import own_web  # noqa: PLC0415 - the same

    async with own_web(me) as web:
        try:
            added = await discovery.add_seen(me, web, new)
        except discovery.NotAFeed as refused:
            lines = [str(refused).partition("; ")[0]]
            lines += [f"  {output.one_line(_line_of(one))}" for one in refused.found]
            lines.append("add one of these" if refused.found else "no feed was found on its site")
            raise Told("\n".join(lines)) from None
    return added.source.name, added.note


@click.command("discover")
@click.argument("url")
@config_option
@json_option
def discover(url: str, path: Path, *, as_json: bool) -> None:
    """List the feeds of a site, the best first, with what each would bring."""
    found = run(_discover(path, url))
    for one in found:
        if as_json:
            output.print_json(one)
        else:
            output.say(f"{one['url']}\n    {output.one_line(str(one['words']))}")
    if not found:
        output.say(f"No feed was found on the site of {url}.", err=True)
        raise click.exceptions.Exit(1)


async def _discover(path: Path, url: str) -> list[dict[str, object]]:
    from wirewatch.usecases import discovery  # noqa: PLC0415 - it loads the client and the parsers
    from wirewatch.usecases.source_web import own_web  # noqa: PLC0415 - the same

    async with acting(path) as me, own_web(me) as web:
        site = await discovery.discover(me, web, url)
    rows = []
    for one in site.found:
        told = one.feed.brings
        words = _line_of(one.feed).partition(" ")[2]
        if one.source is not None:
            words += f"; the source {one.source!r} reads it already"
        rows.append(
            {
                "url": one.feed.url,
                "title": one.feed.title,
                "kind": one.feed.kind,
                "how": one.feed.how,
                "entries": told.entries,
                "newest": told.newest,
                "entries_a_day": told.a_day,
                "whole_texts": told.whole,
                "lang": told.lang,
                "same_as": one.feed.same_as,
                "source": one.source,
                "words": words,
            }
        )
    return rows


def _line_of(feed: Any) -> str:
    """An ingest.discover FoundFeed in a line."""
    told = feed.brings
    parts = [f"{feed.url} {feed.title or 'without a title'}: {told.entries} entries"]
    if told.a_day is not None:
        parts.append(f"about {told.a_day:g} a day")
    if told.newest is not None:
        parts.append(f"the newest of {output.cell(told.newest)}")
    if told.whole:
        parts.append(f"{told.whole} with their whole text")
    parts.append(feed.how.value.replace("_", " "))
    if feed.same_as:
        parts.append(f"the same entries as {feed.same_as}")
    return ", ".join(parts)


@click.command("preview")
@click.argument("url")
@config_option
@json_option
def preview(url: str, path: Path, *, as_json: bool) -> None:
    """Show what a first poll of a feed would bring, with the first articles as they would be read. Nothing is kept."""
    seen = run(_preview(path, url))
    if as_json:
        output.print_json(seen)
        return
    output.say(f"{seen['title']}: {seen['entries']} entries, {seen['new']} would be read")
    for entry in seen["would_be_read"]:
        output.say(f"  {output.cell(entry['published'])}  {output.one_line(entry['title'])}")
    for skipped in seen["skipped"]:
        output.say(f"  {skipped['entries']} {skipped['outcome']}: {output.one_line(skipped['why'])}")
    for article in seen["articles"]:
        output.say(f"\n{output.one_line(article['title'])}\n{article['url']}")
        output.say(article["problem"] or f"{article['characters']} characters: {output.one_line(article['text'])}")


async def _preview(path: Path, url: str) -> dict[str, Any]:
    from dataclasses import asdict  # noqa: PLC0415 - as the next ones

    from wirewatch.usecases import discovery  # noqa: PLC0415 - it loads the client and the parsers
    from wirewatch.usecases.source_web import own_web  # noqa: PLC0415 - the same

    async with acting(path) as me, own_web(me) as web:
        seen = await discovery.preview(me, web, url)
    return {
        "url": seen.url,
        "title": seen.title,
        "entries": seen.brings.entries,
        "new": seen.new,
        "source": seen.source,
        "would_be_read": [asdict(one) for one in seen.entries],
        "skipped": [asdict(one) for one in seen.skipped],
        "articles": [asdict(one) for one in seen.articles],
    }


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--format", "kind", type=_FORMATS, help="Default: by what stands in it.")
@click.option("--dry-run", is_flag=True, help="Show the plan, and add nothing.")
@click.option("--tag", "tags", multiple=True, help="A tag for all that is added; may be given several times.")
@click.option("--rename", is_flag=True, help="Give a source another name where its own is taken.")
@click.option(
    "--take-found", is_flag=True, help="Where a page stands in place of a feed, take the first that it announces."
)
@click.option("--no-look", is_flag=True, help="Look at no address beforehand.")
@config_option
@json_option
def import_list(  # noqa: PLR0913 - a command's options
    file: Path,
    kind: str | None,
    path: Path,
    tags: tuple[str, ...],
    *,
    dry_run: bool,
    rename: bool,
    take_found: bool,
    no_look: bool,
    as_json: bool,
) -> None:
    """Bring in a list of sources: OPML, CSV, TOML or an address a line. Folders of OPML become tags.

    A repeat adds nothing twice. Exit code 1 if a line could not be added.
    """
    from ingest.lists.read import read_list  # noqa: PLC0415 - it loads the parsers
    from wirewatch.usecases.source_plan import PlanOptions  # noqa: PLC0415 - the same

    try:
        listed = read_list(_bytes(file), None if kind is None else ListFormat(kind))
    except NoList as error:
        raise Told(f"{file}: {error}") from None
    options = PlanOptions(tags=tags, rename=rename, take_found=take_found)
    run(_bring(path, listed, options, look=not no_look, dry_run=dry_run, as_json=as_json))


def _bytes(file: Path) -> bytes:
    """At most a byte more than a list may have."""
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise Told(f"{file}: {error.strerror}") from None


async def _add_pack(path: Path, name: str, tags: tuple[str, ...], *, dry_run: bool) -> None:
    from wirewatch.usecases.source_lists import lines_of, pack_named  # noqa: PLC0415 - it loads the parsers
    from wirewatch.usecases.source_plan import PlanOptions  # noqa: PLC0415 - the same

    listed = lines_of(pack_named(name))
    await _bring(path, listed, PlanOptions(tags=tags, rename=True), look=False, dry_run=dry_run, as_json=False)
    if not dry_run:
        output.say("What does not answer its first poll is looked for on its site; `wirewatch sources list` says so.")


async def _bring(path: Path, listed: Sequence[Any], options: Any, *, look: bool, dry_run: bool, as_json: bool) -> None:
    from wirewatch.usecases import source_lists  # noqa: PLC0415 - it loads the parsers
    from wirewatch.usecases.source_plan import counts  # noqa: PLC0415 - the same
    from wirewatch.usecases.source_web import own_web  # noqa: PLC0415 - the same

    async with acting(path) as me:
        if look:
            async with own_web(me) as web:
                with counting("addresses looked at", len(listed)) as told:
                    plan = await source_lists.plan(me, listed, options, web, lambda done, _: told(done))
        else:
            plan = await source_lists.plan(me, listed, options)
        if dry_run:
            rows = [_planned(line) for line in plan]
            output.show(rows if as_json else _spoken(rows), _PLAN, as_json=as_json, empty="")
            output.say("plan: " + _words(counts(plan)) + "; nothing was added", err=as_json)
            return
        with counting("lines done", len(plan)) as told:
            brought = await source_lists.bring(me, plan, lambda done, _: told(done))
    rows = [
        {**_planned(one.line), "outcome": one.outcome.value, "detail": one.detail or _found(one.line)}
        for one in brought
    ]
    output.show(rows if as_json else _spoken(rows), _RESULT, as_json=as_json, empty="")
    done: dict[str, int] = {}
    for one in brought:
        done[one.outcome.value] = done.get(one.outcome.value, 0) + 1
    output.say("done: " + _words(done), err=as_json)
    if any(one.outcome in ("conflict", "not_a_feed", "invalid") for one in brought):
        raise click.exceptions.Exit(1)


def _planned(line: Any) -> dict[str, object]:
    """A PlanLine as a row."""
    verdict = line.verdict.value
    return {
        "place": line.place,
        "verdict": verdict,
        "name": line.name,
        "url": line.url,
        "detail": "; ".join(
            filter(None, (line.detail, f"of the source {line.other!r}" if line.other else "", _found(line)))
        ),
        "tags": [] if line.source is None else list(line.source.tags),
        "found": [one.url for one in line.found],
    }


def _found(line: Any) -> str:
    if line.verdict.value != "not_a_feed":
        return ""
    return "found these: " + ", ".join(one.url for one in line.found[:5]) if line.found else "it announces no feed"


def _spoken(rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """With the words of a plan as people write them."""
    return [
        {
            key: cell.replace("_", " ") if key in ("verdict", "outcome") and isinstance(cell, str) else cell
            for key, cell in row.items()
        }
        for row in rows
    ]


def _words(counted: dict[str, int]) -> str:
    return ", ".join(f"{count} {word.replace('_', ' ')}" for word, count in counted.items() if count) or "nothing"


@click.command("export")
@click.option("--format", "kind", type=_FORMATS, default="opml", show_default=True)
@click.option("--tag", help="Those with this tag alone.")
@click.option(
    "--output", "-o", "file", type=click.Path(path_type=Path, dir_okay=False), help="Default: standard output."
)
@config_option
def export(kind: str, tag: str | None, file: Path | None, path: Path) -> None:
    """Write all sources as OPML, CSV, tables for the configuration (TOML), or an address a line.

    OPML, CSV and TOML hold all that is said of a source; `import` reads them again.
    """
    from wirewatch.usecases import source_lists  # noqa: PLC0415 - it loads the parsers

    made = act(path, lambda me: source_lists.export(me, ListFormat(kind), SourceFilter(tag=tag)))
    if file is None:
        output.write(made.text)
        return
    try:
        file.write_bytes(made.text.encode())
    except OSError as error:
        raise Told(f"{file}: {error.strerror}") from None
    output.say(f"wrote {made.sources} sources to {file}")


@click.command("packs")
@click.argument("word", default="")
@config_option
@json_option
def list_packs(word: str, path: Path, *, as_json: bool) -> None:
    """List the ready-made packs, or those with a WORD in name or title. `sources add --pack NAME` adds one."""
    from wirewatch.usecases import source_lists  # noqa: PLC0415 - it loads the parsers

    found = act(path, source_lists.list_packs)
    rows: list[dict[str, object]] = [
        {
            "pack": one.pack.name,
            "title": one.pack.title,
            "sources": len(one.pack.entries),
            "there_already": one.read,
            "languages": one.pack.languages,
            "countries": one.pack.countries,
        }
        for one in found
        if word.casefold() in f"{one.pack.name} {one.pack.title}".casefold()
    ]
    output.show(rows, ("pack", "title", "sources", "there_already"), as_json=as_json, empty="No pack is like that.")
