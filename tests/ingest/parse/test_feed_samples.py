"""The feeds under tests/data/feeds: each carries what must come out of it, fields that it does not name are free."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.parse.read import feed_of
from ingest.parse.shapes import ParsedFeed

SAMPLES = sorted((Path(__file__).parents[2] / "data" / "feeds").iterdir())
_EXPECT = re.compile(r"<!-- expect: (\{.*\}) -->", re.DOTALL)


def expected(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    found = json.loads(text)["_expect"] if path.suffix == ".json" else json.loads(_EXPECT.findall(text)[0])
    assert isinstance(found, dict)
    return found


def shown(record: object, names: dict[str, Any]) -> dict[str, object]:
    """The named fields as they stand in an expectation."""
    found: dict[str, object] = {}
    for name in names:
        value = getattr(record, name)
        if isinstance(value, datetime):
            value = value.astimezone(UTC).isoformat()
        found[name] = list(value) if isinstance(value, tuple) else value
    return found


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_sample_gives_what_it_says(path: Path) -> None:
    feed = feed_of(path.read_bytes(), "", "https://samples.example/feed")
    assert isinstance(feed, ParsedFeed), feed
    wanted = expected(path)
    assert shown(feed, wanted["feed"]) == wanted["feed"]
    assert [shown(e, names) for e, names in zip(feed.entries, wanted["entries"], strict=True)] == wanted["entries"]


def test_the_samples_are_there() -> None:
    assert {path.stem for path in SAMPLES} >= {
        "rss_20",
        "rss_091",
        "rss_10",
        "atom_10",
        "broken",
        "news_sitemap",
        "json_feed",
    }
