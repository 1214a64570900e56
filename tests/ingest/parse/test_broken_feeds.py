"""Feeds that are not what their format asks for, as the web is full of them: nothing of the news in them is lost."""

import json

import pytest

from ingest.parse.feed_title import of_text, plain
from ingest.parse.read import feed_of
from ingest.parse.shapes import ParsedEntry, ParsedFeed, ParseFailure

URL = "https://herald.example/rss"
ITEM = "<item><title>Envoy arrives</title><link>https://herald.example/a/1</link><description>A short text.</description></item>"
CHANNEL = "<channel><title>Herald</title><link>https://herald.example/</link>"
FEED = f"<?xml version='1.0' encoding='utf-8'?>\n<rss version='2.0'>{CHANNEL}{ITEM}</channel></rss>"


def entries(text: str, url: str = URL) -> tuple[ParsedEntry, ...]:
    found = feed_of(text.encode("utf-8", "surrogatepass"), "text/xml; charset=utf-8", url)
    assert isinstance(found, ParsedFeed), found
    return found.entries


def rss(inner: str, head: str = CHANNEL, root: str = "") -> str:
    return f"<?xml version='1.0'?><rss version='2.0'{root}>{head}<item>{inner}</item></channel></rss>"


def atom(inner: str, root: str = "") -> str:
    return (
        f"<feed xmlns='http://www.w3.org/2005/Atom'{root}><title>H</title><entry><id>urn:1</id>{inner}</entry></feed>"
    )


BEFORE = {
    "blank lines": "\n\n  \n",
    "a mark": "\ufeff",
    "marks and blank lines": "\ufeff\ufeff\n",
    "a comment": "<!-- cached 2026-03-02 -->\n",
    "a comment with a feed": "<!-- <rss version='2.0'><channel></channel></rss> -->",
    "a warning in words": "Warning: Undefined variable $x in /srv/feed.php on line 12\n",
    "a warning in HTML": "<br />\n<b>Warning</b>:  Undefined array key in <b>/srv/feed.php</b> on line <b>12</b><br />\n",
    "a notice in a table": "<table class='xdebug-error'><tr><td>Notice: x in /srv/a.php on line 3</td></tr></table>\n",
    "a script": "<script>var x = '<rss>';</script>\n",
    "a paragraph": "<p>There has been an error.</p>\n",
    "a style sheet": "<?xml-stylesheet type='text/xsl' href='/rss.xsl'?>\n",
    "a document type": "<!DOCTYPE rss PUBLIC '-//Netscape Communications//DTD RSS 0.91//EN' 'http://my.netscape.com/rss.dtd'>\n",
}


@pytest.mark.parametrize("name", BEFORE)
def test_what_a_server_prints_before_a_feed_is_no_part_of_it(name: str) -> None:
    for feed in (FEED, FEED.partition("?>")[2].strip()):
        [entry] = entries(BEFORE[name] + feed)
        assert (entry.title, entry.url) == ("Envoy arrives", "https://herald.example/a/1")


@pytest.mark.parametrize(
    "behind", ["<!-- 0.3 s -->", "<br /><b>Warning</b>: x & y<br>", "\n\n\x00", "</body></html>", "served by a & b"]
)
def test_what_stands_behind_a_feed_is_no_part_of_it(behind: str) -> None:
    assert [entry.title for entry in entries(FEED + behind)] == ["Envoy arrives"]


