"""Which address names an article, by all that its page claims."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse.identity import Claims, is_same_page, own_address
from ingest.parse.redirectors import target_of

SITE = "https://www.news.example"
URL = f"{SITE}/world/story-1"
HEADLINE = ("Crane closes harbour of Larnport",)


def own(url: str, canonical: str | None, **claims: str | None) -> str:
    return own_address(url, url, Claims(canonical, claims.get("og"), claims.get("linked"), HEADLINE))


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (URL, f"{SITE}/world/story-1/"), (URL + "/", URL), (URL, "https://news.example/world/story-1"), (URL, "http://www.news.example/world/story-1"),
        ("https://m.news.example/world/story-1", URL), ("https://amp.news.example/world/story-1", URL), ("https://mobile.news.example/world/story-1", URL),
        (f"{SITE}/amp/world/story-1", URL), (f"{SITE}/world/story-1/amp", URL), (f"{SITE}/world/story-1/amp/", URL), (f"{URL}?amp=1", URL), (f"{URL}?amp", URL),
        (f"{SITE}/world/story-1.amp.html", f"{SITE}/world/story-1.html"), (f"{SITE}/world/story-1.amp", URL), (f"{URL}?outputType=amp", URL),
        (f"{URL}?session=abcdef&src=home", URL), (f"{URL}?page=2", URL), (f"{URL}?utm_source=rss&x=1", URL), (f"{URL}/print", URL), (f"{URL}?print=1", URL),
        (f"{URL}/index.html", URL), (f"{SITE}/world/story-1.html", URL), (f"{SITE}/World/Story-1", URL), (f"{SITE}/world/%73tory-1", URL),
        (f"{SITE}/%EC%84%B8%EA%B3%84/1", f"{SITE}/세계/1"), (f"{SITE}/article.php?id=42&from=rss1", f"{SITE}/article.php?id=42"),
        (f"{SITE}/article.php?cat=3&id=42&amp=1", f"{SITE}/article.php?cat=3&id=42"), ("https://news-example.cdn.ampproject.org/c/s/www.news.example/world/story-1", URL),
        ("https://www.google.com/amp/s/www.news.example/world/story-1", URL), (URL, "/world/story-1/"), (f"{URL}?a=b", "story-1"),
    ],
)  # fmt: skip
def test_another_spelling_of_the_address_is_believed(url: str, canonical: str) -> None:
    assert is_same_page(own(url, canonical), canonical if canonical.startswith("http") else URL)
    if canonical.startswith("http") and canonical.isascii():
        assert own(url, canonical) == canonical


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (URL, f"{SITE}/world/"), (URL, f"{SITE}/world"), (URL, "/world/"), (URL, SITE), (URL, f"{SITE}/"), (URL, f"{SITE}/index.php"), (URL, "/sport/"),
        (URL, f"{SITE}/news/latest"), (URL, "{{url}}"), (URL, f"{SITE}/{{{{ page.url }}}}"), (URL, "undefined"), (URL, "null"), (URL, f"{SITE}/undefined"),
        (URL, f"{SITE}/%s"), (URL, f"{SITE}/${{slug}}"), (URL, "<%= url %>"), (URL, f"{SITE}/[object Object]"), (URL, "#"), (URL, ""), (URL, "javascript:void(0)"),
        (URL, "http://["), (URL, "https://other.example/world/story-1"), (URL, f"{SITE}/world/story-2"), (URL, f"{SITE}/world/bank-raises-rates-again-in-may"),
        (f"{SITE}/article.php?id=42", f"{SITE}/article.php"), (f"{SITE}/article.php?id=42", f"{SITE}/article.php?id=41"), (f"{SITE}/?p=42", f"{SITE}/"),
        (f"{SITE}/news/view?idxno=12345", f"{SITE}/news/view"), (f"{SITE}/news/articleView.html?idxno=12345", f"{SITE}/news/articleView.html"),
        (f"{SITE}/read.jsp?a=1&newsid=77", f"{SITE}/read.jsp?a=1"), (f"{SITE}/2024/01/15?id=7", f"{SITE}/2024/01/15"), (f"{SITE}/content?slug=crane", f"{SITE}/content"),
        (f"{SITE}/world/story-1?newsid=1234567", f"{SITE}/world/story-1"), (f"{SITE}/ports/2024/crane-closes-harbour", f"{SITE}/ports/2024"),
        (URL, f"{SITE}/tag/harbour"), (URL, f"{SITE}/harbour/"), (URL, f"{SITE}/topics/larnport"), (URL, f"{SITE}/category/crane-closes-harbour"), (URL, f"{SITE}/page/2"),
        (URL, f"{SITE}/search?q=crane"), (URL, f"{SITE}/error-404-page-not-found"),
        (f"{SITE}/article/1/crane", f"{SITE}/article"), (f"{SITE}/index.php?option=com_content&id=5", f"{SITE}/index.php?option=com_content"),
    ],
)  # fmt: skip
def test_what_would_make_articles_one_is_not_believed(url: str, canonical: str) -> None:
    assert own(url, canonical) == url
    assert own(url, canonical, og=canonical) == url


MOVED = f"{SITE}/2026/03/crane-closes-harbour-of-larnport"


def test_another_path_is_believed_where_the_page_is_its_own() -> None:
    assert own(URL, MOVED) == MOVED, "its slug is the headline's"
    section = f"{SITE}/sport/crane-and-barge-1"
    assert own(f"{SITE}/world/crane-and-barge-1", section) == section, "it stands in several sections"
    number = f"{SITE}/n/20991234567"
    assert own(f"{SITE}/a/story-20991234567.html", number) == number, "both have one number"
    for other in (f"{SITE}/story-1", f"{SITE}/sport/story-1"):
        assert own(URL, other) == URL, "each section has a first story"
    other = f"{SITE}/x/9876543"
    assert own(URL, other) == URL
    assert own(URL, other, og=other) == other
    assert own(URL, other, linked=other) == other
    assert own(URL, None, og=MOVED) == MOVED
    assert own(URL, None, linked=MOVED) == MOVED
    copied = f"{SITE}/world/bank-raises-rates-again-in-may"
    assert own(URL, copied, og=copied, linked=copied) == URL, "the whole head was copied from another article"


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("https://www.google.com/url?rct=j&sa=t&url=https://news.example/a/1&ct=ga", "https://news.example/a/1"),
        ("https://www.google.co.uk/url?q=https%3A%2F%2Fnews.example%2Fa%3Fid%3D2&sa=U", "https://news.example/a?id=2"),
        ("http://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fnews.example%2fa%2f1&c=1", "https://news.example/a/1"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fnews.example%2Fa&h=AT0", "https://news.example/a"),
        ("https://out.reddit.com/t3_x?url=https%3A%2F%2Fnews.example%2Fa", "https://news.example/a"),
        ("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fnews.example%2Fa&data=x", "https://news.example/a"),
        ("https://duckduckgo.com/l/?uddg=https%3A%2F%2Fnews.example%2Fa", "https://news.example/a"),
        ("https://vk.com/away.php?to=https%3A%2F%2Fnews.example%2Fa", "https://news.example/a"),
        ("https://r.search.yahoo.com/_ylt=A0/RV=2/RE=1/RO=10/RU=https%3a%2f%2fnews.example%2fa/RK=2/RS=x-", "https://news.example/a"),
        ("https://www.youtube.com/redirect?event=x&q=https%3A%2F%2Fnews.example%2Fa", "https://news.example/a"),
        ("https://www.google.de/url?url=https://l.facebook.com/l.php?u%3Dhttps%253A%252F%252Fnews.example%252Fa", "https://news.example/a"),
        ("https://news-example.cdn.ampproject.org/v/s/news.example/a/1?usqp=x", "https://news.example/a/1?usqp=x"),
    ],
)  # fmt: skip
def test_a_redirectors_link_carries_its_target(link: str, target: str) -> None:
    assert target_of(link) == target


@pytest.mark.parametrize(
    "link",
    [
        "https://news.example/share?url=https://other.example/", "https://www.google.com/search?q=https://news.example", "https://google.com.evil.example/url?url=https://a.example",
        "https://notgoogle.com/url?url=https://a.example", "https://www.google.com/url?url=javascript:alert(1)", "https://www.google.com/url?q=harbour", "ftp://google.com/url?url=http://a.example",
        "https://news.google.com/rss/articles/CBMiabc?oc=5", "http://[", "", "https://www.google.com/url",
    ],
)  # fmt: skip
def test_other_links_are_what_they_are(link: str) -> None:
    assert target_of(link) == link


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_claim_breaks_it(canonical: str, og: str) -> None:
    found = own_address(URL, URL, Claims(canonical, og, canonical, ("a b",)))
    assert own_address(found, found, Claims()) == found
