"""The configuration of the files written into the database, so that every process and page sees it."""

from collections.abc import Sequence
from datetime import datetime

from core.db.engine import Database
from core.model.rule import RuleDraft
from core.store import aliases, channels, moving, routes, rules, sources
from wirewatch.config.channels import channel_drafts
from wirewatch.config.loading import Config
from wirewatch.usecases import feeds


async def store(db: Database, config: Config, drafts: Sequence[RuleDraft], now: datetime) -> None:
    """All of it, or nothing."""
    async with db.transaction() as conn:
        await moving.see_usable(conn)
        await sources.sync_from_config(conn, config.sources, now, config.subscriptions)
        await aliases.sync_from_config(conn, config.aliases, now)
        await channels.sync_from_config(conn, channel_drafts(config), now)
        await feeds.register(conn, config)
        await rules.sync_from_config(conn, drafts, now)
        await routes.sync_from_config(conn, config.routes)


async def store_lists(db: Database, config: Config, now: datetime) -> None:
    """The aliases alone, whose files of terms have changed."""
    async with db.transaction() as conn:
        await moving.see_usable(conn)
        await aliases.sync_from_config(conn, config.aliases, now)
