"""What the pages and operations of the archive promise: search, articles, stories."""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from alerts.match.words import words_of_article
from core.clock import SystemClock
from core.model.outcome import Stage, StoryVerdict
from core.model.story import StoryArticle
from core.store import articles, traces
from core.store.articles import StoredArticle
from core.store.traces import TraceRow
from tests.fakes.records import a_story_article
from tests.wirewatch.statuspage import HOSTILE, StatusPage, an_alert, status_page

NOW = SystemClock().now()


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as made:
        yield made


def one(number: int, text: str = "Ships with arms left for Russia.", *, title: str = "A title") -> StoryArticle:
    at = NOW - timedelta(minutes=100 - number)
    made = a_story_article(f"https://news.example/{number}", text=text, at=at)
    article = replace(made.article, title=title, lang="en", country="IN", source_id=f"s{number % 2}")
    return replace(made, article=article)


def in_story(story: str, *members: StoryArticle) -> list[StoryArticle]:
    return [
        replace(
            member,
            story_id=story,
            story_size=size,
            verdict=StoryVerdict.NEW if size == 1 else StoryVerdict.COPY,
            article=replace(member.article, source_id=f"outlet {size}"),
        )
        for size, member in enumerate(members, 1)
    ]


async def store(page: StatusPage, stories: Sequence[StoryArticle]) -> None:
    async with page.db.transaction() as conn:
        await articles.put_many(conn, [StoredArticle(story, words_of_article(story.article)) for story in stories])


async def text(page: StatusPage, path: str, *, status: int = 200, **query: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"{page.server.address}{path}", params=query) as answer:
        assert answer.status == status, await answer.text()
        return await answer.text()


async def got(page: StatusPage, path: str, *, status: int = 200, **query: str) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(await text(page, f"/api/v1{path}", status=status, **query))
    return found


async def test_a_search_shows_what_it_found_with_its_marks(page: StatusPage) -> None:
    await store(page, [one(1), one(2, "Rain in Seoul."), one(3, title="Arms in Moscow")])
    shown = await text(page, "/search", query="arms AND NOT seoul")
    assert "<mark>arms</mark>" in shown
    assert "<mark>Arms</mark> in Moscow" in shown
    assert "Rain" not in shown
    assert "Save as a rule" not in shown, "a visitor makes no rules"
    found = await got(page, "/articles", query="arms AND NOT seoul")
    assert [row["url"][-1] for row in found["articles"]] == ["3", "1"]
    assert found["articles"][1]["evidence"][0]["text"] == "arms"
    assert (found["next"], found["back_to"]) == (None, None)


async def test_a_search_goes_on_page_by_page(page: StatusPage) -> None:
    await store(page, [one(number) for number in range(70)])
    seen = re.findall(r"https://news.example/(\d+)", await text(page, "/search", query="russia"))
    following = re.search(r'<a href="(/search\?[^"]*)" rel="next">', await text(page, "/search", query="russia"))
    assert following is not None
    rest = re.findall(r"https://news.example/(\d+)", await text(page, following[1].replace("&amp;", "&")))
    assert [int(number) for number in seen + rest] == list(range(69, -1, -1))


