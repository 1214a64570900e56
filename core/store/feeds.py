"""Outgoing feeds: who may read which one, by the hash of a token, and their entries.

A feed's token opens all entries of its channel. Each rule has a token of its own, made of its id and a key that only the token
of the channel gives; so who was given a rule's cannot guess another.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables_channels import feed_entries, feeds
from core.model.feed import Feed, FeedEntry
from core.store import kv
from core.store.pruning import prune_oldest

_KEY = "feed_key"
_ID_CHARACTERS = 24  # of a rule's id, with which its token begins


async def made_token(conn: Connection, channel: str) -> str:
    """The token of a channel that was given none: always the same, from a key that this database made."""
    key = await kv.get(conn, _KEY)
    if key is None:
        await kv.put_new(conn, _KEY, secrets.token_hex(32))
        key = await kv.get(conn, _KEY)
    return _short(bytes.fromhex(key), channel)


async def register(conn: Connection, channel: str, token: str, entries: int) -> None:
    """From now on this token opens the channel's feed, and no earlier one."""
    values = {"token_hash": _hash(token), "rule_key": _rule_key(token), "entries": entries}
    known = (await conn.execute(select(feeds).where(feeds.c.channel == channel))).one_or_none()
    if known is not None and known._asdict() == {"channel": channel, **values}:
        return
    await conn.execute(delete(feeds).where(feeds.c.token_hash == values["token_hash"], feeds.c.channel != channel))
    statement = insert(conn, feeds).values(channel=channel, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=[feeds.c.channel], set_=values))


async def opened_by(conn: Connection, token: str) -> Feed | None:
    """The feed that a token opens."""
    row = (await conn.execute(select(feeds).where(feeds.c.token_hash == _hash(token)))).one_or_none()
    if row is not None:
        return Feed(channel=row.channel, rule_id=None, entries=row.entries)
    rule_id, _, proof = token.partition("-")
    if len(rule_id) != _ID_CHARACTERS or not proof or not token.isascii():
        return None
    for row in await conn.execute(select(feeds)):
        if hmac.compare_digest(_short(bytes.fromhex(row.rule_key), rule_id), proof):
            return Feed(channel=row.channel, rule_id=rule_id, entries=row.entries)
    return None


def rule_token(token: str, rule_id: str) -> str:
    """The token of one rule's entries in the feed that `token` opens."""
    return f"{rule_id}-{_short(bytes.fromhex(_rule_key(token)), rule_id)}"


async def put(conn: Connection, entry: FeedEntry, keep: int) -> None:
    """Add an entry, or bring it up to date; of each rule the `keep` newest stay. The same again changes nothing."""
    here = (feed_entries.c.channel == entry.channel) & (feed_entries.c.entry_id == entry.entry_id)
    known = (await conn.execute(select(feed_entries.c.entry).where(here))).scalar_one_or_none()
    if known == entry.content:
        return
    values = {
        "channel": entry.channel,
        "entry_id": entry.entry_id,
        "rule_id": entry.rule_id,
        "published": entry.published,
        "updated": entry.updated,
        "entry": entry.content,
    }
    changed = {"updated": entry.updated, "entry": entry.content}
    columns = [feed_entries.c.channel, feed_entries.c.entry_id]
    await conn.execute(
        insert(conn, feed_entries).values(values).on_conflict_do_update(index_elements=columns, set_=changed)
    )
    of_rule = (feed_entries.c.channel == entry.channel) & (feed_entries.c.rule_id == entry.rule_id)
    edge = select(feed_entries.c.published).where(of_rule).order_by(feed_entries.c.published.desc()).offset(keep)
    last = (await conn.execute(edge.limit(1))).scalar_one_or_none()
    if last is not None:
        await conn.execute(delete(feed_entries).where(of_rule, feed_entries.c.published <= last))


async def newest(conn: Connection, feed: Feed) -> Sequence[FeedEntry]:
    """Its entries, the newest first."""
    statement = select(feed_entries).where(feed_entries.c.channel == feed.channel)
    if feed.rule_id is not None:
        statement = statement.where(feed_entries.c.rule_id == feed.rule_id)
    statement = statement.order_by(feed_entries.c.published.desc(), feed_entries.c.entry_id).limit(feed.entries)
    return [
        FeedEntry(
            channel=row.channel,
            entry_id=row.entry_id,
            rule_id=row.rule_id,
            published=row.published,
            updated=row.updated,
            content=dict(row.entry),
        )
        for row in await conn.execute(statement)
    ]


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete entries from before then; a piece, as `prune_oldest` says."""
    return await prune_oldest(conn, feed_entries.c.published, before, limit)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _rule_key(token: str) -> str:
    return hmac.digest(token.encode(), b"rules", "sha256").hex()


def _short(key: bytes, text: str) -> str:
    """192 bits, in characters that an address takes."""
    return base64.urlsafe_b64encode(hmac.digest(key, text.encode(), "sha256")[:24]).decode()
