"""The pages of rules as people of each role use them, without script: list, editor with preview, history, explain, translate."""

import re
import tomllib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import aiohttp
import pytest

from alerts.match.words import words_of_article
from alerts.rules.limits import MAX_CHARACTERS
from core.clock import SystemClock
from core.model.route import Route
from core.model.rule import RuleDraft
from core.store import articles, routes, rules
from core.store.articles import StoredArticle
from tests.alerts.making import story_article
from tests.wirewatch.people import Answer, Browser, add_people, browser
from tests.wirewatch.statuspage import HOSTILE, StatusPage, status_page
from wirewatch.console.rule_editor import key_of

NOW = SystemClock().now()


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as made:
        await add_people(made)
        async with made.db.transaction() as conn:
            for number, text in enumerate(("Ships with arms left Korea.", "A missile was seen; missiles fly.")):
                story = story_article(number, text=text)
                article = replace(story.article, title="News", accepted=NOW - timedelta(hours=number + 1))
                story = replace(story, article=article)
                await articles.put_many(conn, [StoredArticle(story, words_of_article(article))])
        yield made


@pytest.fixture
async def analyst(page: StatusPage) -> AsyncIterator[Browser]:
    async with browser(page, "analyst") as opened:
        yield opened


async def made(where: Browser, **fields: str) -> str:
    """The path of a new rule."""
    answer = await where.post("/rules", {"name": "arms", "query": "arms AND Korea", **fields})
    assert answer.status == 303, answer.text
    return answer.headers["Location"].partition("?")[0]


