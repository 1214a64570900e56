"""Whatever stands in a header, an element or a JSON value: an outcome of the closed set, never an exception.

A long run by hand: `WIREWATCH_TEST_EFFORT=100 pytest tests/ingest/parse/test_any_bytes.py`.
"""

import json
import random
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.db.types import storable
from core.model.outcome import ArticleOutcome, PollOutcome
from core.model.source import Entry, Source
from ingest.parse.read import content_of, feed_of, page_of
from ingest.parse.shapes import (
    MOST_ENTRIES,
    MOST_LINK,
    MOST_NAME,
    MOST_NAMES,
    MOST_TITLE,
    UNKNOWN_PUBLISHER,
    ParsedEntry,
    ParsedFeed,
    ParsedPage,
    ParseFailure,
    Publisher,
)
from tests.effort import tries

CASES = tries(60)
URL = "https://herald.example/2026/rss"
NASTY = st.sampled_from(
    ["²", "٣", "&#xD800;", "&#x110000;", "&#1;", "\ud800", "\x1b]0;x\x07", "]]>", "<![CDATA[", "<!--", "&", "&lt;b&gt;", "<", ">",
     "99999999999999999999", "Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "http://[", "a@b (c", "//", "\u202e", "\x00", "1e9"]
)  # fmt: skip
TEXTS = st.lists(NASTY | st.text(max_size=20), max_size=4).map("".join)
ELEMENTS = (
    "title link guid pubDate author category description content:encoded dc:date dc:creator dc:subject ttl language"
    " lastBuildDate enclosure media:content georss:point itunes:duration cloud image skipHours updated id sy:updateFrequency"
).split()
SPACES = " ".join(
    f"xmlns:{name}='{uri}'"
    for name, uri in {
        "content": "http://purl.org/rss/1.0/modules/content/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "media": "http://search.yahoo.com/mrss/",
        "georss": "http://www.georss.org/georss",
        "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "sy": "http://purl.org/rss/1.0/modules/syndication/",
    }.items()
)
GOOD = "<item><title>Good headline</title><link>https://herald.example/good</link><guid>good</guid></item>"
FEED = (
    f"<?xml version='1.0'?><rss version='2.0' {SPACES}><channel><title>t</title><ttl>60</ttl>"
    "<item><title>a</title><link>http://h.example/1</link><guid>1</guid><pubDate>Mon, 01 Jan 2024 00:00:00 GMT</pubDate>"
    "<author>a@b.example (c)</author><category>x</category><description><![CDATA[<p>x</p>]]></description></item>"
    f"{GOOD}</channel></rss>"
)
ATOM = (
    "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://h.example/'><title type='html'>t</title><updated>2024-01-01T00:00:00Z</updated>"
    "<entry><id>1</id><title>a</title><link href='/1'/><author><name>b</name><email>c@d.example</email></author>"
    "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><a href='2'>x</a></div></content></entry></feed>"
)
SITEMAP = (
    "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>"
    "<url><loc>http://h.example/1</loc><lastmod>2024-01-01</lastmod><priority>0.5</priority><news:news><news:title>t</news:title>"
    "<news:publication_date>2024-01-01</news:publication_date></news:news></url></urlset>"
)
JSON_FEED = (
    '{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{"id": "1", "url": "http://h.example/1",'
    ' "title": "a", "date_published": "2024-01-01T00:00:00Z", "authors": [{"name": "b"}], "tags": ["c"]}]}'
)
LINKED = '{"@type": "NewsArticle", "headline": "a", "datePublished": "2024-01-01", "author": [{"name": "b"}], "keywords": "c, d"}'
PAGE = (
    "<html lang='en'><head><title>t</title><meta property='article:published_time' content='2024-01-01'>"
    f"<link rel='canonical' href='/1'><script type='application/ld+json'>{LINKED}</script></head><body><nav>x</nav><article>"
    f"<h1>a</h1><p>{'The harbour was closed on Monday, the authority said. ' * 4}</p><ul><li><a href='/2'>x</a></li></ul></article></body></html>"
)


def check_line(text: str, most: int) -> None:
    assert len(text) <= most
    assert storable(text) == text
    assert not any(char < " " or "\x7f" <= char <= "\x9f" or "\ud800" <= char <= "\udfff" for char in text)


def check_feed(found: ParsedFeed | ParseFailure) -> ParsedFeed | None:
    if isinstance(found, ParseFailure):
        assert PollOutcome(found.outcome)
        orjson.dumps(found.detail)
        return None
    assert len(found.entries) <= MOST_ENTRIES
    check_line(found.title, MOST_TITLE)
    for entry in found.entries:
        check_entry(entry)
    return found


def check_entry(entry: ParsedEntry) -> None:
    check_line(entry.title, MOST_TITLE)
    assert len(entry.url) <= MOST_LINK
    for names in (entry.authors, entry.tags):
        assert len(names) <= MOST_NAMES
        for name in names:
            check_line(name, MOST_NAME)
    for moment in (entry.published, entry.updated):
        assert moment is None or 1990 <= moment.year <= 9000


def check_page(found: ParsedPage | ParseFailure) -> None:
    if isinstance(found, ParseFailure):
        assert ArticleOutcome(found.outcome)
        orjson.dumps(found.detail)
        return
    check_line(found.title, MOST_TITLE)
    for names in (found.authors, found.tags):
        assert len(names) <= MOST_NAMES
        for name in names:
            check_line(name, MOST_NAME)


def entry(html: str, title: str) -> Entry:
    """An entry whose feed says this."""
    source = Source(source_id="s", name="Herald", url=URL)
    return Entry(entry_id="e", source=source, url=URL, title=title, content=html, seen=datetime(2026, 3, 2, tzinfo=UTC))


@CASES
@given(st.binary(max_size=200), st.text(max_size=60) | NASTY, st.dictionaries(st.sampled_from(
    ["content-location", "content-language", "Content-Type"]), TEXTS))  # fmt: skip
def test_any_header_beside_any_body(body: bytes, content_type: str, headers: dict[str, str]) -> None:
    for data in (body, FEED.encode(), PAGE.encode()):
        check_feed(feed_of(data, content_type, URL, UNKNOWN_PUBLISHER, headers))
        check_page(page_of(data, content_type, URL))


@CASES
@given(st.lists(st.tuples(st.sampled_from(ELEMENTS), TEXTS), max_size=6), st.booleans())
def test_any_text_in_any_element_costs_no_other_entry(elements: list[tuple[str, str]], cdata: bool) -> None:  # noqa: FBT001
    inner = "".join(f"<{name}>{_quoted(text, cdata=cdata)}</{name}>" for name, text in elements)
    body = f"<?xml version='1.0'?><rss version='2.0' {SPACES}><channel><title>t</title>{inner}<item>{inner}</item>{GOOD}</channel></rss>"
    found = check_feed(feed_of(body.encode("utf-8", "surrogatepass"), "text/xml; charset=utf-8", URL))
    assert found is not None
    assert "Good headline" in [entry.title for entry in found.entries]


def _quoted(text: str, *, cdata: bool) -> str:
    if cdata:
        return f"<![CDATA[{text.replace(']]>', '')}]]>"
    return text.replace("<", "&lt;").replace(">", "&gt;")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
JSON_NAMES = "id url external_url title summary content_html content_text date_published date_modified authors author tags language".split()


@CASES
@given(
    st.dictionaries(st.sampled_from(JSON_NAMES), JSON_VALUES), st.dictionaries(st.sampled_from(JSON_NAMES), JSON_VALUES)
)
def test_any_value_in_a_json_feed_costs_no_other_entry(item: dict[str, object], feed: dict[str, object]) -> None:
    good = {"id": "good", "url": "https://herald.example/good", "title": "Good headline"}
    body = json.dumps({**feed, "version": "x", "items": [item, good]})
    found = check_feed(feed_of(body.encode(), "application/feed+json", URL))
    if found is not None:  # NaN and Infinity are no JSON
        assert found.entries[-1].title == "Good headline"


@CASES
@given(st.dictionaries(st.sampled_from(["headline", "datePublished", "dateModified", "author", "keywords", "articleSection",
    "inLanguage", "@type", "@graph", "mainEntity"]), JSON_VALUES))  # fmt: skip
def test_any_value_in_a_pages_linked_data(data: dict[str, object]) -> None:
    body = PAGE.replace(LINKED, json.dumps({"@type": "NewsArticle"} | data).replace("</", ""))
    check_page(page_of(body.encode(), "text/html", URL))


@CASES
@given(TEXTS, TEXTS)
def test_any_text_on_a_page_or_in_a_feeds_own_html(text: str, title: str) -> None:
    check_page(content_of(entry(text * 20, title)))
    check_page(page_of(PAGE.replace("x", text).encode("utf-8", "surrogatepass"), "text/html; charset=utf-8", URL))


def mutated(body: bytes, chance: random.Random) -> bytes:
    """What line noise, careless software and ill will make of a body."""
    data = bytearray(body)
    for _ in range(chance.randint(1, 8)):
        at, size = chance.randrange(len(data) + 1), chance.randint(1, 12)
        match chance.randrange(5):
            case 0:
                del data[at : at + size]
            case 1:
                data[at:at] = data[at : at + size] * chance.choice((1, 2, 50))
            case 2:
                data[at : at + size] = bytes(chance.randrange(256) for _ in range(size))
            case 3:
                data[at:at] = chance.choice(_INSERTED)
            case _:
                data[at : at + 1] = bytes([chance.choice(b"<>&;\"'/]![-?=\x00\xff\x80 ")])
    return bytes(data)


_INSERTED = [text.encode() for text in ("&#xD800;", "&#x110000;", "²", "<![CDATA[", "]]>", "<!--", "-->", "&#1;", "</item>", "<item>", "99999999999")]  # fmt: skip


@pytest.mark.parametrize("body", [FEED, ATOM, SITEMAP, JSON_FEED, PAGE])
@CASES
@given(st.integers(0, 2**64))
def test_mutated_feeds_and_pages(body: str, seed: int) -> None:
    data = mutated(body.encode(), random.Random(seed))
    check_feed(feed_of(data, "", URL, Publisher(time_zone="Asia/Kolkata")))
    check_page(page_of(data, "", URL))
    check_page(content_of(entry(data.decode("utf-8", "replace"), "t")))


@pytest.mark.parametrize("reference", ["&#xD800;", "&#x110000;", "&#xFFFFFFFFFF;", "&#1;", "&#0;", "&#99999999999999;"])
def test_a_reference_to_no_character_costs_no_entry(reference: str) -> None:
    for body in (
        FEED.replace("a@b", f"a{reference}@b"),
        FEED.replace("</pubDate>", "</pubDate").replace("/1<", f"/1{reference}<"),
    ):
        found = check_feed(feed_of(body.encode(), "", URL))
        assert found is not None
        assert "Good headline" in [entry.title for entry in found.entries]


def test_titles_of_all_kinds_of_feeds_are_one_line_of_plain_text() -> None:
    title = "<b>Envoy</b> \x1b]0;pwned\x07\x1b[2J\nsecond line\u2028third"
    said = json.dumps({"version": "x", "title": title, "items": [{"id": 1, "title": title, "tags": [title] * 3}]})
    found = check_feed(feed_of(said.encode(), "", URL))
    assert found is not None
    assert found.title == found.entries[0].title == found.entries[0].tags[0] == "Envoy ]0;pwned[2J second line third"


def test_lists_and_lines_are_bounded() -> None:
    many = "".join(f"<category>c{n}</category><author>a{n}</author>" for n in range(1000))
    body = FEED.replace("<category>x", f"{many}<category>x").replace("<title>a<", f"<title>{'a' * 5000}<")
    found = check_feed(feed_of(body.replace("/1<", f"/{'1' * 5000}<").encode(), "", URL))
    assert found is not None
    assert found.entries[1].title == "Good headline"
    keywords = LINKED.replace("c, d", ", ".join(f"k{n}" for n in range(1000)))
    check_page(page_of(PAGE.replace(LINKED, keywords).encode(), "text/html", URL))
