"""How each noun of an applied document is compared with what is stored, and which use cases carry the difference out."""

import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alerts.channels.stored import shown
from alerts.rules.aliases import canonical_terms
from core.masking import masked_url
from core.model.channel import ChannelRow
from core.model.rule import AliasRow, RuleRow
from core.model.rule_tables import written
from core.model.silence import Silence
from core.model.source import Source, SourceKind
from core.net.url import feed_url
from core.store import aliases as alias_store
from core.store import channels as channel_store
from core.store import rules as rule_store
from core.store import silences as silence_store
from core.store import source_pages
from core.store.silences import Phase
from core.store.sources import SourceRow
from wirewatch.config.applied import Applied, SilenceTable
from wirewatch.config.loading import RuleConfig
from wirewatch.config.schema import AliasTable, SourceTable
from wirewatch.usecases import aliases, channels, rules, silences, source_changes, sources
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.aliases import NewAlias
from wirewatch.usecases.apply_plan import Known, Step, Wanted
from wirewatch.usecases.channels import NewChannel
from wirewatch.usecases.rules import NewRule
from wirewatch.usecases.silences import NewSilence
from wirewatch.usecases.source_facts import NewSource

_OF_A_SOURCE = (
    "kind",
    "interval_seconds",
    "full_text",
    "patience_seconds",
    "country",
    "lang",
    "time_zone",
    "since",
    "site",
)


@dataclass(frozen=True, slots=True)
class Noun:
    """`known` reads in the transaction that the acting's database is within; `put` adds or changes."""

    name: str
    wanted: Callable[[Applied], Iterable[Wanted]]
    known: Callable[[Acting], Awaitable[Iterable[Known]]]
    put: Callable[[Acting, Step], Awaitable[object]]
    remove: Callable[[Acting, Known], Awaitable[object]]


def _place(noun: str, index: int) -> str:
    return f"/{noun}/{index}"


# Rules


def _wanted_rules(document: Applied) -> Iterable[Wanted]:
    for index, rule in enumerate(document.rules):
        values = {"query": rule.query, **_settings(written(rule.settings))}
        yield Wanted(key=rule.name, name=rule.name, place=_place("rules", index), values=values, given=rule)


async def _known_rules(acting: Acting) -> Iterable[Known]:
    async with acting.db.connection() as conn:
        rows = await rule_store.list_all(conn, acting.team)
    return [_known_rule(row) for row in rows]


def _known_rule(row: RuleRow) -> Known:
    values = {"query": row.query, **_settings(written(row.settings))}
    return Known(key=row.name, name=row.name, origin=row.origin, enabled=row.enabled, values=values)


def _settings(stored: Mapping[str, Any]) -> dict[str, Any]:
    """As a file has them: what is not set is not there, and a sequence is a list."""
    flat = {**{key: value for key, value in stored.items() if key != "settings"}, **stored["settings"]}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in flat.items() if value is not None}


async def _put_rule(acting: Acting, step: Step) -> object:
    rule: RuleConfig = _given(step)
    new = NewRule(name=rule.name, query=rule.query or None, settings=rule.settings, comment=rule.comment)
    return await rules.put(acting, new)


# Aliases


def _wanted_aliases(document: Applied) -> Iterable[Wanted]:
    for index, alias in enumerate(document.aliases):
        values = {"terms": _terms(alias.own_terms)}
        yield Wanted(
            key=alias.name.lower(), name=alias.name, place=_place("aliases", index), values=values, given=alias
        )


async def _known_aliases(acting: Acting) -> Iterable[Known]:
    async with acting.db.connection() as conn:
        rows = [row for row in await alias_store.list_all(conn) if row.team_id == acting.team]
    return [_known_alias(row) for row in rows]


def _known_alias(row: AliasRow) -> Known:
    return Known(
        key=row.name.lower(),
        name=row.name,
        origin=row.origin,
        enabled=row.enabled,
        values={"terms": _terms(row.terms)},
    )


def _terms(terms: Sequence[str]) -> list[str]:
    try:
        return list(canonical_terms(terms))
    except ValueError:  # told when it is put
        return list(terms)


async def _put_alias(acting: Acting, step: Step) -> object:
    table: AliasTable = _given(step)
    name = table.name if step.known is None else step.known.name  # letter case makes no difference
    return await aliases.put(acting, NewAlias(name=name, terms=table.own_terms))


# Channels


def _wanted_channels(document: Applied) -> Iterable[Wanted]:
    for index, raw in enumerate(document.channels):
        name, kind = str(raw.get("name", "")), str(raw.get("kind", ""))
        settings = {key: value for key, value in raw.items() if key not in ("name", "kind", "team")}
        yield Wanted(
            key=name,
            name=name,
            place=_place("channels", index),
            values={"kind": kind, **settings},
            shown={"kind": kind, **shown(kind, settings)},
            given=NewChannel(name=name, kind=kind, settings=settings),
        )


async def _known_channels(acting: Acting) -> Iterable[Known]:
    async with acting.db.connection() as conn:
        rows = [row for row in await channel_store.list_all(conn) if row.team_id == acting.team]
    return [_known_channel(row) for row in rows]


