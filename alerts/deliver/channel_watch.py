"""Which channels this process sends through: those of its files and those that were added by command, paused or not.

rows by revision, every moment -> channels built -> the deliver stage sends the next message through them

A channel in the files is built from the files, since its secrets stand nowhere else; its row says whether it is paused. One
that cannot be built here (a variable that is not set, say) is told and missing: its messages wait.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from alerts.channels.channel import Channel
from alerts.deliver.send_policy import policy_of
from alerts.deliver.stage import DeliverStage
from core.clock import Clock
from core.db.engine import Database
from core.errors import ConfigError
from core.model.channel import ChannelRow, channel_key, channel_name
from core.model.origin import DB
from core.model.team import DEFAULT_TEAM
from core.store import channels, teams
from core.ticker import Ticker
from core.wake_up import WakeUp

_SECONDS = 2.0  # how late a change by another process may apply
_logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Built:
    """A channel out of its row, and what of it must stand in no log."""

    channel: Channel
    secrets: frozenset[str] = field(repr=False, default=frozenset())


@dataclass(frozen=True, slots=True)
class OfTeam:
    """A channel of the files, and the name of its team."""

    team: str
    channel: Channel


@dataclass(frozen=True, slots=True)
class InUse:
    """The keys of the channels in use. `broken`: channels that cannot be built here, with the reason. `secrets`: of those from rows."""

    names: frozenset[str]
    broken: Mapping[str, str]
    secrets: frozenset[str] = field(repr=False)


class ChannelWatch:
    """Tells one deliver stage of its channels, for as long as it runs."""

    def __init__(
        self,
        db: Database,
        stage: DeliverStage,
        *,
        build: Callable[[ChannelRow], Built],
        tell: Callable[[InUse], None],
        clock: Clock,
        wake_up: WakeUp,
    ) -> None:
        """`build`: raises ConfigError. `tell`: hears what is in use now, before anything is sent through it.

        `wake_up`: notified by who changes a channel within this process.
        """
        self._db = db
        self._stage = stage
        self._build = build
        self._tell = tell
        self._clock = clock
        self._ticker = Ticker(clock, wake_up, most_seconds=_SECONDS)
        self._files: dict[str, Channel] = {}
        self._rows: dict[str, ChannelRow] = {}
        self._built: dict[str, Built] = {}
        self._broken: dict[str, str] = {}
        self._revision = 0
        self._started = False
        self._looking = asyncio.Lock()  # a reload and the watch itself may look at once

    async def configure(
        self,
        files: Sequence[OfTeam],
        changed: Collection[tuple[str, str]] = (),
        *,
        anew: bool = False,
    ) -> None:
        """Use these channels of the files, those of rows built again beside them. `changed`: team and name; see the stage's
        `set_channels`.

        `anew`: all are others than they were, or may reach what they did not.
        """
        async with self._looking:
            self._files, keys = await self._keyed(files, changed)
            rows = [row for row in self._rows.values() if row.origin == DB]
            for row in rows:
                self._rebuild(row)
            again = {row.key for row in rows if anew or any(key.endswith("_file") for key in row.settings)}
            await self._look(again | (set(self._files) if anew else keys), force=True)

    async def _keyed(
        self, files: Sequence[OfTeam], changed: Collection[tuple[str, str]]
    ) -> tuple[dict[str, Channel], set[str]]:
        """The channels of files by key, each named by it, and the keys of those that changed."""
        names = {one.team for one in files} | {team for team, _ in changed}
        if names <= {DEFAULT_TEAM}:
            team_ids = {DEFAULT_TEAM: DEFAULT_TEAM}
        else:
            async with self._db.transaction() as conn:
                team_ids = await teams.ensure(conn, names, self._clock.now())
        for one in files:
            one.channel.name = channel_key(team_ids[one.team], channel_name(one.channel.name))
        return {one.channel.name: one.channel for one in files}, {channel_key(team_ids[t], name) for t, name in changed}

    async def look(self) -> bool:
        """Apply the changes since the last look; False if there are none."""
        async with self._looking:
            return await self._look(set(), force=False)

    async def run(self) -> None:
        """Look until cancelled."""
        await self._ticker.run(self._tick)

    async def _tick(self) -> None:
        await self.look()

    async def _look(self, changed: set[str], *, force: bool) -> bool:
        async with self._db.connection() as conn:
            rows, self._revision = await channels.changed_since(conn, self._revision)
        if not rows and not force:
            return False
        for row in rows:
            if self._is_another(row):
                changed.add(row.key)
            self._take(row)
        self._use(changed)
        if changed and self._started:  # never before the old ones are gone
            await self._stage.try_at_once(changed)
        self._started = True
        return True

    def _is_another(self, row: ChannelRow) -> bool:
        """Whether what held the channel up before says nothing of it now: other settings, or let go on by somebody."""
        before = self._rows.get(row.key)
        if before is None or (row.enabled and not before.enabled):
            return True
        return row.origin == DB and (before.kind, before.settings) != (row.kind, row.settings)

    def _take(self, row: ChannelRow) -> None:
        self._rows.pop(row.key, None)
        self._built.pop(row.key, None)
        self._broken.pop(row.key, None)
        if row.removed is None:
            self._rows[row.key] = row
            if row.origin == DB:
                self._rebuild(row)

    def _rebuild(self, row: ChannelRow) -> None:
        try:
            built = self._build(row)
            built.channel.name = row.key
            self._built[row.key] = built
        except ConfigError as error:
            self._built.pop(row.key, None)
            self._broken[row.key] = "; ".join(error.problems)
            _logger.error("channel_unusable", channel=row.name, problems=list(error.problems))  # noqa: TRY400 - for people
        else:
            self._broken.pop(row.key, None)

    def _use(self, changed: Collection[str]) -> None:
        stored = {name: built for name, built in self._built.items() if name not in self._files}
        live = {**{name: built.channel for name, built in stored.items()}, **self._files}
        broken = {name: problem for name, problem in self._broken.items() if name not in live}
        secrets = frozenset[str]().union(*(built.secrets for built in stored.values()))
        self._tell(InUse(frozenset(live), broken, secrets))
        paused = {row.key for row in self._rows.values() if not row.enabled}
        policies = {row.key: policy_of(row.settings, row.team_id, row.pause) for row in self._rows.values()}
        self._stage.set_channels(list(live.values()), changed, paused, policies)
        _logger.info("channels_in_use", channels=sorted(live), paused=sorted(paused), broken=sorted(broken))
