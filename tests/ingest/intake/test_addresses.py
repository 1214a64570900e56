"""Each entry has one address, whatever its feed does with links and guids; pages are asked for only where they are its own."""

import re

import pytest

from core.net.url import BadUrl, clean_url
from ingest.intake.addresses import Address, Addresses, guid_name
from ingest.parse.shapes import ParsedEntry
from tests.ingest.intake.reader import NOW, SITE, SOURCE, entry

FEED = SOURCE.url


def of(*shown: ParsedEntry, site: str = SITE) -> list[Address]:
    addresses = Addresses(shown, SOURCE, FEED, site)
    return [addresses.of(one) for one in shown]


def urls(*shown: ParsedEntry, site: str = SITE) -> list[str]:
    return [one.url for one in of(*shown, site=site)]


def told(title: str, **values: object) -> ParsedEntry:
    return entry("", title, **({"url": "", "summary": f"{title}, officials said."} | values))


def test_a_link_of_its_own_is_the_address_and_has_a_page() -> None:
    assert of(entry("a"), entry("b", "B")) == [
        Address("https://news.example/a", "https://news.example/a"),
        Address("https://news.example/b", "https://news.example/b"),
    ]


def test_without_a_link_the_guid_tells_an_entry_from_others_and_no_page_is_asked_for() -> None:
    one, two = of(told("Flash", guid="g1"), told("Second", guid="g2"))
    assert re.fullmatch(r"https://news\.example/#g1-[0-9a-f]{12}", one.url)
    assert one.url != two.url
    assert not one.has_page
    assert not two.has_page
    assert clean_url(one.url) == SITE, "it opens in a browser"


@pytest.mark.parametrize(
    "guid",
    ["tag:news.example,2026:1", "urn:uuid:0f3", "북한 1", "123 at http://news.example", "x" * 4000, "#", "\ud800"],
)
def test_any_guid_makes_an_address(guid: str) -> None:
    [url] = urls(told("Flash", guid=guid))
    assert re.fullmatch(r"https://news\.example/#[0-9A-Za-z._-]{1,53}", url)
    assert urls(told("Other headline", guid=guid)) == [url], "an edited headline is the same entry"


def test_another_source_with_the_same_guid_has_another_address() -> None:
    other = Addresses((), SOURCE.__class__(source_id="other", name="O", url=FEED), FEED, SITE)
    assert other.of(told("Flash", guid="1")) != of(told("Flash", guid="1"))[0]


@pytest.mark.parametrize("site", ["", "javascript:void(0)", "mailto:x@news.example"])
def test_a_feed_that_names_no_site_stands_for_it(site: str) -> None:
    assert urls(told("Flash", guid="g1"), site=site)[0].startswith(f"{FEED}#g1-")


def test_without_link_and_guid_the_title_and_the_date_tell_entries_apart() -> None:
    shown = [told("Weather"), told("Weather", published=NOW), told("Storm"), told("", summary="Just a text")]
    assert len({*urls(*shown)}) == 4
    assert urls(*reversed(shown)) == urls(*shown)[::-1], "in any order"


@pytest.mark.parametrize(
    "link",
    ["javascript:void(0)", "mailto:desk@news.example", "#", "http://", "https://news.example/", "/", "index.html"],
)
def test_a_link_to_no_page_of_an_article_is_none(link: str) -> None:
    [one] = of(told("Flash", guid="g1", url=link))
    assert not one.has_page
    assert "#g1-" in one.url


def test_a_guid_that_is_an_address_is_the_link_where_the_link_is_none() -> None:
    guid = "https://news.example/a/1"
    assert of(told("Flash", guid=guid, url=SITE)) == [Address(guid, guid)]
    assert of(told("Flash", guid=f" {guid} ")) == [Address(guid, guid)]
    one, two = of(told("A", guid=f"{guid}?x=1", url="/live"), told("B", guid=f"{guid}?x=2", url="/live"))
    assert (one.url, two.url, one.has_page) == (f"{guid}?x=1", f"{guid}?x=2", True)


def test_an_entry_that_tells_nothing_and_leads_nowhere_is_refused() -> None:
    for shown in (ParsedEntry(guid="x"), ParsedEntry(url="javascript:void(0)"), ParsedEntry(url=SITE)):
        with pytest.raises(BadUrl):
            of(shown)


