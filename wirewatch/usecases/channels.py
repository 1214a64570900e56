"""Channels: the ways to people and tools, added, changed, paused and tried out while everything runs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from alerts.channels.channel import Channel
from alerts.channels.kafka_producers import KafkaProducers
from alerts.channels.kind import ChannelTools
from alerts.channels.registry import build_channel
from alerts.channels.secret_places import files_of
from alerts.channels.settings import ChannelSettings
from alerts.channels.signing import PrivateKey
from alerts.channels.stored import live, missing_variables, secrets_of, shown, shown_address
from alerts.channels.webhook import WebhookSettings
from alerts.deliver.feed_book import StoredFeedBook
from alerts.deliver.mail_book import StoredMailBook, TrialMailBook
from alerts.management.trial_send import Trial, WatchedPoster, send_trial
from alerts.pipeline.routing import places_naming
from core.db.connection import Connection
from core.errors import ConfigError
from core.model.channel import ChannelDraft, ChannelRow, channel_key
from core.model.origin import FILE
from core.model.team import DEFAULT_TEAM
from core.net.client import Fetcher, FetchSettings
from core.net.guard import AddressGuard
from core.store import alerts, channels, kv, mail, outbox, routes, rules, teams
from core.store.outbox import QueueStats
from core.text.visible import one_line
from wirewatch.config.channels import added_around, settings_of
from wirewatch.config.loading import ChannelConfig
from wirewatch.config.sections import log_kafka
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.channel_secrets import see_remote
from wirewatch.usecases.fallback_chains import check_fallback, check_unused
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Conflict, Invalid, ManagedInFile, NotFound
from wirewatch.usecases.tags import tag

TESTED = "channel_tested"  # in kv: a test message has arrived somewhere
_STANDS_FOR = "https://variable.example/"  # for a variable that is not set here


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownChannel:
    """`settings`: without secrets. `file`: the one that manages it, where that is known here. `team`: the name of its team.

    `queue`: what waits and is dead, and until when a failing endpoint is left alone; None: nothing and not.
    """

    row: ChannelRow
    settings: Mapping[str, Any]
    file: str | None
    team: str
    queue: QueueStats | None

    @property
    def waiting(self) -> int:
        """Notifications that wait."""
        return 0 if self.queue is None else self.queue.pending

    @property
    def tag(self) -> str:
        return tag_of(self.row)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChannel:
    """`rules`: the names of those in force that send to it. `unsubscribed`: who wants no mail of it any more, since when."""

    channel: KnownChannel
    rules: tuple[str, ...]
    unsubscribed: Mapping[str, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChannel:
    name: str
    kind: str
    settings: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredChannel:
    """`changed` False: it was so already. `notes`: what the delivering process must have and this one lacks."""

    changed: bool
    notes: tuple[str, ...]


@reads(Permission.READ_CHANNELS)
async def list_page(acting: Acting, paging: Paging) -> Page[KnownChannel]:
    """Channels by name, to a command those of all teams; those of files as they were at the last start or reload."""
    async with acting.db.connection() as conn:
        named = await teams.names_by_id(conn)
        queues = await _queues(conn)
        known = [
            _known(acting, row, named.get(row.team_id, DEFAULT_TEAM), queues)
            for row in await channels.list_all(conn)
            if acting.sees(row.team_id)
        ]
    return paging.page_by_name("channels", known, lambda one: (one.row.name, one.row.team_id))


@reads(Permission.READ_CHANNELS)
async def show(acting: Acting, name: str) -> ShownChannel:
    """One channel. Raises NotFound."""
    async with acting.db.connection() as conn:
        row = await _stored(acting, conn, name)
        queues = await _queues(conn)
        users = await _users(conn, row.key)
        gone = await mail.unsubscribed(conn, row.key)
        team = await _team(acting, conn)
    return ShownChannel(channel=_known(acting, row, team, queues), rules=tuple(users), unsubscribed=gone)


@changes(Permission.CHANGE_CHANNELS, "channel.add")
async def add(acting: Acting, new: NewChannel, environ: Mapping[str, str]) -> StoredChannel:
    """Store a channel. Raises Invalid with every problem, Conflict, ManagedInFile. Delivering processes soon use it."""
    async with acting.db.transaction() as conn:
        await _not_in_file(acting, conn, new.name)
        notes = _checked(acting, new, environ)
        await channels.hold(conn)
        known = await channels.get(conn, new.name, acting.team)
        if known is not None:
            await _editable(acting, conn, known)
            raise Conflict(f"channel {new.name!r} is there already; `wirewatch channels change` changes it")
        await _put(acting, conn, new, None)
    return StoredChannel(changed=True, notes=notes)


@changes(Permission.CHANGE_CHANNELS, "channel.change")
async def change(
    acting: Acting,
    name: str,
    settings: Mapping[str, Any],
    without: Collection[str],
    environ: Mapping[str, str],
) -> StoredChannel:
    """Lay these settings over those that it has; `without`: keys to take away. Raises what `add` does, and NotFound."""
    async with acting.db.transaction() as conn:
        await channels.hold(conn)
        known = await _stored(acting, conn, name)
        await _editable(acting, conn, known)
        await acting.unchanged(conn, name, tag_of(known))
        for key in without:
            if key not in known.settings:
                raise Invalid(f"channel {name!r} has no setting {key!r}; it has {', '.join(known.settings)}", key)
        kept = {key: value for key, value in known.settings.items() if key not in without}
        new = NewChannel(name=name, kind=known.kind, settings={**kept, **settings})
        notes = _checked(acting, new, environ, known)
        changed = await _put(acting, conn, new, known)
    return StoredChannel(changed=changed, notes=notes)


@changes(Permission.CHANGE_CHANNELS, "channel.remove")
async def remove(acting: Acting, name: str) -> None:
    """Take a channel away and forget its secrets. Raises NotFound, ManagedInFile, Conflict while a rule sends to it."""
    async with acting.db.transaction() as conn:
        known = await _stored(acting, conn, name)
        await _editable(acting, conn, known)
        await acting.unchanged(conn, name, tag_of(known))
        users = await _users(conn, channel_key(acting.team, name))
        if users:
            more = f" and {len(users) - 1} more" if len(users) > 1 else ""
            raise Conflict(f"rule {users[0]!r}{more} sends to channel {name!r}; name another channel there first")
        await check_unused(conn, acting, name)
        led = next(places_naming(await routes.read(conn), name, await _team(acting, conn)), None)
        if led is not None:
            raise Conflict(f"route {led} leads to channel {name!r}; name another channel there first")
        await channels.remove(conn, name, acting.clock.now(), acting.team)
        await acting.note(conn, name, before={"kind": known.kind, "settings": shown(known.kind, known.settings)})


@changes(Permission.CHANGE_CHANNELS, "channel.pause")
async def pause(acting: Acting, name: str) -> int:
    """Have notifications wait, also for a channel that a file manages; how many wait now. Raises NotFound, Conflict."""
    async with acting.db.transaction() as conn:
        known = await _stored(acting, conn, name)
        await acting.unchanged(conn, name, tag_of(known))
        if known.pause is not None:
            since = f"{known.pause.since:%Y-%m-%d %H:%M} UTC"
            raise Conflict(f"channel {name!r} is paused already, by {known.pause.by} since {since}")
        return await _set_enabled(acting, conn, name, enabled=False)


@changes(Permission.CHANGE_CHANNELS, "channel.resume")
async def resume(acting: Acting, name: str) -> int:
    """Let a paused channel send again, what waits first; how many wait. Raises NotFound, Conflict."""
    async with acting.db.transaction() as conn:
        known = await _stored(acting, conn, name)
        await acting.unchanged(conn, name, tag_of(known))
        if known.pause is None:
            raise Conflict(f"channel {name!r} is not paused")
        return await _set_enabled(acting, conn, name, enabled=True)


@changes(Permission.TEST_CHANNELS, "channel.test")
async def test(acting: Acting, name: str, environ: Mapping[str, str]) -> Trial:
    """Send the newest alert, or a sample, through the channel now, paused or not, with the event "test".

    Nothing of it is kept but the audit entry, and that one has arrived. Raises NotFound, Invalid where the channel cannot be used here.
    """
    async with acting.db.connection() as conn:
        newest = await alerts.recent(conn, 1)
        settings, base_dir, secrets = await usable_settings(conn, acting, name, environ)
    fetch = acting.config.fetch
    bounds = FetchSettings(max_bytes=fetch.max_bytes, deadline_seconds=fetch.timeout_seconds)
    async with (
        Fetcher(AddressGuard(fetch.allow_networks), fetch.user_agent, acting.clock, bounds) as fetcher,
        KafkaProducers(log_kafka(acting.config.log)) as producers,
    ):
        watched = WatchedPoster(fetcher, partial(shown_address, settings, secrets), secrets)
        stored = StoredMailBook(acting.db, acting.clock, acting.config.server.public_url)
        tools = ChannelTools(
            poster=watched,
            base_dir=base_dir,
            guard=fetcher.guard,
            feed_book=StoredFeedBook(acting.db),
            producers=producers,
            mail_book=TrialMailBook(stored),
            watch=watched.saw,
        )
        channel = _built(settings, tools)
        channel.name = channel_key(acting.team, name)
        alert = newest[0].alert if newest else None
        trial = await send_trial(channel, watched, alert, acting.clock, acting.config.server.public_url)
    async with acting.db.transaction() as conn:
        if trial.problem is None:
            await kv.put_new(conn, TESTED, True)
        await acting.note(conn, name, after={"delivered": trial.problem is None})
    return trial


@reads(Permission.TEST_CHANNELS)
async def public_keys(acting: Acting, name: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """What the receiver of a webhook channel checks `v1a` signatures with. Raises NotFound, Invalid where it signs otherwise."""
    async with acting.db.connection() as conn:
        settings, base_dir, _ = await usable_settings(conn, acting, name, environ)
    keys = settings.keys(base_dir) if isinstance(settings, WebhookSettings) else ()
    found = tuple(str(key.public) for key in keys if isinstance(key, PrivateKey))
    if not found:
        raise Invalid(
            f"channel {name!r} signs with no private key (whsk_...); `wirewatch channels key --new` makes one"
        )
    return found


def _built(settings: ChannelSettings, tools: ChannelTools) -> Channel:
    try:
        return build_channel(settings, tools)
    except ConfigError as error:
        problems = one_line("; ".join(error.problems))
        raise Invalid(f"channel {settings.name!r} cannot be used here: {problems}") from None


async def usable_settings(
    conn: Connection, acting: Acting, name: str, environ: Mapping[str, str]
) -> tuple[ChannelSettings, Path, frozenset[str]]:
    """A channel's settings as `run` would use them, the folder of their files, and their secrets. Raises NotFound, Invalid."""
    base_dir = acting.config.path.parent
    here = _in_file(acting, name, await _team(acting, conn))
    try:
        if here is not None:
            return here.settings, here.base_dir, secrets_of(here.settings, here.base_dir)
        row = await _stored(acting, conn, name)
        if row.origin == FILE:
            raise Invalid(f"channel {name!r} is managed in a file that is not part of {acting.config.path.name}")
        settings, secrets = settings_of(row, acting.config, environ)
    except ConfigError as error:
        problems = one_line("; ".join(error.problems))
        raise Invalid(f"channel {name!r} cannot be used here: {problems}") from None
    return settings, base_dir, secrets


