"""A text's sentences as hashes: known chunks put together are what the words one by one are."""

import pytest
from hypothesis import given

from ingest.story import reading
from ingest.story.reading import Reading, fact, read, read_glued
from tests.effort import tries
from tests.ingest.story.test_features import TEXT, odd_text


def told(one: Reading) -> tuple[object, ...]:
    return one.texts, one.words.tolist(), one.hashes.tolist(), one.borders.tolist(), one.numbers, one.names


@tries(400)
@given(title=odd_text, text=odd_text)
def test_known_chunks_put_together_are_the_words_one_by_one(title: str, text: str) -> None:
    found = read(title, text)
    assert told(found) == told(read_glued(found.texts))
    assert told(found) == told(read(title, text))


def test_the_title_comes_first_and_a_sentences_first_word_is_no_name() -> None:
    found = read("Harbour closed", "“The Crane fell.” Ellis of Larnport saw it. __ The End.")
    assert found.texts[0] == "Harbour closed"
    assert found.names == {
        0: {fact("harbour")},
        1: {fact("crane")},
        2: {fact("larnport")},
        3: {fact("end")},
    }


def test_words_are_in_lower_case_and_numbers_without_their_separators() -> None:
    found = read("", "It cost $1,250.50, not TWELVE (or 12).")
    assert found.words.tolist() == [fact(word) for word in "it cost 1 250 50 not 12 or 12".split()]
    assert found.numbers == {1: {fact("1250.50"), fact("12")}}


def test_a_lexicon_that_is_full_is_begun_anew_and_nothing_else_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    before = told(read("A title", TEXT))
    monkeypatch.setattr(reading, "_MOST_KEPT", 4)
    monkeypatch.setattr(reading, "_KEPT", [reading._Lexicon()])
    first = reading._KEPT[0]
    assert told(read("A title", TEXT)) == before  # more chunks than there was room for
    assert told(read("A title", TEXT)) == before
    assert reading._KEPT[0] is not first


def test_a_chunk_of_great_length_is_not_kept() -> None:
    long = "x" * 1000
    assert read("", f"{long} and {long}").words.tolist() == [fact(long), fact("and"), fact(long)]
    assert long not in reading._KEPT[0]
