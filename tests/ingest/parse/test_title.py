"""The headline of a page, out of all that claims to be it."""

import json
from datetime import UTC, datetime

import pytest

from core.model.source import Entry, Source
from ingest.parse.page import read_page
from ingest.parse.shapes import PageContext, ParsedPage
from ingest.parse.title import tidy

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
URL = "https://www.herald.example/ports/crane-1234.html"
PROSE = (
    "<p>The harbour of Larnport was closed on Monday after a crane fell into the main channel, the authority said.</p>"
    * 2
)
HEADLINE = "Crane closes harbour of Larnport"


def read(head: str, body: str, *, fed: str = "", url: str = URL) -> str:
    source = Source(source_id="s", name="s", url=url)
    context = PageContext(entry=Entry(entry_id="", source=source, url=url, title=fed, seen=NOW))
    found = read_page(f"<html><head>{head}</head><body>{body}</body></html>", None, url, context)
    assert isinstance(found, ParsedPage), found
    return found.title


def heading(inner: str, attributes: str = "") -> str:
    return f"<article><h1 {attributes}>{inner}</h1>{PROSE}</article>"


def linked(headline: str, **more: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": headline} | more)}</script>'


def og(title: str) -> str:
    return f'<meta property="og:title" content="{title}">'


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("Crane closes<br>harbour of Larnport", HEADLINE),
        ("Crane closes<br/>harbour<br />of Larnport", HEADLINE),
        ("<p>Crane closes</p><p>harbour of Larnport</p>", HEADLINE),
        ("<div>Crane closes</div><div>harbour of Larnport</div>", HEADLINE),
        ("<span>Crane closes</span> <span>harbour of Larnport</span>", HEADLINE),
        ("<span>C</span>rane <b>closes</b> har<i>bour</i> of Larnport", HEADLINE),
        ("<a href='/ports/crane'><span>Crane closes harbour</span> of Larnport</a>", HEADLINE),
        ("Crane\u00a0closes \u2009harbour\n  of\tLarnport", HEADLINE),
        ("Crane closes har\u00adbour of Larn&shy;port", HEADLINE),
        ("Crane closes har\u200bbour of Larnport\ufeff", HEADLINE),
        ("Crane &amp; barge: what&#8217;s next in Larnport", "Crane & barge: what’s next in Larnport"),
        ("&lt;Larnport Times&gt; reports the fall of a crane", "<Larnport Times> reports the fall of a crane"),
        ("Profit &lt; loss &gt; 5 at the port of Larnport", "Profit < loss > 5 at the port of Larnport"),
        ("R&amp;D at AT&amp;T moves to the port of Larnport", "R&D at AT&T moves to the port of Larnport"),
        ("<svg><title>icon</title></svg>Crane closes harbour of Larnport<script>x()</script>", HEADLINE),
        ("Crane closes harbour of Larnport<style>.a{}</style><button>Save</button>", HEADLINE),
        ("북한, 동해로 탄도미사일 발사", "북한, 동해로 탄도미사일 발사"),
        ("Кран закрыл гавань Ларнпорта", "Кран закрыл гавань Ларнпорта"),
    ],
)  # fmt: skip
def test_a_heading_reads_as_it_is_seen(inner: str, expected: str) -> None:
    assert read("", heading(inner)) == expected