def test_a_page_that_speaks_of_feeds_is_no_feed() -> None:
    for page in (
        "<!DOCTYPE html><html><head><title>x</title></head><body><pre><?xml version='1.0'?><rss></pre></body></html>",
        "<div>How to write &lt;rss&gt;</div><p>Use <code>&lt;rss version='2.0'></code></p>",
    ):
        found = feed_of(page.encode(), "text/html", URL)
        assert isinstance(found, ParseFailure)
        assert found.outcome == "not_a_feed"


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("R&D at AT&T", "R&D at AT&T"),
        ("Kim & Putin", "Kim & Putin"),
        ("Kim&nbsp;&ndash; Putin&rsquo;s talks &hellip;", "Kim – Putin’s talks …"),
        ("&laquo;Herald&raquo; &euro;5 &mdash; &Uuml;ber", "«Herald» €5 — Über"),
        ("A &unknown; name", "A &unknown; name"),
        ("Kim &amp; Putin", "Kim & Putin"),
        ("Kim &amp;amp; Putin: what&amp;#8217;s next", "Kim & Putin: what’s next"),
        ("Kim &amp;amp;amp; Putin", "Kim & Putin"),
        ("&amp;quot;No&amp;quot;, he said", '"No", he said'),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("Vector&lt;int&gt; wins", "Vector<int> wins"),
        ("&lt;Pyongyang Times&gt; reports launch", "<Pyongyang Times> reports launch"),
        ("Why &amp;lt;b&amp;gt; is bold", "Why <b> is bold"),
        ("Why &lt;b&gt; is bold", "Why <b> is bold"),
        ("&lt;b&gt;Bold&lt;/b&gt; claim", "Bold claim"),
        ("North Korea&lt;br/&gt;Russia", "North Korea Russia"),
        ("<![CDATA[North Korea<br>Russia]]>", "North Korea Russia"),
        ("<![CDATA[<p>North Korea</p><p>Russia</p>]]>", "North Korea Russia"),
        ("<![CDATA[<h2>North Korea</h2>Russia]]>", "North Korea Russia"),
        ("<![CDATA[Inter<b>nation</b>al H<sub>2</sub>O]]>", "International H2O"),
        ("<![CDATA[R&D at AT&amp;T]]>", "R&D at AT&T"),
        ("<![CDATA[Kim&nbsp;&ndash; Putin]]>", "Kim – Putin"),
        ("<![CDATA[Kim <![CDATA[and]]> Putin]]>", "Kim and Putin"),
        ("<![CDATA[Kim]]> and <![CDATA[Putin]]>", "Kim and Putin"),
        ("<![CDATA[a ]]]]><![CDATA[> b]]>", "a ]]> b"),
        ("Kim ]]> Putin", "Kim ]]> Putin"),
        ("North Korea<br/>Russia <i>signs</i>", "North Korea Russia signs"),
        ("Line one\n  line two", "Line one line two"),
        ("Tab\there\x0b\x01", "Tab here"),
        ("&#8220;Yes&#8221; &#x2013; no&#0;", "“Yes” – no"),
        ("it&#146;s", "it’s"),
        ("Krieg &amp; Frieden: &#228;", "Krieg & Frieden: ä"),
    ],
)
def test_a_title_of_rss_is_the_text_that_was_meant(title: str, read: str) -> None:
    [entry] = entries(rss(f"<title>{title}</title><link>/1</link>"))
    assert entry.title == read
    assert entry.url == "https://herald.example/1"


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("<title type='text'>&lt;Pyongyang Times&gt; reports</title>", "<Pyongyang Times> reports"),
        ("<title>Vector&lt;int&gt; wins</title>", "Vector<int> wins"),
        ("<title type='text'>The &lt;b&gt; element</title>", "The <b> element"),
        ("<title type='text'>The &amp;lt;b&amp;gt; element</title>", "The &lt;b&gt; element"),
        ("<title>Kim &amp;amp; Putin&amp;#8217;s</title>", "Kim & Putin’s"),
        ("<title>R&D</title>", "R&D"),
        ("<title type='html'>&lt;b>Bold&lt;/b> R&amp;amp;D&lt;br>next</title>", "Bold R&D next"),
        ("<title type='html'>Vector&amp;lt;int&amp;gt; wins</title>", "Vector<int> wins"),
        ("<title type='html'><![CDATA[Kim &amp; <em>Putin</em>]]></title>", "Kim & Putin"),
        (
            "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>Less: <b>a</b> &lt; b</div></title>",
            "Less: a < b",
        ),
    ],
)
def test_a_title_of_atom_is_what_its_type_says(title: str, read: str) -> None:
    assert entries(atom(title))[0].title == read