async def test_filters_are_in_the_address_and_in_the_form(page: StatusPage) -> None:
    await store(page, [one(1), replace(one(2), article=replace(one(2).article, lang="de", source_name="Die Zeitung"))])
    assert "Die Zeitung" in await text(page, "/search", lang="de")
    assert "Die Zeitung" not in await text(page, "/search", lang="en")
    assert "Die Zeitung" in await text(page, "/search", source="die zeitung")
    since = (NOW - timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    assert "Die Zeitung" in await text(page, "/search", since=since, country="in")
    assert "Die Zeitung" not in await text(page, "/search", until=since)
    assert 'value="de"' in await text(page, "/search", lang="de")
    assert "Search without filters" in await text(page, "/search", lang="ko", query="arms")


async def test_a_query_with_a_mistake_is_shown_with_its_fixes(page: StatusPage) -> None:
    shown = await text(page, "/search", status=422, query="arms AND Russia OR China")
    assert 'aria-invalid="true"' in shown
    assert "arms AND Russia OR China</textarea>" in shown
    assert '<a href="/search?query=arms+AND+%28Russia+OR+China%29">' in shown
    refused = await got(page, "/articles", status=400, query="arms AND Russia OR China")
    assert refused["code"] == "bad_query"


@pytest.mark.parametrize(
    ("name", "value"), [("lang", "english"), ("country", "<b>"), ("since", "yesterday"), ("cursor", "x")]
)
async def test_a_filter_with_a_mistake_says_which(page: StatusPage, name: str, value: str) -> None:
    status = 400 if name == "cursor" else 422
    shown = await text(page, "/search", status=status, **{name: value})
    assert name in shown.lower()
    assert "<b>" not in shown
    assert (await got(page, "/articles", status=400, **{name: value}))["code"] == f"bad_{name}"


async def test_empty_pages_say_why(page: StatusPage) -> None:
    assert "No article is stored yet" in await text(page, "/search", query="arms")
    await store(page, [one(1)])
    assert "All articles were looked at" in await text(page, "/search", query="zyzzyva")
    assert "No story runs that is so" in await text(page, "/stories")


async def test_an_article_is_shown_with_all_that_is_kept_of_it(page: StatusPage) -> None:
    first, copy = in_story("story", one(1, "Old words.\n\nShips left."), one(2))
    await store(page, [first, copy])
    edited = replace(
        first, article=replace(first.article, revision="2", text="New words.\n\nShips left.", accepted=NOW)
    )
    await store(page, [edited])
    article_id = first.article.article_id
    async with page.db.transaction() as conn:
        await traces.add_many(
            conn, [TraceRow(subject=article_id, stage=Stage.READ, outcome="accepted", at=NOW, article_id=article_id)]
        )
    shown = await text(page, f"/articles/{article_id}", query="ships")
    assert "<p><mark>Ships</mark> left.</p>" in shown
    assert "<del>Old words.</del>" in shown
    assert "<ins>New words.</ins>" in shown
    assert '<a href="/stories/story">its story</a>' in shown
    assert "accepted" in shown
    found = await got(page, f"/articles/{article_id}")
    assert found["article"]["article"]["text"] == "New words.\n\nShips left."
    assert [one["text"] for one in found["revisions"]] == ["Old words.\n\nShips left."]
    assert [one["url"][-1] for one in found["others"]] == ["2"]
    traced = await got(page, f"/articles/{article_id}/trace")
    assert traced["trace"]["steps"][0]["stage"] == "read"


async def test_the_trace_of_an_article_tells_its_alerts(page: StatusPage) -> None:
    await store(page, [one(1)])
    alert = an_alert("s")
    brief = replace(alert.articles[0].brief, article_id=one(1).article.article_id)
    alert = replace(alert, articles=(replace(alert.articles[0], brief=brief),))
    await page.raise_alert(alert)
    traced = await got(page, f"/articles/{brief.article_id}/trace")
    assert [row["alert"]["alert_id"] for row in traced["trace"]["alerts"]] == [alert.alert_id]
    assert (await got(page, "/trace", article=brief.article_id)) == traced


async def test_what_is_not_there_is_not_found(page: StatusPage) -> None:
    await text(page, "/articles/0123456789abcdef01234567", status=404)
    await text(page, "/articles/nonsense", status=404)
    await text(page, "/stories/none", status=404)
    assert (await got(page, "/articles/0123456789abcdef01234567", status=404))["code"] == "not_found"
    assert (await got(page, "/stories/none", status=404))["code"] == "not_found"


async def test_stories_are_listed_by_outlets_and_shown_with_their_articles(page: StatusPage) -> None:
    await store(page, in_story("large", *(one(number, title=f"Large {number}") for number in range(3))))
    await store(page, in_story("small", *(one(number, title=f"Small {number}") for number in (10, 11))))
    await store(page, [one(20)])
    shown = await text(page, "/stories")
    assert shown.index("Large 0") < shown.index("Small 10")
    assert "Small 10" not in await text(page, "/stories", outlets="3")
    found = await got(page, "/stories", order="newest", limit="1")
    rest = await got(page, "/stories", order="newest", limit="1", cursor=found["next"])
    assert {found["stories"][0]["story_id"], rest["stories"][0]["story_id"]} == {"large", "small"}
    assert rest["next"] is None
    assert (await got(page, "/stories", cursor=found["next"], status=400))["code"] == "bad_cursor"
    assert (await text(page, "/stories", status=422, order="loudest")).count("expected one of")
    story = await text(page, "/stories/large")
    assert [story.index(f"Large {number}<") for number in range(3)] == sorted(
        story.index(f"Large {number}<") for number in range(3)
    )
    whole = await got(page, "/stories/large", limit="2")
    assert (whole["story"]["outlets"], len(whole["articles"])) == (3, 2)
    assert len((await got(page, "/stories/large", cursor=whole["next"]))["articles"]) == 1
    alone = await got(page, f"/stories/{one(20).story_id}")
    assert (alone["story"], len(alone["articles"])) == (None, 1)


async def test_hostile_words_steer_no_page(page: StatusPage) -> None:
    hostile = one(1, f"{HOSTILE}\n\narms", title=HOSTILE)
    hostile = replace(hostile, article=replace(hostile.article, source_name=HOSTILE, url="javascript:alert(1)"))
    await store(page, in_story("s", hostile, one(2)))
    paths = ("/search", f"/articles/{hostile.article.article_id}", "/stories", "/stories/s", "/articles")
    for path in paths:
        shown = await text(page, path, query="arms") if path == "/search" else await text(page, path)
        assert "<script>document" not in shown, path
        assert "<b>bold" not in shown, path
        assert "javascript:" not in re.sub(r"<dd>.*?</dd>", "", shown), path
    shown = await text(page, "/search", status=422, query=f"{HOSTILE} AND")
    assert "<script>document" not in shown


async def asked(page: StatusPage, path: str, **fields: str) -> tuple[int, str, str]:
    """What a form of the search answers: status, address that it leads to, text."""
    address = f"{page.server.address}{path}"
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data=fields, allow_redirects=False) as answer,
    ):
        return answer.status, answer.headers.get("Location", ""), await answer.text()