def test_posts_of_a_live_page_have_their_fragments_and_the_page_is_not_their_text() -> None:
    assert of(entry("live#p1", "One"), entry("live#p2", "Two"), entry("live", "The page")) == [
        Address("https://news.example/live#p1", "https://news.example/live", has_page=False),
        Address("https://news.example/live#p2", "https://news.example/live", has_page=False),
        Address("https://news.example/live", "https://news.example/live"),
    ]


def test_an_aggregators_link_stands_for_the_publishers() -> None:
    [one] = of(entry(url="https://www.google.com/url?q=https://paper.example/a%3Fx%3D1&ct=ga"))
    assert one.url == "https://paper.example/a?x=1"


def test_a_fragment_of_a_link_that_no_other_entry_has_is_dropped() -> None:
    for fragment in ("comments", "xtor=RSS-1", "utm_source=rss", "anything", "p1", ""):
        [one, _] = of(entry(f"a#{fragment}", "One"), entry("b#x", "Two"))
        assert (one.url, one.has_page) == ("https://news.example/a", True)


def test_one_link_with_noise_behind_it_is_one_page() -> None:
    shown = [entry("a#comments", "One", guid="1"), entry("a", "One", guid="1")]
    assert of(*shown) == [Address("https://news.example/a", "https://news.example/a")] * 2


@pytest.mark.parametrize("route", ["#!/news/7", "#/news/7", "app/#/news/7", "index.html#!/news/7"])
def test_a_route_of_a_page_drawn_by_script_is_an_article_of_its_own(route: str) -> None:
    [one] = of(entry(route, "One"))
    assert one.url == f"https://news.example/{route}"
    assert not one.has_page


def test_a_route_behind_an_article_is_a_part_of_it() -> None:
    assert of(entry("story-2026-kim#/comments", "One"))[0].has_page


@pytest.mark.parametrize("link", ["live", "", "news/", "a/three-killed-in-blast-17"])
def test_one_link_for_all_entries_is_the_page_of_none(link: str) -> None:
    by_guid = of(entry(link, "One", guid="1"), entry(link, "Two", guid="2"), entry(link, "Three", guid="3"))
    by_title = of(entry(link, "One"), entry(link, "Two"), entry(link, "Three"))
    by_title_since_guids_are_equal = of(*(entry(link, title, guid="x") for title in ("One", "Two", "Three")))
    for found in (by_guid, by_title, by_title_since_guids_are_equal):
        assert len({one.url for one in found}) == 3
        assert not any(one.has_page for one in found)
        assert all(one.url.startswith(f"https://news.example/{link}#") for one in found)


def test_an_article_that_a_feed_shows_twice_keeps_its_page() -> None:
    for shown in (
        [entry("a", "One", guid="1"), entry("a", "One", guid="2")],
        [entry("a", "One", guid="1"), entry("a", "One, corrected", guid="1")],
        [entry("a", "One"), entry("a", "ONE ")],
    ):
        assert of(*shown) == [Address("https://news.example/a", "https://news.example/a")] * 2


def test_two_headlines_at_one_link_are_one_article_where_a_feed_has_many_links() -> None:
    others = [entry(f"x{n}", f"X{n}") for n in range(9)]
    assert all(one.has_page for one in of(*others, entry("a", "One"), entry("a", "Two")))
    assert not of(*others, entry("a", "One", guid="1"), entry("a", "Two", guid="2"))[-1].has_page
    assert not of(*others, *(entry("a", title) for title in ("One", "Two", "Three")))[-1].has_page


def test_a_guid_is_the_same_in_other_letters_and_under_another_scheme() -> None:
    assert (
        len(
            {
                *map(
                    guid_name,
                    ["http://News.example/?p=1", "https://www.news.example/?p=1", " https://news.example/?P=1/\n"],
                )
            }
        )
        == 1
    )
    assert guid_name("/") == "/"


def test_thousands_of_entries_with_one_link_cost_no_more_than_others() -> None:
    looked_at = 0

    class Told(str):
        __slots__ = ()

        def casefold(self) -> str:
            nonlocal looked_at
            looked_at += 1
            return super().casefold()

    of(*(entry(f"live#p{n % 2}", Told(f"T{n}"), guid=str(n)) for n in range(500)))
    assert looked_at <= 4 * 500
