"""What the store promises of outgoing feeds: a token opens one feed and no other, entries are kept, brought up to date and cut."""

from datetime import datetime

import pytest

from core.db.engine import Database
from core.model.feed import FeedEntry
from core.store import feeds
from tests.contract.databases import NOW, after

TOKEN = "a-token-that-nobody-guesses"
RULE, OTHER = "1" * 24, "2" * 24


def entry(
    number: int, *, rule: str = RULE, title: str = "t", updated: datetime = NOW, channel: str = "desk"
) -> FeedEntry:
    return FeedEntry(
        channel=channel,
        entry_id=f"e{number}",
        rule_id=rule,
        published=after(number),
        updated=updated,
        content={"title": title},
    )


async def test_a_token_opens_its_channel_and_a_rules_token_its_rule_alone(db: Database) -> None:
    async with db.transaction() as conn:
        await feeds.register(conn, "desk", TOKEN, 10)
        for one in (entry(1), entry(2, rule=OTHER), entry(3, channel="other")):
            await feeds.put(conn, one, 10)
        whole = await feeds.opened_by(conn, TOKEN)
        part = await feeds.opened_by(conn, feeds.rule_token(TOKEN, OTHER))
        assert whole is not None
        assert part is not None
        assert (part.channel, part.rule_id, part.entries) == ("desk", OTHER, 10)
        assert [one.entry_id for one in await feeds.newest(conn, whole)] == ["e2", "e1"]
        assert [one.entry_id for one in await feeds.newest(conn, part)] == ["e2"]


@pytest.mark.parametrize(
    "token",
    ["", "x", TOKEN[:-1], f"{RULE}-", f"{RULE}-x", f"{OTHER}-{feeds.rule_token(TOKEN, RULE)[25:]}", "é" * 24 + "-x"],
)
async def test_what_is_no_token_opens_nothing(db: Database, token: str) -> None:
    async with db.transaction() as conn:
        await feeds.register(conn, "desk", TOKEN, 10)
        assert await feeds.opened_by(conn, token) is None


async def test_another_token_closes_the_first_address(db: Database) -> None:
    async with db.transaction() as conn:
        await feeds.register(conn, "desk", TOKEN, 10)
        await feeds.register(conn, "desk", "another-" + TOKEN, 10)
        assert await feeds.opened_by(conn, TOKEN) is None
        assert await feeds.opened_by(conn, feeds.rule_token(TOKEN, RULE)) is None
        assert await feeds.opened_by(conn, "another-" + TOKEN) is not None
        await feeds.register(conn, "new name", "another-" + TOKEN, 10)  # the channel was renamed
        opened = await feeds.opened_by(conn, "another-" + TOKEN)
        assert opened is not None
        assert opened.channel == "new name"


async def test_a_made_token_stays_and_differs_by_channel(db: Database) -> None:
    async with db.transaction() as conn:
        one, again, other = [await feeds.made_token(conn, name) for name in ("desk", "desk", "ops")]
    assert one == again != other
    assert len(one) == 32


async def test_an_entry_is_brought_up_to_date_and_the_same_again_changes_nothing(db: Database) -> None:
    async with db.transaction() as conn:
        await feeds.register(conn, "desk", TOKEN, 10)
        feed = await feeds.opened_by(conn, TOKEN)
        assert feed is not None
        await feeds.put(conn, entry(1), 10)
        await feeds.put(conn, entry(1, updated=after(50)), 10)
        assert await feeds.newest(conn, feed) == [entry(1)]
        await feeds.put(conn, entry(1, title="grown", updated=after(60)), 10)
        assert await feeds.newest(conn, feed) == [entry(1, title="grown", updated=after(60))]


async def test_of_each_rule_the_newest_stay(db: Database) -> None:
    async with db.transaction() as conn:
        await feeds.register(conn, "desk", TOKEN, 3)
        await feeds.put(conn, entry(0, rule=OTHER), 3)
        for number in range(1, 8):
            await feeds.put(conn, entry(number), 3)
        part = await feeds.opened_by(conn, feeds.rule_token(TOKEN, RULE))
        other = await feeds.opened_by(conn, feeds.rule_token(TOKEN, OTHER))
        assert part is not None
        assert other is not None
        assert [one.entry_id for one in await feeds.newest(conn, part)] == ["e7", "e6", "e5"]
        assert [one.entry_id for one in await feeds.newest(conn, other)] == ["e0"]
        assert await feeds.prune(conn, after(6)) == 2
        assert [one.entry_id for one in await feeds.newest(conn, part)] == ["e7", "e6"]