async def test_a_search_too_long_for_an_address_is_answered_all_the_same(page: StatusPage) -> None:
    await store(page, [one(number) for number in range(60)])
    status, address, _ = await asked(page, "/search", query="arms AND Russia", lang="en")
    assert (status, address) == (303, "/search?query=arms+AND+Russia&lang=en")
    long = "arms AND (Russia OR " + " OR ".join(f"{'оружие' * 12}{number:04}" for number in range(30)) + ")"
    status, _, first = await asked(page, "/search", query=long, lang="en")
    assert status == 200
    assert "50 newest articles" in first
    assert "cannot be passed on as a link" in first
    assert "/search?query" not in first
    cursor = re.search(r'name="cursor" value="([^"]+)"', first)
    assert cursor is not None
    status, _, second = await asked(page, "/search", query=long, lang="en", cursor=cursor[1])
    assert status == 200
    assert "10 articles on this page" in second
    status, _, wrong = await asked(page, "/search", query=f"{long} Kim")
    assert status == 422
    assert 'form="search-instead" name="query"' in wrong
    status, _, larger = await asked(page, "/search", query="a" * 70_000)
    assert status == 422
    assert "at most 65536 are allowed" in larger
    async with aiohttp.ClientSession() as session:
        body = {"query": long, "lang": "en", "limit": 5}
        answer = await session.post(f"{page.server.address}/api/v1/articles/search", json=body)
        found = orjson.loads(await answer.read())
    assert len(found["articles"]) == 5
    assert found["next"]
