"""Whatever a feed does to links, guids, order and markup: each article passes once, and each of its edits."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.ids import article_id, derived_id
from ingest.intake.keys import KeyedEntry
from ingest.parse.shapes import ParsedEntry
from tests.ingest.intake.reader import NOW, Reader, entry

BODY = "Officials of {0} said that the port would stay closed until the storm has passed, and the {0} line with it."


def story(name: str, link: str | None = None, **values: object) -> ParsedEntry:
    """An entry with words of its own."""
    shown = {"summary": BODY.format(name), "published": NOW - timedelta(minutes=10)} | values
    return entry(f"story/{name}" if link is None else link, f"Port of {name} closed", **shown)


def session(number: int) -> str:
    return derived_id("entry", number)


@pytest.mark.parametrize(
    "link",
    [
        "a1;jsessionid={0}",
        "a1?PHPSESSID={0}",
        "a1?sid={0}",
        "story.php?s={0}",
        "story.php?id=7&visitor={0}",
        "{0}/a1",
        "a?token={0}",
        "a1?_={1}&rnd=0.{1}",
        "a?x={0}#top",
    ],
)
@pytest.mark.parametrize("guid", ["", "g1", "{0}"])
@pytest.mark.parametrize("published", [None, NOW - timedelta(minutes=10), "now"])
def test_an_entry_whose_link_changes_at_every_poll_is_told_once(
    link: str, guid: str, published: datetime | str | None
) -> None:
    reader, told = Reader(), []
    for number in range(40):
        reader.now = NOW + timedelta(minutes=5 * number)
        shown = story(
            "Sessone",
            link.format(session(number), 1767312000000 + number),
            guid=guid.format(session(-number)) or None,
            published=reader.now if published == "now" else published,
        )
        told += reader.titles(shown)
        remembered = len(reader.known)
    assert told == ["Port of Sessone closed"]
    assert remembered < 20, "nor does it fill the memory"


@pytest.mark.parametrize("values", [{"published": None}, {}, {"guid": "1"}])
def test_a_headline_without_a_body_is_told_once_too(values: dict[str, object]) -> None:
    reader = Reader()
    told = [reader.titles(story("Sessone", f"x?v={n}", summary="", **values)) for n in range(5)]
    assert told == [["Port of Sessone closed"], [], [], [], []]


@pytest.mark.parametrize("count", [2, 5, 30])
def test_all_links_of_a_feed_that_change_at_every_poll_tell_nothing_again(count: int) -> None:
    reader = Reader()
    polls = [reader.poll(*(story(f"P{n}", f"{poll}/p{n}", published=None) for n in range(count))) for poll in range(6)]
    assert [len(one.new) for one in polls] == [count, 0, 0, 0, 0, 0]
    assert sum(len(one.skipped) for one in polls) in (0, count), "told as moved once, not at every poll"
    assert not any(one.rolled_over for one in polls)
    assert all(not one.unseen or one.skipped for one in polls[1:]), "nor is it a source full of news"
    news = reader.poll(story("New", "x/new"), *(story(f"P{n}", f"x/p{n}", published=None) for n in range(count)))
    assert [one.entry.title for one in news.new] == ["Port of New closed"]


@pytest.mark.parametrize(
    "links",
    [
        ("http://news.example/a", "https://news.example/a"),
        ("https://www.news.example/a", "https://news.example/a"),
        ("https://news.example/a/", "https://news.example/a"),
        ("https://news.example/%D0%BF", "https://news.example/п"),
        ("https://news.example/%7ejoe", "https://news.example/~joe"),
        ("https://news.example/a?utm_source=x", "https://news.example/a#xtor=RSS"),
    ],
)
def test_the_other_spelling_of_a_link_is_the_same_entry(links: tuple[str, str]) -> None:
    for first, second in (links, links[::-1]):
        reader = Reader()
        assert reader.titles(entry(url=first)) == ["Title"]
        assert reader.titles(entry(url=second)) == []
        assert reader.titles(entry(url=second, title="Edited")) == ["Edited"]
        assert reader.titles(entry(url=first, title="Edited")) == []
        assert len([one for one in Reader().titles(entry(url=first), entry(url=second)) if one == "Title"]) == 1


@pytest.mark.parametrize("guids", [("A-1", "a-1"), ("a 1", " a1\n"), ("http://e.com/?p=1", "https://www.e.com/?p=1")])
def test_a_guid_in_other_letters_is_the_same(guids: tuple[str, str]) -> None:
    reader = Reader()
    reader.poll(entry("x1", guid=guids[0]))
    assert reader.titles(entry("x2", guid=guids[1])) == []


def test_a_guid_that_is_used_again_hides_no_article() -> None:
    reader, told = Reader(), []
    for number in range(5):
        reader.now += timedelta(minutes=5)
        told += reader.titles(story(f"P{number}", guid="latest", published=reader.now))
        told += reader.titles(story(f"P{number}", guid="latest", published=reader.now))
    assert told == [f"Port of P{number} closed" for number in range(5)]


def test_one_link_whose_one_entry_is_another_article_each_time_hides_none() -> None:
    reader, told = Reader(), []
    for number in range(6):
        reader.now += timedelta(minutes=5)
        told += reader.titles(story(f"P{number}", "live", guid=f"g{number}", published=reader.now))
    assert told == [f"Port of P{number} closed" for number in range(6)]


def test_the_posts_of_a_live_page_pass_one_by_one() -> None:
    reader = Reader()
    told: list[KeyedEntry] = []
    for number in range(6):
        reader.now += timedelta(minutes=5)
        told += reader.poll(story(f"P{number}", f"live#p{number}", published=reader.now)).new
    assert [one.entry.title for one in told] == [f"Port of P{number} closed" for number in range(6)]
    assert [one.entry.url for one in told[1:]] == [f"https://news.example/live#p{number}" for number in range(1, 6)]
    assert [one.entry.has_page for one in told] == [True, *[False] * 5]


def test_a_page_that_was_shared_stays_so_when_one_entry_is_left() -> None:
    reader = Reader()
    reader.poll(story("P1", "live", guid="1"), story("P2", "live", guid="2"))
    assert reader.titles(story("P2", "live", guid="2")) == []
    [one] = reader.poll(story("P3", "live", guid="3")).new
    assert not one.entry.has_page
    assert one.entry.url.startswith("https://news.example/live#3-")


def test_an_article_whose_link_is_shared_later_is_told_once() -> None:
    reader = Reader()
    assert len(reader.poll(story("P1", "live")).new) == 1
    assert reader.titles(story("P1", "live"), story("P2", "live")) == ["Port of P2 closed"]


def test_an_article_that_looks_like_one_that_is_still_shown_is_another() -> None:
    """Weather bulletins, crosswords: the same words each day, under another link."""
    reader = Reader()
    first = story("Fog", "fog/1", published=NOW)
    reader.poll(first)
    reader.now += timedelta(hours=24)
    assert len(reader.poll(first, story("Fog", "fog/2", published=reader.now)).new) == 1
    reader.now += timedelta(hours=72)
    assert len(reader.poll(story("Fog", "fog/3", published=reader.now)).new) == 1, "the same words after days are news"


def test_the_same_entry_twice_in_a_body_is_told_once() -> None:
    one = story("Twin", "a?x=1", guid="1")
    for other in (replace(one, url="https://news.example/b"), replace(one, guid=None), replace(one, guid="2")):
        assert len(Reader().poll(one, other).new) == 1
    assert len(Reader().poll(one, replace(one, url="https://news.example/b", guid=None)).new) == 1
    assert len(Reader().poll(one, replace(one, url="https://news.example/b", guid="2")).new) == 2, (
        "its publisher says so"
    )


@pytest.mark.parametrize("oldest_first", [False, True])
@pytest.mark.parametrize("dated", [False, True])
def test_of_two_versions_of_an_entry_the_newer_is_told_last(*, oldest_first: bool, dated: bool) -> None:
    def version(title: str, minutes: int) -> ParsedEntry:
        at = NOW - timedelta(minutes=minutes)
        return entry("v", title, guid="v", updated=at if dated else None, published=NOW - timedelta(hours=1))

    others = [entry(f"o{n}", f"O{n}", published=NOW - timedelta(hours=n)) for n in range(5)]
    shown = [*others, version("New", 1), version("Old", 9)]
    shown = shown[::-1] if oldest_first else shown
    if not dated and not oldest_first:
        shown = [version("New", 1), version("Old", 9), *others]
    reader = Reader()
    assert [title for title in reader.titles(*shown) if title in ("Old", "New")] == ["Old", "New"]
    assert reader.titles(*shown) == []


def test_an_edit_passes_whatever_the_link_does() -> None:
    reader, told = Reader(), []
    for number in range(6):
        reader.now += timedelta(minutes=40)
        shown = story("Edit", f"x{session(number)}", summary=f"{number // 2} dead. {BODY.format('Edit')}")
        told += [number] if reader.titles(shown) else []
    assert told == [0, 2, 4]


def test_a_text_and_a_link_that_change_at_every_poll_are_told_once_in_half_an_hour() -> None:
    reader, told = Reader(), []
    for minute in range(0, 120, 5):
        reader.now = NOW + timedelta(minutes=minute)
        told += [minute] if reader.titles(story("C", f"x{minute}", summary=f"{minute} comments")) else []
    assert told == [0, 5, 30, 60, 90]


def test_what_the_release_before_remembered_is_known() -> None:
    """Its keys: the id of the cleaned link, that with the text, the guid with the text, the text."""
    shown = [
        story("Old"),
        story("Guid", "g?sid=0a1b2c3d4e5f60718293a4b5c6d7e8f9", guid="G 1"),
        story("Live", "live#p1"),
    ]
    reader = Reader()
    for one in shown:
        text = _old_text(one)
        entry_id = article_id(one.url.partition("#")[0])
        reader.known |= dict.fromkeys(
            (entry_id, derived_id("version", entry_id, text), derived_id("text", text)), NOW - timedelta(hours=20)
        )
        if one.guid:
            reader.known[derived_id("guid", one.guid, text)] = NOW
    reader.first = False
    assert reader.poll(*shown, story("Live2", "live#p2")).unseen == {article_id("https://news.example/live#p2")}
    assert reader.titles(replace(shown[0], title="Edited")) == ["Edited"]


def _old_text(one: ParsedEntry) -> str:
    return derived_id("fingerprint", " ".join(f"{one.title} {one.content or one.summary}".casefold().split()))


@dataclass(frozen=True)
class Noise:
    """What a feed does to its entries."""

    link: str
    guid: str
    shuffles: bool
    dated: bool
    cut: int

    def shown(self, number: int, text: str, poll: int, rng: random.Random) -> ParsedEntry:
        tag = derived_id("entry", poll, number)
        links = {
            "own": f"https://news.example/s/{number}",
            "session": f"https://news.example/s/{number};jsessionid={tag}",
            "unknown": f"https://news.example/s/{number}?visit={tag}",
            "random": f"https://news.example/{tag}",
            "none": "",
            "one": "https://news.example/live",
            "front": "https://news.example/",
            "part": f"https://news.example/live#p{number}",
            "spelled": rng.choice(["http://", "https://"]) + rng.choice(["", "www."]) + f"news.example/s/{number}" + rng.choice(["", "/"]),
        }  # fmt: skip
        guids = {
            "own": f"G{number}",
            "none": None,
            "random": tag,
            "equal": "x",
            "letters": rng.choice(["g", "G"]) + str(number),
        }
        return ParsedEntry(
            url=links[self.link],
            guid=guids[self.guid],
            title=f"Port of number {number} closed",
            summary=text,
            published=NOW - timedelta(minutes=number) if self.dated else None,
        )


noises = st.builds(
    Noise,
    link=st.sampled_from(["own", "session", "unknown", "random", "none", "one", "front", "part", "spelled"]),
    guid=st.sampled_from(["own", "none", "random", "equal", "letters"]),
    shuffles=st.booleans(),
    dated=st.booleans(),
    cut=st.integers(0, 2),
)


@given(noises, st.integers(2, 7), st.integers(2, 6), st.randoms(use_true_random=False))
def test_each_article_and_each_edit_passes_once(noise: Noise, count: int, polls: int, rng: random.Random) -> None:
    """Edits are more than half an hour apart; new articles come in between."""
    reader = Reader()
    texts = {number: BODY.format(f"N{number} v0") for number in range(count)}
    told: list[str] = []
    for poll in range(polls):
        shown = [noise.shown(number, text, poll, rng) for number, text in texts.items()]
        if noise.shuffles:
            rng.shuffle(shown)
        told += [one.entry.summary for one in reader.poll(*shown).new]
        told += [one.entry.summary for one in reader.poll(*shown).new]
        assert sorted(told) == sorted({*told, *texts.values()}), "each passed, none twice"
        reader.now += timedelta(minutes=31)
        edited = rng.randrange(count)
        texts[edited] = BODY.format(f"N{edited} v{poll + 1}")
        texts[len(texts)] = BODY.format(f"N{len(texts)} new")