def test_the_link_is_the_link_whatever_its_ampersands_look_like() -> None:
    for link in ("view?id=77&sect=1&para=2&copy=3", "view?id=77&amp;sect=1&amp;para=2&amp;copy=3"):
        [entry] = entries(rss(f"<title>x</title><link>https://herald.example/{link}</link><guid>/g?a=1&b=2</guid>"))
        assert entry.url == "https://herald.example/view?id=77&sect=1&para=2&copy=3"
        assert entry.guid == "https://herald.example/g?a=1&b=2"
    [entry] = entries(atom("<title>x</title><link href='/view?a=1&copy=2&lang=en'/>"))
    assert entry.url == "https://herald.example/view?a=1&copy=2&lang=en"


def test_prefixes_that_nobody_declared_are_known() -> None:
    inner = (
        "<title>x</title><dc:creator>Jane Doe</dc:creator><content:encoded><![CDATA[<p>Whole.</p>]]></content:encoded>"
        "<dc:date>2026-03-02T10:00:00Z</dc:date><media:content url='/a.jpg'/><foo:bar baz:x='1'>y</foo:bar>"
    )
    [entry] = entries(rss(inner))
    assert (entry.authors, entry.content) == (("Jane Doe",), "<p>Whole.</p>")
    assert entry.published is not None


MEDIA = " xmlns:media='http://search.yahoo.com/mrss/'"
CAPTION = "A general view of the square."


@pytest.mark.parametrize(
    "extra",
    [
        f"<media:content url='/1.jpg'><media:title>Square</media:title><media:description>{CAPTION}</media:description></media:content>",
        f"<media:group><media:content url='/1.jpg'/><media:description type='plain'>{CAPTION}</media:description></media:group>",
        f"<media:description>{CAPTION}</media:description>",
        f"<media:thumbnail url='/1.jpg'/><media:text>{CAPTION}</media:text>",
        f"<enclosure url='/1.jpg' type='image/jpeg' length='1'>{CAPTION}</enclosure>",
        f"<image><url>/1.jpg</url><title>{CAPTION}</title></image>",
        f"<image><url>/1.jpg</url><title>Square</title><description>{CAPTION}</description><link>/i</link></image>",
    ],
)
def test_a_caption_is_not_the_articles_text(extra: str) -> None:
    item = "<title>Envoy</title><link>/1</link>"
    said = "<description>North Korea sent arms.</description>"
    for inner in (item + said + extra, extra + item + said):
        [entry] = entries(rss(inner, root=MEDIA))
        assert (entry.title, entry.summary, entry.content) == ("Envoy", "North Korea sent arms.", "")
    [alone] = entries(rss(item + extra, root=MEDIA))
    assert CAPTION not in alone.summary + alone.content


def test_what_a_film_says_of_itself_is_its_text() -> None:
    film = f"<media:group><media:content url='/v' type='video/mp4'/><media:description>{CAPTION}</media:description></media:group>"
    assert entries(rss(f"<title>x</title>{film}", root=MEDIA))[0].summary == CAPTION


def test_another_prefix_for_media_is_known_by_its_namespace() -> None:
    root = " xmlns:m='http://search.yahoo.com/mrss/'"
    [entry] = entries(
        rss(f"<title>x</title><description>Text.</description><m:description>{CAPTION}</m:description>", root=root)
    )
    assert (entry.summary, entry.content) == ("Text.", "")


