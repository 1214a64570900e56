"""News sitemaps."""

from ingest.parse.shapes import MOST_ENTRIES, ParsedFeed, ParseFailure
from ingest.parse.sitemap import parse_sitemap

HEAD = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'


def news(number: int, at: str) -> str:
    return (
        f"<url><loc>https://map.example/{number}</loc><news:news><news:publication_date>{at}</news:publication_date>"
        f"<news:title>Title {number}</news:title></news:news></url>"
    )


def entries(text: str) -> list[str]:
    found = parse_sitemap(text)
    assert isinstance(found, ParsedFeed), found
    return [entry.title or entry.url for entry in found.entries]


def test_the_newest_come_first_and_undated_ones_last() -> None:
    undated = "<url><loc>https://map.example/9</loc><news:news><news:title>Undated</news:title></news:news></url>"
    body = (
        undated
        + news(1, "2026-03-01T00:00:00Z")
        + news(2, "2026-03-02T00:00:00+09:00")
        + news(3, "2026-03-01T20:00:00Z")
    )
    assert entries(HEAD + body + "</urlset>") == ["Title 3", "Title 2", "Title 1", "Undated"]


def test_of_a_large_one_the_newest_thousand_are_kept() -> None:
    body = "".join(
        news(n, f"2026-03-01T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z") for n in range(MOST_ENTRIES + 5)
    )
    found = entries(HEAD + body + "</urlset>")
    assert (len(found), found[0]) == (MOST_ENTRIES, f"Title {MOST_ENTRIES + 4}")


def test_a_sitemap_of_the_whole_site_is_no_news() -> None:
    found = parse_sitemap(HEAD + "<url><loc>https://map.example/imprint</loc></url></urlset>")
    assert isinstance(found, ParseFailure)
    assert found.outcome == "not_a_feed"


def test_one_without_addresses_is_empty_and_broken_ones_give_what_they_hold() -> None:
    assert entries(HEAD + "</urlset>") == []
    assert entries(HEAD + news(1, "2026-03-01") + "<url><loc>") == ["Title 1"]
    assert entries("<?xml version='1.0' encoding='utf-16'?>" + HEAD + news(1, "2026-03-01") + "</urlset>") == [
        "Title 1"
    ]
    nothing = parse_sitemap("no xml at all")
    assert isinstance(nothing, ParseFailure)
    assert nothing.outcome == "parse"
