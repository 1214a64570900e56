"""The current rules, following the database: a valid change applies as a whole, a broken one not at all.

changed_since(revision) -> readable? -> updated set, built in a thread -> one reference swapped
                              | no: the last good version of that rule stays, and `problems` says so
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Generic, Protocol, Self, TypeVar

import structlog

from alerts.match.overlay import Overlay
from alerts.rules.cost import Effort, RuleCost
from alerts.rules.engine import choose
from core.clock import Clock
from core.db.engine import Database
from core.metrics import Metrics
from core.model.article import Article
from core.model.match import Evidence
from core.model.rule import AliasRow, RuleRow
from core.model.team import DEFAULT_TEAM
from core.store import aliases as alias_store
from core.store import rules as rule_store
from core.ticker import Ticker
from core.wake_up import WakeUp

_logger = structlog.get_logger(__name__)

Aliases = Mapping[str, Sequence[str]]  # name -> terms
TeamAliases = Mapping[str, Aliases]  # id of a team -> its own
_MERGE_SECONDS = 60.0  # between two looks whether a merge is due that nobody asked for
_PIECE = 500  # rules made of rows between two looks at the event loop: 10 ms


class Found(Protocol):
    """A rule that matched. `key` is its id."""

    @property
    def key(self) -> str: ...
    @property
    def evidence(self) -> tuple[Evidence, ...]: ...


class Rules(Protocol):
    """An immutable compiled set."""

    def match(self, article: Article) -> Sequence[Found]: ...

    def updated(self, changed: Sequence[RuleRow], removed: Iterable[str], aliases: Aliases) -> Self:
        """The set with these rules added or in place of their other versions, and without the removed ids. Quick."""
        ...

    def merged(self) -> Self:
        """The same rules in their fastest form. May take long; needs no lock, since nothing here changes."""
        ...

    @property
    def wants_merge(self) -> bool: ...

    @property
    def engine(self) -> str:
        """What matches, for the log."""
        ...

    def effort(self) -> Effort:
        """What matching has taken so far."""
        ...

    def costs(self, top: int) -> Sequence[RuleCost]:
        """The rules that took longest so far, longest first."""
        ...


R = TypeVar("R", bound=Rules)
R_co = TypeVar("R_co", bound=Rules, covariant=True)


class Compiler(Protocol[R_co]):
    """Makes sets, and says why a rule cannot be in one."""

    def empty(self) -> R_co: ...

    def problems(self, query: str, aliases: Aliases) -> Sequence[str]:
        """What is wrong with a rule's text, in sentences; empty: it can be compiled."""
        ...

    def refused(self, rules: Sequence[RuleRow], aliases: Aliases) -> Mapping[str, Sequence[str]]:
        """The rules that cannot be compiled: id -> what is wrong. Quick for many."""
        ...


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """A rule whose newest version cannot be used. `used_version`: the one that matches instead, if any."""

    rule_id: str
    name: str
    version: int
    used_version: int | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded(Generic[R]):
    """One consistent state. `rows`: the versions that are compiled; `wanted`: those that the database has in force."""

    compiled: R
    rows: Overlay[RuleRow] = field(default_factory=Overlay)
    wanted: Overlay[RuleRow] = field(default_factory=Overlay)
    aliases: TeamAliases = field(default_factory=dict)
    problems: Mapping[str, RuleProblem] = field(default_factory=dict)
    rule_revision: int = -1
    alias_revision: int = -1


@dataclass(frozen=True, slots=True)
class _Change:
    rules: Sequence[RuleRow]
    rule_revision: int
    aliases: Sequence[AliasRow]
    alias_revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """`settled`: rules whose problems so far no longer hold."""

    wanted: Overlay[RuleRow]
    aliases: TeamAliases
    removed: Sequence[str]
    good: Sequence[RuleRow]
    broken: Sequence[tuple[RuleRow, str]]
    settled: set[str]


