"""URLs as identities."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.net.url import MAX_URL_CHARACTERS, BadUrl, authority_of, clean_url, domain_of, host_of, is_homepage, web_url


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
