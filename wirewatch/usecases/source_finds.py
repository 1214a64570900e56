"""What was found on the site of a source that never answered, and taking it for its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.masking import masked_url
from core.model.source import Source
from core.store import source_changes, sources
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid
from wirewatch.usecases.source_facts import check_address
from wirewatch.usecases.sources import check_move, stored_source, tag_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """A feed on the site. `words`: what it would bring."""

    url: str
    title: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finds:
    """`site`: where was looked. `problem`: why nothing could be seen there."""

    at: datetime
    site: str
    found: Sequence[Find]
    problem: str | None


@reads(Permission.READ_SOURCES)
async def found_for(acting: Acting, name: str) -> Finds | None:
    """What was found for a source that never answered; None where nobody looked. Raises NotFound."""
    async with acting.db.connection() as conn:
        row = await stored_source(conn, acting, name)
        if row.state.last_success is not None:
            return None
        kept = await source_changes.searches(conn, [row.source.source_id])
    if row.source.source_id not in kept:
        return None
    at, told = kept[row.source.source_id]
    return Finds(at=at, site=_text(told, "site"), found=tuple(_finds(told)), problem=_text(told, "problem") or None)


@changes(Permission.CHANGE_SOURCES, "source.take")
async def take(acting: Acting, name: str, url: str) -> Source:
    """Poll a source at an address that was found for it, now. Raises NotFound, ManagedInFile, Invalid, Conflict."""
    check_address(url)
    now = acting.clock.now()
    async with acting.db.transaction() as conn:
        row = await stored_source(conn, acting, name)
        kept = await source_changes.searches(conn, [row.source.source_id])
        found = [one.url for one in _finds(kept[row.source.source_id][1])] if kept else []
        if url not in found:
            raise Invalid("expected one of the addresses that were found", "url")
        await check_move(conn, acting, row, url)
        await acting.unchanged(conn, row.source.name, tag_of(row))
        await sources.move(conn, row.source.source_id, url, now)
        await source_changes.forget_search(conn, row.source.source_id)
        await acting.note(
            conn, row.source.name, before={"url": masked_url(row.source.url)}, after={"url": masked_url(url)}
        )
    return row.source


def _finds(told: Mapping[str, Any]) -> list[Find]:
    kept = told.get("found")
    rows = [one for one in kept if isinstance(one, dict)] if isinstance(kept, list) else []
    return [Find(url=_text(one, "url"), title=_text(one, "title"), words=_text(one, "words")) for one in rows]


def _text(told: Mapping[str, Any], key: str) -> str:
    value = told.get(key)
    return value if isinstance(value, str) else ""
