"""The keys that sign links: made once, shared by all processes, replaced on purpose.

What is stored is `{"keys": [...]}`, the one that signs first. A replaced key stays until the last link that it signed is over.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core.db.connection import Connection
from core.model.link_key import LinkKey
from core.store import kv

_KEY = "link_keys"
_BYTES = 32


async def read(conn: Connection) -> list[LinkKey]:
    """The key that signs, and those before it; none before the first start."""
    return _keys(await kv.get(conn, _KEY))


async def ensure(conn: Connection) -> list[LinkKey]:
    """The same, made where there is none: of several processes that start at once all have the same."""
    await kv.put_new(conn, _KEY, _stored([_new()]))
    return await read(conn)


async def rotate(conn: Connection, now: datetime, keep: timedelta, *, revoke: bool = False) -> list[LinkKey]:
    """Sign with a new key from now on. Earlier links are valid for `keep` at most; with `revoke` no longer at all."""
    await kv.lock(conn, _KEY)
    known = [] if revoke else await read(conn)
    earlier = [
        replace(one, retired=one.retired or now) for one in known if one.retired is None or one.retired + keep > now
    ]
    keys = [_new(), *earlier]
    await kv.put(conn, _KEY, _stored(keys))
    return keys


def _new() -> LinkKey:
    return LinkKey(key_id=secrets.token_hex(4), secret=secrets.token_bytes(_BYTES))


def _stored(keys: Sequence[LinkKey]) -> dict[str, Any]:
    return {
        "keys": [
            {
                "id": one.key_id,
                "secret": one.secret.hex(),
                "retired": None if one.retired is None else one.retired.isoformat(),
            }
            for one in keys
        ]
    }


def _keys(stored: Any) -> list[LinkKey]:
    return [
        LinkKey(
            key_id=one["id"],
            secret=bytes.fromhex(one["secret"]),
            retired=None if one["retired"] is None else datetime.fromisoformat(one["retired"]),
        )
        for one in ({} if stored is None else stored).get("keys", ())
    ]
