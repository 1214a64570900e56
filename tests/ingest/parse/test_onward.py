"""Where a page leads on: refreshes and scripts that stand in place of an article, and the pages of one article."""

import pytest

from ingest.parse.paging import PageNumber, page_of_article
from ingest.parse.read import page_of
from ingest.parse.refresh import Onward, refresh_target, with_onward, with_refresh
from ingest.parse.shapes import ParsedPage, ParseFailure

URL = "https://short.example/go/1"
TARGET = "https://news.example/story"
PARAGRAPH = "The harbour was closed on Monday, the authority said, and ships waited outside until the evening. "
ARTICLE = f"<article><h1>Harbour closed</h1>{''.join(f'<p>{PARAGRAPH} Ship {n} waited for {n} hours until pilot {n} came.</p>' for n in range(20))}</article>"


def read(html: str, url: str = URL) -> ParsedPage | ParseFailure:
    return page_of(html.encode(), "text/html; charset=utf-8", url)


def pages(html: str, url: str = TARGET) -> list[str]:
    found = read(f"<html><body>{ARTICLE}{html}</body></html>", url)
    assert isinstance(found, ParsedPage)
    return [link.url for link in found.pages]


@pytest.mark.parametrize(
    "said",
    [
        f"0; url={TARGET}",
        f"0;URL='{TARGET}'",
        f'0; url="{TARGET}"',
        f"  1 ;  Url =  {TARGET}  ",
        f"0.5;url={TARGET}",
        f"0,url={TARGET}",
        f"0 url={TARGET}",
        f"0;{TARGET}",
        f"5;url='{TARGET}' ; more",
        f"url={TARGET}",
        "0; url=//news.example/story",
    ],
)
def test_a_refresh_within_seconds_leads_on_however_it_is_written(said: str) -> None:
    assert refresh_target(said, URL) == TARGET


@pytest.mark.parametrize(
    "said",
    [
        "",
        "0",
        "300",
        "30",
        f"60; url={TARGET}",
        f"0; url={URL}",
        "0; url=",
        "0; url=#top",
        "0; url=javascript:history.back()",
        "0; url=data:text/html,x",
        "0; url=http://[",
        "now",
        "9999999999999999999; url=/x",
        "-5; url=/x",
    ],
)
def test_a_page_that_loads_itself_again_or_leads_on_later_leads_nowhere(said: str) -> None:
    assert refresh_target(said, URL) == ""


@pytest.mark.parametrize(
    "html",
    [
        f"<html><head><meta http-equiv='refresh' content='0; url={TARGET}'><title>Redirecting</title></head><body></body></html>",
        f'<META CONTENT="0;URL={TARGET}" HTTP-EQUIV=Refresh>',
        f"<meta http-equiv=' REFRESH ' content='2;url={TARGET.replace('/', '&#47;')}'>",
        f"<body><p>One moment.</p><meta http-equiv=refresh content=0;url={TARGET}></body>",
        (
            f"<meta http-equiv=refresh content='0;url={TARGET}'><p>You are being taken to the story. If nothing happens within a few "
            f"seconds, or if your browser does not follow, please <a href='{TARGET}'>click here to read the whole of it</a> now.</p>"
        ),
        "<base href='https://news.example/'><meta http-equiv=refresh content='0; url=story'>",
        (
            f"<head><noscript><META http-equiv='refresh' content='0;URL={TARGET}'></noscript><title>{TARGET}</title></head>"
            f'<script>window.opener = null; location.replace("{TARGET.replace("/", chr(92) + "/")}")</script>'
        ),
        f"<script>window.location.href = '{TARGET}';</script>",
        f"<script>top.location='{TARGET}'</script>",
        f"<script>document.location.assign( `{TARGET}` )</script>",
        '<script>location.href="https:\\u002f\\u002fnews.example\\x2fstory"</script>',
        (
            f"<script>setTimeout(function(){{ self.location = '{TARGET}' }}, 500)</script><p>You are being taken to the story; it may take "
            f"a few seconds until it is there, or follow <a href='{TARGET}'>this link</a> now.</p>"
        ),
    ],
)
def test_a_page_without_an_article_leads_to_where_browsers_go(html: str) -> None:
    assert read(html).leads_to == TARGET


@pytest.mark.parametrize(
    "html",
    [
        f"<meta http-equiv=refresh content='0;url=/home'>{ARTICLE}",
        f"<meta http-equiv=refresh content='600;url={TARGET}'>",
        f"<!-- <meta http-equiv=refresh content='0;url={TARGET}'> -->",
        f"<meta http-equiv=refresh content='0;url={URL}#top'>",
        f"<noscript><meta http-equiv=refresh content='0;url=/without-script'></noscript><article><h1>Flash</h1><p>{PARAGRAPH}</p></article>",
        "<script>if (a) { location = '/a' } else { location = '/b' }</script>",
        "<script>location.href = '/go?to=' + encodeURIComponent(x)</script>",
        "<script>location.reload()</script>",
        f"<script>{'var a = 1;' * 1000}; location.href = '/login'</script>",
        f"<script>location = '{URL}'</script>",
    ],
)
def test_an_article_or_a_page_that_goes_nowhere_is_taken_as_it_is(html: str) -> None:
    assert read(html).leads_to == ""