@pytest.mark.parametrize(
    "told",
    [
        "Crane closes harbour of Larnport", "Crane closes harbour of Larnport | The Herald", "Crane closes harbour of Larnport - The Herald",
        "Crane closes harbour of Larnport – Herald", "Crane closes harbour of Larnport — Herald.example", "Crane closes harbour of Larnport « Herald",
        "Crane closes harbour of Larnport | Ports | The Herald", "Crane closes harbour of Larnport | World | Example", "The Herald | Crane closes harbour of Larnport",
        "Herald: Crane closes harbour of Larnport", "Crane closes harbour of Larnport · The Herald", "Crane closes harbour of Larnport :: The Herald",
        "Crane closes harbour of Larnport ⋆", "Crane closes harbour of Larnport|Herald", "The Herald - Crane closes harbour of Larnport",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["title", "og", "both", "heading"])
def test_the_sites_name_and_sections_are_no_part_of_it(told: str, place: str) -> None:
    site = '<meta property="og:site_name" content="The Herald">'
    heads = {
        "title": f"<title>{told}</title>",
        "og": og(told),
        "both": f"<title>{told}</title>{og(told)}",
        "heading": f"<title>{told}</title>",
    }
    body = heading(HEADLINE) if place == "heading" else f"<article>{PROSE}</article>"
    assert read(site + heads[place], body) == HEADLINE


@pytest.mark.parametrize(
    "title",
    [
        "Dollar - euro parity is near, traders say", "Larnport | a port that never sleeps and its people", "Live: crane closes harbour of Larnport",
        "Herald angels sing: choir closes harbour fest", "Crane - the bird - closes harbour of Larnport", "Analysis: why the harbour of Larnport was closed",
        "Harbour closed – what we know so far about the crane", "Q&A: how long the harbour of Larnport stays closed",
    ],
)  # fmt: skip
def test_marks_within_a_headline_stay(title: str) -> None:
    assert (
        read(f"<title>{title.replace('&', '&amp;')} | The Herald</title>", heading(title.replace("&", "&amp;")))
        == title
    )


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (og("Crane closes harbour of…"), heading(HEADLINE), HEADLINE),
        (linked("Crane closes harbour of ..."), heading(HEADLINE), HEADLINE),
        (linked(HEADLINE), heading("Crane closes harbour …"), HEADLINE),
        (og(HEADLINE), heading("Crane closes harbour[...]"), HEADLINE),
        (linked("Crane closes harbour of..."), f"<article>{PROSE}</article>", "Crane closes harbour of..."),
        (f"<title>{HEADLINE} | The Herald</title>{og('Crane closes harbour...')}", f"<article>{PROSE}</article>", HEADLINE),
        (linked("Kim &amp;amp; Putin: what&#8217;s next"), heading("Kim &amp; Putin: what’s next"), "Kim & Putin: what’s next"),
        (og("Kim &amp;amp; Putin: what&amp;#8217;s next"), f"<article>{PROSE}</article>", "Kim & Putin: what’s next"),
        (linked("<em>Crane</em> closes<br>harbour of Larnport"), f"<article>{PROSE}</article>", HEADLINE),
        (linked("&lt;em&gt;Crane&lt;/em&gt; closes harbour of Larnport"), f"<article>{PROSE}</article>", HEADLINE),
        (linked(HEADLINE) + og(HEADLINE), heading("Crane closes<span>harbour</span> of Larnport"), HEADLINE),
        (linked(HEADLINE), heading("CRANE CLOSES HARBOUR OF LARNPORT"), HEADLINE),
        (linked("Larnport: crane, harbour, closure"), heading(HEADLINE), HEADLINE),
        (linked(HEADLINE), heading("<span class='kicker'>Ports</span> Crane closes harbour of Larnport"), HEADLINE),
        (og(HEADLINE), heading("<small>Exclusive</small> Crane closes harbour of Larnport <time>1 May</time>"), HEADLINE),
        (linked(HEADLINE), "<header><h1 class='logo'><a href='/'>The Herald</a></h1></header><article><h2>Other</h2>" + PROSE + "</article>", HEADLINE),
        (f"<title>{HEADLINE}</title>", "<h1><a href='https://www.herald.example/'>The Herald</a></h1>" + heading(HEADLINE), HEADLINE),
        (f"<title>{HEADLINE} - Herald</title>", f"<h1>The Herald</h1><h1>{HEADLINE}</h1>{PROSE}", HEADLINE),
        (f"<title>{HEADLINE} - Herald</title>", f"<h1>{HEADLINE}</h1>{PROSE}<aside><h1>Most read</h1></aside><h1>Comments</h1>", HEADLINE),
        ("<title>The Herald</title>", heading(HEADLINE), HEADLINE),
        ("", f"<h1>Herald</h1><article><h2 class='entry-title'>{HEADLINE}</h2>{PROSE}</article>", HEADLINE),
        ("", f"<article itemscope itemtype='http://schema.org/NewsArticle'><h2 itemprop='headline'>{HEADLINE}</h2>{PROSE}</article>", HEADLINE),
        (f'<meta name="twitter:title" content="{HEADLINE}">', f"<article>{PROSE}</article>", HEADLINE),
        (linked("Other story", url="https://www.herald.example/other"), heading(HEADLINE), HEADLINE),
        ("<title>Crane closes harbour of Larnport - The Morning Post</title>", f"<article>{PROSE}</article>", HEADLINE),
        ("<title>북한, 동해로 탄도미사일 발사 - 한국뉴스</title>", f"<article>{PROSE}</article>", "북한, 동해로 탄도미사일 발사"),
        ("<title>Crane closes harbour - mayor speaks of bad luck</title>", f"<article>{PROSE}</article>", "Crane closes harbour - mayor speaks of bad luck"),
        (f"<title>{HEADLINE} | Herald</title>", f"<h1 class='visually-hidden'>News of the region</h1><article><h2>{HEADLINE}</h2>{PROSE}</article>", HEADLINE),
        (f"<title>Herald | Ports | {HEADLINE}</title>", f"<article>{PROSE}</article>", HEADLINE),
        ("<title>起重机倒塌港口关闭_国际_示例网</title>", f"<article>{PROSE}</article>", "起重机倒塌港口关闭"),
        ("<title>Untitled</title>", f"<article>{PROSE}</article>", "Untitled"),
        ("<title>동해로 탄도미사일 발사 | 한국일보</title>", heading("북한, 동해로 탄도미사일 발사"), "북한, 동해로 탄도미사일 발사"),
    ],
)  # fmt: skip
def test_what_agrees_and_is_whole_is_the_headline(head: str, body: str, expected: str) -> None:
    assert read(head, body) == expected


def test_the_feeds_headline_stands_in_and_tells_which_of_several_is_meant() -> None:
    assert read("", f"<article>{PROSE}</article>", fed=HEADLINE) == HEADLINE
    assert read("", f"<h1>Ports of the world</h1><h1>{HEADLINE}</h1>{PROSE}", fed=HEADLINE) == HEADLINE
    assert read("<title>The Herald</title>", heading("Crane closes…"), fed=HEADLINE) in (HEADLINE, "Crane closes…")


def test_markup_that_was_taken_for_text_goes_and_other_angle_brackets_stay() -> None:
    assert tidy("<b>A</b> <Pyongyang Times> a<br>b <3") == "A <Pyongyang Times> a b <3"