def hidden(answer: Answer, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    assert found is not None
    return unescape(found[1])


async def test_a_form_of_a_word_is_left_out_by_a_click(analyst: Browser) -> None:
    shown = await analyst.post("/rules/preview", {"name": "arms", "query": "forms:ru(мир)"})
    assert "10 forms in ru" in shown.text
    click = re.search(r'value="([^"]*)"[^>]*aria-label="Leave out мира"', shown.text)
    assert click is not None
    less = await analyst.post("/rules/preview", {"name": "arms", "query": "forms:ru(мир)", "fix": unescape(click[1])})
    assert ">forms:ru(мир, NOT мира)</textarea>" in less.text
    assert 'aria-label="Take in again мира"' in less.text


async def test_an_analyst_writes_a_rule_with_a_mistake_applies_the_fix_and_saves_it(analyst: Browser) -> None:
    assert "There is no rule yet" in (await analyst.get("/rules")).text
    assert (await analyst.get("/rules/new")).status == 200
    wrong = await analyst.post("/rules", {"name": "arms", "query": "arms Korea"})
    assert wrong.status == 422
    assert "bare-words" in wrong.text
    fix = re.search(r'name="fix" value="([^"]*)"[^>]*title="[^"]*AND', wrong.text)
    assert fix is not None
    stale = await analyst.post("/rules/preview", {"name": "arms", "query": "arms guns", "fix": unescape(fix[1])})
    assert ">arms guns</textarea>" in stale.text  # the text was changed meanwhile: nothing of it is lost
    fixed = await analyst.post("/rules/preview", {"name": "arms", "query": "arms Korea", "fix": unescape(fix[1])})
    assert fixed.status == 200
    assert ">arms AND Korea</textarea>" in fixed.text
    assert "1 alert from 1 article" in fixed.text
    assert "<mark>arms</mark>" in fixed.text
    path = await made(analyst, query="arms AND Korea", priority="flash", channels="desk")
    shown = await analyst.get(path)
    for part in ("in force", "version 1", "owner <bdi>analyst", "channels: <bdi>desk", "priority: <bdi>flash"):
        assert part in shown.text
    assert f'href="{path}"' in (await analyst.get("/rules?owner=me&text=ARM")).text
    assert "No rule is like that" in (await analyst.get("/rules?state=off")).text


async def test_the_preview_says_what_is_gained_lost_and_just_missed(analyst: Browser) -> None:
    path = await made(analyst)
    fields = {"query": "arms OR missile", "against": path.rpartition("/")[2], "days": "7"}
    part = (await analyst.post("/rules/preview", fields, **{"HX-Request": "true"})).text
    assert "1 gained, 0 lost, 1 the same" in part
    assert "<html" not in part
    missed = await analyst.post("/rules/preview", {"query": "missile AND Korea"}, **{"HX-Request": "true"})
    assert "Nothing that is stored of that time matches" in missed.text
    near = (await analyst.post("/rules/preview", {"query": "fly AND ships"}, **{"HX-Request": "true"})).text
    assert 'id="boxes"' in near
    plural = (await analyst.post("/rules/preview", {"query": "ship"}, **{"HX-Request": "true"})).text
    assert "<bdi>ships</bdi> in 1 article" in plural


async def test_boxes_and_text_are_one_rule(analyst: Browser) -> None:
    shown = await analyst.post("/rules/preview", {"query": 'arms AND ("North Korea" OR Iran)', "leads": "text"})
    assert ">North Korea\nIran</textarea>" in shown.text
    boxes = {
        "leads": "boxes",
        "boxes_of": key_of("arms"),
        "query": "arms",
        "all_of": "arms",
        "none_of": "football\nchess",
    }
    led = await analyst.post("/rules/preview", boxes)
    assert ">arms AND NOT football AND NOT chess</textarea>" in led.text
    # A browser without script does not say what leads: the boxes do, where only they were changed.
    del boxes["leads"]
    path = await made(analyst, **boxes)
    assert "arms AND NOT football AND NOT chess" in (await analyst.get(path)).text
    typed = {**boxes, "name": "text", "query": "guns"}
    path = await made(analyst, **typed)
    assert ">guns</pre>" in (await analyst.get(path)).text
    odd = await analyst.post("/rules", {**boxes, "name": "odd", "all_of": "arms\nwe*"})
    assert odd.status == 422
    assert "3 letters or more" in odd.text


COMMENTED = '# desk Asia\n\n"North Korea" AND # the land\n  (arms OR # and\n guns) AND NOT football'
LAID_OUT = '# desk Asia\n\n"North Korea"  # the land\nAND (\n    arms  # and\n    OR guns\n)\nAND NOT football'


def typed_text(answer: Answer) -> str:
    """What stands in the field of the text."""
    found = re.search(r'<textarea id="query"[^>]*>(.*?)</textarea>', answer.text, re.DOTALL)
    assert found is not None
    return unescape(found[1]).removeprefix("\n")


async def test_a_rule_is_laid_out_by_a_button_and_its_comments_stay_through_boxes_fixes_and_versions(
    analyst: Browser,
) -> None:
    assert "Format</button>" in (await analyst.get("/rules/new")).text
    laid = await analyst.post("/rules/preview", {"query": COMMENTED, "format": "yes"})
    assert typed_text(laid) == LAID_OUT
    part = await analyst.post("/rules/preview", {"query": COMMENTED, "format": "yes"}, **{"HX-Request": "true"})
    assert typed_text(part) == LAID_OUT
    assert ">North Korea  # the land</textarea>" in laid.text
    assert ">arms  # and\nguns</textarea>" in laid.text
    boxes = {"all_of": "North Korea  # the land", "any_of.0": "arms  # and\nguns\nshells", "none_of": "football"}
    fields = {"leads": "boxes", "query": LAID_OUT, "boxes_of": key_of(LAID_OUT), "remarks": "# desk Asia", **boxes}
    changed = LAID_OUT.replace("OR guns", "OR guns\n    OR shells")
    assert typed_text(await analyst.post("/rules/preview", fields)) == changed
    path = await made(analyst, query=LAID_OUT)
    await analyst.post(path, {"tag": hidden(await analyst.get(f"{path}/edit"), "tag"), "query": "arms"})
    back = {"tag": hidden(await analyst.get(path), "tag"), "version": "1"}
    assert (await analyst.post(f"{path}/rollback", back)).status == 303
    assert (await analyst.get(f"{path}/text")).text == LAID_OUT
    assert typed_text(await analyst.get(f"{path}/edit")) == LAID_OUT
    assert "\n    arms  # and\n" in unescape((await analyst.get(path)).text)
    toml = re.search(r"\[\[rules\]\].*?</pre>", (await analyst.get(path)).text, re.DOTALL)
    assert toml is not None
    assert tomllib.loads(unescape(toml[0].removesuffix("</pre>")))["rules"][0]["query"] == LAID_OUT
    wrong = await analyst.post("/rules/preview", {"query": "a AND (", "format": "yes"})
    assert typed_text(wrong) == "a AND ("
    assert "unbalanced" in wrong.text


async def test_the_editor_says_how_much_a_rule_looks_for_and_what_that_costs(analyst: Browser) -> None:
    for headers in ({}, {"HX-Request": "true"}):
        shown = (await analyst.post("/rules/preview", {"query": "Zyx AND (arms OR guns)"}, **headers)).text
        assert re.search(
            r"3 clauses, 3 terms; looked at for [^<]*% of articles, (about|less than) [0-9.]+ µs an article", shown
        )
    assert "µs an article" not in (await analyst.post("/rules/preview", {"query": "a b"})).text


async def test_a_page_holds_a_long_text_twice_at_most(analyst: Browser) -> None:
    long = "(" + " OR ".join(f"оружие{number:05}" for number in range(4000)) + ") AND forms:ru(мир) AND C++"
    kilobytes = len(long.encode()) / 1000
    page = await analyst.post("/rules/preview", {"query": long})
    assert "form" in page.text
    assert len(page.text.encode()) / 1000 < 2 * kilobytes + 60
    part = await analyst.post("/rules/preview", {"query": long}, **{"HX-Request": "true"})
    assert len(part.text.encode()) / 1000 < kilobytes + 20
    broken = await analyst.post("/rules/preview", {"query": f"{long} Kim Xi"})
    assert "bare-words" in broken.text
    assert len(broken.text.encode()) / 1000 < kilobytes + 60


async def test_enter_in_a_field_previews_what_was_typed_and_loses_nothing(analyst: Browser) -> None:
    page = (await analyst.get("/rules/new")).text
    buttons = re.findall(r"<button[^>]*>", page[page.index('id="editor"') :])
    assert 'formaction="/rules/preview"' in buttons[0]  # the first one is what a browser presses
    assert "name=" not in buttons[0]
    typed = await analyst.post("/rules/preview", {"name": "x", "query": "arms", "boxes_of": ""})
    assert ">arms</textarea>" in typed.text
    filled = await analyst.post("/rules/preview", {"name": "x", "query": "", "boxes_of": "", "all_of": "arms"})
    assert ">arms</textarea>" in filled.text


async def test_what_was_changed_meanwhile_is_shown_before_it_is_replaced(analyst: Browser) -> None:
    path = await made(analyst)
    seen = await analyst.get(f"{path}/edit")
    await analyst.post(path, {"query": "arms AND Russia", "tag": hidden(seen, "tag")})
    stale = await analyst.post(path, {"query": "arms AND Iran", "tag": hidden(seen, "tag")})
    assert stale.status == 412
    assert "changed meanwhile by analyst" in stale.text
    assert "arms AND Russia</pre>" in stale.text
    assert ">arms AND Iran</textarea>" in stale.text
    again = await analyst.post(path, {"query": "arms AND Iran", "tag": hidden(stale, "tag")})
    assert again.status == 303


async def test_settings_that_cannot_be_used_are_said_at_their_field_and_nothing_is_lost(analyst: Browser) -> None:
    typed = {"name": "arms", "query": "arms", "throttle.max": "many", "throttle.per_seconds": "1h", "comment": "why"}
    answer = await analyst.post("/rules", typed)
    assert answer.status == 422
    assert "expected a whole number" in answer.text
    for value in ('value="many"', 'value="1h"', 'value="why"'):
        assert value in answer.text
    assert "There is no rule yet" in (await analyst.get("/rules")).text


async def test_the_editor_says_where_routes_lead_the_alerts(page: StatusPage, analyst: Browser) -> None:
    async with page.db.transaction() as conn:
        await routes.sync_from_config(conn, [Route(tag=("asia",), channels=("desk",))])
    assert "No route leads its alerts anywhere" in (await analyst.get("/rules/new")).text
    path = await made(analyst, tags="asia")
    assert "<bdi>desk</bdi> (by route 1" in (await analyst.get(f"{path}/edit")).text


async def test_versions_are_compared_in_meaning_and_rolled_back(analyst: Browser) -> None:
    path = await made(analyst)
    await analyst.post(path, {"query": "arms AND (Korea OR Iran)", "priority": "flash"})
    shown = await analyst.get(f"{path}/compare?first=1&second=2")
    for part in ("iran", "finds more", "priority", "flash"):
        assert part in shown.text
    assert (await analyst.get(f"{path}/compare?first=1&second=x")).status == 400
    back = await analyst.post(f"{path}/rollback", {"version": "1"})
    assert back.status == 303
    assert "version 3" in (await analyst.get(path)).text


async def test_a_rule_is_taken_out_of_force_put_in_force_and_renamed(analyst: Browser) -> None:
    path = await made(analyst)
    assert (await analyst.post(f"{path}/disable")).status == 303
    assert "out of force" in (await analyst.get(path)).text
    assert (await analyst.post(f"{path}/disable")).status == 409
    assert (await analyst.post(f"{path}/enable")).status == 303
    assert (await analyst.post(f"{path}/rename", {"name": "weapons"})).status == 303
    assert "<bdi>weapons</bdi>" in (await analyst.get(path)).text
    assert (await analyst.post(f"{path}/rename", {"name": ""})).status == 422


async def test_who_may_not_change_a_rule_sees_it_and_no_buttons(page: StatusPage, analyst: Browser) -> None:
    async with browser(page, "editor") as editor:
        path = await made(editor)
    shown = await analyst.get(path)
    assert "It is not your own" in shown.text
    assert "Take out of force" not in shown.text
    assert (await analyst.get(f"{path}/edit")).status == 403
    assert (await analyst.post(path, {"query": "guns"})).status == 403
    async with browser(page, "viewer") as viewer:
        assert "New rule" not in (await viewer.get("/rules")).text
        assert (await viewer.get("/rules/new")).status == 403
        assert (await viewer.post("/rules", {"name": "x", "query": "x"})).status == 403


async def test_a_rule_of_a_file_is_read_only_and_says_so(page: StatusPage, analyst: Browser) -> None:
    async with page.db.transaction() as conn:
        await rules.sync_from_config(conn, [RuleDraft(name="arms", query="arms", canonical="arms", author="file")], NOW)
        row = await rules.get(conn, "arms")
    assert row is not None
    async with browser(page, "editor") as editor:
        shown = await editor.get(f"/rules/{row.rule_id}")
        assert "read-only here" in shown.text
        assert "Take out of force" not in shown.text
        answer = await editor.post(f"/rules/{row.rule_id}", {"query": "guns"})
        assert answer.status == 409
        assert "managed in a file" in answer.text


async def test_why_a_rule_is_true_or_false_of_an_article_is_told(analyst: Browser) -> None:
    await made(analyst)
    pasted = {"rule": "arms", "title": "Arms talks", "text": "Ships left Koreatown."}
    told = (await analyst.post("/rules/explain", pasted)).text
    assert "The rule is false of the article" in told
    assert "<mark>Arms</mark>" in told
    assert "There is no article" in (await analyst.post("/rules/explain", {"rule": "arms"})).text
    missing = await analyst.get("/rules/explain?rule=arms&article=https://nobody.example/1")
    assert missing.status == 422
    assert "not stored" in missing.text


async def test_a_query_of_another_system_is_translated_and_used(analyst: Browser) -> None:
    told = (await analyst.post("/rules/translate", {"dialect": "lexis", "query": "sanction! w/s iran"})).text
    assert "sanction* SENT iran" in told
    used = await analyst.post("/rules/new", {"query": "sanction* SENT iran"})
    assert ">sanction* SENT iran</textarea>" in used.text
    assert (await analyst.post("/rules/translate", {"dialect": "lexus", "query": "x"})).status == 422


async def test_the_health_of_rules_is_told(analyst: Browser) -> None:
    assert "No rule is in force" in (await analyst.get("/rules/health")).text
    await made(analyst)
    await made(analyst, name="again")
    assert "It means the same as" in (await analyst.get("/rules/health")).text


async def test_an_alias_is_made_changed_and_removed_by_an_editor(page: StatusPage, analyst: Browser) -> None:
    assert (await analyst.post("/aliases", {"name": "guns", "terms": "rifle"})).status == 403
    async with browser(page, "editor") as editor:
        answer = await editor.post("/aliases", {"name": "guns", "terms": "rifle\npistol"})
        assert answer.headers["Location"] == "/aliases/guns?said=saved"
        assert (await editor.post("/aliases", {"name": "guns", "terms": "x"})).status == 409
        await made(editor, query="@guns")
        shown = await editor.get("/aliases/guns")
        assert "<bdi>arms</bdi>" in shown.text
        assert (await editor.post("/aliases/guns", {"terms": ""})).status == 422
        assert (await editor.post("/aliases/guns", {"terms": "rifle", "tag": hidden(shown, "tag")})).status == 303
        assert (await editor.post("/aliases/guns", {"terms": "y", "tag": hidden(shown, "tag")})).status == 412
        assert (await editor.post("/aliases/guns/rollback", {"version": "1"})).status == 303
        assert (await editor.post("/aliases/guns/remove")).status == 409
    assert "pistol" in (await analyst.get("/aliases/guns")).text


async def test_a_rule_as_long_as_one_may_be_is_saved_shown_changed_and_compared(analyst: Browser) -> None:
    query = " OR ".join(f'"слово номер {number}"' for number in range(3000))
    assert 60_000 < len(query) < MAX_CHARACTERS
    path = await made(analyst, query=query)
    assert (await analyst.post(path, {"name": "arms", "query": f"{query} OR ещё"})).status == 303
    for shown in (path, f"{path}/compare?first=1&second=2", "/rules"):
        answer = await analyst.get(shown)
        assert (answer.status, len(answer.text) < 60_000) == (200, True)
    assert f"{query} OR ещё</textarea>" in unescape((await analyst.get(f"{path}/edit")).text)
    assert (await analyst.get(f"{path}/text")).text == f"{query} OR ещё"
    assert (await analyst.get(f"{path}/text?version=1")).text == query
    assert (await analyst.get(f"{path}/text?version=9")).status == 404
    told = await analyst.post("/rules", {"name": "longer", "query": query + query})
    assert told.status == 422
    assert "65536" in told.text.replace(",", "")


async def bring(person: Browser, **fields: str) -> Answer:
    """Send the form with a list."""
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in fields.items():
        if name == "file":
            form.add_field(name, value.encode(), filename="list.txt")
        else:
            form.add_field(name, value)
    return await person.send("POST", "/alias-import", data=form, headers={"Origin": person.address})


async def test_a_list_is_brought_into_an_alias_by_an_editor(page: StatusPage, analyst: Browser) -> None:
    assert (await analyst.get("/alias-import")).status == 403
    names = "".join(f"DOE, John {number}\n" for number in range(3000))
    async with browser(page, "editor") as editor:
        plan = await bring(editor, name="sdn", text="Kim\nab*\n", do="plan")
        assert "1 added, 0 same, 0 removed, 0 repeated in the list, 1 refused" in plan.text
        assert "line 2: " in plan.text
        assert hidden(plan, "text") == "Kim\nab*\n"
        plan = await bring(editor, name="sdn", text="name,score\nDOE, John,5\nKim,1\n", columns="name", do="plan")
        assert "1 added, 0 same, 0 removed, 0 repeated in the list, 1 refused" in plan.text
        assert "line 2: <bdi>the row has 3 cells and the header 2" in plan.text
        done = await bring(editor, name="sdn", file=names, mode="replace", do="bring")
        assert done.headers["Location"] == "/aliases/sdn?said=saved"
        assert (await bring(editor, name="sdn", text="***")).status == 422
        refused = await bring(editor, name="sdn", text="id;name\n1;Kim\n", columns="0", do="bring")
        assert (refused.status, "no column &#39;0&#39;" in refused.text) == (422, True)
        plan = await bring(editor, name="sdn", file=names + "Kim\n", do="plan")
        assert "1 added, 3,000 same" in plan.text
        for path in ("/aliases", "/aliases/sdn", "/aliases/sdn?text=2999"):
            assert len((await editor.get(path)).text) < 60_000
        await editor.post("/aliases", {"name": "apple", "terms": "Apple", "exclude": "apple pie\nBig Apple"})
        assert ">apple pie\nBig Apple</textarea>" in (await editor.get("/aliases/apple")).text
    shown = (await analyst.get("/aliases/sdn?text=john%202999")).text
    assert "3,000 terms" in shown
    assert "1 with" in shown
    assert "DOE, John 2999" in shown
    assert (await analyst.get("/aliases/sdn/export")).text == names


async def test_what_others_wrote_is_shown_as_text(page: StatusPage) -> None:
    async with browser(page, "editor") as editor:
        async with page.db.transaction() as conn:
            draft = RuleDraft(name=HOSTILE, query=HOSTILE, canonical=HOSTILE, author=HOSTILE, comment=HOSTILE)
            await rules.put(conn, draft, NOW)
            row = await rules.get(conn, HOSTILE)
        assert row is not None
        fields = {"query": HOSTILE, "all_of": HOSTILE, "rest": HOSTILE, "name": HOSTILE, "escalate": HOSTILE}
        answers = [
            await editor.get("/rules"),
            await editor.get(f"/rules/{row.rule_id}"),
            await editor.get(f"/rules/{row.rule_id}/edit"),
            await editor.get(f"/rules/{row.rule_id}/compare?first=1&second=1"),
            await editor.post("/rules", fields),
            await editor.post("/rules/preview", {**fields, "leads": "boxes", "boxes_of": "x"}),
            await editor.post("/rules/preview", {**fields, "fix": HOSTILE}, **{"HX-Request": "true"}),
            await editor.post("/rules/explain", {"rule": HOSTILE, "title": HOSTILE}),
            await editor.post("/rules/explain", {"rule": "bold", "title": HOSTILE, "text": HOSTILE}),
            await editor.post("/rules/translate", {"dialect": "lucene", "query": HOSTILE}),
            await editor.post("/aliases", {"name": HOSTILE, "terms": HOSTILE}),
        ]
    for answer in answers:
        assert answer.status < 500
        assert not re.search(r"<(script(?! src=\"/static/)|b)[ >]", answer.text)
