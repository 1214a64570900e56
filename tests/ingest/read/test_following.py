"""From an entry's link to its whole article, over pages that lead on and several pages; a web that is a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from core.model.article import ArticleFlag
from core.model.outcome import ArticleOutcome
from core.model.source import Entry, Source
from ingest.parse.feed_parts import joined
from ingest.parse.paging import MOST_PAGES
from ingest.parse.shapes import PageLink, ParsedPage, ParseFailure
from ingest.read.following import MOST_HOPS, Following, PageAt, is_same_story
from ingest.read.page_fetcher import NoArticle, RetryLater

URL = "https://news.example/story"
NOW = datetime(2026, 3, 2, tzinfo=UTC)
SOURCE = Source(source_id="s", name="News", url="https://news.example/feed")
ENTRY = Entry(entry_id="e", source=SOURCE, url=URL, title="Harbour closed", summary="What the feed says.", seen=NOW)
LATER = RetryLater(NOW, 1, ArticleOutcome.HTTP_5XX, "HTTP 503")
Answer = ParsedPage | ParseFailure | NoArticle | RetryLater


def leads(url: str) -> ParseFailure:
    return ParseFailure("no_text", "0 characters of text", leads_to=url)


def article(text: str, *links: str, title: str = "Harbour closed") -> ParsedPage:
    return ParsedPage(canonical_url=URL, title=title, text=text, pages=tuple(PageLink(one) for one in links))


@dataclass
class Web:
    """Answers by address; `seconds` pass at each request."""

    answers: Mapping[str, Answer]
    seconds: float = 0.0
    size: int = 1000
    now: float = 0.0
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def read_one(self, url: str, entry: Entry, /) -> PageAt | NoArticle | RetryLater:
        self.asked.append((url, entry.summary))
        self.now += self.seconds
        found = self.answers.get(url, NoArticle(ArticleOutcome.HTTP_4XX, "HTTP 404"))
        return found if isinstance(found, NoArticle | RetryLater) else PageAt(found, url, self.size)

    async def join_pages(self, pages: Sequence[ParsedPage], entry: Entry) -> ParsedPage | ParseFailure:
        return joined(pages, entry)

    async def read(self) -> PageAt | NoArticle | RetryLater:
        return await Following(self.read_one, self, lambda: self.now).read(ENTRY)

    async def text(self) -> str:
        read = await self.read()
        assert isinstance(read, PageAt)
        assert isinstance(read.found, ParsedPage)
        assert read.url == URL
        return read.found.text


async def test_a_page_that_leads_on_over_two_others_is_read_where_it_ends() -> None:
    end = "https://other.example/a"
    web = Web({URL: leads("https://short.example/x"), "https://short.example/x": leads(end), end: article("Text.")})
    read = await web.read()
    assert isinstance(read, PageAt)
    assert (read.url, len(web.asked)) == (end, 3)


async def test_pages_that_lead_in_a_circle_or_too_far_end_as_redirects_do() -> None:
    circle = Web({URL: leads(f"{URL}/b"), f"{URL}/b": leads(URL)})
    far = Web({URL: leads(f"{URL}/0")} | {f"{URL}/{n}": leads(f"{URL}/{n + 1}") for n in range(100)})
    for web, asked in ((circle, 2), (far, MOST_HOPS + 1)):
        read = await web.read()
        assert isinstance(read, NoArticle)
        assert (read.outcome, len(web.asked)) == (ArticleOutcome.REDIRECT_LOOP, asked)


@pytest.mark.parametrize("end", [LATER, NoArticle(ArticleOutcome.ROBOTS, "forbidden")])
async def test_what_becomes_of_the_target_becomes_of_the_entry(end: RetryLater | NoArticle) -> None:
    assert await Web({URL: leads(f"{URL}/b"), f"{URL}/b": end}).read() == end


async def test_a_wall_that_leads_to_no_article_stays_what_it_is() -> None:
    wall = ParseFailure("wall_challenge", "its title", leads_to=f"{URL}/b")
    ends: list[Answer] = [NoArticle(ArticleOutcome.HOMEPAGE, ""), wall, ParseFailure("no_text", ""), leads(URL)]
    for end in ends:
        assert await Web({URL: wall, f"{URL}/b": end}).read() == PageAt(wall, URL, 1000)
    read = await Web({URL: wall, f"{URL}/b": article("Text.")}).read()
    assert isinstance(read, PageAt)
    assert read.url == f"{URL}/b"


async def test_the_pages_of_an_article_are_one_text_in_their_order_and_each_paragraph_once() -> None:
    web = Web(
        {
            URL: article("Standfirst.\n\nOne.", f"{URL}/3", f"{URL}/2"),
            f"{URL}/2": article("Standfirst.\n\nTwo.", f"{URL}/3"),
            f"{URL}/3": article("STANDFIRST.\n\nThree."),
        }
    )
    assert await web.text() == "Standfirst.\n\nOne.\n\nTwo.\n\nThree."
    assert web.asked == [(URL, "What the feed says."), (f"{URL}/2", ""), (f"{URL}/3", "")]


async def test_each_page_may_name_only_the_one_after_it() -> None:
    pages = {
        f"{URL}?page={n}": article(f"Page {n}.", f"{URL}?page={n + 1}", f"{URL}?page={n - 1}") for n in range(2, 40)
    }
    web = Web({URL: article("Page 1.", f"{URL}?page=2")} | pages)
    assert (await web.text()).count("Page") == len(web.asked) == MOST_PAGES


async def test_pages_may_be_counted_from_nought() -> None:
    first = ParsedPage(
        canonical_url=URL, title="Harbour closed", text="A.", pages=(PageLink(f"{URL}?page=1", is_next=True),)
    )
    second = article("B.", f"{URL}?page=2", f"{URL}?page=1")
    web = Web({URL: first, f"{URL}?page=1": second, f"{URL}?page=2": article("C.", f"{URL}?page=1")})
    assert await web.text() == "A.\n\nB.\n\nC."


async def test_what_its_feed_says_is_told_of_the_whole() -> None:
    page = ParsedPage(canonical_url=URL, title="Harbour closed", text="Of the feed.", page_text="One.", feed_text="x",
                      flags=frozenset({ArticleFlag.UNFINISHED}), pages=(PageLink(f"{URL}/2"),))  # fmt: skip
    read = await Web({URL: page, f"{URL}/2": article("Two, and what the feed says.")}).read()
    assert isinstance(read, PageAt)
    assert isinstance(read.found, ParsedPage)
    assert (read.found.text, read.found.feed_text) == ("One.\n\nTwo, and what the feed says.", "")
    assert read.found.flags == frozenset()


async def test_a_number_behind_another_headline_is_another_article() -> None:
    other = article("Of another day.", title="Weather for Thursday")
    assert await Web({URL: article("One.", f"{URL}-2"), f"{URL}-2": other}).text() == "One."
    worded = Web({URL: article("One.", f"{URL}?page=2"), f"{URL}?page=2": article("Two.", title="The way back")})
    assert await worded.text() == "One.\n\nTwo."


async def test_a_later_page_that_is_not_there_ends_the_article_and_one_that_is_late_leaves_it_unfinished() -> None:
    for end, flags in ((None, frozenset[ArticleFlag]()), (LATER, frozenset({ArticleFlag.UNFINISHED}))):
        answers: dict[str, Answer] = {URL: article("One.", f"{URL}/2"), f"{URL}/2": article("Two.", f"{URL}/3")}
        read = await Web(answers | ({f"{URL}/3": end} if end else {})).read()
        assert isinstance(read, PageAt)
        assert isinstance(read.found, ParsedPage)
        assert (read.found.text, read.found.flags) == ("One.\n\nTwo.", flags)


async def test_time_and_bytes_are_bounded() -> None:
    answers = {URL: article("1.", f"{URL}/2")} | {
        f"{URL}/{n}": article(f"{n}.", f"{URL}/{n + 1}") for n in range(2, 20)
    }
    slow, large = Web(answers, seconds=20), Web(answers, size=11 << 20)
    read = await slow.read()
    assert isinstance(read, PageAt)
    assert isinstance(read.found, ParsedPage)
    assert ArticleFlag.UNFINISHED in read.found.flags
    await large.read()
    assert [len(web.asked) for web in (slow, large)] == [2, 2]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Harbour closed after storm", "Harbour closed after storm (2/3)", True),
        ("Harbour closed after storm", "Harbour closed after storm - Page 2 | Herald", True),
        ("Harbour closed", "", True),
        ("Harbour closed after storm", "Weather for Thursday", False),
    ],
)
def test_headlines_of_pages_of_one_article_are_about_the_same(one: str, other: str, *, same: bool) -> None:
    assert is_same_story(one, other) is same
