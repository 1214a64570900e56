"""Outgoing feeds: what an address opens, and which addresses a channel has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts.channels.feed import FeedSettings
from core.db.connection import Connection
from core.model.channel import channel_key, channel_name
from core.model.feed import FeedEntry
from core.model.team import DEFAULT_TEAM
from core.store import channels, feeds, rules, teams
from wirewatch.config.loading import Config
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.channels import usable_settings
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFeed:
    """`feed_id`: stable, and no secret."""

    feed_id: str
    title: str
    entries: Sequence[FeedEntry]


@reads(Permission.READ_ALERTS)
async def read(acting: Acting, token: str) -> ReadFeed:
    """What the token opens. Raises NotFound, of the same words for every token that opens nothing."""
    async with acting.db.connection() as conn:
        feed = await feeds.opened_by(conn, token)
        if feed is None or not await _is_there(conn, feed.channel):
            raise NotFound("there is no such feed")
        entries = await feeds.newest(conn, feed)
        rule = None if feed.rule_id is None else await rules.by_id(conn, feed.rule_id)
    name = channel_name(feed.channel)
    title = f"wirewatch: {name if rule is None else rule.name}"
    feed_id = ":".join(filter(None, ("urn:wirewatch:feed", name, feed.rule_id)))
    return ReadFeed(feed_id=feed_id, title=title, entries=entries)


@reads(Permission.TEST_CHANNELS)
async def addresses(acting: Acting, name: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The addresses of a channel's feed, that of all its entries first; they are secrets. Raises NotFound, Invalid.

    None for a channel of another kind.
    """
    async with acting.db.connection() as conn:
        settings, base_dir, _ = await usable_settings(conn, acting, name, environ)
    if not isinstance(settings, FeedSettings):
        return ()
    key = channel_key(acting.team, name)
    async with acting.db.transaction() as conn:  # the first look may make the key
        token = settings.own_token(base_dir) or await feeds.made_token(conn, key)
        await feeds.register(conn, key, token, settings.entries)  # so that it opens before the first entry is there
        users = [row for row in await rules.list_active(conn) if key in row.channel_keys]
    base = f"{acting.config.server.public_url}/f/"
    all_of_it = [f"{base}{token}.{ending}" for ending in ("atom", "json")]
    own = [f"{base}{feeds.rule_token(token, row.rule_id)}.atom ({row.name})" for row in users]
    return (*all_of_it, *own)


async def register(conn: Connection, config: Config) -> None:
    """Have the feeds of the files open under their tokens, before anything is sent to them."""
    named = await teams.ids_by_name(conn) | {DEFAULT_TEAM: DEFAULT_TEAM}
    for one in config.channels:
        if isinstance(one.settings, FeedSettings) and one.team in named:
            key = channel_key(named[one.team], one.settings.name)
            await open_feed(conn, key, one.settings, one.settings.own_token(one.base_dir))


async def open_feed(conn: Connection, key: str, settings: FeedSettings, token: str | None) -> None:
    """`token` None: one is made."""
    await feeds.register(conn, key, token or await feeds.made_token(conn, key), settings.entries)


async def _is_there(conn: Connection, key: str) -> bool:
    return any(row.key == key and row.kind == "feed" for row in await channels.list_all(conn))
