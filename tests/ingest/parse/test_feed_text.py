"""What a feed itself says of an article, and whether that is the article."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.model.source import Entry, Source
from ingest.parse.feed_text import FULL_CHARACTERS, needs_page, plain

SOURCE = Source(source_id="s", name="News", url="https://news.example/feed")
URL = "https://news.example/a"
ENTRY = Entry(entry_id="e", source=SOURCE, url=URL, title="Feed title", seen=datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
TEXT = "Word by word " * 80


@pytest.mark.parametrize(
    ("content", "needed"),
    [
        ("", True),
        ("<p>Short.</p>", True),
        (f"<p>{TEXT}</p>", False),
        (f"<p>{TEXT}</p>" + "<img src='x'>" * 10, False),
        (f"<p>{TEXT} […]</p>", True),
        (f"<p>{TEXT}&hellip;</p>", True),
        (f"<p>{TEXT}</p><a href='/a'>Read more</a>", True),
        (f"<p>{TEXT}</p><a href='/a'>Continue reading Feed title</a>", True),
        (f"<p>{TEXT}</p><a href='/a'>Читать далее →</a>", True),
        (f"<p>{TEXT} He went on to read more.</p>", True),  # a page too many costs less than half an article
        (f"<p>{TEXT} Read more</p><img src='data:{'x' * 5000}'>", True),
    ],
)
def test_a_page_is_needed_unless_the_feed_carries_the_article(content: str, needed: bool) -> None:  # noqa: FBT001 - a table's column
    assert needs_page(replace(ENTRY, content=content)) is needed


def test_no_page_is_needed_where_pages_are_not_wanted() -> None:
    assert not needs_page(replace(ENTRY, source=replace(SOURCE, full_text=False)))


def test_markup_is_no_text() -> None:
    assert plain("<p class='x'>Tom &amp;\n <b>Jerry</b></p>") == "Tom & Jerry"
    assert len(plain(f"<i title='{'x' * 2000}'>short</i>")) < FULL_CHARACTERS
