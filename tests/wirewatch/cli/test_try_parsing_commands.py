"""`wirewatch try feed`, `try page` and `try date`."""

import gzip
from base64 import b64encode
from pathlib import Path

import orjson

from tests.wirewatch.cli.trying import lines, rows, tried

SENTENCE = "The harbour was closed for repairs after the storm of the weekend, the port authority said on Monday. "
PAGE = f"""<html lang="en"><head><title>Harbour closed</title><link rel="canonical" href="/news/harbour-closed">
<meta property="article:published_time" content="2026-03-01T09:00:00+05:30"></head>
<body><nav>Home World Sport</nav><article><h1>Harbour closed</h1><p>{SENTENCE * 2}</p><p>{SENTENCE * 3}</p></article></body></html>"""
FEED = """<rss version="2.0"><channel><title>World</title><link>https://paper.example/</link><language>en-GB</language>
<item><title>Harbour &amp; port</title><link>/news/harbour</link><guid isPermaLink="false">g1</guid><category>Ports</category>
<pubDate>Sun, 01 Mar 2026 09:00:00 IST</pubDate><description>Closed.</description></item></channel></rss>"""


def test_feeds_give_outcomes_and_entries_in_the_order_of_the_lines(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "world.xml").write_text(FEED)
    (tmp_path / "sub" / "packed.xml.gz").write_bytes(gzip.compress(FEED.encode()))
    url = "https://paper.example/rss"
    given = [
        {"id": "path", "url": url, "path": "sub/world.xml", "time_zone": "Asia/Kolkata"},
        {"id": "inline", "url": url, "body_base64": b64encode(FEED.encode("utf-16")).decode()},
        {"id": "html", "url": url, "body_base64": b64encode(PAGE.encode()).decode()},
        {"id": "language", "path": "sub/packed.xml.gz", "headers": {"Content-Location": "https://other.example/rss"}},
        {"id": "large", "body_base64": b64encode(gzip.compress(b" " * 20_000_000)).decode()},
    ]
    name = lines(tmp_path / "feeds.jsonl", given)
    path, inline, html, packed, large = rows("feed", name)
    assert path["feed"] == {"title": "World", "link": "https://paper.example/", "language": "en-GB", "updated": None}
    assert path["outcome"] == "ok"
    assert path["entries"] == [
        {
            "id": "g1",
            "url": "https://paper.example/news/harbour",
            "title": "Harbour & port",
            "authors": [],
            "language": None,
            "published": "2026-03-01T09:00:00+05:30",
            "updated": None,
            "summary": "Closed.",
            "content": "",
            "tags": ["Ports"],
        }
    ]
    assert inline["entries"][0]["title"] == "Harbour & port"
    assert (html["outcome"], html["feed"], html["entries"]) == ("not_a_feed", None, [])
    assert packed["entries"][0]["url"] == "https://other.example/news/harbour"
    assert large["outcome"] == "too_large"


def test_lines_that_name_no_body_come_as_bad_input_in_their_place(tmp_path: Path) -> None:
    given = [
        {"id": "gone", "path": "none.xml"},
        b"{broken",
        {"id": "both missing"},
        {"id": "no base64", "body_base64": "%%%"},
        {"id": "headers", "headers": [], "body_base64": ""},
        {"id": "bad gzip", "body_base64": b64encode(b"\x1f\x8bxx").decode()},
        {"id": "good", "body_base64": b64encode(FEED.encode()).decode()},
    ]
    name = lines(tmp_path / "feeds.jsonl", given)
    result = tried("feed", name)
    assert result.exit_code == 1
    found = [orjson.loads(line) for line in result.stdout.splitlines()]
    assert [row["outcome"] for row in found] == ["bad_input"] * 6 + ["ok"]
    assert [row["id"] for row in found][:3] == ["gone", None, "both missing"]
    for number in range(1, 7):
        assert f"{name}, line {number}: " in result.stderr
    assert "7 feeds, 6 bad_input, 1 ok" in result.stderr


def test_a_file_that_is_not_there_or_no_gzip_is_one_sentence(tmp_path: Path) -> None:
    missing = tried("feed", str(tmp_path / "none.xml"))
    assert (missing.exit_code, "none.xml: No such file or directory" in missing.stderr) == (1, True)
    assert isinstance(missing.exception, SystemExit)
    (tmp_path / "broken.gz").write_bytes(gzip.compress(FEED.encode())[:-20])
    broken = tried("page", str(tmp_path / "broken.gz"))
    assert (broken.exit_code, "breaks off" in broken.stderr) == (1, True)
    assert isinstance(broken.exception, SystemExit)


