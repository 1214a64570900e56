"""What the pages of a host share."""

import json

from ingest.hosts.patterns import PageMemory, as_json, of_json, union
from ingest.parse.repeated import block_of, blocks_of, key_of, without_repeated
from ingest.parse.shapes import HostPatterns

BOX = "Read our special report on North Korea and its arms trade, in today's paper."


def text(number: int, *more: str) -> str:
    own = [f"Paragraph {place} of story number {number} tells something that no other story has." for place in range(8)]
    return "\n\n".join((*own, *more))


def learn(memory: PageMemory, number: int, *more: str) -> None:
    memory.learn(key_of(f"Headline {number}"), blocks_of(text(number, *more)))


def test_a_paragraph_under_several_different_stories_is_the_sites() -> None:
    memory = PageMemory()
    for number in range(3):
        learn(memory, number, BOX)
    assert memory.repeated() == {}, "three may be chance"
    learn(memory, 3, BOX)
    assert memory.repeated() == {block_of(BOX): BOX}
    own, left_out = without_repeated(text(4, BOX), memory.patterns())
    assert (own, left_out) == (text(4), (block_of(BOX),))


def test_versions_and_copies_of_one_story_prove_nothing() -> None:
    memory = PageMemory()
    for number in range(8):
        story = text(1, *(f"Update number {place} of the story adds a sentence of its own." for place in range(number)))
        memory.learn(key_of(f"Headline, version {number}"), blocks_of(story))
    assert (memory.articles, memory.repeated()) == (1, {})


def test_the_same_headline_is_the_same_article() -> None:
    memory = PageMemory()
    for number in range(6):
        memory.learn(key_of("One headline"), blocks_of(text(number, BOX)))
    assert memory.articles == 1


def test_a_paragraph_of_a_series_among_many_stories_is_no_box() -> None:
    memory = PageMemory()
    background = "The war began in February, when troops crossed the border at three places before dawn."
    for number in range(100):
        learn(
            memory,
            number,
            *((background,) if number in (30, 50, 60, 70, 80) else ()),
            *((BOX,) if number % 5 == 0 else ()),
        )
    assert set(memory.repeated()) == {block_of(BOX)}


def test_what_is_cut_goes_on_being_the_sites_and_what_the_site_drops_does_not() -> None:
    memory = PageMemory()
    for number in range(4):
        learn(memory, number, BOX)
    for number in range(4, 60):
        memory.learn(key_of(f"Headline {number}"), blocks_of(text(number)), [block_of(BOX)])
    assert block_of(BOX) in memory.repeated()
    for number in range(60, 700):
        learn(memory, number)
    assert memory.repeated() == {}


def test_memory_is_bounded() -> None:
    memory = PageMemory()
    for number in range(500):
        learn(memory, number, BOX)
        memory.saw_title(key_of(f"Title {number}"), number)
    assert (len(memory.blocks), len(memory.titles)) == (400, 60)
    assert len(json.dumps(as_json(memory))) < 100_000


def test_a_title_of_several_pages_is_known_and_pages_of_one_address_count_once() -> None:
    memory = PageMemory()
    for page in (1, 1, 2, 2):
        memory.saw_title(key_of("Before you continue"), page)
    assert memory.patterns().titles == frozenset()
    memory.saw_title(key_of("Before  you CONTINUE"), 3)
    assert memory.patterns().titles == {key_of("Before you continue")}


def test_it_is_the_same_after_a_restart_and_empty_where_it_cannot_be_read() -> None:
    memory = PageMemory()
    for number in range(5):
        learn(memory, number, BOX)
    memory.saw_wall("wall_consent")
    memory.saw_title(1, 2)
    assert of_json(json.loads(json.dumps(as_json(memory)))) == memory
    for broken in ({}, {"articles": "many"}, {"articles": 1, "blocks": [[1]], "titles": [], "walls": {}}):
        assert of_json(broken) == PageMemory()


def test_a_text_of_nothing_else_stays() -> None:
    patterns = union([HostPatterns(blocks=frozenset({block_of(BOX)})), HostPatterns(titles=frozenset({1}))])
    assert without_repeated(BOX, patterns) == (BOX, ())
    assert without_repeated("Short.", HostPatterns(blocks=frozenset({block_of("Short.")}))) == ("Short.", ())
    assert patterns.titles == {1}