def test_relative_links_of_a_feed_from_another_host_are_of_the_publishers_site() -> None:
    elsewhere = "https://feeds.cdn.example/paper.xml"
    body = "<title>x</title><link>/a/6</link><description><![CDATA[<a href='/b'>b</a>]]></description>"
    [entry] = entries(rss(body), elsewhere)
    assert entry.url == "https://herald.example/a/6"
    assert "https://herald.example/b" in entry.summary
    site = "<channel><atom:link rel='self' href='https://feeds.cdn.example/x'/><link><![CDATA[https://www.paper.example/]]></link>"
    assert entries(rss(body, head=site), elsewhere)[0].url == "https://www.paper.example/a/6"
    link = "<title>x</title><link href='/a/7'/>"
    assert (
        entries(atom(link).replace("<title>H", "<link href='https://www.paper.example/'/><title>H"), elsewhere)[0].url
        == "https://www.paper.example/a/7"
    )
    based = atom(link, root=" xml:base='https://base.example/'").replace(
        "<title>H", "<link href='https://www.paper.example/'/><title>H"
    )
    assert entries(based, elsewhere)[0].url == "https://base.example/a/7"
    assert entries(rss(body), "https://herald.example/feeds/rss")[0].url == "https://herald.example/a/6"
    own = "<channel><atom:link rel='self' href='https://own.example/rss'/><atom:link rel='hub' href='https://hub.example/'/>"
    assert entries(rss(body, head=own), elsewhere)[0].url == "https://own.example/a/6"
    assert entries(rss("<title>x</title><link>//cdn.example/a</link>"), elsewhere)[0].url == "https://cdn.example/a"


def test_a_feed_that_breaks_off_keeps_its_whole_entries() -> None:
    two = rss("<title>One</title><link>/1</link>").replace(
        "</item>", "</item><item><title>Two</title><link>/2</link></item>"
    )
    for cut in range(two.index("</item><item>") + 7, len(two), 3):
        assert entries(two[:cut])[0].title == "One"
    news = json.dumps(
        {"version": "x", "items": [{"id": "1", "title": "One"}, {"id": "2", "title": "Two", "content_text": "words"}]}
    )
    for cut in range(news.index('"2"'), len(news) - 3, 3):
        assert [entry.title for entry in entries(news[:cut])] == ["One"]


@pytest.mark.parametrize(
    "text",
    [
        '{"version":"x","items":[{"id":"1","title":"Envoy","content_text":"ships arms \\ud83d"},{"id":"2","title":"Second"}]}',
        '{"version":"x","items":[{"id":"1","title":"Envoy","content_text":"ships arms\nby rail\tnow"},{"id":"2","title":"Second"}]}',
        '{"version":"x","items":[{"id":"1","title":"Envoy","content_text":"ships arms"},{"id":"2","title":"Second",},],}',
        '\ufeff{"version":"x","items":[{"id":"1","title":"Envoy","content_text":"ships arms"},{"id":"2","title":"Second"}]}',
        '\n )]}\',\n{"items":[{"id":"1","title":"Envoy","content_text":"ships arms \x01"},{"id":"2","title":"Second"}]}',
        '{"items":[{"id":"1","title":"Envoy","content_text":"ships arms", "n": NaN},{"id":"2","title":"Second"}]} // end',
        '[{"id":"1","title":"Envoy","content_text":"ships arms"},{"id":"2","title":"Second"}]',
        '<br />\n<b>Warning</b>:  x in <b>/a.php</b><br />\n{"version":"x","items":[{"id":"1","title":"Envoy","content_text":"ships arms"},{"id":"2","title":"Second"}]}',
        'Warning: x in /a.php on line 3\n{"items":[{"id":"1","title":"Envoy","content_text":"ships arms"},{"id":"2","title":"Second"}]}',
        'read({"items":[{"id":"1","title":"Envoy","content_text":"ships arms"},{"id":"2","title":"Second"}]});',
        '{"items":[{"id":"1","title":"Envoy","content_text":"ships arms"} {"id":"2","title":"Second"}]}',
    ],
)  # fmt: skip
def test_json_of_careless_software_is_read(text: str) -> None:
    found = entries(text)
    assert [entry.title for entry in found] == ["Envoy", "Second"]
    assert "ships arms" in found[0].content
    for entry in found:
        entry.content.encode()


