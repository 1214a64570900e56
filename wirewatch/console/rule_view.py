"""The content of a rule's page, as plain data: state, settings in words, versions. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.pipeline.local_time import digest_times
from core.model.match import RuleRef
from core.model.origin import FILE
from core.model.rule import RuleRow, RuleSettings
from core.model.rule_tables import TABLES, written_table
from core.model.silence import Silence
from wirewatch.usecases.routes import Destination
from wirewatch.usecases.rule_list import ListedRule
from wirewatch.usecases.rules import KnownRule

_VERSIONS = 20
_ORIGINS = {"file": "from a file", "db": "kept in the database"}
_MOSTLY = 0.5  # of its alerts: a rule that tells more that is not relevant is marked


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    version: int
    created: datetime
    author: str
    comment: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """`because`: what its state means, empty where it needs no words. `older`: how many versions are not shown."""

    name: str
    state: str
    sign: str  # good | off
    because: str
    version: int
    query: str
    origin: str = ""
    changed: datetime | None = None
    author: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    silences: tuple[Silence, ...] = ()
    versions: tuple[VersionView, ...] = ()
    older: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedView:
    """A rule of the list. `about`: what of it asks for a look, each in a few words."""

    rule_id: str
    name: str
    state: str
    sign: str
    file: str
    priority: str
    watches: bool
    last_matched: datetime | None
    by_day: tuple[int, ...]
    alerts: int
    cost: str
    not_relevant: str
    owner: str
    about: tuple[str, ...]


def listed(one: ListedRule) -> ListedView:
    """What the list shows of a rule."""
    row, figures = one.row, one.figures
    share, mean = figures.share_not_relevant, figures.mean_seconds
    about = ["slow"] if figures.slow else []
    about += ["mostly not relevant"] if share is not None and share >= _MOSTLY else []
    about += ["settings that cannot be read"] if row.settings.unreadable else []
    return ListedView(
        rule_id=row.rule_id,
        name=row.name,
        state="in force" if row.enabled else "out of force",
        sign="good" if row.enabled else "off",
        file=(one.file or "a file") if row.origin == FILE else "",
        priority=row.priority.value,
        watches=row.settings.watched_source is not None,
        last_matched=figures.last_matched,
        by_day=figures.alerts_by_day,
        alerts=figures.alerts,
        cost="" if mean is None else f"{1000 * mean:.2g} ms",
        not_relevant="" if share is None else f"{share:.0%}",
        owner=one.owner or "",
        about=tuple(about),
    )


def stored(known: KnownRule, now: datetime) -> RuleView:
    """A rule that is stored, in force or not."""
    row, versions = known.history.current, known.history.versions
    return RuleView(
        name=row.name,
        state="in force" if row.enabled else "out of force",
        sign="good" if row.enabled else "off",
        because="" if row.enabled else "it was paused or removed; its versions and alerts stay",
        version=row.version,
        query=row.query,
        origin=_ORIGINS.get(row.origin, row.origin),
        changed=row.created,
        author=row.author,
        settings=(*_settings(row.settings, now), *_routed(known.destinations)),
        silences=known.silences,
        versions=tuple(map(_version, versions[:_VERSIONS])),
        older=max(len(versions) - _VERSIONS, 0),
    )


def gone(rule: RuleRef) -> RuleView:
    """A rule that is stored no more, as its newest alert has it."""
    return RuleView(
        name=rule.name,
        state="gone",
        sign="off",
        because="it is stored no more; this is what its newest alert tells of it",
        version=rule.version,
        query=rule.query,
    )


def _version(row: RuleRow) -> VersionView:
    return VersionView(
        version=row.version, created=row.created, author=row.author, comment=row.comment, query=row.query
    )


def _settings(settings: RuleSettings, now: datetime) -> list[tuple[str, str]]:
    found = [
        ("channels", ", ".join(settings.channels) or "none of its own"),
        ("priority", settings.priority.value),
    ]
    if settings.group_wait_seconds:
        found.append(("group wait", f"{settings.group_wait_seconds:g} s"))
        found.append(("group interval", f"{settings.group_interval_seconds:g} s"))
    if settings.throttle is not None:
        found.append(("throttle", f"{settings.throttle.max} per {settings.throttle.per_seconds:g} s"))
    if settings.tags:
        found.append(("tags", ", ".join(settings.tags)))
    if settings.inhibits:
        found.append(("inhibits", ", ".join(settings.inhibits)))
    if settings.since is not None:
        found.append(("alerts on what is published since", settings.since.isoformat(" ", "minutes")))
    if settings.spread_outlets:
        found.append(("told again at", f"{', '.join(map(str, settings.spread_outlets))} outlets"))
    for name in TABLES:
        table = written_table(getattr(settings, name))
        if table is not None:
            found.append((name.replace("_", " "), in_words(table)))
    if settings.digest is not None:
        found.append(("next digests", digest_times(settings.digest, now)))
    return found + [("cannot be read", problem) for problem in settings.unreadable]


def in_words(table: object) -> str:
    """A value of a setting: a table, a list of tables, or plain."""
    if table is None:
        return "as usual"
    if isinstance(table, list):
        return "; ".join(map(in_words, table))
    if not isinstance(table, dict):
        return _words(table)
    return ", ".join(f"{key.replace('_', ' ')} {_words(value)}" for key, value in table.items())


def _routed(destinations: Sequence[Destination]) -> list[tuple[str, str]]:
    """Where its alerts go beside what it names, and what stands in the way of each."""
    found = []
    for one in destinations:
        if one.by is not None:
            when = "" if one.certain else ", of some articles"
            found.append(("routed", f"to {one.channel} by route {one.by}{when}" + _but(one)))
        elif one.trouble:
            found.append(("channel", f"{one.channel}{_but(one)}"))
    return found or ([] if destinations else [("alerts", "kept and shown, and sent to nobody")])


def _but(one: Destination) -> str:
    return f"; {one.trouble}" if one.trouble else ""


def _words(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
