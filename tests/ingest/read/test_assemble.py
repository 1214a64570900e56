"""Which of feed and page is believed for what."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.model.article import Article, TimeConfidence
from core.model.codec import decode, encode
from core.model.source import Entry, Source
from ingest.parse.dated import Dated
from ingest.parse.shapes import ParsedPage
from ingest.read.assemble import MOST_CHARACTERS, assemble, dated

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOURCE = Source(source_id="s", name="News", url="https://news.example/feed", lang="fr", country="FR")
URL = "https://news.example/a"
ENTRY = Entry(entry_id="e", source=SOURCE, url=URL, title="Feed title", seen=NOW)
HOUR = timedelta(hours=1)


def page(**values: object) -> ParsedPage:
    return ParsedPage(**({"canonical_url": URL} | values))  # type: ignore[arg-type] # ParsedPage's own fields


@pytest.mark.parametrize(
    ("feed", "on_page", "confidence", "believed"),
    [
        (NOW - HOUR, NOW, TimeConfidence.EXACT, Dated(NOW, TimeConfidence.EXACT)),
        (NOW - HOUR, NOW, TimeConfidence.ASSUMED_ZONE, Dated(NOW - HOUR, TimeConfidence.EXACT)),
        (None, NOW, TimeConfidence.DAY, Dated(NOW, TimeConfidence.DAY)),
        (NOW - HOUR, NOW + 48 * HOUR, TimeConfidence.EXACT, Dated(NOW - HOUR, TimeConfidence.EXACT)),
        (None, datetime(1970, 1, 1, tzinfo=UTC), TimeConfidence.EXACT, Dated(None, TimeConfidence.UNKNOWN)),
        (None, None, TimeConfidence.UNKNOWN, Dated(None, TimeConfidence.UNKNOWN)),
    ],
)
def test_an_instant_goes_before_a_guess(
    feed: datetime | None, on_page: datetime | None, confidence: TimeConfidence, believed: Dated
) -> None:
    shown = page(published=on_page, published_confidence=confidence)
    assert dated(replace(ENTRY, published=feed), shown, NOW) == believed


def test_the_page_goes_before_the_feed_and_the_feed_before_the_source() -> None:
    bare = assemble(ENTRY, page(text="x"), URL, NOW)
    assert (bare.title, bare.lang, bare.country) == ("Feed title", "fr", "FR")
    entry = replace(ENTRY, lang="de", authors=("Feed",), tags=("feed",))
    fed = assemble(entry, page(text="x"), URL, NOW)
    assert (fed.lang, fed.authors, fed.tags) == ("de", ("Feed",), ("feed",))
    full = assemble(entry, page(text="x", title="T", lang="ko", authors=("Page",), tags=("page",)), URL, NOW)
    assert (full.title, full.lang, full.authors, full.tags) == ("T", "ko", ("Page",), ("page",))


def test_entries_that_share_a_page_are_articles_of_their_own() -> None:
    posts = [replace(ENTRY, url=f"{URL}#p{n}", has_page=False) for n in range(2)]
    one, two = (assemble(post, page(text="x"), post.url, NOW) for post in posts)
    assert (one.url, one.canonical_url, one.domain) == (f"{URL}#p0", f"{URL}#p0", "news.example")
    assert one.article_id != two.article_id


def test_an_edit_changes_the_revision_and_not_the_id() -> None:
    before, after = (assemble(ENTRY, page(title="T", text=text), URL, NOW) for text in ("one", "two"))
    assert before.article_id == after.article_id
    assert before.revision != after.revision


@pytest.mark.parametrize(
    ("canonical", "believed"),
    [
        ("https://WWW.news.example/b?utm_source=x", "https://www.news.example/b"),
        ("/b", "https://news.example/b"),
        ("", URL),
        ("https://news.example/", URL),
        ("javascript:void(0)", URL),
        ("http://[", URL),
    ],
)
def test_a_canonical_url_that_names_no_article_is_not_believed(canonical: str, believed: str) -> None:
    article = assemble(ENTRY, page(canonical_url=canonical, text="x"), URL, NOW)
    assert article.canonical_url == believed
    assert article.domain == "news.example"


def test_text_of_any_kind_fits_a_record() -> None:
    shown = page(title="a\ud800", text="x\0" * MOST_CHARACTERS, authors=("\udfff",), tags=("t\0",), section="\ud800")
    article = assemble(ENTRY, shown, URL, NOW)
    assert decode(encode(article), Article) == article
    assert len(article.text) == MOST_CHARACTERS
