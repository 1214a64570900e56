"""What the store promises of views: one's own, by name, replaced under their name."""

from dataclasses import replace

from core.db.engine import Database
from core.model.user import UserRow
from core.store import users, views
from core.store.views import View
from tests.contract.databases import NOW, after

KIM = UserRow(
    user_id="kim", name="kim", password_hash=None, role="viewer", enabled=True, time_zone=None, preferences={},
    created=NOW, last_sign_in=None,
)  # fmt: skip
MINE = View(view_id="1", user_id="kim", page="alerts", name="mine", query="q=a", created=NOW)


async def test_views_are_kept_by_name_and_go_with_their_user(db: Database) -> None:
    async with db.transaction() as conn:
        await users.add(conn, KIM)
        await users.add(conn, replace(KIM, user_id="lee", name="lee"))
        await views.put(conn, MINE)
        await views.put(conn, replace(MINE, view_id="2", page="stories", name="a\0b"))
        await views.put(conn, replace(MINE, view_id="3", query="q=b", created=after(5)))
        assert await views.of_user(conn, "kim") == [
            replace(MINE, view_id="2", page="stories", name="a\ufffdb"),
            replace(MINE, query="q=b"),
        ]
        assert await views.of_user(conn, "kim", "alerts") == [replace(MINE, query="q=b")]
        assert await views.count(conn, "kim") == 2
        assert await views.named(conn, "kim", "alerts", "none") is None
        for stranger, view_id in (("lee", "1"), ("kim", "x\0y")):
            assert await views.get(conn, stranger, view_id) is None
            assert not await views.remove(conn, stranger, view_id)
        assert await views.remove(conn, "kim", "1")
        await users.remove(conn, "kim")
        assert await views.of_user(conn, "kim") == []
