"""Feeds as the world writes them, and feeds that are meant to harm."""

import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urljoin

import pytest
from feedparser.urls import RelativeURIResolver, resolve_relative_uris
from hypothesis import given
from hypothesis import strategies as st

from core.model.outcome import PollOutcome
from ingest.parse.feed import _RELATIVE, _WHOLE, absolute
from ingest.parse.read import feed_of
from ingest.parse.shapes import MOST_ENTRIES, UNKNOWN_PUBLISHER, ParsedFeed, ParseFailure, Publisher
from tests.effort import tries

URL = "https://herald.example/rss"
RSS = '<rss version="2.0"><channel><title>H</title>{}</channel></rss>'


def parsed(text: str | bytes, content_type: str = "", **headers: str) -> ParsedFeed:
    body = text if isinstance(text, bytes) else text.encode()
    found = feed_of(body, content_type, URL, UNKNOWN_PUBLISHER, headers)
    assert isinstance(found, ParsedFeed), found
    return found


def refused(text: str | bytes) -> ParseFailure:
    found = feed_of(text if isinstance(text, bytes) else text.encode(), "", URL)
    assert isinstance(found, ParseFailure), found
    assert PollOutcome(found.outcome)
    assert found.detail
    return found


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("", "parse"),
        ("  \n ", "parse"),
        ("<html><body>Not found</body></html>", "not_a_feed"),
        ("<!DOCTYPE html><title>Login</title>", "not_a_feed"),
        ("<opml version='2.0'/>", "not_a_feed"),
        ("<sitemapindex/>", "not_a_feed"),
        ("hello", "not_a_feed"),
        ('{"items": 5}', "not_a_feed"),
        ('{"items": [', "parse"),
        (b"\x00\x01\x02" * 50, "bad_encoding"),
        ("<urlset><url><loc>https://a.example/x</loc></url></urlset>", "not_a_feed"),
    ],
)
def test_what_is_no_feed_ends_with_a_name_and_a_reason(body: str | bytes, outcome: str) -> None:
    assert refused(body).outcome == outcome


def test_a_feed_without_entries_is_a_feed() -> None:
    assert parsed(RSS.format("")).entries == ()


def many(days: Iterable[int | None]) -> str:
    """A feed of entries of so many days after the beginning of 2020."""
    items = []
    for n, day in enumerate(days):
        dated = "" if day is None else format_datetime(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=day))
        items.append(f"<item><title>{n}</title><link>/{n}</link><pubDate>{dated}</pubDate></item>")
    return RSS.format("".join(items))


@pytest.mark.parametrize("total", [MOST_ENTRIES, MOST_ENTRIES + 1, 3000])
def test_of_a_feed_with_too_many_entries_the_newest_are_read(total: int) -> None:
    shuffled = random.Random(1).sample(range(total), total)
    for days in (range(total), reversed(range(total)), shuffled):
        order = list(days)
        found = [int(entry.title) for entry in parsed(many(order)).entries]
        assert found == sorted(found)
        assert {order[n] for n in found} == set(range(total - MOST_ENTRIES, total))


def test_of_entries_without_dates_the_first_and_the_last_are_read() -> None:
    found = parsed(many([None] * 3000))
    half = MOST_ENTRIES // 2
    assert [entry.title for entry in found.entries] == [str(n) for n in (*range(half), *range(3000 - half, 3000))]
    assert found.title == "H"


def test_one_entry_without_a_date_is_as_new_as_its_neighbour() -> None:
    days: list[int | None] = [*range(2000), None]
    assert parsed(many(days)).entries[-1].title == "2000"


def test_the_newest_of_a_long_json_feed_are_read() -> None:
    items = [
        {"id": str(n), "title": "t", "date_published": f"{2000 + n // 300}-01-01T00:00:{n % 60:02}Z"}
        for n in range(6000)
    ]
    found = parsed(json.dumps({"version": "x", "items": items}))
    assert len(found.entries) == MOST_ENTRIES
    assert min(int(entry.guid or 0) for entry in found.entries) >= 4800


def test_a_document_that_breaks_off_gives_what_came() -> None:
    whole = RSS.format("<item><title>One</title></item><item><title>Two</title><link>/two</link></item>")
    for end in range(len(whole) - 40, len(whole)):
        titles = [entry.title for entry in parsed(whole[:end]).entries]
        assert titles[:1] == ["One"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251", "koi8-r"])
def test_the_encoding_of_the_header_counts(encoding: str) -> None:
    body = RSS.format("<item><title>Москва</title></item>").encode(encoding)
    assert parsed(body, f"application/rss+xml; charset={encoding}").entries[0].title == "Москва"


def test_a_declaration_that_lies_is_not_believed() -> None:
    body = "<?xml version='1.0' encoding='us-ascii'?>" + RSS.format("<item><title>Köln “zu”</title></item>")
    assert parsed(body).entries[0].title == "Köln “zu”"
    assert parsed(body.encode("cp1252")).entries[0].title == "Köln “zu”"


def test_characters_that_no_document_may_hold_do_not_end_it() -> None:
    assert parsed(RSS.format("<item><title>A\x0bB\x00C</title></item>")).entries[0].title == "ABC"


def test_entities_cannot_expand() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]>' + RSS.format("<item><title>&l9;</title></item>")
    [entry] = parsed(bomb).entries
    assert len(entry.title) < 100
    quadratic = (
        '<!DOCTYPE rss [<!ENTITY a "' + "x" * 99 + '">]>' + RSS.format(f"<item><title>{'&a;' * 5000}</title></item>")
    )
    assert len(parsed(quadratic).entries[0].title) < 120_000
    outside = '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/hostname">]>' + RSS.format(
        "<item><title>a&f;</title></item>"
    )
    assert parsed(outside).entries[0].title in ("a", "a&f;")


