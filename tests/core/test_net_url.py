"""URLs as identities."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.net.url import (
    MAX_URL_CHARACTERS,
    BadUrl,
    authority_of,
    clean_url,
    domain_of,
    feed_url,
    host_of,
    is_homepage,
    other_spellings,
    part_of,
    web_url,
)


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("HTTP://WWW.Example.COM:80/a/../b/./c", "http://www.example.com/b/c"),
        ("https://e.com", "https://e.com/"),
        ("https://e.com.:443/x", "https://e.com/x"),
        ("https://e.com/x#part", "https://e.com/x"),
        ("https://e.com/x?", "https://e.com/x"),
        ("https://e.com/?b=2&a=1", "https://e.com/?b=2&a=1"),
        ("https://e.com/x?utm_source=rss&id=7&UTM_Medium=feed&fbclid=abc", "https://e.com/x?id=7"),
        ("https://e.com/x?ref=rss", "https://e.com/x"),
        ("https://e.com/x?ref=7", "https://e.com/x?ref=7"),
        ("https://user:secret@e.com/x", "https://e.com/x"),
        ("https://пример.рф/путь", "https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C"),
        ("https://e.com/%7Ejoe/%d0%bf", "https://e.com/~joe/%D0%BF"),
        ("https://e.com/a%2fb", "https://e.com/a%2Fb"),
        (" \thttps://e.com/a\nb \0", "https://e.com/ab"),
        ("https://e.com/a b", "https://e.com/a%20b"),
        ("http://[::FFFF:7F00:1]:8080/x", "http://[::ffff:7f00:1]:8080/x"),
        ("http://[::ffff:127.0.0.1]:8080/x", "http://[::ffff:7f00:1]:8080/x"),
    ],
)
def test_two_spellings_of_an_address_become_one(url: str, clean: str) -> None:
    assert clean_url(url) == clean
    assert clean_url(clean) == clean


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mailto:desk@e.com",
        "javascript:alert(1)",
        "ftp://e.com/x",
        "//e.com/x",
        "/relative",
        "http:///x",
        "http://e.com:99999/",
        "http://e.com:0/",
        "http://a..b/",
        "http://" + "a" * 64 + ".com/",
        "http://[::1%25eth0]/",
        "http://[::1/",
        "https://e.com/" + "x" * MAX_URL_CHARACTERS,
    ],
)
def test_what_cannot_be_fetched_is_refused(url: str) -> None:
    with pytest.raises(BadUrl):
        clean_url(url)


def test_a_relative_url_is_resolved_against_its_base() -> None:
    assert clean_url("../x?a=1", "https://e.com/a/b/c") == "https://e.com/a/x?a=1"
    assert clean_url("//other.com/x", "https://e.com/") == "https://other.com/x"


def test_a_request_keeps_what_an_identity_drops() -> None:
    assert str(web_url("https://u:p@e.com/feed?utm_source=x#top")) == "https://u:p@e.com/feed?utm_source=x"


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://news.bbc.co.uk/x", "bbc.co.uk"),
        ("https://www.example.com/", "example.com"),
        ("https://a.b.asahi.co.jp/", "asahi.co.jp"),
        ("https://tass.ru/", "tass.ru"),
        ("https://co.uk/", "co.uk"),
        ("http://10.0.0.1:8080/", "10.0.0.1"),
        ("http://[2001:db8::1]/", "2001:db8::1"),
    ],
)
def test_the_domain_is_what_was_registered(url: str, domain: str) -> None:
    assert domain_of(url) == domain


def test_requests_are_spaced_for_a_server_not_for_a_name() -> None:
    assert host_of("https://News.Example.com:8443/x") == "news.example.com"
    assert authority_of("https://News.Example.com:8443/x") == "news.example.com:8443"
    assert authority_of("https://News.Example.com:443/x") == "news.example.com"
    assert authority_of("http://[::1]:80/") == "[::1]"


def test_a_front_page_is_no_article() -> None:
    assert is_homepage("https://e.com/")
    assert is_homepage("https://e.com/index.html")
    assert not is_homepage("https://e.com/?p=7")
    assert not is_homepage("https://e.com/world")


@given(st.text(max_size=80))
def test_no_text_breaks_the_cleaner_and_a_clean_url_stays_as_it_is(tail: str) -> None:
    for text in (tail, "https://example.com/" + tail, "http://" + tail, "https://example.com/?" + tail):
        try:
            clean = clean_url(text)
        except BadUrl:
            continue
        assert clean_url(clean) == clean
        assert clean.isascii()
        assert host_of(clean)


SESSION = "8f14e45fceea167a5a36dedd4bea2543"


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://e.com/a1;jsessionid=7ABC", "https://e.com/a1"),
        ("https://e.com/a1;JSESSIONID=7ABC.node2!-12?x=1", "https://e.com/a1?x=1"),
        ("https://e.com/a;jsessionid=7ABC/b", "https://e.com/a/b"),
        ("https://e.com/a%3Bjsessionid%3D7ABC", "https://e.com/a"),
        ("https://e.com/a;v=2", "https://e.com/a;v=2"),
        ("https://e.com/a?;jsessionid=7", "https://e.com/a"),
        ("https://e.com/(S(lit3py55t21z5v55vlm25s55))/story.aspx?id=4", "https://e.com/story.aspx?id=4"),
        ("https://e.com/(X(1)A(ab-c)S(lit3py55))/story.aspx?id=4", "https://e.com/story.aspx?id=4"),
        ("https://e.com/wiki/Kim_(S)/x", "https://e.com/wiki/Kim_(S)/x"),
        (f"https://e.com/a?PHPSESSID={SESSION}", "https://e.com/a"),
        ("https://e.com/a?CFID=12&CFTOKEN=34&n=7", "https://e.com/a?n=7"),
        ("https://e.com/a?ASP.NET_SessionId=abc&osCsid=9", "https://e.com/a"),
        ("https://e.com/a?ASPSESSIONIDQQ=ABC", "https://e.com/a"),
        (f"https://e.com/story-1?sid={SESSION}", "https://e.com/story-1"),
        (f"https://e.com/view.php?t=17&s={SESSION}", f"https://e.com/view.php?t=17&s={SESSION}"),
        (f"https://e.com/view.php?tid=17&s={SESSION}", "https://e.com/view.php?tid=17"),
        ("https://e.com/three-killed-in-blast?sessionid=Zx81kQ02mmPw7LsT", "https://e.com/three-killed-in-blast"),
        ("https://e.com/news/20260102?rnd=0.7182818", "https://e.com/news/20260102"),
        ("https://e.com/news/20260102?_=1767312000123&ts=1767312000", "https://e.com/news/20260102"),
        # An article's own
        (f"https://e.com/story.php?sid={SESSION}", f"https://e.com/story.php?sid={SESSION}"),
        (f"https://e.com/story-view?lang=en&sid={SESSION}", f"https://e.com/story-view?lang=en&sid={SESSION}"),
        ("https://e.com/modules.php?name=News&sid=1234", "https://e.com/modules.php?name=News&sid=1234"),
        (f"https://e.com/a1?id={SESSION}", f"https://e.com/a1?id={SESSION}"),
        ("https://e.com/search1?s=kim", "https://e.com/search1?s=kim"),
        ("https://e.com/conference1?sessionid=12", "https://e.com/conference1?sessionid=12"),
        ("https://e.com/a1?sid=1234567890123456789", "https://e.com/a1?sid=1234567890123456789"),
        ("https://e.com/?ts=1767312000", "https://e.com/?ts=1767312000"),
        ("https://e.com/a1?v=1767312000", "https://e.com/a1?v=1767312000"),
    ],
)
def test_the_id_of_a_visit_is_no_part_of_an_articles_address(url: str, clean: str) -> None:
    assert clean_url(url) == clean
    assert clean_url(clean) == clean


def test_a_source_keeps_the_address_that_it_was_given() -> None:
    given = f"https://e.com/feed1;jsessionid=7?sid={SESSION}&ts=1767312000"
    assert feed_url(f"{given}&utm_source=x#top") == given


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("https://e.com/live#p1", "p1"),
        ("https://e.com/live#block-65f0 c", "block-65f0%20c"),
        ("https://e.com/live#%D0%BF", "%D0%BF"),
        ("https://e.com/live#п", "%D0%BF"),
        ("https://e.com/#!/news/7", "!/news/7"),
        ("https://e.com/#/news/7", "/news/7"),
        ("https://e.com/a", ""),
        ("https://e.com/a#", ""),
        ("https://e.com/a#comments", ""),
        ("https://e.com/a#more-17", ""),
        ("https://e.com/a#xtor=RSS-1", ""),
        ("https://e.com/a#utm_source=rss&utm_medium=x", ""),
        ("https://e.com/a#:~:text=kim", ""),
        ("https://e.com/a#.Zx81.twitter", ""),
        ("https://e.com/a#!", ""),
        ("https://e.com/a#/", ""),
        ("https://e.com/a#" + "x" * 201, ""),
        ("https://e.com/a#\ud800", "?"),
    ],
)
def test_a_fragment_may_name_a_part_of_a_page(url: str, part: str) -> None:
    assert part_of(url) == part
    assert part_of(f"https://e.com/a#{part}") == part


def test_a_page_has_several_spellings() -> None:
    assert set(other_spellings("https://e.com/a?x=1")) == {
        f"{scheme}://{www}e.com/a{end}?x=1" for scheme in ("http", "https") for www in ("", "www.") for end in ("", "/")
    } - {"https://e.com/a?x=1"}
    assert "http://www.e.com/live#p1" in other_spellings("https://e.com/live/#p1")
    assert set(other_spellings("https://10.0.0.1:80/")) == {"http://10.0.0.1:80/"}