def test_a_wall_leads_where_browsers_go_at_once_and_nowhere_for_those_without_script() -> None:
    wall, page = ParseFailure("wall_consent", ""), ParseFailure("no_text", "")
    assert with_onward(wall, Onward(at_once=TARGET)).leads_to == TARGET
    assert [with_onward(one, Onward(otherwise=TARGET)).leads_to for one in (wall, page)] == ["", TARGET]


def test_a_header_leads_on_as_the_element_does() -> None:
    empty = ParseFailure("parse", "the page is empty")
    assert with_refresh(empty, f"0; url={TARGET}", URL).leads_to == TARGET
    assert with_refresh(empty, "", URL) is empty
    article = ParsedPage(canonical_url=URL, text=PARAGRAPH * 30)
    assert with_refresh(article, f"0; url={TARGET}", URL) is article


@pytest.mark.parametrize(
    ("first", "link", "number"),
    [
        ("https://n.example/story", "https://n.example/story/2", 2),
        ("https://n.example/story/", "https://n.example/story/2/", 2),
        ("https://n.example/story", "https://n.example/story-2", 2),
        ("https://n.example/a_123.html", "https://n.example/a_123_2.html", 2),
        ("https://n.example/a-123.html", "https://n.example/a-123,3.html", 3),
        ("https://n.example/story.html", "https://n.example/story.html/2", 2),
    ],
)
def test_a_bare_number_may_be_that_of_a_page(first: str, link: str, number: int) -> None:
    assert page_of_article(first, link) == PageNumber(number, is_worded=False)


@pytest.mark.parametrize(
    ("first", "link", "number"),
    [
        ("https://n.example/story", "https://n.example/story?page=2", 2),
        ("https://n.example/story?id=7", "https://n.example/story?PAGE=3&id=7", 3),
        ("https://n.example/story?page=1", "https://n.example/story?page=2", 2),
        ("https://n.example/story", "https://www.n.example/story?p=2", 2),
        ("https://n.example/story", "https://n.example/story?showall=&start=1", 1),
        ("https://n.example/story", "https://n.example/story/page/2", 2),
        ("https://n.example/story", "https://n.example/story/seite-2", 2),
        ("https://n.example/story/page/1", "https://n.example/story/page/2", 2),
        ("https://n.example/story.html", "https://n.example/story-page2.html", 2),
        ("https://n.example/story.html", "https://n.example/story_p2.html", 2),
        ("https://n.example/story", "https://n.example/story/%D1%81%D1%82%D1%80%D0%B0%D0%BD%D0%B8%D1%86%D0%B0-2", 2),
    ],
)
def test_an_address_may_say_by_a_word_which_page_it_is(first: str, link: str, number: int) -> None:
    assert page_of_article(first, link) == PageNumber(number, is_worded=True)


@pytest.mark.parametrize(
    ("first", "link"),
    [
        ("https://n.example/story", "https://n.example/story"),
        ("https://n.example/story", "https://n.example/other-story-2"),
        ("https://n.example/story", "https://n.example/story-2024"),
        ("https://n.example/story", "https://n.example/story/2/comments"),
        ("https://n.example/story-1", "https://n.example/story-2"),
        ("https://n.example/1001", "https://n.example/1002"),
        ("https://n.example/?p=11", "https://n.example/?p=12"),
        ("https://n.example/story?id=1", "https://n.example/story?id=2"),
        ("https://n.example/story?id=1", "https://n.example/story?page=2"),
        ("https://n.example/story", "https://n.example/story?cpage=2"),
        ("https://n.example/story", "https://other.example/story?page=2"),
        ("https://n.example/story", "https://n.example/story?page=2&sort=new"),
        ("https://n.example/story.html", "https://n.example/story-2.pdf"),
        ("https://n.example/story", "https://n.example/story2"),
    ],
)
def test_other_addresses_are_other_articles(first: str, link: str) -> None:
    assert page_of_article(first, link) is None


@pytest.mark.parametrize(
    "html",
    [
        "<link rel='next' href='/story/2'>",
        "<a rel='nofollow NEXT' href='/story-2'>More</a>",
        "<div class='pages'><b>1</b> <a href='/story/2'>2</a></div>",
        "<a href='/story?page=2'>Next: what the ships did</a>",
        "<a href='/story/2'>Weiter »</a>",
        "<a href='/story/2'>Seite 2 von 3</a>",
        "<a href='/story_2'>次へ</a>",
        "<a href='/story/2' aria-label='Next page'><svg></svg></a>",
        "<a href='/story/2'>[2]</a>",
        "<a href='https://www.news.example/story/2'>›</a>",
    ],
)
def test_links_to_further_pages_are_found(html: str) -> None:
    assert len(pages(html)) == 1


@pytest.mark.parametrize(
    "html",
    [
        "<link rel='next' href='/another-story'>",
        "<a href='/story-2'>Second day of the closed harbour</a>",
        "<a href='/story?page=2#comments'>2</a>",
        "<div id='comments'><p><a href='/story?page=2'>2</a></p></div>",
        "<a href='https://other.example/story?page=2'>2</a>",
        "<a href='/section/2'>2</a>",
        "<a href='/story/2' title=' '> </a>",
        "<a rel='next' href='http://[2'>2</a>",
    ],
)
def test_other_links_are_no_pages_of_the_article(html: str) -> None:
    assert pages(html) == []


def test_links_to_pages_are_bounded() -> None:
    assert len(pages("".join(f"<a href='/story?page={n % 99 + 1}&'>{n}</a>" for n in range(5000)))) < 30
