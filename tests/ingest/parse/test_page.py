"""A page's article and what the page says of it."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.article import TimeConfidence
from core.model.outcome import ArticleOutcome
from ingest.parse.page import read_page
from ingest.parse.read import page_of
from ingest.parse.shapes import PageContext, ParsedPage, ParseFailure, Publisher
from tests.effort import tries

URL = "https://www.herald.example/news/crane-1234.html"
SENTENCE = "The harbour of Larnport was closed on Monday after a crane fell into the main channel, the authority said. "
BODY = f"<article><h1>Crane closes harbour</h1><p>{SENTENCE}</p><p>{SENTENCE[:-2]} on Tuesday.</p></article>"


def page(head: str = "", body: str = BODY, attributes: str = "") -> ParsedPage:
    html = f"<!doctype html><html {attributes}><head>{head}</head><body>{body}</body></html>"
    found = read_page(html, None, URL)
    assert isinstance(found, ParsedPage), found
    return found


def linked(**fields: object) -> str:
    data = {"@context": "https://schema.org", "@type": "NewsArticle"} | fields
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


def test_what_the_page_says_to_machines_comes_first() -> None:
    head = (
        linked(
            headline="Crane closes  harbour",
            datePublished="2026-03-02T09:00:00+01:00",
            dateModified="2026-03-02T10:00:00Z",
            author=[{"name": "Jane Doe"}, "John Roe", {"name": "https://social.example/x"}],
            articleSection=["Ports", "World"],
            keywords="harbour, crane,,harbour",
            inLanguage="en-GB",
        )
        + meta("og:title", "Another")
        + meta("article:published_time", "2020-01-01T00:00:00Z")
    )
    found = page(head)
    assert found.title == "Crane closes harbour"
    assert found.published == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert found.published_confidence is TimeConfidence.EXACT
    assert found.updated == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert found.authors == ("Jane Doe", "John Roe")
    assert (found.section, found.tags, found.lang) == ("Ports", ("harbour", "crane"), "en")


def test_meta_tags_stand_in_and_broken_linked_data_does_no_harm() -> None:
    head = '<script type="application/ld+json">{"@type": "NewsArticle", </script>' + "".join(
        [
            meta("og:title", "Crane closes harbour | Herald"),
            meta("article:published_time", "2026-03-02T09:00:00Z"),
            meta("og:updated_time", "2026-03-02T11:00:00Z"),
            meta("author", "Jane Doe"),
            meta("article:section", "Ports"),
            meta("keywords", "a, b"),
            meta("og:locale", "en_AU"),
        ]
    )
    found = page(head)
    assert (found.title, found.authors, found.section, found.tags, found.lang) == (
        "Crane closes harbour",
        ("Jane Doe",),
        "Ports",
        ("a", "b"),
        "en",
    )
    assert found.published == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert found.updated == datetime(2026, 3, 2, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "zone", "expected", "confidence"),
    [
        (
            "First Published: Mar 02 2026 | 2:30 PM IST",
            "Asia/Kolkata",
            "2026-03-02T09:00:00+00:00",
            TimeConfidence.EXACT,
        ),
        (
            "Veröffentlicht am 02.03.2026 um 10:00 Uhr",
            "Europe/Berlin",
            "2026-03-02T09:00:00+00:00",
            TimeConfidence.ASSUMED_ZONE,
        ),
        ("입력 2026.03.02 18:00", "Asia/Seoul", "2026-03-02T09:00:00+00:00", TimeConfidence.ASSUMED_ZONE),
    ],
)
def test_a_line_for_people_tells_the_time_where_nothing_else_does(
    line: str, zone: str, expected: str, confidence: TimeConfidence
) -> None:
    html = f"<html><body><div>{line}</div>{BODY}</body></html>"
    found = read_page(html, None, URL, PageContext(publisher=Publisher(time_zone=zone)))
    assert isinstance(found, ParsedPage)
    assert found.published == datetime.fromisoformat(expected)
    assert found.published_confidence is confidence


def test_a_guessed_day_is_marked_as_one() -> None:
    found = read_page(f"<html><body>{BODY}</body></html>", None, "https://www.herald.example/2026/03/02/crane.html")
    assert isinstance(found, ParsedPage)
    assert found.published_confidence in (TimeConfidence.DAY, TimeConfidence.UNKNOWN)
    assert found.published is None or found.published == datetime(2026, 3, 2, tzinfo=UTC)


def test_the_title_is_the_heading_where_nothing_else_says_it() -> None:
    assert page("<title>Crane closes harbour | Herald</title>").title == "Crane closes harbour"
    assert page("<title>Crane | Herald</title>", BODY.replace("h1", "h2")).title == "Crane"


def test_a_canonical_address_of_the_same_site_counts() -> None:
    assert page('<link rel="canonical" href="/news/crane">').canonical_url == "https://www.herald.example/news/crane"
    assert page('<link rel="canonical" href="https://other.example/x">').canonical_url == URL
    assert page('<link rel="canonical" href="https://herald.example/">').canonical_url == URL
    assert (
        page(meta("og:url", "https://herald.example/crane?utm_source=x")).canonical_url
        == "https://herald.example/crane"
    )


def test_the_language_is_declared_or_told_from_the_text() -> None:
    assert page(attributes='lang="en_US"').lang == "en"
    german = (
        "Der Hafen wurde am Montag gesperrt, nachdem ein Kran in die Fahrrinne gestürzt war, teilte die Behörde mit. "
    )
    assert page(body=f"<article><p>{german * 2}</p></article>").lang == "de"


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"", "parse"),
        (b"   ", "parse"),
        (b"<html><body><nav>Home</nav></body></html>", "no_text"),
        (
            b"<html><body><article><p>Nine words are too few to be an article here.</p></article></body></html>",
            "too_short",
        ),
        (b"%PDF-1.7 ...", "not_html"),
        (b"GIF89a", "not_html"),
        (b"\x89PNG\r\n", "not_html"),
        (b"PK\x03\x04", "not_html"),
    ],
)
def test_what_is_no_article_ends_with_a_name(body: bytes, outcome: str) -> None:
    found = page_of(body, "text/html", URL)
    assert isinstance(found, ParseFailure)
    assert ArticleOutcome(found.outcome) == outcome


def test_a_page_whose_address_is_none_is_refused() -> None:
    found = read_page(f"<html><body>{BODY}</body></html>", None, "mailto:x@herald.example")
    assert isinstance(found, ParseFailure)
    assert found.outcome == "bad_url"


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "koi8-r", "utf-16"])
def test_the_page_is_read_in_its_encoding(encoding: str) -> None:
    sentence = (
        "Порт закрыли в понедельник после того, как в канал упал кран, сообщила администрация порта журналистам. "
    )
    html = f"<html><head><meta charset={encoding}></head><body><article><p>{sentence * 3}</p></article></body></html>"
    found = page_of(
        html.encode(encoding), "text/html" if encoding == "utf-16" else f"text/html; charset={encoding}", URL
    )
    assert isinstance(found, ParsedPage)
    assert found.text.startswith("Порт закрыли")
    assert found.lang == "ru"


pieces = st.lists(
    st.sampled_from(
        ["<html>", "<body>", "<article>", "<p>", "</p>", "<div class='also-read'>", "</div>", SENTENCE, "<nav>", "<table><tr><td>", "<br>",
         "<!--", "-->", "<script type='application/ld+json'>", '{"@type":"NewsArticle","author":[[[{"name":[]}]]],"datePublished":5}',
         '[{"@graph":[{"@type":["Article"],"headline":{}}]}]', "</script>", "<meta property='og:url' content='http://['>", "\x00", "&#xD800;",
         "<link rel=canonical href='http://[::1'>", "<time datetime='x'>", "<form>", "<svg><![CDATA[", "\ufffe", "<h1>", "<a href=#>"]
    ),
    max_size=25,
)  # fmt: skip


@tries(60)
@given(pieces)
def test_no_page_ends_in_anything_but_an_article_or_a_named_failure(parts: list[str]) -> None:
    found = page_of("".join(parts).encode("utf-8", "surrogatepass"), "text/html; charset=utf-8", URL)
    assert isinstance(found, ParsedPage | ParseFailure)
    if isinstance(found, ParseFailure):
        assert ArticleOutcome(found.outcome)
    else:
        assert len(found.text) >= 80


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="shortlink Canonical" href="/ports/crane-closes-harbour">',
        '<base href="https://www.herald.example/ports/x"><link rel="canonical" href="crane-closes-harbour">',
        '<link rel="alternate" href="/feed"><LINK REL=CANONICAL HREF="//www.herald.example/ports/crane-closes-harbour">',
        meta("og:url", "https://www.herald.example/ports/crane-closes-harbour"),
        linked(headline="Crane closes harbour", url="https://www.herald.example/ports/crane-closes-harbour"),
    ],
)
def test_a_canonical_address_is_read_however_it_is_written(head: str) -> None:
    assert page(head).canonical_url == "https://www.herald.example/ports/crane-closes-harbour"


SWEDISH = "Hamnen stängdes på måndagen efter att en kran fallit i farleden, meddelade myndigheten. "
SHORT = "Hamnen 12345 67890 12345 67890 12345 67890 12345 67890 12345 67890 12345 67890 12345 67890 12345 67890."


@pytest.mark.parametrize(
    ("said", "text", "wanted"),
    [
        ("", SWEDISH * 3, "sv"),
        ("sv-SE", SWEDISH * 3, "sv"),
        ("nb", SWEDISH * 3, "nb"),  # written so much alike that the page is believed
        ("en", SWEDISH * 3, "sv"),  # a template says English around any article
        ("de", SENTENCE * 3, "en"),
        ("xyzzy", SENTENCE * 3, "en"),
        ("de", SHORT, "de"),
        ("", SHORT, "fi"),
    ],
)
def test_the_language_is_the_pages_then_the_publishers_unless_the_text_is_surely_in_another(
    said: str, text: str, wanted: str
) -> None:
    html = f"<html lang='{said}'><body><article><p>{text}</p></article></body></html>"
    found = read_page(html, None, URL, PageContext(publisher=Publisher(lang="fi")))
    assert isinstance(found, ParsedPage)
    assert found.lang == wanted
