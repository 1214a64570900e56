"""A number or date that is none costs a feed that number, and nothing else."""

import pytest

from ingest.parse.read import feed_of
from ingest.parse.shapes import ParsedFeed, Publisher

URL = "https://herald.example/rss"
ODD = ["²", "٣", "9" * 5000, "-1", "nan", "inf", "1e400", "0", "99999999999999999999", "\ufffd"]
DATES = [
    "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
    "Mon, 01 Jan 2024 00:00:00 +99999999999999",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "9" * 5000,
    "²",
]


def feed(text: str) -> ParsedFeed:
    found = feed_of(text.encode(), "", URL, Publisher(time_zone="Asia/Kolkata"))
    assert isinstance(found, ParsedFeed), found
    return found


@pytest.mark.parametrize("number", ODD)
@pytest.mark.parametrize("name", ["ttl", "sy:updateFrequency", "skipHours", "cloud"])
def test_a_feed_with_an_odd_number_keeps_its_entries(number: str, name: str) -> None:
    text = (
        "<rss version='2.0' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'><channel><title>t</title>"
        f"<sy:updatePeriod>hourly</sy:updatePeriod><{name}>{number}</{name}>"
        "<item><title>Good headline</title><link>/2</link></item></channel></rss>"
    )
    found = feed(text)
    assert [entry.title for entry in found.entries] == ["Good headline"]
    assert found.ttl_seconds is None or 0 < found.ttl_seconds < 1e9


@pytest.mark.parametrize("date", DATES)
def test_an_entry_with_an_odd_date_loses_that_date_alone(date: str) -> None:
    item = "<item><title>First</title><link>/1</link><pubDate>{}</pubDate></item>"
    found = feed(
        f"<rss version='2.0'><channel><title>t</title>{item.format(date)}"
        f"{item.format('Mon, 02 Mar 2026 09:00:00 GMT')}</channel></rss>"
    )
    assert [entry.published is None for entry in found.entries] == [True, False]
    url = "<url><loc>https://a.example/{}</loc><lastmod>{}</lastmod><priority>nan</priority></url>"
    found = feed(f"<urlset>{url.format(1, '2026-03-02')}{url.format(2, date)}</urlset>")
    assert len(found.entries) == 1
    items = '{"id": "1", "url": "/1", "date_published": "%s"}, {"id": 2, "url": "/2", "date_published": 1700000000}'
    found = feed('{"version": "x", "title": "t", "items": [' + items % date + "]}")
    assert [entry.published is None for entry in found.entries] == [True, False]
