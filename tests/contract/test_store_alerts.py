"""What the store promises of findings and alerts."""

from dataclasses import replace

from core.db.engine import Database
from core.model.alert import AlertArticle, StandingReason
from core.model.outcome import AlertOutcome
from core.store import alerts, findings
from core.store.alert_list import Wanted
from core.store.findings import Finding
from tests.contract.databases import NOW, after
from tests.fakes.records import EVIDENCE, a_brief, a_match, a_rule_ref, an_alert
from tests.fakes.stored import put_matches


def copy(name: str) -> AlertArticle:
    return AlertArticle(brief=a_brief(f"https://copy.example/{name}"), evidence=(EVIDENCE,))


async def test_an_alert_is_stored_once_and_comes_back_whole(db: Database) -> None:
    alert = an_alert(group="\0group")
    async with db.transaction() as conn:
        assert await alerts.insert_alert(conn, alert, AlertOutcome.CREATED)
        assert not await alerts.insert_alert(conn, replace(alert, story_size=9), AlertOutcome.THROTTLED)
        row = await alerts.get(conn, alert.alert_id)
        assert row is not None
        assert (row.alert, row.outcome, row.updated) == (alert, AlertOutcome.CREATED, alert.created)
        assert await alerts.get(conn, "none") is None


async def test_articles_join_an_alert_once_and_in_order(db: Database) -> None:
    alert = an_alert()
    async with db.transaction() as conn:
        await alerts.insert_alert(conn, alert, AlertOutcome.CREATED)
        for name, size in (("b", 3), ("a", 2)):
            assert await alerts.add_article(conn, alert.alert_id, copy(name), story_size=size, now=after(5))
        assert not await alerts.add_article(conn, alert.alert_id, copy("a"), story_size=8, now=after(9))
        row = await alerts.get(conn, alert.alert_id)
        assert row is not None
        assert row.alert.articles == (*alert.articles, copy("b"), copy("a"))
        assert (row.alert.story_size, row.updated) == (3, after(5))
        assert await alerts.alerts_of_article(conn, copy("a").brief.article_id) == [row]
        assert await alerts.alerts_of_article(conn, "none") == []


async def test_an_edited_article_takes_the_place_of_what_it_edits(db: Database) -> None:
    alert = an_alert()
    [first] = alert.articles
    edited = replace(first, brief=replace(first.brief, revision="r2", title="Corrected"))
    async with db.transaction() as conn:
        await alerts.insert_alert(conn, alert, AlertOutcome.CREATED)
        assert await alerts.add_article(conn, alert.alert_id, edited, story_size=1, now=after(5))
        assert not await alerts.add_article(conn, alert.alert_id, edited, story_size=1, now=after(6))
        row = await alerts.get(conn, alert.alert_id)
        assert row is not None
        assert row.alert.articles == (edited,)


async def test_recent_alerts_are_the_newest_first_and_can_be_narrowed(db: Database) -> None:
    other = a_rule_ref("other")
    async with db.transaction() as conn:
        for number in range(4):
            made = an_alert(f"s{number}", rule=other if number == 2 else None, at=after(number))
            outcome = AlertOutcome.SILENCED if number == 0 else AlertOutcome.CREATED
            await alerts.insert_alert(conn, made, outcome)
        rule_id = a_rule_ref().rule_id

        async def found(limit: int | None = None, **narrow: object) -> list[str]:
            wanted = Wanted(**narrow)  # type: ignore[arg-type]  # several types
            rows = await alerts.recent(conn, limit, wanted=wanted)
            return [row.alert.story_id for row in rows]

        assert await found() == ["s3", "s2", "s1", "s0"]
        assert await found(limit=2) == ["s3", "s2"]
        assert await found(rules=[rule_id]) == ["s3", "s1", "s0"]
        assert await found(outcome=AlertOutcome.SILENCED) == ["s0"]
        assert await found(since=after(1)) == ["s3", "s2", "s1"]
        assert (await alerts.counts(conn, after(0)))[AlertOutcome.CREATED] == 3
        assert await alerts.set_outcome(conn, an_alert("s0").alert_id, AlertOutcome.CREATED, after(9))
        assert not await alerts.set_outcome(conn, "none", AlertOutcome.CREATED, after(9))
        assert (await alerts.counts(conn, after(-1)))[AlertOutcome.CREATED] == 4
        assert await alerts.prune(conn, after(3)) == 2
        assert await found() == ["s3", "s0"]
        assert await alerts.alerts_of_article(conn, an_alert("s1").articles[0].brief.article_id) == []