async def _put(acting: Acting, conn: Connection, new: NewChannel, known: ChannelRow | None) -> bool:
    await check_fallback(conn, acting, new.name, new.settings)
    draft = ChannelDraft(name=new.name, kind=new.kind, settings=new.settings, author=acting.actor)
    changed = await channels.put(conn, draft, acting.clock.now(), acting.team)
    before = None if known is None else {"kind": known.kind, "settings": shown(known.kind, known.settings)}
    after = {"kind": new.kind, "settings": shown(new.kind, new.settings)}
    await acting.note(conn, new.name, before=before, after=after)
    return changed


async def _set_enabled(acting: Acting, conn: Connection, name: str, *, enabled: bool) -> int:
    await channels.set_enabled(conn, name, acting.clock.now(), acting.team, enabled=enabled, by=acting.actor)
    queue = (await _queues(conn)).get(channel_key(acting.team, name))
    waiting = 0 if queue is None else queue.pending
    await acting.note(conn, name, before={"paused": enabled}, after={"paused": not enabled}, waiting=waiting)
    return waiting


def _checked(
    acting: Acting, new: NewChannel, environ: Mapping[str, str], known: ChannelRow | None = None
) -> tuple[str, ...]:
    """What only the delivering process can tell, as notes. Raises Invalid with every problem."""
    base_dir = acting.config.path.parent
    remote = acting.address is not None
    if remote:
        see_remote(new.kind, {} if known is None else known.settings, new.settings)
    unset = missing_variables(new.settings, environ)
    notes = [
        f"{key}: the variable {name} is not set here; the process that delivers must have it"
        for key, names in unset.items()
        for name in names
    ]
    try:
        stands = dict.fromkeys((name for names in unset.values() for name in names), _STANDS_FOR)
        settings = live(new.name, new.kind, new.settings, {**environ, **stands})
        settings.see_fit(replace(added_around(acting.config), remote=remote))
        absent = {".".join(place): file for place, file in files_of(settings) if not (base_dir / file).is_file()}
        notes += [f"{key}: there is no file {file} here" for key, file in absent.items()]
        if not absent and not unset:
            settings.check_files(base_dir)
    except ConfigError as error:
        found = [problem.removeprefix(f"channel {new.name}: ") for problem in error.problems]
        problems = [problem for problem in found if problem.partition(":")[0] not in unset]
        if problems:
            told = "\n".join(f"channel {new.name!r}: {one_line(problem)}" for problem in problems)
            raise Invalid(told, _key_of(problems[0])) from None
    return tuple(notes)


