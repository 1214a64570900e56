"""Alerts go where routes lead, as routes are when each is decided, released and sent."""

from dataclasses import replace
from datetime import timedelta

from core.model.outcome import AlertOutcome, NotificationState, StoryVerdict
from core.model.route import Route
from core.store import notifications, routes
from tests.alerts.making import NOW, brief, match
from tests.alerts.rules_in_store import put_rule
from tests.alerts.stages.newsroom import Newsroom
from tests.alerts.stages.test_second_look import Desk, stage

INDIA = Route(country=("IN",), channels=("delhi",))
KOREA = Route(country=("KR",), channels=("seoul",))


async def lead(newsroom: Newsroom, *tree: Route) -> None:
    async with newsroom.db.transaction() as conn:
        await routes.sync_from_config(conn, tree)


async def by_channel(newsroom: Newsroom) -> dict[str, NotificationState]:
    async with newsroom.db.connection() as conn:
        return {row.notification.channel: row.state for row in await notifications.list_rows(conn)}


async def test_a_rule_without_channels_is_led_by_routes_and_one_with_channels_keeps_them(newsroom: Newsroom) -> None:
    await lead(newsroom, INDIA, KOREA)
    await put_rule(newsroom.db, channels=("desk",))
    await newsroom.give(match(article=replace(brief(), country="KR")))
    assert {item.channel for item in await newsroom.outbox()} == {"desk", "seoul"}


async def test_an_alert_that_no_route_takes_is_kept_and_a_changed_tree_applies_to_the_next(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, channels=())
    await lead(newsroom, INDIA)
    first = match(1, story="a", article=replace(brief(1), country="US"))
    await newsroom.give(first)
    assert await newsroom.outcomes(first) == [AlertOutcome.NO_CHANNEL]
    await lead(newsroom, INDIA, Route(channels=("desk",)))
    second = match(2, story="b", article=replace(brief(2), country="US"))
    await newsroom.give(second)
    assert await newsroom.outcomes(second) == [AlertOutcome.CREATED]
    assert [item.channel for item in await newsroom.outbox()] == ["desk"]


async def test_an_update_goes_to_those_who_had_the_story_and_to_those_it_leads_to(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, channels=())
    await lead(newsroom, INDIA, KOREA)
    await newsroom.give(match(1, article=replace(brief(1), country="IN")))
    update = match(2, article=replace(brief(2), country="KR"), verdict=StoryVerdict.UPDATE, size=2)
    await newsroom.give(update)
    assert {item.channel for item in await newsroom.outbox() if item.sequence} == {"delhi", "seoul"}


async def test_held_alerts_go_each_where_it_leads(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, channels=(), group_wait_seconds=30)
    await lead(newsroom, INDIA, KOREA)
    await newsroom.give(
        *(match(n, story=str(n), article=replace(brief(n), country=c)) for n, c in ((1, "IN"), (2, "KR"), (3, "IN")))
    )
    await newsroom.release_after(31)
    assert {item.channel: len(item.alerts) for item in await newsroom.outbox()} == {"delhi": 2, "seoul": 1}


async def test_what_waits_moves_to_where_routes_lead_now(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, channels=())
    await lead(newsroom, INDIA)
    await newsroom.give(match(article=replace(brief(), country="IN")))
    delhi, seoul = Desk("delhi"), Desk("seoul")
    deliver = stage(newsroom, delhi, seoul)
    await lead(newsroom, replace(INDIA, channels=("seoul",)))
    await deliver.deliver_due()
    await deliver.deliver_due()
    assert (delhi.sent, seoul.sent) == ([], [1])
    assert await by_channel(newsroom) == {"delhi": NotificationState.NO_CHANNEL, "seoul": NotificationState.DELIVERED}


async def test_what_a_metric_rule_only_counted_stays_beside_what_counted_it(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, channels=(), standing={"kind": "frequency", "stories": 2, "window_seconds": 3600})
    await lead(newsroom, INDIA, KOREA)
    await newsroom.give(match(1, story="a", article=replace(brief(1), country="IN")))
    later = NOW + timedelta(seconds=1)
    await newsroom.give(match(2, story="b", article=replace(brief(2), country="KR"), matched=later))
    seoul = Desk("seoul")
    await stage(newsroom, seoul).deliver_due()
    assert seoul.sent == [2]
