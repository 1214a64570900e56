"""Sources through API and pages: every verb, what it refuses, and nothing that one can do and the other cannot."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import web as http

from core.clock import SystemClock
from core.store import source_changes, sources
from tests.fakes.records import a_source
from tests.fakes.sites import RSS, home, rss, site_web
from tests.fakes.web import FakeWeb
from tests.wirewatch.statuspage import HOSTILE, StatusPage, status_page
from wirewatch import access
from wirewatch.access import Asker
from wirewatch.serving import Reader, Serving
from wirewatch.usecases.permission import HELD, Role

OPML = '<opml version="2.0"><body><outline text="Europe"><outline text="Elbe" xmlUrl="https://elbe.example/rss"/></outline></body></opml>'


class Desk:
    """API and pages as somebody of a role uses them."""

    role = Role.EDITOR

    def __init__(self, page: StatusPage, session: aiohttp.ClientSession) -> None:
        self.page, self.session = page, session
        self.etag = ""
        self.status = 0
        self.place = ""

    async def api(self, method: str, path: str, body: Any = None, *, status: int = 200, if_match: str = "") -> Any:
        headers = {"If-Match": if_match} if if_match else {}
        url = f"{self.page.server.address}/api/v1{path}"
        async with self.session.request(method, url, json=body, headers=headers) as answer:
            text = await answer.text()
            assert answer.status == status, text
            self.etag = answer.headers.get("ETag", "")
            return await answer.json(content_type=None) if text and "json" in answer.content_type else text

    async def see(self, path: str) -> str:
        return await self._page("GET", path)

    async def send(self, path: str, **fields: Any) -> str:
        return await self._page("POST", path, data=fields)

    async def upload(self, path: str, text: bytes = b"", **fields: str) -> str:
        with aiohttp.MultipartWriter("form-data") as parts:
            for name, value in fields.items():
                parts.append(value).set_content_disposition("form-data", name=name)
            if text:
                parts.append(text).set_content_disposition("form-data", name="file", filename="list.opml")
            return await self._page("POST", path, data=parts)

    async def _page(self, method: str, path: str, **more: Any) -> str:
        url = f"{self.page.server.address}{path}"
        async with self.session.request(method, url, allow_redirects=False, **more) as answer:
            self.status = answer.status
            self.place = answer.headers.get("Location", "")
            return await answer.text()


@pytest.fixture
async def web() -> AsyncIterator[FakeWeb]:
    async with FakeWeb() as fake:
        fake.serve("/", home("/world.rss"))
        fake.serve("/world.rss", rss(["Harbour closes", "Tide tables"], newest=SystemClock().now()), content_type=RSS)
        yield fake


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    async with status_page(tmp_path) as page, aiohttp.ClientSession() as session:
        made = Desk(page, session)
        async with site_web(page.db, SystemClock()) as reach:

            async def identify(_: http.Request, serving: Serving) -> Asker:
                who = replace(serving.visitor, actor="ed", user_id="u", all_teams=False, permissions=HELD[made.role])
                return Asker(who, Reader(), known=True)

            monkeypatch.setattr(access, "identify", identify)
            serving = page.server._serving
            assert serving is not None
            page.server._serving = replace(serving, web=reach)
            yield made


async def test_a_source_is_added_shown_changed_and_removed(desk: Desk, web: FakeWeb) -> None:
    made = await desk.api("POST", "/sources", {"url": web.url("/world.rss"), "tags": ["sea"]}, status=201)
    assert (made["source"]["source"]["source"]["name"], made["note"]) == ("The Harbour Times", None)
    source_id = made["source"]["source"]["source"]["source_id"]
    shown = await desk.api("GET", f"/sources/{source_id}")
    assert (shown["next_poll"], shown["file"], len(shown["rhythm"]["days"])) == ("now: its first poll", None, 14)
    tag = desk.etag
    changed = await desk.api("PATCH", f"/sources/{source_id}", {"lang": "en", "interval_seconds": 60}, if_match=tag)
    assert changed["source"]["source"]["lang"] == "en"
    stale = await desk.api("PATCH", f"/sources/{source_id}", {"lang": None}, if_match=tag, status=412)
    assert "changed meanwhile by ed" in stale["detail"]
    assert (await desk.api("PATCH", f"/sources/{source_id}", {"lang": None}))["source"]["source"]["lang"] is None
    assert (await desk.api("PATCH", f"/sources/{source_id}", {"name": None}, status=400))["code"] == "invalid"
    assert (await desk.api("POST", f"/sources/{source_id}/pause"))["source"]["paused_by"] == "ed"
    assert (await desk.api("POST", f"/sources/{source_id}/poll", status=409))["code"] == "conflict"
    await desk.api("POST", f"/sources/{source_id}/resume")
    await desk.api("POST", f"/sources/{source_id}/poll")
    assert (await desk.api("GET", "/source-tags"))["tags"] == [{"tag": "sea", "sources": 1}]
    assert len((await desk.api("GET", "/sources?tag=sea&state=healthy&text=harb"))["sources"]) == 1
    assert (await desk.api("GET", "/sources?tag=land"))["sources"] == []
    await desk.api("DELETE", f"/sources/{source_id}", status=204)
    assert (await desk.api("GET", f"/sources/{source_id}", status=404))["code"] == "not_found"


async def test_a_home_page_is_refused_with_the_feeds_of_its_site(desk: Desk, web: FakeWeb) -> None:
    refused = await desk.api("POST", "/sources", {"url": web.url("/")}, status=409)
    assert (refused["code"], [feed["url"] for feed in refused["feeds"]]) == ("not_a_feed", [web.url("/world.rss")])
    site = await desk.api("POST", "/source-discovery", {"url": web.url("/")})
    assert (site["title"], site["feeds"][0]["entries"], site["feeds"][0]["how"]) == (
        "The Harbour Times",
        2,
        "announced",
    )
    seen = await desk.api("POST", "/source-preview", {"url": web.url("/world.rss")})
    assert (seen["new"], len(seen["would_be_read"]), seen["source"]) == (2, 2, None)
    assert (await desk.api("POST", "/source-discovery", {"url": "ftp://x"}, status=400))["code"] == "invalid"
    away = await desk.api("POST", "/source-discovery", {"url": web.url("/", host=2)}, status=409)
    assert away["code"] == "unreachable"


async def test_lists_and_packs_are_planned_brought_in_and_handed_out(desk: Desk) -> None:
    plan = await desk.api("POST", "/source-imports", {"text": OPML, "dry_run": True})
    assert (plan["counts"]["add"], plan["lines"][0]["outcome"]) == (1, None)
    done = await desk.api("POST", "/source-imports", {"text": OPML})
    assert (done["counts"], done["lines"][0]["outcome"]) == ({"added": 1}, "added")
    assert (await desk.api("POST", "/source-imports", {"text": "<x/>"}, status=400))["code"] == "invalid"
    assert 'xmlUrl="https://elbe.example/rss"' in await desk.api("GET", "/source-export")
    assert 'tags = ["Europe"]' in await desk.api("GET", "/source-export?format=toml")
    packs = {one["name"]: one for one in (await desk.api("GET", "/source-packs"))["packs"]}
    done = await desk.api("POST", "/source-packs/world-fr", {})
    assert done["counts"] == {"added": packs["world-fr"]["sources"]}
    await desk.api("POST", "/source-packs/nothing", {}, status=404)
    bulk = {"action": "tag", "sources": ["Elbe", "Nobody"], "add": ["wire"]}
    results = (await desk.api("POST", "/source-bulk", bulk))["results"]
    assert [one["code"] for one in results] == [None, "not_found"]


async def test_a_viewer_reads_and_changes_nothing(desk: Desk, web: FakeWeb) -> None:
    await desk.api(
        "POST", "/sources", {"url": "https://a.example/x?apikey=8f3a9c1e", "name": "A", "look": False}, status=201
    )
    desk.role = Role.VIEWER
    assert "8f3a9c1e" not in await desk.api("GET", "/source-export?format=csv")
    for method, path, body in (
        ("POST", "/sources", {"url": "https://b.example"}),
        ("PATCH", "/sources/A", {"lang": "en"}),
        ("DELETE", "/sources/A", None),
        ("POST", "/sources/A/pause", None),
        ("POST", "/source-bulk", {"action": "pause", "sources": ["A"]}),
        ("POST", "/source-imports", {"text": OPML}),
        ("POST", "/source-packs/world-fr", {}),
        ("POST", "/source-discovery", {"url": web.url("/")}),
        ("POST", "/source-preview", {"url": web.url("/")}),
    ):
        await desk.api(method, path, body, status=403)
    listed = await desk.see("/sources")
    assert (desk.status, "Tick" in listed, "8f3a9c1e" in listed) == (200, False, False)
    assert "Save" not in await desk.see("/sources/A")
    for path in ("/sources/add", "/sources/import"):
        await desk.see(path)
        assert desk.status == 403
    assert web.requests == []


async def test_the_page_looks_first_proposes_and_adds(desk: Desk, web: FakeWeb) -> None:
    proposed = await desk.send("/sources/add", url=web.url("/"), do="look")
    assert "A page stands there; these are the feeds of its site" in proposed
    assert web.url("/world.rss") in proposed
    seen = await desk.send("/sources/add", url=web.url("/world.rss"), do="look")
    assert "2 would be read at the first poll" in seen
    assert 'value="The Harbour Times"' in seen
    assert "curl -X POST" in seen
    wrong = await desk.send("/sources/add", url=web.url("/world.rss"), name="Sea", country="India", do="add")
    assert desk.status == 422
    assert "did you mean &#34;IN&#34;" in wrong
    assert 'value="Sea"' in wrong
    await desk.send("/sources/add", url=web.url("/world.rss"), name="Sea", tags="sea, harbour", do="add")
    assert (desk.status, desk.place.endswith("?said=source_added")) == (303, True)
    page = await desk.see(desk.place)
    assert "Added. It is polled within seconds." in page
    assert "now: its first poll" in page
    refused = await desk.send("/sources/add", url=web.url("/"), name="Home", do="add")
    assert (desk.status, web.url("/world.rss") in refused) == (409, True)


async def test_a_source_is_changed_by_its_form_and_a_slip_is_told_at_its_field(desk: Desk) -> None:
    made = await desk.api("POST", "/sources", {"url": "https://a.example/x", "name": "A", "look": False}, status=201)
    source_id = made["source"]["source"]["source"]["source_id"]
    form = {
        "name": "A news",
        "url": "https://a.example/x",
        "kind": "feed",
        "tags": "one, two",
        "patience_seconds": "60",
    }
    wrong = await desk.send(f"/sources/{source_id}", **form, interval_seconds="soon")
    assert (desk.status, "expected a number of seconds" in wrong, 'value="soon"' in wrong) == (422, True, True)
    await desk.send(f"/sources/{source_id}", **form, interval_seconds="90", full_text="on")
    assert desk.status == 303
    source = (await desk.api("GET", f"/sources/{source_id}"))["source"]["source"]
    assert (source["name"], source["tags"], source["interval_seconds"]) == ("A news", ["one", "two"], 90)
    await desk.send(f"/sources/{source_id}", **form, tag="0" * 24)
    assert desk.status == 412
    for verb, said in (("pause", "source_paused"), ("resume", "source_resumed"), ("poll", "source_due")):
        await desk.send(f"/sources/{source_id}/{verb}")
        assert desk.place.endswith(said)
    await desk.send("/sources", source=source_id, action="pause")
    assert "1 paused" in await desk.see("/sources")
    told = await desk.send("/sources", source=source_id, action="pause")
    assert "paused already" in told
    await desk.send("/sources", action="pause")
    assert desk.status == 422
    await desk.send(f"/sources/{source_id}/remove")
    assert desk.place == "/sources?said=removed"


async def test_a_key_in_an_address_survives_a_form_that_does_not_show_it(desk: Desk) -> None:
    url = "https://a.example/x?apikey=8f3a9c1e"
    await desk.api("POST", "/sources", {"url": url, "name": "A", "look": False}, status=201)
    assert "8f3a9c1e" not in await desk.see("/sources/A")
    shown = (await desk.api("GET", "/sources/A"))["source"]["source"]["url"]
    await desk.send("/sources/A", name="A", url=shown, kind="auto", lang="en")
    assert desk.status == 303
    assert url in await desk.api("GET", "/source-export?format=csv")


async def test_what_a_file_manages_says_so(desk: Desk) -> None:
    async with desk.page.db.transaction() as conn:
        await sources.sync_from_config(conn, [a_source()], SystemClock().now())
    page = await desk.see(f"/sources/{quote('Example World')}")
    assert "read-only here" in page
    assert (await desk.api("PATCH", "/sources/Example%20World", {"lang": "en"}, status=409))[
        "code"
    ] == "managed_in_file"
    await desk.send(f"/sources/{quote('Example World')}", name="X", url="https://x.example", kind="auto")
    assert desk.status == 409


async def test_a_list_is_uploaded_planned_and_brought_in(desk: Desk) -> None:
    plan = await desk.upload("/sources/import", OPML.encode(), tags="mine", do="plan")
    assert "1 add" in plan
    kept = plan.split('name="text" value="')[1].split('"')[0].replace("&#34;", '"')
    done = await desk.upload("/sources/import", text=b"", format="csv", tags="mine", do="bring")
    assert (desk.status, "choose a file, or paste the list" in done) == (422, True)
    done = await desk.upload("/sources/import", kept.encode(), format="csv", tags="mine", do="bring")
    assert "1 added" in done
    source = (await desk.api("GET", "/sources/Elbe"))["source"]["source"]
    assert source["tags"] == ["Europe", "mine"]
    assert "1 same as" in await desk.upload("/sources/import", OPML.encode(), do="plan")
    assert "expected an &lt;opml&gt; document" in await desk.upload("/sources/import", b"<html></html>", do="plan")


async def test_a_pack_is_ticked(desk: Desk) -> None:
    page = await desk.see("/sources/packs?pack=world-fr")
    first = page.split('name="url" value="')[1].split('"')[0]
    assert "tick the sources first" in await desk.send("/sources/packs?pack=world-fr", do="ticked")
    assert "1 added" in await desk.send("/sources/packs?pack=world-fr", url=first, do="ticked")
    assert ">read<" in await desk.see("/sources/packs?pack=world-fr")
    await desk.send("/sources/packs?pack=world-fr", do="all")
    assert "There is no source" not in await desk.see("/sources?tag=world-fr")


async def test_a_lost_source_is_polled_at_what_was_found_for_it(desk: Desk) -> None:
    await desk.api("POST", "/sources", {"url": "https://a.example/gone", "name": "A", "look": False}, status=201)
    found = {"url": "https://a.example/feed", "title": HOSTILE, "words": "62 entries"}
    async with desk.page.db.transaction() as conn:
        row = await sources.find(conn, "A")
        assert row is not None
        told = {"site": "https://a.example/", "found": [found]}
        await source_changes.put_search(conn, row.source.source_id, told, SystemClock().now())
    page = await desk.see("/sources/A")
    assert "It does not answer; this stands on its site" in page
    assert HOSTILE not in page
    await desk.send("/sources/A/take", url="https://evil.example/")
    assert desk.status == 422
    await desk.send("/sources/A/take", url="https://a.example/feed")
    assert desk.place == "/sources/A?said=source_moved"
    assert (await desk.api("GET", "/sources/A"))["source"]["source"]["url"] == "https://a.example/feed"


async def test_what_others_wrote_stands_on_pages_as_text(desk: Desk) -> None:
    body = {"url": "https://a.example/x", "name": HOSTILE, "tags": ["<b>x</b>"], "look": False}
    made = await desk.api("POST", "/sources", body, status=201)
    source_id = made["source"]["source"]["source"]["source_id"]
    for path in (
        "/sources",
        f"/sources/{source_id}",
        "/sources?tag=%3Cb%3Ex%3C%2Fb%3E",
        f"/sources?text={quote(HOSTILE)}",
    ):
        page = await desk.see(path)
        assert desk.status == 200
        assert "<script>document" not in page
        assert "<b>x</b>" not in page
    plan = await desk.upload("/sources/import", f"https://b.example/ {HOSTILE}\n{HOSTILE}".encode(), do="plan")
    assert "<script>document" not in plan