def _key_of(problem: str) -> str | None:
    """The setting that a problem is about: `timeout_seconds: should be ...`."""
    key = problem.partition(": ")[0].partition(".")[0]
    return key if key.isidentifier() and ": " in problem else None


def tag_of(row: ChannelRow) -> str:
    """The channel's tag, which grows old with every change of it."""
    return tag(row.channel_id, row.revision)


@reads(Permission.READ_CHANNELS)
async def find(acting: Acting, which: str) -> ChannelRow:
    """The channel of that id, or of that name in the acting team. Raises NotFound."""
    async with acting.db.connection() as conn:
        known = [row for row in await channels.list_all(conn) if acting.sees(row.team_id)]
        found = next((row for row in known if row.channel_id == which), None)
        return await _stored(acting, conn, which) if found is None else found


def _known(acting: Acting, row: ChannelRow, team: str, queues: Mapping[str, QueueStats]) -> KnownChannel:
    here = _in_file(acting, row.name, team) if row.origin == FILE else None
    file = None if here is None else here.file
    settings = shown(row.kind, row.settings)
    return KnownChannel(row=row, settings=settings, file=file, team=team, queue=queues.get(row.key))


async def _queues(conn: Connection) -> dict[str, QueueStats]:
    """By the key of their channel."""
    return {queue.channel: queue for queue in await outbox.queue_stats(conn)}


