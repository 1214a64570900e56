"""When a page says that its article was published, and what on it only looks like that."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from core.model.article import TimeCandidate, TimeConfidence
from core.model.source import Entry, Source
from ingest.parse.dated import Dated, chosen_time
from ingest.parse.page import read_page
from ingest.parse.shapes import PageContext, ParsedPage, Publisher

URL = "https://www.herald.example/ports/crane-closes-harbour"
SENTENCES = (
    "The harbour of Larnport was closed on Monday after a crane fell into the main channel, the authority said.",
    "Divers looked for the driver, who was seen on the quay in the evening, and found the cabin of the crane empty.",
    "Ships wait outside the port, and the first of them are expected to be let in when the channel has been cleared.",
)
PROSE = "".join(f"<p>{one}</p>" for one in SENTENCES)
WANTED = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
ISO = "2026-03-02T09:30:00+01:00"
EXACT, ASSUMED, DAY = TimeConfidence.EXACT, TimeConfidence.ASSUMED_ZONE, TimeConfidence.DAY


def read(head: str, body: str, *, url: str = URL, zone: str | None = None, fed: datetime | None = None) -> ParsedPage:
    publisher = Publisher(time_zone=zone)
    source = Source(source_id="s", name="s", url=url)
    entry = (
        None
        if fed is None
        else Entry(entry_id="", source=source, url=url, published=fed, seen=WANTED + timedelta(days=30))
    )
    html = f"<html lang='en'><head>{head}</head><body>{body}</body></html>"
    found = read_page(html, None, url, PageContext(publisher=publisher, entry=entry))
    assert isinstance(found, ParsedPage), found
    return found


def linked(**fields: object) -> str:
    data = {"@type": "NewsArticle", "headline": "Crane closes harbour"} | fields
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def article(inner: str, behind: str = "") -> str:
    return f"<article><h1>Crane closes harbour</h1>{inner}{PROSE}{behind}</article>"


CLOCK = "<time datetime='2026-06-30T12:00:00Z'>30 June</time>"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (linked(datePublished=ISO), article(CLOCK)),
        (linked(datePublished=ISO) + linked(headline="Other", url="https://www.herald.example/b", datePublished="2020-01-01T00:00:00Z"), article("")),
        (linked(headline="Other", url="https://www.herald.example/b", datePublished="2020-01-01T00:00:00Z") + linked(datePublished=ISO), article("")),
        ('<meta property="article:published_time" content="2026-03-02T08:30:00Z">', article(CLOCK)),
        ('<meta name="pubdate" content="Mon, 02 Mar 2026 09:30:00 +0100">', article("")),
        ('<meta name="DC.date.issued" content="2026-03-02T08:30:00Z">', article("")),
        ('<meta property="og:article:published_time" content="2026-03-02 08:30:00 UTC">', article("")),
        ("", article(f"<meta itemprop='datePublished' content='{ISO}'>")),
        (f"<meta itemprop='datePublished' content='{ISO}'>", article("")),
        (f"<meta property='article:published' itemprop='datePublished' content='{ISO}'>", article("")),
        (f"<meta name='x-published-date' content='{ISO}'>", article("")),
        ("", article(f"<relative-time datetime='{ISO}'>2 hours ago</relative-time>")),
        ("", f"<div itemscope itemtype='https://schema.org/NewsArticle'><h1>Crane closes harbour</h1><span itemprop='datePublished' content='{ISO}'>x</span>{PROSE}</div>"),
        ("", f"<header>{CLOCK}</header>" + article(f"<time datetime='{ISO}'>2 March</time>")),
        ("", f"<header><div>{CLOCK}</div></header><main>" + article(f"<time datetime='{ISO}'>2 March</time>") + "</main>"),
        ("", f"<div class='clock'>{CLOCK}</div>" + article(f"<time datetime='{ISO}'>2 March</time>")),
        ("", f"<nav>{CLOCK}</nav>" + article(f"<time datetime='{ISO}'></time>")),
        ("", article(f"<time datetime='{ISO}'></time>", f"<div class='related'>{CLOCK}</div>")),
        ("", article(f"<aside>{CLOCK}</aside><time datetime='{ISO}'></time>")),
        ("", article("", f"<time datetime='{ISO}'></time><section id='comments'>{CLOCK}</section>")),
        ("", f"<article class='teaser'><h2>Other</h2>{CLOCK}</article>" + article(f"<time datetime='{ISO}'></time>")),
        ("", article(f"<time datetime='{ISO}'></time>") + f"<article><h2>Other</h2>{CLOCK}</article>"),
        ("", f"<article><header><h1>Crane closes harbour</h1><time datetime='{ISO}'></time></header>{PROSE}</article>"),
        ("", f"<header class='story-head'><h1>Crane closes harbour</h1><time datetime='{ISO}'></time></header><article>{PROSE}</article>"),
        ("", f"<div id='top'>{CLOCK}</div><div><p>x</p></div>" * 0 + f"<div><h1>Crane closes harbour</h1><time datetime='{ISO}'></time>{PROSE}</div>"),
        ("", article(f"<time class='updated' datetime='2026-03-03T10:00:00Z'></time><time class='published' datetime='{ISO}'></time>")),
        ("", article("<time datetime='2026-03-02'>2 March 2026, 08:30 GMT</time>")),
        ("", article("<time>2 March 2026, 08:30 GMT</time>")),
        ("", article("<div>Published: 2 March 2026 08:30 GMT</div>")),
        ("", article("<p>First published on 2 March 2026 at 08:30 GMT</p>")),
        ("", article("<div>By Jane Doe | Published: Mar 2, 2026 08:30 UTC | Updated: Mar 3, 2026 10:00 UTC</div>")),
        ("", article("<span class='date'>2 March 2026, 08:30 GMT</span>")),
        ("", article("<div class='post_publicationTime__Ab3'>2026-03-02T08:30:00Z</div>")),
        ("", article("<div>March 2, 2026 08:30 GMT</div>")),
        ("", article("<p>By Jane Doe in Larnport, The Herald | 2 Mar 2026 08:30 GMT</p>")),
        ("", article("<div>Опубликовано: 2 марта 2026 11:30 MSK</div>")),
        ("", article("", "<p>Published 2 March 2026, 08:30 GMT</p>")),
        ("", article("", f"<footer>Posted <time datetime='{ISO}'></time></footer>")),
        ("", article(f"<time class='entry-date published updated' datetime='{ISO}'>2 March</time>")),
        ("", f"<div><h1>Crane closes harbour</h1><abbr class='published' title='{ISO}'>yesterday</abbr>{PROSE}</div>"),
        ("", f"<div><h1>Crane closes harbour</h1><span class='timestamp' data-timestamp='1772440200'>yesterday</span>{PROSE}</div>"),
        ("", "<div class='post-sidebar-none'>" + article(f"<time datetime='{ISO}'></time>") + "</div>"),
        ("", f"<div>{CLOCK}</div><div><h1>Crane closes harbour</h1><time datetime='{ISO}'></time>{PROSE}</div>"),
        (linked(**{"@type": "WebPage", "datePublished": ISO}), article("")),
        (linked() + linked(**{"@type": "WebPage", "datePublished": ISO}), article("")),
        (linked(**{"@type": "VideoObject", "headline": None, "name": "Crane closes harbour", "uploadDate": ISO}), article("")),
    ],
)  # fmt: skip
def test_the_time_that_the_page_states_is_read(head: str, body: str) -> None:
    found = read(head, body)
    assert (found.published, found.published_confidence) == (WANTED, EXACT)


@pytest.mark.parametrize(
    "body",
    [
        article("<p>The treaty was published on 17 June 2012 at 10:00 and signed in Geneva, the ministry said in the note.</p>"),
        article("<p>Published on 17 June 2012, the treaty on cranes was signed in Geneva by all ministers of the region.</p>"),
        article("<p>The book, first published in 1987, tells of the harbour.</p>"),
        article("<p>It was updated: on 3 May 2011 a second crane came to the harbour of the town, and a third one soon.</p>"),
        article("<p>He posted on 3 May 2011 that the crane would fall.</p>"),
        article("<p>The list was published on 3 May 2011.</p>"),
        article("<p>17 June 2012 was the day on which the crane was put up, and it has stood in the harbour since then.</p>"),
        f"<header>{CLOCK}</header>" + article(""),
        "<div class='today'>Tuesday, 30 June 2026</div>" + article(""),
        "<div id='current-date'>30.06.2026 12:00</div>" + article(""),
        article("", f"<div class='related-articles'>{CLOCK}</div>"),
        article("") + f"<section class='comments'><article>{CLOCK}<p>I said so.</p></article></section>",
        article("") + "<footer>Updated 30 June 2026 12:00 GMT. © 2026 The Herald</footer>",
        article("") + "<footer><p>© 1999-2026 The Herald. Published by Herald Ltd on 1 May 2001.</p></footer>",
        article("<div>The report, published 3 May 2011, says so.</div>"),
        article("<p>Updated: the pact of 17 June 2012 is void.</p>"),
        article("<p>Veröffentlicht wurde der Vertrag am 17. Juni 2012 um 10:00 Uhr in Genf.</p>"),
        article("The treaty was<br>published on 17 June 2012 at 10:00<br>and signed in Geneva."),
        article("<p>The treaty was <span>published on 17 June 2012 at 10:00</span> and signed.</p>"),
        article("<div>The treaty of the ports was <b>published on 17 June 2012 at 10:00</b> and signed</div>"),
        article("<ul><li>Published 17 June 2012: the treaty of Geneva</li></ul>"),
        f"<div>{CLOCK}</div><div><h1>Crane closes harbour</h1>{PROSE}</div>" * 1,
        f"<div><h1>Crane closes harbour</h1>{PROSE}</div><ul><li><a href='/x'>Bank raises rates again</a>{CLOCK}</li><li><h3>Minister visits the quay</h3>{CLOCK}</li></ul>",
        article("<blockquote><p>Published: 3 May 2011 in the Gazette of the town of Larnport, which nobody reads.</p></blockquote>"),
    ],
)  # fmt: skip
def test_clocks_lists_and_sentences_are_not_its_time(body: str) -> None:
    assert read("", body).published is None


def test_a_page_without_zone_is_read_in_the_sources() -> None:
    found = read("", article("<time datetime='2026-03-02T17:30:00'></time>"), zone="Asia/Seoul")
    assert (found.published, found.published_confidence) == (WANTED, ASSUMED)


def test_what_was_changed_is_told_apart() -> None:
    for head, body in (
        (linked(datePublished=ISO, dateModified="2026-03-02T10:00:00Z"), article("")),
        (f'<meta property="article:published_time" content="{ISO}"><meta property="article:modified_time" content="2026-03-02T10:00:00Z">', article("")),
        ("", article(f"<time datetime='{ISO}'></time><time class='updated' datetime='2026-03-02T10:00:00Z'></time>")),
        ("", article("<p>Published: 2 March 2026 08:30 GMT</p><p>Last updated: 2 March 2026 10:00 GMT</p>")),
        ("", article("<div>Published 2 March 2026 08:30 GMT · Updated 2 March 2026 10:00 GMT</div>")),
    ):  # fmt: skip
        found = read(head, body)
        assert (found.published, found.updated) == (WANTED, datetime(2026, 3, 2, 10, tzinfo=UTC))


def test_every_place_that_says_it_is_kept_with_its_name() -> None:
    head = linked(datePublished=ISO) + '<meta name="date" content="2026-03-02">'
    found = read(
        head, article(f"<time datetime='{ISO}'></time>"), url="https://www.herald.example/2026/03/02/crane", fed=WANTED
    )
    assert [one.origin for one in found.times] == ["json_ld", "meta", "time", "url", "feed"]


def at(hours: float) -> datetime:
    return WANTED + timedelta(hours=hours)


def said(origin: str, hours: float, confidence: TimeConfidence = EXACT) -> TimeCandidate:
    return TimeCandidate(origin, at(hours), confidence)


@pytest.mark.parametrize(
    ("candidates", "chosen"),
    [
        ([], Dated(None, TimeConfidence.UNKNOWN)),
        ([said("feed", 0)], Dated(WANTED, EXACT)),
        ([said("json_ld", 1), said("feed", 0)], Dated(at(1), EXACT)),
        ([said("feed", 0), said("meta", 2), said("json_ld", 1)], Dated(at(1), EXACT)),
        ([said("json_ld", -72), said("feed", 0)], Dated(WANTED, EXACT, uncertain=True)),
        ([said("json_ld", -72), said("meta", -72), said("feed", 0)], Dated(at(-72), EXACT, uncertain=True)),
        ([said("json_ld", -72), said("meta", -71, DAY), said("feed", 0)], Dated(at(-72), EXACT, uncertain=True)),
        ([said("json_ld", -72), said("meta", 0), said("feed", 0)], Dated(WANTED, EXACT, uncertain=True)),
        ([said("time", -72), said("feed", 0)], Dated(WANTED, EXACT, uncertain=True)),
        ([said("text", 1), said("feed", 0)], Dated(WANTED, EXACT)),
        ([said("time", 1, ASSUMED), said("feed", 0)], Dated(WANTED, EXACT)),
        ([said("meta", 1, ASSUMED), said("text", 1)], Dated(at(1), EXACT)),
        ([said("meta", 1, ASSUMED)], Dated(at(1), ASSUMED)),
        ([said("url", 0, DAY), said("guess", -72, DAY)], Dated(WANTED, DAY)),
        ([said("guess", -72, DAY), said("feed", 0)], Dated(WANTED, EXACT)),
        ([said("json_ld", 0), said("url", -200, DAY)], Dated(WANTED, EXACT, uncertain=True)),
        ([said("json_ld", 48), said("feed", 0)], Dated(WANTED, EXACT)),
        ([said("json_ld", -800_000)], Dated(None, TimeConfidence.UNKNOWN)),
    ],
)
def test_the_pages_instant_goes_first_and_days_apart_it_needs_two_witnesses(
    candidates: list[TimeCandidate], chosen: Dated
) -> None:
    assert chosen_time(candidates, WANTED) == chosen


def test_a_midnight_is_less_than_an_hour_of_the_same_day() -> None:
    midnight = TimeCandidate("json_ld", datetime(2026, 3, 2, tzinfo=UTC), EXACT)
    assert chosen_time([midnight, said("meta", 0)]) == Dated(WANTED, EXACT)
    assert chosen_time([midnight]) == Dated(midnight.at, EXACT)
    assert chosen_time([TimeCandidate("json_ld", midnight.at, DAY), said("time", 0)]) == Dated(WANTED, EXACT)


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("2026/03/02/crane", 2), ("2026-03-02-crane", 2), ("20260302/crane", 2), ("2026/3/2/crane", 2), ("crane-20260302.html", 2), ("2026/mar/02/crane", 2), ("2026/0302/crane", 2),
        ("2026/03/12/crane", 12), ("2026/3/12/crane", 12), ("a/202603021", None), ("2026/03/crane", None), ("id/20261301", None), ("1926/03/02/crane", None), ("20260230/crane", None), ("crane?d=2026-03-02", None),
    ],
)  # fmt: skip
def test_an_address_tells_a_day_and_no_hour(path: str, day: int | None) -> None:
    found = [
        one for one in read("", article(""), url=f"https://www.herald.example/{path}").times if one.origin == "url"
    ]
    assert [(one.at, one.confidence) for one in found] == (
        [] if day is None else [(datetime(2026, 3, day, tzinfo=UTC), DAY)]
    )


def test_the_time_of_a_change_stands_in_where_neither_page_nor_feed_says_another() -> None:
    head = '<meta property="article:modified_time" content="2026-03-02T08:30:00Z">'
    assert read(head, article("")).published == WANTED
    assert read(head, article(""), fed=at(-2)).published == at(-2)
    assert read(head + f'<meta name="date" content="{at(-1).isoformat()}">', article("")).published == at(-1)