def test_links_are_absolute_against_the_feed_and_what_it_was_served_as() -> None:
    feed = RSS.format("<link>/</link><item><link>a/b</link></item><item><guid>https://x.example/1</guid></item>")
    assert [entry.url for entry in parsed(feed).entries] == ["https://herald.example/a/b", "https://x.example/1"]
    located = parsed(feed, **{"Content-Location": "https://cdn.example/feeds/1"})
    assert located.entries[0].url == "https://cdn.example/feeds/a/b"
    assert parsed(RSS.format("<item><link>http://[</link></item>")).entries[0].url in ("", "http://[")


@tries(300)
@given(st.from_regex(_WHOLE, fullmatch=True), st.sampled_from([URL, "http://herald.example/a/b/", "", "feed"]))
def test_a_whole_address_is_what_joining_makes_of_it(link: str, base: str) -> None:
    assert absolute(base, link) == urljoin(base, link) == link


def test_addresses_in_markup_are_absolute_and_markup_without_others_stays_as_it_came() -> None:
    whole = (
        "<p class=lead>One &amp; two <a href='https://x.example/1'>three</a><br><img src=http://x.example/2.png></p>"
    )
    item = "<item><link>/1</link><description><![CDATA[{}]]></description></item>"
    feed = parsed(RSS.format(item.format(whole) + item.format("<A HREF = '/2'>two</A> <img src=3.png>")))
    assert feed.entries[0].summary == whole
    assert 'href="https://herald.example/2"' in feed.entries[1].summary
    assert 'src="https://herald.example/3.png"' in feed.entries[1].summary
    atom = (
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://cdn.example/a/'><entry>"
        "<content type='html' xml:base='b/'>&lt;a href='c'>c&lt;/a></content></entry></feed>"
    )
    assert 'href="https://cdn.example/a/b/c"' in parsed(atom).entries[0].content


@tries(300)
@given(
    st.sampled_from(sorted({name for _, name in RelativeURIResolver.relative_uris})).flatmap(
        lambda name: st.sampled_from([name, name.upper()])
    ),
    st.sampled_from(["=", " =", "\n= ", "= "]),
    st.sampled_from(["'", '"', ""]),
    st.sampled_from(
        ["/a", "b", "?c", "#d", "//e.x/", "javascript:f", "mailto:g", "httpd/h", " https:i", "HTTP://j.x/"]
    ),
)
def test_an_address_that_is_not_whole_is_seen(name: str, equals: str, quote: str, link: str) -> None:
    tag = next(tag for tag, its in sorted(RelativeURIResolver.relative_uris) if its == name.lower())
    html = f"<{tag} {name}{equals}{quote}{link}{quote}>x"
    assert _RELATIVE.search(html) or link in resolve_relative_uris(html, URL, "utf-8", "text/html")


def test_a_time_is_the_publishers_and_an_update_is_no_publication() -> None:
    item = "<item><title>x</title><pubDate>Mon, 02 Mar 2026 10:30:00 IST</pubDate></item>"
    body = RSS.format(item).encode()
    here, there = (feed_of(body, "", URL, Publisher(time_zone=zone)) for zone in ("Asia/Kolkata", "Asia/Jerusalem"))
    assert isinstance(here, ParsedFeed)
    assert isinstance(there, ParsedFeed)
    assert here.entries[0].published == datetime(2026, 3, 2, 5, tzinfo=UTC)
    assert there.entries[0].published == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    assert here.entries[0].updated is None


fragments = st.lists(
    st.sampled_from(
        ["<rss>", "<channel>", "<item>", "<title>", "</title>", "</item>", "<link>", "<![CDATA[", "]]>", "&", "&#x0;", "<!--",
         "-->", "<!DOCTYPE x [", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "<updated>", "2026", "<guid>", "\x00", "é",
         "<content type='xhtml'>", "xml:base='http://['", "<urlset>", "<url>", "<loc>", "{", '"items": [', "}", "<html>", "\ud83d"]
    ),
    max_size=25,
)  # fmt: skip


@tries(150)
@given(fragments)
def test_no_document_ends_in_anything_but_a_feed_or_a_named_failure(pieces: list[str]) -> None:
    found = feed_of("".join(pieces).encode("utf-8", "surrogatepass"), "", URL)
    assert isinstance(found, ParsedFeed | ParseFailure)
    if isinstance(found, ParseFailure):
        assert PollOutcome(found.outcome)
