"""Rules and aliases through the API: every verb, what it refuses, and what was changed meanwhile."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from core.model.rule import RuleDraft
from core.store import rules
from tests.alerts.making import story_article
from tests.wirewatch.statuspage import StatusPage, status_page
from wirewatch import access
from wirewatch.access import Asker
from wirewatch.serving import Reader, Serving
from wirewatch.usecases.permission import HELD, Role


class Api:
    """The API as an editor uses it."""

    def __init__(self, page: StatusPage, session: aiohttp.ClientSession) -> None:
        self.page, self.session = page, session
        self.etag = ""

    async def __call__(
        self, method: str, path: str, body: Any = None, *, status: int = 200, if_match: str | None = None
    ) -> Any:
        headers = {} if if_match is None else {"If-Match": if_match}
        url = f"{self.page.server.address}/api/v1{path}"
        async with self.session.request(method, url, json=body, headers=headers) as answer:
            text = await answer.text()
            assert answer.status == status, text
            self.etag = answer.headers.get("ETag", "")
            return await answer.json(content_type=None) if text else None


@pytest.fixture
async def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Api]:
    async def identify(_: web.Request, serving: Serving) -> Asker:
        editor = replace(serving.visitor, actor="ed", user_id="u-ed", all_teams=False, permissions=HELD[Role.EDITOR])
        return Asker(editor, Reader(), known=True)

    monkeypatch.setattr(access, "identify", identify)
    async with status_page(tmp_path) as page, aiohttp.ClientSession() as session:
        yield Api(page, session)


ARMS = {"name": "arms", "query": "arms AND Russia", "settings": {"channels": ["desk"], "priority": "flash"}}


async def test_a_rule_is_made_shown_changed_and_taken_out_of_force(api: Api) -> None:
    made = await api("POST", "/rules", ARMS, status=201)
    rule = made["rule"]
    assert (rule["version"], rule["canonical"], made["changed"]) == (1, "arms AND russia", True)
    assert rule["settings"] == {"channels": ["desk"], "priority": "flash"}
    shown = await api("GET", "/rules/arms")
    assert (shown["rule"]["rule_id"], shown["destinations"][0]["channel"]) == (rule["rule_id"], "desk")
    assert len(shown["rule"]["figures"]["by_day"]) == 14
    etag = api.etag
    changed = await api("PUT", f"/rules/{rule['rule_id']}", {"query": "arms OR guns"}, if_match=etag)
    assert (changed["rule"]["version"], changed["rule"]["settings"]) == (2, rule["settings"])
    stale = await api("PUT", "/rules/arms", {"query": "guns"}, status=412, if_match=etag)
    assert stale["code"] == "stale"
    assert "changed meanwhile by ed" in stale["detail"]
    assert not (await api("POST", "/rules/arms/disable"))["enabled"]
    assert (await api("POST", "/rules/arms/enable"))["enabled"]
    assert (await api("POST", "/rules/arms/rename", {"name": "weapons"}))["name"] == "weapons"
    await api("DELETE", "/rules/weapons", status=204)
    listed = await api("GET", "/rules?state=off")
    assert [one["name"] for one in listed["rules"]] == ["weapons"]
    assert (await api("GET", "/rules?state=in_force"))["rules"] == []
    assert [one["name"] for one in (await api("GET", "/rules?owner=me&priority=flash&text=WEAP"))["rules"]] == [
        "weapons"
    ]


async def test_versions_are_listed_compared_and_rolled_back(api: Api) -> None:
    await api("POST", "/rules", ARMS, status=201)
    await api("PUT", "/rules/arms", {"query": "arms AND (Russia OR Moscow)", "settings": {}})
    versions = (await api("GET", "/rules/arms/versions"))["versions"]
    assert [one["version"] for one in versions] == [2, 1]
    found = await api("GET", "/rules/arms/diff?first=1&second=2")
    assert [(one["clause"], one["effect"]) for one in found["changes"]] == [("moscow", "finds more")]
    assert found["settings"] == {"channels": [["desk"], None], "priority": ["flash", None]}
    rolled = await api("POST", "/rules/arms/rollback", {"version": 1})
    assert (rolled["version"], rolled["query"], rolled["comment"]) == (3, ARMS["query"], "back to version 1")
    await api("POST", "/rules/arms/rollback", {"version": 9}, status=404)


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({"name": "arms", "query": "arms Russia"}, "invalid", "bare-words"),
        ({"name": "arms", "query": ""}, "invalid", "a rule needs a query"),
        ({"name": "a\nb", "query": "arms"}, "invalid", ""),
        (
            {"name": "arms", "query": "arms", "settings": {"digest": {"time_zone": "UTC"}}},
            "bad_body",
            "exactly one",
        ),
        ({"name": "arms", "query": "arms", "settings": {"chanels": []}}, "bad_body", "chanels"),
        ({"name": "arms", "query": "arms", "settings": {"channels": ["dessk"]}}, "not_found", "did you mean 'desk'"),
    ],
)
async def test_what_is_wrong_with_a_new_rule_is_said(api: Api, body: Any, code: str, words: str) -> None:
    status = 404 if code == "not_found" else 400
    told = await api("POST", "/rules", body, status=status)
    assert told["code"] == code
    assert words in told["detail"]
    assert (await api("GET", "/rules"))["rules"] == []


async def test_a_text_that_cannot_be_read_is_refused_with_every_place_and_a_fix(api: Api) -> None:
    told = await api("POST", "/rules", {"name": "arms", "query": "arms Russia"}, status=400)
    assert (told["place"], told["fix"]) == ("/query", '"arms Russia"')
    assert "characters 0 to 11" in told["problems"][0]["detail"]


async def test_a_rule_of_a_file_is_read_only(api: Api) -> None:
    async with api.page.db.transaction() as conn:
        draft = RuleDraft(name="arms", query="arms", canonical="arms", author="file")
        await rules.sync_from_config(conn, [draft], story_article(1).article.accepted)
    for method, path, body in (
        ("PUT", "/rules/arms", {"query": "guns"}),
        ("DELETE", "/rules/arms", None),
        ("POST", "/rules/arms/disable", None),
    ):
        assert (await api(method, path, body, status=409))["code"] == "managed_in_file"
    assert (await api("POST", "/rules", ARMS, status=409))["code"] == "conflict"


async def test_a_text_is_checked_and_shown_as_boxes_and_back(api: Api) -> None:
    good = await api("POST", "/rules/check", {"query": "arms AND (a OR b) AND NOT football"})
    assert (good["ok"], good["boxes"]["any_of"]) == (True, [["a", "b"]])
    back = await api("POST", "/rules/boxes", good["boxes"])
    assert (back["query"], back["lines"]) == ("arms AND (a OR b) AND NOT football", [])
    said = "# who\nKim  # the leader\nAND (arms OR guns)"
    boxes = (await api("POST", "/rules/check", {"query": said}))["boxes"]
    assert (boxes["remarks"], boxes["all_of"]) == (["# who"], ["Kim  # the leader"])
    assert (await api("POST", "/rules/boxes", {**boxes, "query": said}))["query"] == said
    bad = await api("POST", "/rules/check", {"query": "arms Russia"})
    assert (bad["ok"], bad["problems"][0]["code"]) == (False, "bare-words")
    assert bad["problems"][0]["fixes"]
    odd = await api("POST", "/rules/boxes", {"all_of": ["arms", "we*"]})
    assert odd["query"] == "arms"
    assert odd["lines"][0]["line"] == "we*"


async def test_a_text_is_laid_out(api: Api) -> None:
    found = await api("POST", "/rules/format", {"query": "Kim AND # who\n(arms)"})
    assert found == {"query": "Kim  # who\nAND arms", "changed": True, "problems": []}
    again = await api("POST", "/rules/format", {"query": found["query"]})
    assert (again["query"], again["changed"]) == (found["query"], False)
    bad = await api("POST", "/rules/format", {"query": "arms guns # both"})
    assert (bad["query"], bad["changed"]) == ("arms guns # both", False)
    assert bad["problems"][0]["fixes"][0]["text"] == '"arms guns" # both'


async def test_the_forms_of_a_text_are_told(api: Api) -> None:
    found = (await api("POST", "/rules/check", {"query": "x AND forms(мир, NOT мира)"}))["forms"]
    assert [(one["start"], one["text"], one["langs"], one["told"]) for one in found] == [(6, "мир", ["ru"], True)]
    forms = {one["text"]: one for one in found[0]["forms"]}
    assert forms["миром"] == {"text": "миром", "guessed": False, "struck": False}
    assert forms["мира"]["struck"]
    assert found[0]["many"] == len(forms) - 1


async def test_a_text_is_previewed_explained_and_translated(api: Api) -> None:
    found = await api("POST", "/rules/preview", {"query": "arms"})
    assert (found["alerts"], found["complete"], found["against"]) == (0, True, None)
    assert (await api("POST", "/rules/preview", {"query": "arms Russia"}))["problems"]
    pasted = {"title": "Arms for Russia", "text": "Ships left."}
    told = await api("POST", "/rules/explain", {"rule": "arms AND guns", "pasted": pasted})
    assert (told["true"], [child["true"] for child in told["tree"]["children"]]) == (False, [True, False])
    await api("POST", "/rules/explain", {"rule": "arms", "article": "https://nobody.example/1"}, status=404)
    translated = await api("POST", "/rules/translate", {"query": "sanction! w/s iran", "dialect": "lexis"})
    assert translated["query"] == "sanction* SENT iran"
    assert (await api("GET", "/rules/health"))["troubles"] == []


async def test_an_alias_is_made_shown_changed_and_removed(api: Api) -> None:
    await api("POST", "/aliases", {"name": "guns", "terms": ["rifle", "pistol"]}, status=201)
    assert (await api("POST", "/aliases", {"name": "guns", "terms": ["x"]}, status=409))["code"] == "conflict"
    await api("POST", "/rules", {"name": "arms", "query": "@guns"}, status=201)
    shown = await api("GET", "/aliases/GUNS")
    assert (shown["alias"]["terms"], shown["used_by"]) == (["rifle", "pistol"], ["arms"])
    etag = api.etag
    await api("PUT", "/aliases/guns", {"terms": ["rifle"]}, if_match=etag)
    await api("PUT", "/aliases/guns", {"terms": ["x"]}, status=412, if_match=etag)
    assert (await api("GET", "/aliases/guns/diff?first=1&second=2")) == {"gained": [], "lost": ["pistol"]}
    assert (await api("POST", "/aliases/guns/rollback", {"version": 1}))["version"] == 3
    assert len((await api("GET", "/aliases/guns/versions"))["versions"]) == 3
    assert "arms" in (await api("DELETE", "/aliases/guns", status=409))["detail"]
    await api("DELETE", "/rules/arms", status=204)
    await api("DELETE", "/aliases/guns", status=204)
    assert [one["enabled"] for one in (await api("GET", "/aliases"))["aliases"]] == [False]


async def test_a_list_of_terms_is_brought_in_and_given_in_pages(api: Api) -> None:
    text = "id,name\n" + "".join(f'{number},"DOE, John {number}"\n' for number in range(3000)) + "1,ab*\n"
    body = {"name": "sdn", "text": text, "columns": ["name"]}
    told = await api("POST", "/alias-imports", {**body, "dry_run": True})
    assert (told["version"], told["added"], told["refused"][0]["line"], told["left_out"]) == (None, 3000, 3002, 1)
    shifted = await api("POST", "/alias-imports", {**body, "text": "id,name\n1,DOE, John\n2,Kim\n", "dry_run": True})
    assert (shifted["added"], shifted["refused"][0]["line"]) == (1, 2)
    assert "in quotes" in shifted["refused"][0]["message"]
    assert (await api("POST", "/alias-imports", body))["version"] == 1
    shown = (await api("GET", "/aliases/sdn"))["alias"]
    assert shown["count"] == 3000
    assert len(shown["terms"]) < 1500
    first = await api("GET", "/aliases/sdn/terms?limit=2")
    assert (first["terms"], first["total"]) == (["DOE, John 0", "DOE, John 1"], 3000)
    second = await api("GET", f"/aliases/sdn/terms?limit=2&cursor={first['next']}")
    assert second["terms"] == ["DOE, John 2", "DOE, John 3"]
    found = await api("GET", "/aliases/sdn/terms?text=john%202999")
    assert (found["terms"], found["next"], found["total"]) == (["DOE, John 2999"], None, 1)
    replaced = await api("POST", "/alias-imports", {"name": "sdn", "text": "Kim\n", "mode": "replace"})
    assert (replaced["added"], replaced["removed"], replaced["terms"]) == (1, 3000, 1)
    wrong = await api("POST", "/alias-imports", {**body, "columns": ["nme"]}, status=400)
    assert 'did you mean "name"' in wrong["detail"]


async def test_exclusions_of_an_alias_are_terms_that_begin_with_not(api: Api) -> None:
    body = {"name": "apple", "terms": ["Apple"], "exclude": ["apple pie", "NOT Big Apple"]}
    made = await api("POST", "/aliases", body, status=201)
    assert made["terms"] == ["Apple", "NOT apple pie", "NOT Big Apple"]
    assert (await api("GET", "/aliases/apple"))["canonical"] == ["apple", 'NOT "apple pie"', 'NOT "big apple"']
    only = await api("PUT", "/aliases/apple", {"terms": ["NOT pie"]}, status=400)
    assert "exclusions only" in only["detail"]
