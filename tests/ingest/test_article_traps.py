"""The article that wirewatch was designed from, as text and inside a newspaper's page: only its own words get through."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from core.model.article import TimeConfidence
from ingest.parse.clean import article_lines
from ingest.parse.dates import parse_date
from ingest.parse.page import read_page
from ingest.parse.shapes import PageContext, ParsedPage, Publisher
from tests.data_shared import shared

RAW = shared("data", "article.txt").read_text(encoding="utf-8")
TEMPLATE = (Path(__file__).parents[1] / "data" / "pages" / "business_paper.html").read_text(encoding="utf-8")
TITLE = "North Korean minister visits Moscow as concern grows over alleged arms deal"
PUBLISHED = datetime.fromisoformat("2024-01-15T14:43:00+05:30")
URL = "https://www.ledger.example/world-news/minister-visits-124011500460_1.html"
INDIA = Publisher(time_zone="Asia/Kolkata")

_LINES = [line.strip() for line in RAW.splitlines() if line.strip()]
_START = next(i for i, line in enumerate(_LINES) if line.startswith("North Korea's foreign minister is visiting"))
_ALSO_READ = _LINES.index("Also Read")
_END = _LINES.index("Follow our WhatsApp channel")
BODY = [line for line in _LINES[_START:_ALSO_READ] if "WhatsApp" not in line]
HEADLINES = _LINES[_ALSO_READ + 1 : _END]
FOREIGN = [
    *HEADLINES,
    "Also Read", "Topics", "Follow", "WhatsApp", "Explore", "First Published", "Last Updated", "min read", "Photo",
    "Wikipedia", "Next Story", "Home", "World News", "Icon", "Oxford scientists", "Nipah", "Nikki Haley", "Turkey detains",
    "Jaishankar", "invest trapped rupees",
]  # fmt: skip


def page(json_ld: str = "", also_read: str = "<ul>{}</ul>", item: str = '<li><a href="/x">{}</a></li>') -> str:
    """The article as the newspaper would show it."""
    listed = also_read.format("".join(item.format(headline) for headline in HEADLINES))
    html = TEMPLATE.replace("{title}", TITLE).replace("{json_ld}", json_ld)
    html = html.replace("{also_read}", listed).replace("{also_read_bare}", listed)
    parts = {"first": BODY[:2], "middle": BODY[2:5], "last": BODY[5:]}
    for name, lines in parts.items():
        html = html.replace(f"{{{name}_paragraphs}}", "".join(f"<p>{line}</p>" for line in lines))
    return html


def test_the_sample_has_what_the_tests_look_for() -> None:
    assert len(BODY) == 7
    assert len(HEADLINES) == 10
    assert all(word in RAW for word in FOREIGN)


def test_of_the_plain_text_only_the_articles_own_paragraphs_stay() -> None:
    found = article_lines(RAW.splitlines(), TITLE)
    assert found[-7:] == BODY
    assert found[:-7] in ([], ["AP Moscow"])


def test_nothing_around_the_plain_text_gets_through() -> None:
    text = "\n\n".join(article_lines(RAW.splitlines(), TITLE))
    assert [word for word in FOREIGN if word in text] == []


@pytest.mark.parametrize(
    "line", ["Last Updated : Jan 15 2024 | 2:43 PM IST", "First Published: Jan 15 2024 | 2:43 PM IST"]
)
@pytest.mark.parametrize("zone", ["Asia/Kolkata", None])
def test_the_local_time_is_indian_time(line: str, zone: str | None) -> None:
    found = parse_date(line, Publisher(time_zone=zone))
    assert found is not None
    assert found.at == PUBLISHED
    assert found.at.utcoffset() == PUBLISHED.utcoffset()
    assert found.confidence is TimeConfidence.EXACT


@pytest.mark.parametrize(
    ("also_read", "item"),
    [
        ("<ul>{}</ul>", '<li><a href="/x">{}</a></li>'),
        ("{}", '<p><a href="/x">{}</a></p>'),
        ("{}", "<p>{}</p>"),
        ("{}", '<div class="cardlist"><img src="/i.jpg"><a href="/x"><h4>{}</h4></a></div>'),
        ("<div>{}</div>", '<div><h2><a href="/x">{}</a></h2></div>'),
        ("<table>{}</table>", '<tr><td><a href="/x">{}</a></td></tr>'),
    ],
)
def test_of_the_newspapers_page_only_the_articles_own_paragraphs_stay(also_read: str, item: str) -> None:
    found = read_page(page(also_read=also_read, item=item), None, URL, PageContext(publisher=INDIA))
    assert isinstance(found, ParsedPage)
    assert [word for word in FOREIGN if word in found.text] == []
    assert [
        word for word in ("Sensex", "Gold price", "Budget 2024", "hostages", "Subscribe") if word in found.text
    ] == []
    paragraphs = found.text.split("\n\n")
    assert paragraphs[-7:] == BODY
    assert [line for line in paragraphs[:-7] if line not in ("AP Moscow", "AP", "Moscow")] == []


def test_title_time_language_and_address_of_the_page_are_found() -> None:
    found = read_page(page(), None, URL, PageContext(publisher=INDIA))
    assert isinstance(found, ParsedPage)
    assert found.title == TITLE
    assert found.published == PUBLISHED
    assert found.published_confidence is TimeConfidence.EXACT
    assert found.lang == "en"
    assert found.canonical_url == URL
    assert found.tags == ("North Korea", "Russia", "Moscow", "Sergey Lavrov")


def test_what_the_page_says_to_machines_comes_before_what_it_shows() -> None:
    data = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "BreadcrumbList", "name": "Home"},
            {
                "@type": ["NewsArticle"],
                "headline": TITLE,
                "datePublished": "2024-01-15T14:40:10+05:30",
                "dateModified": "2024-01-15T14:43:02+05:30",
                "author": [{"@type": "Person", "name": "A. Writer"}],
                "articleSection": "World News",
                "inLanguage": "en-IN",
            },
        ],
    }
    found = read_page(page(f'<script type="application/ld+json">{json.dumps(data)}</script>'), None, URL)
    assert isinstance(found, ParsedPage)
    assert found.published == datetime.fromisoformat("2024-01-15T14:40:10+05:30")
    assert found.updated == datetime.fromisoformat("2024-01-15T14:43:02+05:30")
    assert found.authors == ("A. Writer",)
    assert found.section == "World News"
