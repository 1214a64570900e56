"""Hostile shapes cost what their length costs: four times the length, about four times the time, never its square.

CPU time of this thread is compared with itself, so neither the machine's speed nor its load matters; what is too quick to
be measured is no danger.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from core.model.source import Entry, Source
from ingest.parse.read import content_of, feed_of, page_of, warm_up
from ingest.parse.shapes import ParsedFeed, ParsedPage, ParseFailure

N = 2000
MOST_RATIO = 9.0  # 4 where it is linear, 16 where it is quadratic
TOO_QUICK_SECONDS = 0.3
URL = "https://herald.example/2026/1"
ITEM = "<item><title>Good headline</title><link>/2</link></item>"
PROSE = "<p>The harbour was closed for repairs after the storm of the weekend, the authority said on Monday.</p>"


def rss(inner: str) -> str:
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>t</title>{ITEM}{inner}</channel></rss>"


def entry(inner: str) -> str:
    return rss(f"<item><title>a</title>{inner}</item>")


def page(inner: str) -> str:
    return f"<html><head><title>T</title></head><body><article><h1>T</h1>{PROSE * 3}{inner}</article></body></html>"


def linked(inner: str) -> str:
    return page(f"<script type='application/ld+json'>{inner}</script>")


FEEDS: dict[str, Callable[[int], str]] = {
    "doctypes": lambda n: "<?xml version='1.0'?>" + "<!DOCTYPE [" * n + rss(""),
    "doctypes that end": lambda n: "<!DOCTYPE a [] " * n + rss(""),
    "a doctype of brackets": lambda n: "<!DOCTYPE rss [" + "]    " * n + rss(""),
    "comments that never end": lambda n: "<?xml version='1.0'?>" + "<!--" * n + rss(""),
    "instructions that never end": lambda n: "<?" * n + rss(""),
    "comments within": lambda n: rss("<!--" * n),
    "cdata within": lambda n: entry("<description>" + "<![CDATA[" * n + "</description>"),
    "attributes": lambda n: rss("<item " + " ".join(f"a{i}='x'" for i in range(n)) + "><title>x</title></item>"),
    "categories": lambda n: entry("".join(f"<category>c{i}</category>" for i in range(n))),
    "an author like an address": lambda n: entry("<author>" + "a." * n + "</author>"),
    "bases": lambda n: rss("<a xml:base='b/'>" * n),
    "namespaces": lambda n: rss("".join(f"<a{i}:x xmlns:a{i}='u{i}'/>" for i in range(n))),
    "blanks before an address": lambda n: entry("<description><![CDATA[<a href=" + "  " * n + "]]></description>"),
    "nesting": lambda n: rss("<a>" * n),
    "entities": lambda n: entry("<description>" + "&amp;&foo" * n + "</description>"),
    "quotes in markup": lambda n: entry("<description><![CDATA[" + "<a href='" * n + "]]></description>"),
    "links": lambda n: entry("".join(f"<link>http://a.example/{i}</link>" for i in range(n))),
    "JSON tags": lambda n: '{"items":[{"id":"1","tags":[' + ",".join(f'"t{i}"' for i in range(n)) + "]}]}",
    "sitemap": lambda n: (
        f"<urlset>{'<url><loc>http://a.example/1</loc><lastmod>2026-01-01</lastmod></url>' * n}</urlset>"
    ),
}
PAGES: dict[str, Callable[[int], str]] = {
    "spans": lambda n: page("<span>x</span>" * n),
    "spans in spans": lambda n: page("<span>" * n + "x"),
    "blocks in blocks": lambda n: page("<div><p>short" * n),
    "links": lambda n: page("<a href='/x'>link</a> " * n),
    "lines of links": lambda n: page("<ul>" + "<li><a href='/x'>link</a></li>" * n + "</ul>"),
    "boxes": lambda n: page("<div class='related'>x</div>y" * n),
    "scripts with text behind": lambda n: page("<script></script>x" * n),
    "figures with text behind": lambda n: page("<figure>x</figure>y" * n),
    "frames with text behind": lambda n: page("<iframe src=x></iframe>y" * n),
    "videos with text behind": lambda n: page("<video><source></video>y" * n),
    "titles with text behind": lambda n: page("<title></title>y" * n),
    "tables": lambda n: page("<table>word word</table>\n" * n),
    "labels with text behind": lambda n: page("<label>x</label>y" * n),
    "scripts that never end": lambda n: page("<script>" * n),
    "comments that never end": lambda n: page("<!--" * n),
    "cdata that never ends": lambda n: page("<![CDATA[" * n),
    "attributes": lambda n: page("<p " + " ".join(f"a{i}=x" for i in range(n)) + ">x"),
    "a long class": lambda n: page("<div class='" + "read-" * n + "'>x</div>"),
    "breaks": lambda n: page("x<br>" * n),
    "a long line": lambda n: page("<p>" + "word | " * n),
    "entities": lambda n: page("&amp;&foo" * n),
    "authors": lambda n: linked('{"@type":"Article","author":[' + ",".join(f'"a{i}"' for i in range(n)) + "]}"),
    "brackets": lambda n: linked('{"@type":"Article","author":' + "[" * n + "]" * n + "}"),
    "meta": lambda n: page("<meta name='a' content='b'>" * n + "<meta " * n),
}


def seconds(parse: Callable[[], ParsedFeed | ParsedPage | ParseFailure]) -> float:
    began = time.thread_time()
    parse()
    return time.thread_time() - began


def check(parse: Callable[[str], ParsedFeed | ParsedPage | ParseFailure], make: Callable[[int], str]) -> None:
    warm_up()
    short, long = make(N), make(4 * N)
    for _ in range(3):  # a busy machine may spoil one comparison, hardly three
        once, four_times = seconds(lambda: parse(short)), seconds(lambda: parse(long))
        if four_times < max(MOST_RATIO * once, TOO_QUICK_SECONDS):
            return
    pytest.fail(f"{once:.3f} s for a length, {four_times:.3f} s for four times of it")


def told(html: str, title: str) -> Entry:
    """An entry whose feed says this."""
    source = Source(source_id="s", name="Herald", url=URL)
    return Entry(entry_id="e", source=source, url=URL, title=title, content=html, seen=datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.parametrize("shape", FEEDS)
def test_a_feed_costs_its_length(shape: str) -> None:
    check(lambda text: feed_of(text.encode(), "", URL), FEEDS[shape])


@pytest.mark.parametrize("shape", PAGES)
def test_a_page_costs_its_length(shape: str) -> None:
    check(lambda text: page_of(text.encode(), "text/html", URL), PAGES[shape])


@pytest.mark.parametrize("shape", PAGES)
def test_a_feeds_own_html_costs_its_length(shape: str) -> None:
    check(lambda text: content_of(told(text, "T")), PAGES[shape])


def test_what_stands_around_a_flood_is_read() -> None:
    for shape in (
        "doctypes",
        "namespaces",
        "comments within",
        "attributes",
        "categories",
        "bases",
        "an author like an address",
    ):
        found = feed_of(FEEDS[shape](300).encode(), "", URL)
        assert isinstance(found, ParsedFeed), shape
        assert "Good headline" in [one.title for one in found.entries], shape
    for shape, make in PAGES.items():
        read = page_of(make(300).encode(), "text/html", URL)
        assert isinstance(read, ParsedPage), shape
        assert "harbour was closed" in read.text, shape