def _known_channel(row: ChannelRow) -> Known:
    return Known(
        key=row.name,
        name=row.name,
        origin=row.origin,
        values={"kind": row.kind, **row.settings},
        shown={"kind": row.kind, **shown(row.kind, row.settings)},
    )


async def _put_channel(acting: Acting, step: Step) -> object:
    new: NewChannel = _given(step)
    if step.known is None:
        return await channels.add(acting, new, os.environ)
    without = [key for key in step.known.values if key not in new.settings and key != "kind"]
    return await channels.change(acting, new.name, new.settings, without, os.environ)


# Sources


def _wanted_sources(document: Applied) -> Iterable[Wanted]:
    for index, table in enumerate(document.sources):
        values = {
            "url": feed_url(table.url),
            **{key: getattr(table, key) for key in _OF_A_SOURCE},
            "tags": list(dict.fromkeys(table.tags)),
            "paused": table.paused,
        }
        told = {"url": masked_url(table.url), **_source_shown(values)}
        yield Wanted(
            key=table.name, name=table.name, place=_place("sources", index), values=values, shown=told, given=table
        )


async def _known_sources(acting: Acting) -> Iterable[Known]:
    async with acting.db.connection() as conn:
        rows = await source_pages.page(conn, limit=None, after=None, team_id=acting.team)
    return [_known_source(row) for row in rows]


def _known_source(row: SourceRow) -> Known:
    source: Source = row.source
    values = {
        "url": feed_url(source.url),
        **{key: getattr(source, key) for key in _OF_A_SOURCE},
        "tags": list(source.tags),
        "paused": row.paused_at is not None,
    }
    return Known(
        key=source.name,
        name=source.name,
        origin=row.origin,
        enabled=row.enabled or row.paused_at is not None,
        values=values,
        shown={"url": masked_url(source.url), **_source_shown(values)},
    )


def _source_shown(values: Mapping[str, Any]) -> dict[str, Any]:
    since = values["since"]
    return {"since": None if since is None else since.isoformat()}


async def _put_source(acting: Acting, step: Step) -> object:
    table: SourceTable = _given(step)
    facts = {key: getattr(table, key) for key in _OF_A_SOURCE}
    facts |= {"url": table.url, "kind": SourceKind(table.kind), "tags": tuple(table.tags)}
    paused = False
    if step.known is None or not step.known.enabled:
        await sources.add(acting, NewSource(name=table.name, **facts))
    else:
        paused = bool(step.known.values["paused"])
        await source_changes.change(acting, table.name, facts)
    if table.paused != paused:
        await (source_changes.pause if table.paused else source_changes.resume)(acting, table.name)
    return None


# Silences


def _wanted_silences(document: Applied) -> Iterable[Wanted]:
    for index, table in enumerate(document.silences):
        values = {"rule": table.rule, "source": table.source, "ends": table.ends.isoformat()}
        yield Wanted(
            key=_silence_key(table.rule, table.source, table.ends),
            name=table.rule,
            place=_place("silences", index),
            values={key: value for key, value in values.items() if value is not None},
            given=table,
        )


async def _known_silences(acting: Acting) -> Iterable[Known]:
    async with acting.db.connection() as conn:
        not_over = (Phase.NOT_OVER, acting.clock.now())
        rows = await silence_store.page(conn, phase=not_over, team_id=acting.team)
    return [_known_silence(row) for row in rows]


def _known_silence(row: Silence) -> Known:
    values = {"rule": row.rule, "source": row.source, "ends": row.ends.isoformat()}
    return Known(
        key=_silence_key(row.rule, row.source, row.ends),
        name=row.rule,
        origin="db",
        values={key: value for key, value in values.items() if value is not None},
        given=row.silence_id,
    )


def _silence_key(rule: str, source: str | None, ends: Any) -> str:
    return "\0".join((rule, source or "", f"{ends.timestamp():.0f}"))


async def _put_silence(acting: Acting, step: Step) -> object:
    table: SilenceTable = _given(step)
    starts = acting.clock.now() if table.starts is None else table.starts
    lasting = table.ends - starts
    new = NewSilence(rule=table.rule, source=table.source, starts=starts, lasting=lasting, comment=table.comment)
    return await silences.add(acting, new)


def _given(step: Step) -> Any:
    if step.wanted is None:
        raise TypeError("only an item of the document is put")
    return step.wanted.given


ALL = (
    Noun("channels", _wanted_channels, _known_channels, _put_channel, lambda me, one: channels.remove(me, one.name)),
    Noun("aliases", _wanted_aliases, _known_aliases, _put_alias, lambda me, one: aliases.remove(me, one.name)),
    Noun("sources", _wanted_sources, _known_sources, _put_source, lambda me, one: sources.remove(me, one.name)),
    Noun("rules", _wanted_rules, _known_rules, _put_rule, lambda me, one: rules.remove(me, one.name)),
    Noun("silences", _wanted_silences, _known_silences, _put_silence, lambda me, one: silences.remove(me, one.given)),
)
