"""Hostile shapes cost what their length costs: four times the length, about four times the time, never its square.

CPU time of this thread is compared with itself, so neither the machine's speed nor its load matters; what is too quick to
be measured is no danger.
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from core.model.source import Entry, Source
from ingest.parse.charset import decoded
from ingest.parse.read import content_of, feed_of, page_of, warm_up
from ingest.parse.shapes import ParsedFeed, ParsedPage, ParseFailure

pytestmark = pytest.mark.usefixtures("own_garbage")

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


def scripted(inner: str) -> str:
    return f"<html><head><title>T</title></head><body><h1>T</h1>{PROSE * 3}<script>{inner}</script></body></html>"


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
    "warnings before": lambda n: "<br/>Warning: x\n" * n + rss(""),
    "blank lines before": lambda n: "<br/>" + "\n" * n * 20 + rss(""),
    "blanks before JSON": lambda n: "x" + "\n \t" * n * 20 + '{"items":[]}',
    "blanks in brackets": lambda n: "x\n" + ("{" + " " * 60) * n,
    "declarations before": lambda n: "<br/>" + "<?xml version='1.0'?>\n" * n + rss(""),
    "titles that nobody closes": lambda n: rss("<item><title>x<link>y" * n),
    "links behind their elements": lambda n: rss("<item><link/> " * n),
    "comments in a title": lambda n: entry("<title><![CDATA[" + "<!--" * n + "]]></title>"),
    "roots before": lambda n: "<rss> " * n + rss(""),
    "comments with roots before": lambda n: "<!--<rss>-->" * n + rss(""),
    "roots in a comment": lambda n: "<!--" + "<rss> " * n + "-->" + rss(""),
    "ends of roots": lambda n: rss("") + "</rss>" * n,
    "cdata in cdata": lambda n: entry("<description><![CDATA[" + "<![CDATA[" * n + "]]>" * n + "</description>"),
    "cdata in cdata again and again": lambda n: entry("<a><![CDATA[<![CDATA[]]></a>" * n),
    "ends of cdata": lambda n: entry("<description>" + "]]>" * n + "</description>"),
    "ampersands": lambda n: entry("<description>" + "& &a &a; &#x; " * n + "</description>"),
    "brackets": lambda n: entry("<title>" + "< " * n + "</title>"),
    "prefixes": lambda n: rss("".join(f"<p{i}:x/>" for i in range(n))),
    "tags in a title": lambda n: entry("<title><![CDATA[" + "<b><br " * n + "]]></title>"),
    "links of a channel": lambda n: f"<rss><channel>{'<link>x' * n}{ITEM}</channel></rss>",
    "items without dates": lambda n: rss("<item><title>x</title></item>" * n),
    "items with odd dates": lambda n: rss("<item><pubDate>the 3rd of some month</pubDate></item>" * n),
    "a mixed up feed": lambda n: rss(
        "".join(f"<item><pubDate>{i % 28 + 1} Jan {2000 + i % 25} 10:00:00 GMT</pubDate></item>" for i in range(n))
    ),
    "JSON that breaks off": lambda n: '{"items":[' + '{"id":"1",' * n,
    "JSON of quotes": lambda n: '{"items":[{"id":"' + '"' * n + "}]}",
    "a JSON array": lambda n: "[" + '{"id":"1","title":"x"},' * n + "]",
    "sitemap": lambda n: (
        f"<urlset>{'<url><loc>http://a.example/1</loc><lastmod>2026-01-01</lastmod></url>' * n}</urlset>"
    ),
}
PAGES: dict[str, Callable[[int], str]] = {
    "data that begins again and again": lambda n: scripted("a=" + "[{" * n),
    "data in data": lambda n: scripted("a=" + '{"body":[' * n + "1" + "]}" * n),
    "data that is parsed": lambda n: scripted('JSON.parse("' * n),
    "literals": lambda n: scripted('{a:b,body:"x' * n),
    "rows of a stream": lambda n: scripted('self.__next_f.push([1,"1:Tff,abc"])' * n),
    "bodies": lambda n: scripted("a=" + json.dumps([{"title": f"t{i}", "body": "word " * 40} for i in range(n)])),
    "bodies in bodies": lambda n: scripted("a=" + '{"body":{"content":' * min(n, 400) + '"x"' + "}}" * min(n, 400)),
    "headings of the first rank": lambda n: page("<h1>T</h1><p>word word</p>" * n),
    "stories": lambda n: page(f"<article><h1>Other</h1>{PROSE}</article>" * n),
    "hidden parts": lambda n: page(f"<div style='display:none'>{PROSE}</div>" * n),
    "boxes in boxes with text": lambda n: page(f"<div class='share'>{PROSE}" * n),
    "lists of teasers": lambda n: page("<ul>" + "<li><h3>x</h3>" * n + "</ul>"),
    "breaks that part": lambda n: page("word word<br><br>" * n),
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
    "links to pages": lambda n: page("<p><a rel=next href='?page=2'>2</a></p>" * n),
    "links to pages far down": lambda n: page("<a href='?page=2'>" * n + "2"),
    "refreshes": lambda n: page("<meta http-equiv=refresh content='0;url=/x'>" * n),
    "a long refresh": lambda n: page("<meta http-equiv=refresh content='" + "0 " * n + "url=/x'>"),
    "scripts that go elsewhere": lambda n: page("<script>location='/" + "x" * n + "</script>"),
    "attributes": lambda n: page("<p " + " ".join(f"a{i}=x" for i in range(n)) + ">x"),
    "a long class": lambda n: page("<div class='" + "read-" * n + "'>x</div>"),
    "breaks": lambda n: page("x<br>" * n),
    "a long line": lambda n: page("<p>" + "word | " * n),
    "entities": lambda n: page("&amp;&foo" * n),
    "authors": lambda n: linked('{"@type":"Article","author":[' + ",".join(f'"a{i}"' for i in range(n)) + "]}"),
    "brackets": lambda n: linked('{"@type":"Article","author":' + "[" * n + "]" * n + "}"),
    "quotes in linked data": lambda n: linked('{"@type":"Article","headline":"' + '"' * n + ' "' * n),
    "open objects in linked data": lambda n: linked('{"@type":"Article","about":' * n),
    "objects of linked data": lambda n: linked('{"@type":"Article","headline":"a","url":"/b"}' * n),
    "articles in linked data": lambda n: linked(
        "[" + ",".join('{"@type":"Article","headline":"Other one of these"}' for _ in range(n)) + "]"
    ),
    "marks in linked data": lambda n: linked("<![CDATA[" * n + "// " * n + "/*" * n),
    "headings": lambda n: page("<h1>Other heading</h1>" * n),
    "headings in headings": lambda n: page("<h1><div>x" * n),
    "paragraphs in headings": lambda n: page("<h1><p>x" * n + "</h1>"),
    "times": lambda n: page("<time datetime='x'>x</time>" * n),
    "times in times": lambda n: page("<time class=date><div>1" * n),
    "dated lines": lambda n: page("<div>Published: 1</div>" * n),
    "dates in a line": lambda n: page("<div class=date>" + "1 May 2026 " * n + "</div>"),
    "bylines": lambda n: page("<span class='byline'>By Jane Doe</span>" * n),
    "articles": lambda n: page("<article><p>x</p>" * n),
    "notes": lambda n: page("<div>© AP</div>" * n),
    "names": lambda n: page("<meta name='author' content='" + "Jane Doe and " * n + "'>"),
    "a title of bars": lambda n: page("<meta property='og:title' content='" + "a | " * n + "'>"),
    "canonical addresses": lambda n: page("<link rel='canonical' href='/a?b=1'>" * n),
    "a long canonical address": lambda n: page("<link rel='canonical' href='/" + "a-" * n + "'>"),
    "a dateline": lambda n: page("<p>" + "SEOUL (AP) " * n),
    "meta": lambda n: page("<meta name='a' content='b'>" * n + "<meta " * n),
}


BYTES: dict[str, Callable[[int], bytes]] = {
    "a bad byte and a bracket": lambda n: b"<p>" + b"\xff<" * n * 10,
    "bad bytes": lambda n: b"<p>" + b"\xff" * n * 20,
    "another alphabet": lambda n: b"<p>" + "Посол прибыл ".encode("cp1251") * n,
    "pieces of it": lambda n: b"<p>" + b"aaaaaaaaaaaaa\xe9<" * n,
    "claims": lambda n: b"<meta charset=koi8-r><meta charse" * n + b"\xff",
    "escapes": lambda n: b"<p>\x1b$B" + b"\x7f!" * n * 5,
    "zeros": lambda n: b"<\x00" * n * 10,
    "utf-8 with bad bytes": lambda n: b"<p>" + "Посол".encode() * n + b"\xff" * n,
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


@pytest.mark.parametrize("shape", BYTES)
@pytest.mark.parametrize("claimed", ["", "shift_jis", "utf-8"])
def test_decoding_costs_its_length(shape: str, claimed: str) -> None:
    def timed(body: bytes) -> float:
        began = time.thread_time()
        decoded(body, f"text/html; charset={claimed}")
        return time.thread_time() - began

    warm_up()
    short, long = BYTES[shape](N), BYTES[shape](4 * N)
    assert min(timed(long) for _ in range(3)) < max(MOST_RATIO * min(timed(short) for _ in range(3)), TOO_QUICK_SECONDS)


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