async def test_every_match_is_kept_once_with_its_first_outcome(db: Database) -> None:
    one, two = a_match("https://news.example/1"), a_match("https://news.example/2", at=after(5))
    async with db.transaction() as conn:
        assert await put_matches(conn, [one, one], AlertOutcome.CREATED, "alert") == {one.match_id}
        assert await put_matches(conn, [one, two], AlertOutcome.REPEATED) == {two.match_id}
        assert await put_matches(conn, [], AlertOutcome.REPEATED) == set()
        assert await findings.known(conn, [one.match_id, "other"]) == {one.match_id}
        kept = Finding(match=one, outcome=AlertOutcome.CREATED, alert_id="alert")
        assert await findings.of_article(conn, one.article.article_id) == [kept]
        found = await findings.of_rule(conn, one.rule.rule_id, since=NOW, until=after(60))
        assert [row.match for row in found] == [two]
        found = await findings.of_rule(conn, one.rule.rule_id, since=after(-60), until=after(60))
        assert [row.match for row in found] == [two, one]
        counts = await findings.counts(conn, one.rule.rule_id, after(-60))
        assert counts == {**dict.fromkeys(AlertOutcome, 0), AlertOutcome.CREATED: 1, AlertOutcome.REPEATED: 1}
        assert await findings.last_matched(conn, one.rule.rule_id) == two.matched
        assert await findings.last_matched(conn, "none") is None
        assert await findings.prune(conn, after(3)) == 1
        assert await findings.known(conn, [one.match_id, two.match_id]) == {two.match_id}


async def test_a_story_counts_at_its_first_match_and_only_where_that_is_recent(db: Database) -> None:
    """Copies, other versions and other rules put it at no other time."""

    def matched(name: str, seconds: float, story: str, *, version: int = 1, rule: str = "arms") -> Finding:
        made = a_match(f"https://news.example/{name}", rule=replace(a_rule_ref(rule), version=version))
        return Finding(match=replace(made, story_id=story, matched=after(seconds)), outcome=AlertOutcome.CREATED)

    rows = [
        matched("1", 0, "old"),
        matched("2", 20, "old"),
        matched("3", 12, "new"),
        matched("4", 11, "new"),
        matched("5", 13, "newer", version=2),
        matched("6", 14, "new", version=2),
        matched("7", 15, "other", rule="other"),
    ]
    async with db.transaction() as conn:
        await findings.put_many(conn, rows)
        rule_id = a_rule_ref("arms").rule_id
        assert await findings.stories_since(conn, rule_id, after(10)) == {"new": after(11), "newer": after(13)}
        assert await findings.stories_since(conn, rule_id, after(10), from_version=2) == {"newer": after(13)}
        assert await findings.stories_since(conn, rule_id, after(0)) == {
            "old": after(0),
            "new": after(11),
            "newer": after(13),
        }
        assert sorted(await findings.times_since(conn, rule_id, after(13))) == [after(13), after(14), after(20)]


async def test_why_a_standing_rule_told_is_kept_with_an_alert_that_is_there(db: Database) -> None:
    alert = an_alert()
    because = StandingReason(kind="spike", because="5 stories", window_seconds=60, stories=5, usual=1.5, since=NOW)
    async with db.transaction() as conn:
        await alerts.insert_alert(conn, alert, AlertOutcome.NOT_REACHED)
        await alerts.set_standing(conn, replace(alert, standing=because, articles=()))
        row = await alerts.get(conn, alert.alert_id)
        assert row is not None
        assert row.alert == replace(alert, standing=because)
