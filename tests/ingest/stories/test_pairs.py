"""What the second of two texts is to the first, in the languages of the press."""

import pytest

from core.model.outcome import StoryVerdict
from tests.ingest.stories.cases import Pair, pairs


@pytest.mark.parametrize("pair", list(pairs()), ids=lambda pair: pair.name)
def test_the_second_text_is_to_the_first_what_readers_would_say(pair: Pair) -> None:
    assert pair.verdict() is pair.expected


def test_there_are_copies_and_updates_in_every_language() -> None:
    found = {(one.name.partition("-")[0], one.expected) for one in pairs()}
    languages = {lang for lang, _ in found}
    assert len(languages) > 25
    assert {lang for lang, verdict in found if verdict is StoryVerdict.UPDATE} == languages