class RuleCache(Generic[R]):
    """Readers take `loaded` once per batch; writers swap it whole."""

    def __init__(
        self,
        db: Database,
        compiler: Compiler[R],
        *,
        clock: Clock,
        metrics: Metrics,
        wake_up: WakeUp | None = None,
        poll_seconds: float = 0.5,
    ) -> None:
        """`wake_up`: notified by who changes rules in this process, so that they take effect at once."""
        self.loaded: Loaded[R] = Loaded(compiled=compiler.empty())
        self.swapped = WakeUp()  # notified when `loaded` is another
        self._db = db
        self._compiler = compiler
        self._clock = clock
        self._metrics = metrics
        self._ticker = Ticker(clock, wake_up or WakeUp(), most_seconds=poll_seconds)
        self._swapping = asyncio.Lock()
        self._unmerged: list[tuple[Sequence[RuleRow], Sequence[str], TeamAliases]] | None = None
        self._merge_wanted = WakeUp()
        self._merger = Ticker(clock, self._merge_wanted, most_seconds=_MERGE_SECONDS)
        self._told: tuple[str, bool] | None = None  # the engine, and whether it lacks something

    @property
    def problems(self) -> tuple[RuleProblem, ...]:
        """Rules whose newest version is not in use, by name."""
        return tuple(sorted(self.loaded.problems.values(), key=lambda problem: problem.name))

    async def run(self) -> None:
        """Follow the database until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._merger.run(self._merge_if_wanted))
            await self._ticker.run(self._tick)

    async def _tick(self) -> None:
        await self.refresh()

    async def refresh(self) -> bool:
        """Apply the changes; return whether there were any."""
        change = await self._changes()
        if not change.rules and not change.aliases and self.loaded.rule_revision >= 0:
            return False
        async with self._swapping:
            began = self._clock.monotonic()
            await self._take_over(change)
            self._metrics.rules_update_duration_seconds.observe(self._clock.monotonic() - began)
        self._show()
        self.swapped.notify()
        if self.loaded.compiled.wants_merge:
            self._merge_wanted.notify()
        return True

    async def _changes(self) -> _Change:
        loaded = self.loaded
        async with self._db.connection() as conn:
            # Aliases last: a rule that was stored after its alias is never read without it.
            if loaded.rule_revision < 0:
                rule_revision = await rule_store.revision(conn)
                rule_rows = [_ours(row) async for piece in rule_store.active_pieces(conn, _PIECE) for row in piece]
            else:
                changed, rule_revision = await rule_store.changed_since(conn, loaded.rule_revision)
                rule_rows = [_ours(row) for row in changed]
            alias_rows, alias_revision = await alias_store.changed_since(conn, loaded.alias_revision)
        return _Change(rule_rows, rule_revision, alias_rows, alias_revision)

    async def _take_over(self, change: _Change) -> None:
        """All that grows with the number of rules is done in a thread."""
        loaded = self.loaded
        draft = await asyncio.to_thread(self._drafted, loaded, change)
        older = await self._older(draft.broken, draft.aliases)
        usable = [*draft.good, *older.values()] if older else draft.good
        compiled = await asyncio.to_thread(_updated, loaded.compiled, usable, draft.removed, draft.aliases)
        rows = await asyncio.to_thread(_changed, loaded.rows, usable, draft.removed)
        kept = {rule_id: item for rule_id, item in loaded.problems.items() if rule_id not in draft.settled}
        if self._unmerged is not None:
            self._unmerged.append((usable, draft.removed, draft.aliases))
        self.loaded = Loaded(
            compiled=compiled,
            rows=rows,
            wanted=draft.wanted,
            aliases=draft.aliases,
            problems={**kept, **_problems(draft.broken, rows)},
            rule_revision=change.rule_revision,
            alias_revision=change.alias_revision,
        )

    def _drafted(self, loaded: Loaded[R], change: _Change) -> _Draft:
        """What a change comes to, before broken rules are replaced by older versions."""
        aliases = _with(loaded.aliases, change.aliases)
        rows = [row for row in change.rules if row.enabled]
        removed = [row.rule_id for row in change.rules if not row.enabled]
        wanted = _changed(loaded.wanted, rows, removed)
        if change.aliases:
            rows += _of_aliases(loaded.wanted, wanted)
        refused: dict[str, Sequence[str]] = {}
        for team_id, of_team in _by_team(rows).items():
            refused |= self._compiler.refused(of_team, aliases.get(team_id, {}))
        return _Draft(
            wanted=wanted,
            aliases=aliases,
            removed=removed,
            good=[row for row in rows if row.rule_id not in refused] if refused else rows,
            broken=[(row, "; ".join(refused[row.rule_id])) for row in rows if row.rule_id in refused],
            settled={row.rule_id for row in chain(rows, change.rules) if row.rule_id in loaded.problems},
        )

    async def _older(self, broken: Sequence[tuple[RuleRow, str]], aliases: TeamAliases) -> dict[str, RuleRow]:
        """For broken rules of which nothing is compiled (after a start): their newest version that can be."""
        found: dict[str, RuleRow] = {}
        for row, _ in broken:
            if row.rule_id in self.loaded.rows:
                continue
            async with self._db.connection() as conn:
                versions = await rule_store.versions_of(conn, row.rule_id)
            for version in versions:
                if not self._compiler.problems(version.query, aliases.get(row.team_id, {})):
                    found[row.rule_id] = version
                    break
        return found

    async def _merge_if_wanted(self) -> None:
        if self.loaded.compiled.wants_merge:
            await self.merge()

    async def merge(self) -> None:
        """Bring the set into its fastest form; changes that come meanwhile take effect at once and are not lost."""
        self._unmerged = []
        before = self.loaded
        pieces = [*before.rows.pieces(), *before.wanted.pieces()]
        try:
            began = self._clock.monotonic()
            merged = await asyncio.to_thread(before.compiled.merged)
            rows = await asyncio.to_thread(before.rows.compacted)
            wanted = await asyncio.to_thread(before.wanted.compacted)
            async with self._swapping:
                for changed, removed, aliases in self._unmerged:
                    merged = await asyncio.to_thread(_updated, merged, changed, removed, aliases)
                now = self.loaded
                self.loaded = replace(
                    now,
                    compiled=merged,
                    rows=now.rows.on(rows, before.rows),
                    wanted=now.wanted.on(wanted, before.wanted),
                )
            self._metrics.rules_merge_duration_seconds.observe(self._clock.monotonic() - began)
            self._tell_engine()
        finally:
            self._unmerged = None
        del before, now
        await asyncio.to_thread(_let_go, pieces)

    def _tell_engine(self) -> None:
        """Say which engine matches, when it is another one, and what to install for so many rules."""
        engine, many = self.loaded.compiled.engine, len(self.loaded.rows)
        missing = "" if self.loaded.compiled.wants_merge else choose(many).missing
        if (engine, bool(missing)) == self._told:
            return
        self._told = engine, bool(missing)
        _logger.info("rules_matched_by", engine=engine, rules=many)
        if missing:
            _logger.warning("machine_code_missing", rules=many, hint=missing)

    def _show(self) -> None:
        loaded, metrics = self.loaded, self._metrics
        self._tell_engine()
        metrics.rules_last_reload_successful.set(0 if loaded.problems else 1)
        metrics.rules_last_reload_timestamp_seconds.set(self._clock.now().timestamp())
        metrics.rules.labels(state="active").set(len(loaded.rows))
        metrics.rules.labels(state="broken").set(len(loaded.problems))


def _ours(row: RuleRow) -> RuleRow:
    """A rule without a query watches a source (see alerts.decide.flatline_watch) and is not matched here."""
    return row if row.query else replace(row, enabled=False)


def _changed(before: Overlay[RuleRow], rows: Sequence[RuleRow], removed: Sequence[str]) -> Overlay[RuleRow]:
    return before.changed(Overlay.of((row.rule_id, row) for row in rows), removed)


def _of_aliases(before: Overlay[RuleRow], after: Overlay[RuleRow]) -> list[RuleRow]:
    """The rules that name an alias and have not changed themselves."""
    return [row for row in before.values() if "@" in row.query and after.get(row.rule_id) is row]


def _let_go(pieces: list[Sized]) -> None:
    while pieces:
        pieces.pop()


def _problems(broken: Sequence[tuple[RuleRow, str]], rows: Mapping[str, RuleRow]) -> dict[str, RuleProblem]:
    """Broken rules, by id, with the version that is used instead."""
    found = {}
    for row, message in broken:
        used = rows.get(row.rule_id)
        version = None if used is None else used.version
        found[row.rule_id] = RuleProblem(row.rule_id, row.name, row.version, version, message)
        _logger.warning("rule_not_taken_over", rule=row.name, version=row.version, used=version, problem=message)
    return found


def _updated(compiled: R, changed: Sequence[RuleRow], removed: Iterable[str], aliases: TeamAliases) -> R:
    """The set with the rules of each team made with its own aliases."""
    for team_id, rows in (_by_team(changed) or {DEFAULT_TEAM: ()}).items():
        compiled = compiled.updated(rows, removed, aliases.get(team_id, {}))
        removed = ()
    return compiled


def _by_team(rows: Sequence[RuleRow]) -> Mapping[str, Sequence[RuleRow]]:
    teams = {row.team_id for row in rows}
    if len(teams) < 2:
        return dict.fromkeys(teams, rows)
    return {team_id: [row for row in rows if row.team_id == team_id] for team_id in sorted(teams)}


def _with(aliases: TeamAliases, changed: Sequence[AliasRow]) -> TeamAliases:
    if not changed:
        return aliases
    made = {team_id: dict(names) for team_id, names in aliases.items()}
    for row in changed:
        of_team = made.setdefault(row.team_id, {})
        of_team.pop(row.name, None)
        if row.enabled:
            of_team[row.name] = row.terms
    return made