def test_a_raw_feed_or_page_needs_no_lines(tmp_path: Path) -> None:
    (tmp_path / "world.xml").write_text(FEED)
    [row] = rows("feed", str(tmp_path / "world.xml"), "--url", "https://paper.example/rss")
    assert (row["id"], row["entries"][0]["url"]) == ("world.xml", "https://paper.example/news/harbour")
    json_feed = b'{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [{"id": "1", "title": "One"}]}'
    [row] = rows("feed", "-", stdin=json_feed)
    assert (row["feed"]["title"], [entry["title"] for entry in row["entries"]]) == ("J", ["One"])
    [row] = rows("page", "-", "--url", "https://paper.example/x?utm_source=rss", stdin=PAGE.encode())
    assert row["canonical_url"] == "https://paper.example/news/harbour-closed"
    [row] = rows("page", "-", stdin=PAGE.replace('<link rel="canonical" href="/news/harbour-closed">', "").encode())
    assert (row["outcome"], row["url"], row["canonical_url"]) == ("accepted", None, None)


def test_a_page_gives_its_article_and_what_is_known_of_it(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE)
    url = "https://paper.example/news/harbour?utm_source=rss"
    given: list[dict[str, object]] = [
        {"id": "html", "url": url, "html": PAGE},
        {"id": "path", "url": url, "path": "page.html"},
        {"id": "empty", "url": url, "html": "<html><body><nav>Home</nav></body></html>"},
        {"id": "picture", "url": url, "body_base64": b64encode(b"\x89PNG\r\n").decode()},
    ]
    entry = {
        "title": "Port of Larnport shut",
        "summary": "<p>Divers look for the driver of the crane.</p>",
        "published": "2026-03-01T03:40:00Z",
    }
    given.append({"id": "fed", "url": url, "html": PAGE, "country": "IN", "entry": entry})
    html, path, empty, picture, fed = rows("page", lines(tmp_path / "pages.jsonl", given))
    assert html["outcome"] == "accepted"
    assert html["title"] == "Harbour closed"
    assert html["text"].startswith("The harbour was closed")
    assert "Sport" not in html["text"]
    assert (html["published"], html["published_confidence"]) == ("2026-03-01T09:00:00+05:30", "exact")
    assert (html["language"], html["authors"], html["section"], html["tags"]) == ("en", [], None, [])
    assert {**path, "id": "html"} == html
    assert (empty["outcome"], empty["text"]) == ("no_text", "")
    assert picture["outcome"] == "not_html"
    assert (html["agencies"], html["flags"]) == ([], [])
    assert html["times"] == [{"origin": "meta", "time": "2026-03-01T09:00:00+05:30", "confidence": "exact"}]
    assert [one["origin"] for one in fed["times"]] == ["meta", "feed"]
    assert fed["published"] == html["published"]


def test_what_a_feed_said_of_a_page_is_an_object(tmp_path: Path) -> None:
    broken: list[object] = [[], "x", {"published": "yesterday"}, {"title": 5}]
    for wrong in broken:
        name = lines(tmp_path / "pages.jsonl", [{"id": "a", "html": PAGE, "entry": wrong}])
        result = tried("page", name)
        assert (result.exit_code, orjson.loads(result.stdout)["outcome"]) == (1, "bad_input")
        assert "entry" in result.stderr


def test_times_come_back_as_instants_and_as_null_where_they_cannot_be_told(tmp_path: Path) -> None:
    given = [
        {"raw": "Jan 15 2024 | 2:43 PM IST", "time_zone": "Asia/Kolkata"},
        {"raw": "yesterday"},
        {"raw": 5},
        {"raw": "2026-03-01"},
    ]
    name = lines(tmp_path / "dates.jsonl", given)
    found = rows("date", name, exit_code=1)
    assert found == [
        {"raw": "Jan 15 2024 | 2:43 PM IST", "time": "2024-01-15T14:43:00+05:30"},
        {"raw": "yesterday", "time": None},
        {"raw": "2026-03-01", "time": "2026-03-01T00:00:00+00:00"},
    ]
    assert "line 3: expected 'raw' as text, found 5" in tried("date", name).stderr
