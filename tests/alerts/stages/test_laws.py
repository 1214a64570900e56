"""Laws of what becomes of matches, over random histories: silences, restarts, clocks that jump, days on which clocks change."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.decide.batch_state import NOTIFIED
from core.db.engine import Database
from core.model import ids
from core.model.alert import Notification
from core.model.match import Match
from core.model.outcome import AlertOutcome, Reason, StoryVerdict
from core.model.sending import Throttle
from core.model.silence import Silence
from core.store import silences
from tests.alerts.making import brief, match, rule_ref
from tests.alerts.rules_in_store import put_rule
from tests.alerts.stages.newsroom import Newsroom
from tests.fakes.clock import JumpyClock

BERLIN = "Europe/Berlin"
SENDING: Sequence[Mapping[str, object]] = (
    {},
    {"group_wait_seconds": 90.0},
    {"throttle": Throttle(2, 7200)},
    {"cooldown": {"first_seconds": 600.0}},
    {"spread_outlets": (2, 3)},
    {"digest": {"at": ["02:30", "18:00"], "time_zone": BERLIN}},
    {"digest": {"cron": "30 2,14 * * *", "time_zone": BERLIN}},
    {"quiet_hours": {"start": "22:00", "end": "02:30", "time_zone": BERLIN}},
    {"inhibits": ("world",)},
)
STARTS = (
    datetime(2026, 3, 28, 20, 0, tzinfo=UTC),  # in the night the clocks go forward
    datetime(2026, 10, 24, 20, 0, tzinfo=UTC),  # and back
    datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
)
TELLING = NOTIFIED | {AlertOutcome.UPDATED, AlertOutcome.SPREADING}
RULES = ("flash", "world")
STORIES = st.integers(0, 3)
EVENT = st.one_of(
    st.tuples(st.just("article"), STORIES),
    st.tuples(st.just("article"), STORIES),
    st.tuples(st.just("update"), STORIES),
    st.tuples(st.just("again"), STORIES),
    st.tuples(st.just("pass"), st.sampled_from([1, 60, 700, 3600, 20_000])),
    st.tuples(st.just("silence"), st.sampled_from([60, 7200])),
    st.tuples(st.just("jump"), st.sampled_from([-7200, -60, 0, 60, 7200])),
    st.tuples(st.just("restart"), st.just(0)),
)


class History:
    """A newsroom with two rules, and all that was given to it."""

    def __init__(self, db: Database, start: datetime) -> None:
        self.newsroom = Newsroom(db)
        self.newsroom.clock = JumpyClock(start)
        self.newsroom.stage = self.newsroom.new_stage()
        self.given: list[Match] = []
        self.quiet = False
        self._start = start

    async def begin(self, sending: Mapping[str, object]) -> None:
        await put_rule(self.newsroom.db, "flash", now=self._start, **sending)  # type: ignore[arg-type] # several types
        rest = {key: value for key, value in sending.items() if key != "inhibits"}
        await put_rule(self.newsroom.db, "world", now=self._start, **rest)  # type: ignore[arg-type] # several types

    async def happen(self, what: str, amount: int) -> None:
        match what:
            case "article" | "update":
                await self._give(amount, is_update=what == "update")
            case "again":
                await self.newsroom.give(*self.given[-2 * amount - 2 :])
            case "silence":
                await self._silence(amount)
            case "jump":
                self.newsroom.clock.ahead = amount
            case "restart":
                self.newsroom.stage = self.newsroom.new_stage()
            case _:
                pass  # time does
        await self.release_after(amount if what == "pass" else 0)

    async def _give(self, story: int, *, is_update: bool) -> None:
        number = len(self.given)
        true = self._start + timedelta(seconds=self.newsroom.clock.monotonic())
        article = replace(brief(number, source=f"Outlet {number % 5}"), published=true, seen=true)
        known = any(one.story_id == ids.derived_id("story", str(story)) for one in self.given)
        verdict = StoryVerdict.UPDATE if is_update else StoryVerdict.COPY if known else StoryVerdict.NEW
        plain = [
            match(story=str(story), rule=rule_ref(rule), article=article, verdict=verdict, matched=true)
            for rule in RULES
        ]
        found = [replace(one, story_first_seen=true) for one in plain]
        self.given += found
        await self.newsroom.give(*found)

    async def _silence(self, seconds: int) -> None:
        self.quiet = True
        now = self.newsroom.clock.now()
        row = Silence(
            silence_id=f"{len(self.given)} {now}",
            rule="*",
            starts=now,
            ends=now + timedelta(seconds=seconds),
            author="kim",
            comment="",
        )
        async with self.newsroom.db.transaction() as conn:
            await silences.add(conn, row)

    async def release_after(self, seconds: float) -> None:
        await self.newsroom.release_after(seconds)
        while await self.newsroom.stage.releaser.release_due():
            pass

    async def end(self) -> None:
        """The clock is right again, and all that waits has had its time."""
        self.newsroom.clock.ahead = 0
        for _ in range(10):
            await self.release_after(6 * 3600)


@settings(max_examples=60, deadline=None)
@given(start=st.sampled_from(STARTS), sending=st.sampled_from(SENDING), events=st.lists(EVENT, max_size=25))
def test_whatever_happens_each_match_is_told_once_or_has_a_reason(
    start: datetime,
    sending: Mapping[str, object],
    events: Sequence[tuple[str, int]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    asyncio.run(_lives(start, sending, events, tmp_path_factory.mktemp("law")))


async def _lives(
    start: datetime, sending: Mapping[str, object], events: Sequence[tuple[str, int]], folder: Path
) -> None:
    async with Database.open("sqlite:", folder) as db:
        history = History(db, start)
        await history.begin(sending)
        for what, amount in events:
            await history.happen(what, amount)
        await history.end()
        newsroom = history.newsroom
        outcomes = await newsroom.outcomes(*history.given)  # a KeyError: dropped without a reason
        told = await newsroom.outbox()
        ways = _ways(history.given, outcomes)
        _each_once(told, ways)
        for item in history.given:
            await _told_if_it_says_so(newsroom, item, told, ways)
        if not history.quiet:
            _digests_hold_what_was_held(told, ways)


def _alert_id(item: Match) -> str:
    return ids.alert_id(item.rule.rule_id, item.story_id, "")


def _ways(given: Sequence[Match], outcomes: Sequence[AlertOutcome]) -> dict[str, Counter[AlertOutcome]]:
    """What became of the matches of each alert."""
    found: dict[str, Counter[AlertOutcome]] = {}
    for item, outcome in zip(given, outcomes, strict=True):
        found.setdefault(_alert_id(item), Counter())[outcome] += 1
    return found


def _each_once(told: Sequence[Notification], ways: Mapping[str, Counter[AlertOutcome]]) -> None:
    """No message twice, no story twice in one, and none that no match asked for."""
    assert len({note.notification_id for note in told}) == len(told)
    shown: Counter[str] = Counter()
    for note in told:
        alerts = [alert.alert_id for alert in note.alerts]
        assert len(set(alerts)) == len(alerts)
        shown.update(alerts)
    for alert_id, times in shown.items():
        asked = ways[alert_id]
        assert times <= sum(asked[outcome] for outcome in TELLING)
        assert sum(asked[outcome] for outcome in (AlertOutcome.CREATED,)) <= 1


async def _told_if_it_says_so(
    newsroom: Newsroom, item: Match, told: Sequence[Notification], ways: Mapping[str, Counter[AlertOutcome]]
) -> None:
    row = await newsroom.alert(item)
    times = sum(alert.alert_id == _alert_id(item) for note in told for alert in note.alerts)
    if row.outcome in NOTIFIED:
        assert times >= 1, "nothing that is due is lost"
    if not set(ways[_alert_id(item)]) & TELLING:
        assert times == 0
        assert row.outcome not in NOTIFIED


def _digests_hold_what_was_held(told: Sequence[Notification], ways: Mapping[str, Counter[AlertOutcome]]) -> None:
    digests = [note for note in told if note.reason is Reason.DIGEST]
    held = {alert_id for alert_id, asked in ways.items() if asked[AlertOutcome.DIGESTED]}
    assert {alert.alert_id for note in digests for alert in note.alerts} == held