async def _users(conn: Connection, key: str) -> list[str]:
    return [row.name for row in await rules.list_active(conn) if key in (*row.channel_keys, *row.escalation_keys)]


async def _stored(acting: Acting, conn: Connection, name: str) -> ChannelRow:
    row = await channels.get(conn, name, acting.team)
    if row is not None:
        return row
    here = _in_file(acting, name, await _team(acting, conn))
    if here is not None:
        raise NotFound(f"channel {name!r} stands in {here.file} and is not stored yet; `wirewatch run` stores it")
    raise NotFound.of(
        "channel", name, [one.name for one in await channels.list_all(conn) if one.team_id == acting.team]
    )


async def _editable(acting: Acting, conn: Connection, row: ChannelRow) -> None:
    if row.origin == FILE:
        await _not_in_file(acting, conn, row.name)
        raise ManagedInFile(f"channel {row.name!r} is managed in a file; change it there")


async def _not_in_file(acting: Acting, conn: Connection, name: str) -> None:
    here = _in_file(acting, name, await _team(acting, conn))
    if here is not None:
        raise ManagedInFile(f"channel {name!r} is managed in {here.file}; change it there")


async def _team(acting: Acting, conn: Connection) -> str:
    """The name of the acting team, as files have it."""
    return await teams.name_of(conn, acting.team) or DEFAULT_TEAM


def _in_file(acting: Acting, name: str, team: str) -> ChannelConfig | None:
    """The channel as the files of this configuration have it."""
    found = (one for one in acting.config.channels if (one.team, one.settings.name) == (team, name))
    return next(found, None)