def test_text_that_looks_like_markup_is_kept_as_text() -> None:
    [entry] = entries('{"items":[{"id":"1","title":"Vector<int> wins","content_text":"Vector<int> wins"}]}')
    assert (entry.title, entry.content) == ("Vector<int> wins", "Vector&lt;int&gt; wins")
    [entry] = entries(
        atom("<title>x</title><summary>Vector&lt;int> wins</summary><content type='html'>&lt;p>x&lt;/p></content>")
    )
    assert (entry.summary, entry.content) == ("Vector&lt;int&gt; wins", "<p>x</p>")


def test_elements_that_nobody_closed_end_at_the_next() -> None:
    found = entries(
        rss("<title>One<link>/1</link><guid>g<description>Text.</description>").replace(
            "</item>", "</item><item><title>Two</title>"
        )
    )
    assert [(entry.title, entry.url) for entry in found] == [("One", "https://herald.example/1"), ("Two", "")]
    assert found[0].summary == "Text."
    [entry] = entries(rss("<title>x</title><link/>https://herald.example/a/1"))
    assert entry.url == "https://herald.example/a/1"


def test_cdata_that_was_escaped_itself_is_none_of_the_text() -> None:
    [entry] = entries(
        rss("<title>&lt;![CDATA[Kim &amp; Putin]]&gt;</title><description>&lt;![CDATA[Text.]]&gt;</description>")
    )
    assert (entry.title, entry.summary) == ("Kim & Putin", "Text.")


def test_a_json_feed_of_another_host_is_relative_to_its_home_page() -> None:
    feed = {"version": "x", "home_page_url": "https://www.paper.example/", "items": [{"id": "1", "url": "/a"}]}
    assert entries(json.dumps(feed), "https://cdn.example/f.json")[0].url == "https://www.paper.example/a"


@pytest.mark.parametrize("text", ["[]", "[1, 2]", '[{"a": 1}]', '{"items": {}}', '"x"', "{}"])
def test_other_json_is_no_feed(text: str) -> None:
    found = feed_of(text.encode(), "application/json", URL)
    assert isinstance(found, ParseFailure)
    assert found.outcome in ("not_a_feed", "parse")


def sitemap(title: str, spaces: str = " xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'") -> str:
    return (
        f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'{spaces}><url><loc>https://herald.example/a?b=1&c=2</loc><news:news>"
        f"<news:publication><news:name>R&D</news:name></news:publication><news:title>{title}</news:title></news:news></url></urlset>"
    )


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("Kim &amp;amp; Putin: what&amp;#8217;s next", "Kim & Putin: what’s next"),
        ("Kim&nbsp;&ndash; Putin talks", "Kim – Putin talks"),
        ("Kim & Putin", "Kim & Putin"),
        ("<![CDATA[Kim &amp; Putin &rsquo;]]>", "Kim & Putin ’"),
        ("Vector&lt;int&gt; wins", "Vector<int> wins"),
    ],
)
def test_titles_of_sitemaps_are_the_text_that_was_meant(title: str, read: str) -> None:
    for text in (
        sitemap(title),
        sitemap(title, ""),
        "<br/>Warning: x\n<?xml version='1.0'?>" + sitemap(title) + "\nDone.",
    ):
        [entry] = entries(text)
        assert (entry.title, entry.url) == (read, "https://herald.example/a?b=1&c=2")


def test_text_and_markup_are_told_apart() -> None:
    assert plain("a <i>b</i> <c> d") == "a b <c> d"
    assert of_text("a <i>b</i>") == "a <i>b</i>"
    assert plain(None) == of_text(None) == ""
    assert plain("<" * 50_000).startswith("<<")
