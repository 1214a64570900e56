"""Which address names an article."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.net.url import BadUrl
from ingest.parse.identity import canonical_url, same_site

URL = "https://www.herald.example/news/1?utm_source=rss&id=5"
OWN = "https://www.herald.example/news/1?id=5"


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ((), OWN),
        ((None, "", "  "), OWN),
        (("/news/1",), "https://www.herald.example/news/1"),
        (("https://herald.example/news/1?fbclid=x",), "https://herald.example/news/1"),
        (("https://m.herald.example/n/1",), "https://m.herald.example/n/1"),
        (("https://other.example/news/1",), OWN),
        (("https://evilherald.example/news/1",), OWN),
        (("https://www.herald.example/",), OWN),
        (("javascript:void(0)", "/news/one"), "https://www.herald.example/news/one"),
        (("http://[", "https://other.example/x"), OWN),
        (("https://other.example/x", "/news/two"), "https://www.herald.example/news/two"),
    ],
)
def test_the_first_claim_that_can_be_believed_counts(claims: tuple[str | None, ...], expected: str) -> None:
    assert canonical_url(URL, *claims) == expected


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(BadUrl):
        canonical_url("mailto:a@b.example", "https://herald.example/1")


def test_sub_domains_are_the_same_site_and_look_alikes_are_not() -> None:
    assert same_site("https://amp.herald.example/1", "https://herald.example/1")
    assert same_site("https://news.herald.co.uk/1", "https://www.herald.co.uk/1")
    assert not same_site("https://herald.co.uk/1", "https://other.co.uk/1")


paths = st.text(alphabet="abcXYZ0123456789/.-_~%?&=#äé한+ ", max_size=40)


@given(paths, paths)
def test_a_canonical_address_is_its_own(path: str, claim: str) -> None:
    found = canonical_url(f"https://herald.example/a{path}", claim)
    assert canonical_url(found) == found
    assert same_site(found, "https://herald.example/")
