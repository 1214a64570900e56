"""What the store promises of the list of rules: who owns them, the order of names, and what they did lately."""

from dataclasses import replace
from datetime import timedelta

from core.db.engine import Database
from core.model.alert_state import AlertEvent, Via
from core.model.outcome import AlertOutcome, AlertStatus, Priority
from core.model.rule import RuleDraft, RuleSettings
from core.store import alert_states, alerts, findings, rule_figures, rule_search, rules, stats
from core.store.findings import Finding
from core.store.rule_search import RuleFilter
from core.store.stats import RuleStats
from tests.contract.databases import NOW, after
from tests.fakes.records import a_match, a_rule_ref, an_alert

DRAFT = RuleDraft(name="arms", query="arms", canonical="arms", owner="kim")


async def test_a_rule_keeps_the_owner_who_made_it(db: Database) -> None:
    async with db.transaction() as conn:
        await rules.put(conn, DRAFT, NOW)
        await rules.put(conn, replace(DRAFT, query="guns", owner="lee"), after(1))
        row = await rules.get(conn, "arms")
        await rules.put(conn, replace(DRAFT, name="other", owner=None), NOW)
        nobody = await rules.get(conn, "other")
    assert row is not None
    assert (row.owner, row.query) == ("kim", "guns")
    assert nobody is not None
    assert nobody.owner is None


async def test_rules_are_listed_by_name_in_pages_as_a_filter_asks(db: Database) -> None:
    flash = RuleSettings(priority=Priority.FLASH)
    async with db.transaction() as conn:
        for name in ("b", "Z", "a_%", "é"):
            await rules.put(conn, replace(DRAFT, name=name, settings=flash if name == "b" else RuleSettings()), NOW)
        await rules.put(conn, replace(DRAFT, name="off", query="Moscow", owner="lee"), NOW)
        await rules.set_enabled(conn, "off", enabled=False)

        async def named(asked: RuleFilter) -> list[str]:
            return [row.name for row in await rule_search.page_by_name(conn, asked, limit=None)]

        assert await named(RuleFilter()) == ["Z", "a_%", "b", "off", "é"]
        assert await named(RuleFilter(enabled=False)) == ["off"]
        assert await named(RuleFilter(owner="lee")) == ["off"]
        assert await named(RuleFilter(priority=Priority.FLASH)) == ["b"]
        assert await named(RuleFilter(text="MOSC")) == ["off"]
        assert await named(RuleFilter(text="_%")) == ["a_%"]
        assert await named(RuleFilter(origin="file")) == []
        first = await rule_search.page_by_name(conn, RuleFilter(), limit=2)
        rest = await rule_search.page_by_name(conn, RuleFilter(), limit=9, after=(first[-1].name, first[-1].rule_id))
    assert [row.name for row in (*first, *rest)] == ["Z", "a_%", "b", "off", "é"]


async def test_the_figures_of_many_rules_come_together(db: Database) -> None:
    first = replace(a_rule_ref(), rule_id="one")
    day = NOW.date()
    spent = RuleStats(rule_id="one", day=day, candidates=5, matches=3, alerts=2, evaluation_seconds=0.5)
    async with db.transaction() as conn:
        for rule_id in ("one", "two"):
            await rules.put(conn, replace(DRAFT, name=rule_id, rule_id=rule_id), NOW)
        for minutes in (0, 3):
            match = replace(a_match(rule=first, at=after(60 * minutes)), match_id=f"m{minutes}")
            await findings.put_many(conn, [Finding(match=match, outcome=AlertOutcome.CREATED)])
        for story, status in (("s1", AlertStatus.NOT_RELEVANT), ("s2", AlertStatus.ACKNOWLEDGED), ("s3", None)):
            alert = an_alert(story, rule=first)
            await alerts.insert_alert(conn, alert, AlertOutcome.CREATED)
            if status is not None:
                said = AlertEvent(alert_id=alert.alert_id, at=NOW, by="kim", status=status, via=Via.COMMAND)
                await alert_states.put(conn, said)
        await stats.add_many(conn, [spent, replace(spent, day=day - timedelta(days=9))])
        assert await rule_figures.last_matched(conn, ["one", "two"]) == {"one": after(180)}
        assert await rule_figures.days(conn, ["one", "two"], day) == {"one": [spent]}
        assert await rule_figures.not_relevant(conn, ["one", "two"], NOW) == {"one": 1}
        assert await rule_figures.not_relevant(conn, ["one", "two"], after(1)) == {}
        assert await rule_figures.reasons(conn, "one", after(1), 5) == []
