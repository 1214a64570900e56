"""JSON Feed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse.jsonfeed import parse_json_feed
from ingest.parse.shapes import ParsedFeed, ParseFailure
from tests.effort import tries

URL = "https://json.example/feed"


@pytest.mark.parametrize(("text", "outcome"), [("[]", "not_a_feed"), ('{"a": 1}', "not_a_feed"), ("{", "parse")])
def test_other_json_is_no_feed(text: str, outcome: str) -> None:
    found = parse_json_feed(text, URL)
    assert isinstance(found, ParseFailure)
    assert found.outcome == outcome


def test_a_feeds_language_is_that_of_its_items_unless_they_say_otherwise() -> None:
    text = json.dumps(
        {"language": "de-AT", "items": [{"id": "1"}, {"id": "2", "language": "fr"}, {"id": "3", "language": 5}]}
    )
    found = parse_json_feed(text, URL)
    assert isinstance(found, ParsedFeed)
    assert [entry.lang for entry in found.entries] == ["de", "fr", None]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(
    [
        "id",
        "url",
        "external_url",
        "title",
        "authors",
        "author",
        "tags",
        "date_published",
        "date_modified",
        "content_html",
        "summary",
    ]
)


@tries(150)
@given(
    st.dictionaries(st.sampled_from(["title", "language", "home_page_url"]), values),
    st.lists(st.dictionaries(names, values) | values, max_size=4),
)
def test_values_of_any_type_do_no_harm(feed: dict[str, object], items: list[object]) -> None:
    found = parse_json_feed(json.dumps(feed | {"items": items}), URL)
    assert isinstance(found, ParsedFeed | ParseFailure)
    if isinstance(found, ParsedFeed):
        assert len(found.entries) == sum(isinstance(item, dict) for item in items)
