"""Makes the links of messages: the key is in the database, so that whichever process serves the pages knows them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.channels.message import Links
from alerts.links import VALID, Link, LinkAction, expires_at, sign
from core.clock import Clock
from core.db.connection import Connection
from core.db.engine import Database
from core.model.alert import Alert
from core.model.link_key import LinkKey
from core.store import link_keys

_SECONDS = 30.0  # how late a key that was replaced stops signing
_KEPT = VALID + timedelta(days=2)  # of a replaced key: links that it signed in those seconds end within that


async def keys_in(db: Database) -> tuple[LinkKey, ...]:
    """The keys by which links are verified, made where there are none."""
    async with db.connection() as conn:
        stored = await link_keys.read(conn)
    if not stored:
        async with db.transaction() as conn:
            stored = await link_keys.ensure(conn)
    return tuple(stored)


async def rotate(conn: Connection, now: datetime, *, revoke: bool) -> None:
    """Sign with a new key; see core/store/link_keys.py."""
    await link_keys.rotate(conn, now, _KEPT, revoke=revoke)


class LinkMaker:
    """Links under `public_url`, which is empty where nobody can reach this; then there are none."""

    def __init__(self, db: Database, clock: Clock, public_url: str) -> None:
        self._db = db
        self._clock = clock
        self._url = public_url.rstrip("/")
        self._keys: Sequence[LinkKey] = ()

    async def refresh(self) -> None:
        """Read the keys; to be called before the first link."""
        self._keys = await keys_in(self._db)

    async def run(self) -> None:
        """Follow a rotation until cancelled."""
        while True:
            await self._clock.sleep(_SECONDS)
            await self.refresh()

    def __call__(self, alert: Alert) -> Links | None:
        if not self._url:
            return None
        shown = f"{self._url}/alerts/{alert.alert_id}"
        if not self._keys:
            return Links(alert=shown)
        ack, silence, why = (self._signed(action, alert.alert_id) for action in LinkAction)
        return Links(alert=shown, acknowledge=ack, silence=silence, why=why)

    def _signed(self, action: LinkAction, alert_id: str) -> str:
        link = Link(action=action, alert_id=alert_id, expires=expires_at(self._clock.now()))
        return f"{self._url}/a/{sign(self._keys[0], link)}"
