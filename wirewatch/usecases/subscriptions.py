"""Who wants no mail of an e-mail channel any more: they say so themselves by the link in each mail, and it can be undone."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.deliver import link_maker
from alerts.unsubscribe import Leaving, verify
from core.db.connection import Connection
from core.model.channel import ChannelRow, channel_key, channel_name
from core.store import channels, mail
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """What an unsubscribe link is for. `channel`: its name. `since`: when they left; None: they have not."""

    channel: str
    address: str
    since: datetime | None


@reads(Permission.READ_CHANNELS)
async def opened(acting: Acting, token: str) -> Leave:
    """What an unsubscribe link is for. Raises NotFound for what is none of ours."""
    leaving = await _leaving(acting, token)
    async with acting.db.connection() as conn:
        since = (await mail.unsubscribed(conn, leaving.channel)).get(leaving.address)
    return Leave(channel=channel_name(leaving.channel), address=leaving.address, since=since)


@changes(Permission.CHANGE_CHANNELS, "channel.unsubscribe")
async def leave(acting: Acting, token: str) -> bool:
    """Send that recipient nothing of that channel any more; False: it was so already. Raises NotFound."""
    leaving = await _leaving(acting, token)
    async with acting.db.transaction() as conn:
        changed = await mail.unsubscribe(conn, leaving.channel, leaving.address, acting.clock.now())
        if changed:
            row = await _row(conn, leaving.channel)
            of_team = acting if row is None else replace(acting, team=row.team_id)
            await of_team.note(conn, channel_name(leaving.channel), before={"mails_to": leaving.address})
    return changed


@changes(Permission.CHANGE_CHANNELS, "channel.subscribe")
async def subscribe(acting: Acting, name: str, address: str) -> None:
    """Send somebody mails of a channel again, who had unsubscribed. Raises NotFound."""
    key = channel_key(acting.team, name)
    async with acting.db.transaction() as conn:
        gone = await mail.unsubscribed(conn, key)
        if not await mail.subscribe_again(conn, key, address):
            raise NotFound(f"{address!r} has not unsubscribed from channel {name!r}; {_who(gone)}")
        await acting.note(conn, name, after={"mails_to": address.lower()})


def _who(gone: Collection[str]) -> str:
    return f"who has: {', '.join(sorted(gone)[:20])}" if gone else "nobody has"


async def _leaving(acting: Acting, token: str) -> Leaving:
    leaving = verify(await link_maker.keys_in(acting.db), token)
    if leaving is None:
        raise NotFound("this link is not valid: a part of it is missing, or it was made with a key that is replaced")
    return leaving


async def _row(conn: Connection, key: str) -> ChannelRow | None:
    return next((one for one in await channels.list_all(conn) if one.key == key), None)
