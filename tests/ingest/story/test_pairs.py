"""What the second of two texts is to the first, in the languages of the press."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.outcome import StoryVerdict
from ingest.story.memory import StoryMemory
from ingest.story.numbers import Token, tokens_of
from ingest.story.words import Language
from tests.effort import tries
from tests.ingest.story.cases import Pair, made, pairs


@pytest.mark.parametrize("pair", list(pairs()), ids=lambda pair: pair.name)
def test_the_second_text_is_to_the_first_what_readers_would_say(pair: Pair) -> None:
    assert pair.verdict() is pair.expected


def test_there_are_copies_and_updates_in_every_language() -> None:
    found = {(one.name.partition("-")[0], one.expected) for one in pairs()}
    languages = {lang for lang, _ in found}
    assert len(languages) > 25
    assert {lang for lang, verdict in found if verdict is StoryVerdict.UPDATE} == languages


ODD = 'aZßİΐŉﬁÀЯ가漢कव_.,!?。…’"(»-–:٣٫一十万億십만세명않không \n\t\U0001f600'
WORDS = "one,hundred ,trillion ,1.2.3,10:47, not ,Monday ,(Corrects ,UPDATE 1-,killed ,einundvierzig ,وأربعون ,. ,\n\n".split(
    ","
)
pieces = st.sampled_from([*ODD, *WORDS, "9" * 400])
odd = st.lists(pieces, max_size=40).map("".join)


@tries(300)
@given(
    st.lists(st.tuples(odd, odd), min_size=2, max_size=3),
    st.sampled_from(["https://0.example/a", "https://{}.example/a"]),
    st.sampled_from([None, "en", "ko", "zh-CN", "xx", "th", "ur", "km"]),
)
def test_any_texts_are_judged_and_the_same_way_twice(
    texts: list[tuple[str, str]], address: str, lang: str | None
) -> None:
    def judged() -> list[StoryVerdict]:
        memory = StoryMemory()
        urls = map(address.format, range(len(texts)))
        return [memory.judge(made(text, url, lang)).verdict for text, url in zip(texts, urls, strict=True)]

    assert judged() == judged()


def test_texts_of_very_many_sentences_are_compared_in_bounded_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def counted(sentence: str, words: Language) -> list[Token]:
        seen.append(sentence)
        return tokens_of(sentence, words)

    monkeypatch.setattr("ingest.story.changes.tokens_of", counted)
    lines = [
        f"The harbour of Larnport was closed after crane {n} fell into the channel {n} years ago." for n in range(3000)
    ]
    memory = StoryMemory()
    memory.judge(made(("A", "\n\n".join(lines)), "https://one.example/a"))
    memory.judge(made(("B", "\n\n".join(line + " Indeed" for line in lines)), "https://one.example/a"))
    assert len(seen) < 1000
    assert max(map(len, seen)) < 4000
