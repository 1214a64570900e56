"""Rules as people change them: whose they are, what was changed meanwhile, what the list says of them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.match.words import words_of_article
from core.model.outcome import Priority
from core.model.rule import RuleDraft, RuleSettings
from core.model.sending import Throttle
from core.store import articles, audit, stats
from core.store import rules as stored
from core.store.articles import StoredArticle
from core.store.stats import RuleStats
from tests.alerts.making import story_article
from wirewatch.usecases import preview, rule_health, rule_list, rule_text, rules
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import HELD, Role
from wirewatch.usecases.preview import AskedLive
from wirewatch.usecases.refusals import Conflict, Invalid, ManagedInFile, NotFound, NotPermitted, Stale
from wirewatch.usecases.rule_checks import rule_tag
from wirewatch.usecases.rule_list import RuleFilter
from wirewatch.usecases.rule_text import Pasted
from wirewatch.usecases.rules import NewRule

ARMS = NewRule(name="arms", query="arms")


def analyst(acting: Acting, user_id: str = "u-lee") -> Acting:
    return replace(acting, actor="lee", user_id=user_id, permissions=HELD[Role.ANALYST])


CHANGES: dict[str, Callable[[Acting], Awaitable[object]]] = {
    "put": lambda me: rules.put(me, replace(ARMS, query="guns")),
    "remove": lambda me: rules.remove(me, "arms"),
    "disable": lambda me: rules.disable(me, "arms"),
    "rename": lambda me: rules.rename(me, "arms", "guns"),
    "rollback": lambda me: rules.rollback(me, "arms", 1),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_an_analyst_changes_rules_that_are_hers_and_no_others(acting: Acting, name: str) -> None:
    lee = analyst(acting)
    await rules.put(lee, ARMS)
    with pytest.raises(NotPermitted, match="rules:change"):
        await CHANGES[name](analyst(acting, "u-mia"))
    await CHANGES[name](lee)


async def test_nobody_but_an_editor_changes_a_rule_that_a_command_made(acting: Acting) -> None:
    await rules.put(acting, ARMS)
    with pytest.raises(NotPermitted, match="not lee's own"):
        await rules.put(analyst(acting), replace(ARMS, query="guns"))
    editor = replace(acting, user_id="u-ed", permissions=HELD[Role.EDITOR])
    assert (await rules.put(editor, replace(ARMS, query="guns"))).version == 2


async def test_a_rule_that_is_out_of_force_stays_its_owners(acting: Acting) -> None:
    lee = analyst(acting)
    await rules.put(lee, ARMS)
    await rules.remove(lee, "arms")
    with pytest.raises(NotPermitted):
        await rules.put(analyst(acting, "u-mia"), ARMS)
    with pytest.raises(NotPermitted):
        await rules.enable(analyst(acting, "u-mia"), "arms")
    await rules.enable(lee, "arms")
    assert (await rules.show(lee, "arms")).current.enabled


@pytest.mark.parametrize("name", CHANGES)
async def test_what_was_changed_meanwhile_is_not_changed_again(acting: Acting, name: str) -> None:
    await rules.put(acting, ARMS)
    seen = rule_tag((await rules.show(acting, "arms")).current)
    await rules.put(acting, replace(ARMS, query="arms AND Russia"))
    with pytest.raises(Stale, match=r"changed meanwhile by kim \(rule.put"):
        await CHANGES[name](replace(acting, if_match=seen))
    now = rule_tag((await rules.show(acting, "arms")).current)
    await CHANGES[name](replace(acting, if_match=now))


async def test_a_name_that_is_in_use_is_refused_for_a_new_rule(acting: Acting) -> None:
    await rules.put(acting, ARMS)
    with pytest.raises(Conflict, match="in force"):
        await rules.put(acting, replace(ARMS, only_new=True))
    await rules.remove(acting, "arms")
    with pytest.raises(Conflict, match="out of force"):
        await rules.put(acting, replace(ARMS, only_new=True))


async def test_settings_that_are_given_take_the_place_of_all_that_were(acting: Acting) -> None:
    first = RuleSettings(channels=("desk",), priority=Priority.FLASH, throttle=Throttle(3, 60.0))
    made = await rules.put(acting, replace(ARMS, settings=first))
    done = await rules.put(acting, NewRule(name=made.rule_id, settings=RuleSettings(tags=("asia",))))
    row = (await rules.show(acting, "arms")).current
    assert (done.version, row.query, row.settings) == (2, "arms", RuleSettings(tags=("asia",)))
    with pytest.raises(NotFound, match="no channel 'dessk'"):
        await rules.put(acting, replace(ARMS, settings=RuleSettings(channels=("dessk",))))


async def test_the_audit_log_has_a_rule_as_it_was_and_as_it_is(acting: Acting) -> None:
    await rules.put(acting, ARMS)
    await rules.put(acting, replace(ARMS, query="guns"))
    async with acting.db.connection() as conn:
        newest, first = await audit.list_rows(conn, subject="arms")
    assert first.before is None
    assert newest.before is not None
    assert newest.after is not None
    assert (newest.before["query"], newest.after["query"]) == ("arms", "guns")


async def test_a_rule_of_a_file_is_read_only_and_says_which(acting: Acting) -> None:
    draft = RuleDraft(name="arms", query="arms", canonical="arms")
    async with acting.db.transaction() as conn:
        await stored.sync_from_config(conn, [draft], acting.clock.now())
    for change in CHANGES.values():
        with pytest.raises(ManagedInFile, match="managed in a file"):
            await change(acting)


async def test_a_rule_that_names_an_alias_that_is_gone_is_not_put_in_force_again(acting: Acting) -> None:
    await rules.put(acting, replace(ARMS, query="arms AND @dprk"))
    await rules.remove(acting, "arms")
    with pytest.raises(Invalid, match="unknown-alias"):
        await rules.enable(replace(acting, config=replace(acting.config, aliases=())), "arms")


@pytest.fixture
async def with_articles(acting: Acting) -> Acting:
    now = acting.clock.now()
    texts = ("Ships with arms left Korea.", "A missile was seen; missiles fly.", "Rain in Seoul.", "Arms for Korea.")
    async with acting.db.transaction() as conn:
        found = [story_article(number, text=text) for number, text in enumerate(texts)]
        found = [
            replace(one, article=replace(one.article, title="News", accepted=now - timedelta(hours=place + 1)))
            for place, one in enumerate(found)
        ]
        await articles.put_many(conn, [StoredArticle(one, words_of_article(one.article)) for one in found])
    return acting


async def test_a_preview_of_a_text_says_what_it_finds_and_what_is_wrong(with_articles: Acting) -> None:
    found = await preview.live(with_articles, AskedLive(query="arms AND Korea", days=7, seconds=60))
    assert found.found is not None
    assert (len(found.found.matches), found.found.complete, found.problems) == (2, True, ())
    wrong = await preview.live(with_articles, AskedLive(query="arms Korea", days=7, seconds=60))
    assert wrong.found is None
    assert wrong.problems[0].fixes


async def test_a_preview_compares_with_the_saved_version(with_articles: Acting) -> None:
    await rules.put(with_articles, replace(ARMS, query="arms AND ships"))
    asked = AskedLive(query="arms OR Seoul", days=7, seconds=60, against="arms")
    found = (await preview.live(with_articles, asked)).against
    assert found is not None
    assert (len(found.gained), len(found.lost), found.same) == (2, 0, 1)
    same = await preview.live(with_articles, replace(asked, query="arms AND ships"))
    assert same.against is None


async def test_a_preview_that_nobody_waits_for_stops_and_says_what_it_covers(with_articles: Acting) -> None:
    asked = 0

    def gone() -> bool:
        nonlocal asked
        asked += 1
        return asked > 1

    found = (await preview.live(with_articles, AskedLive(query="arms", days=7, seconds=60, gone=gone))).found
    assert found is not None
    assert (found.read, found.complete, len(found.matches)) == (1, False, 1)
    assert found.since == found.matches[0].story.article.accepted


async def test_the_list_says_what_each_rule_did_lately_and_whose_it_is(acting: Acting) -> None:
    made = await rules.put(analyst(acting), ARMS)
    await rules.put(acting, replace(ARMS, name="guns"))
    today = acting.clock.now().date()
    spent = RuleStats(rule_id=made.rule_id, day=today, candidates=40, matches=5, alerts=4, evaluation_seconds=0.4)
    async with acting.db.transaction() as conn:
        await stats.add_many(conn, [spent, replace(spent, day=today - timedelta(days=2), alerts=1)])
    page = await rule_list.overview(acting, Paging(limit=1))
    [first] = page.items
    assert (first.row.name, first.figures.alerts, first.figures.alerts_by_day[-3:]) == ("arms", 5, (1, 0, 4))
    assert first.figures.slow
    assert first.figures.mean_seconds == pytest.approx(0.01)
    assert [one.row.name for one in (await rule_list.overview(acting, Paging(1, page.next))).items] == ["guns"]
    mine = await rule_list.overview(acting, Paging(), RuleFilter(owner="u-lee"))
    assert [one.row.name for one in mine.items] == ["arms"]


async def test_a_text_is_checked_with_the_teams_aliases_and_shown_as_boxes(acting: Acting) -> None:
    good = await rule_text.check(acting, "@dprk AND (arms OR guns)")
    assert good.canonical == "@dprk AND (arms OR guns)"
    assert good.boxes is not None
    assert good.boxes.any_of == (("arms", "guns"),)
    bad = await rule_text.check(acting, "@dprl AND arms")
    assert (bad.canonical, bad.boxes) == (None, None)
    assert [problem.code for problem in bad.problems] == ["unknown-alias"]


async def test_a_text_is_laid_out_with_its_comments(acting: Acting) -> None:
    assert (await rule_text.lay_out(acting, "Kim AND # who\n(arms)")).text == "Kim  # who\nAND arms"
    assert [one.code for one in (await rule_text.lay_out(acting, "arms guns")).problems] == ["bare-words"]


async def test_an_article_that_is_pasted_is_explained(acting: Acting) -> None:
    found = await rule_text.explain_text(
        acting, "@dprk AND missile", Pasted(title="Pyongyang", text="It has missiles.")
    )
    assert not found.verdict.true
    assert [child.true for child in found.verdict.children] == [True, False]
    assert found.missed == {"missile": {"missiles": 1}}
    with pytest.raises(Invalid, match="there is no article"):
        await rule_text.explain_text(acting, "arms", Pasted())
    with pytest.raises(Invalid, match="no address"):
        await rule_text.explain_text(acting, "arms", Pasted(text="x", url="http://"))


async def test_a_query_of_another_system_is_translated_and_an_unknown_system_named(acting: Acting) -> None:
    assert (await rule_text.translate(acting, "sanction!", "lexis")).query == "sanction*"
    with pytest.raises(Invalid, match="did you mean 'lexis'"):
        await rule_text.translate(acting, "sanction!", "lexus")


async def test_the_health_of_rules_comes_in_pages(acting: Acting) -> None:
    await rules.put(acting, ARMS)
    await rules.put(acting, replace(ARMS, name="guns"))
    whole = await rule_health.health_page(acting, 30, Paging())
    assert (whole.rules, [one.trouble for one in whole.troubles]) == (2, ["same_as"])
    first = await rule_health.health_page(acting, 30, Paging(limit=1))
    assert (first.rules, first.next is not None) == (1, True)
