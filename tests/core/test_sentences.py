"""Where sentences begin, in every script. What stands in tests/data/sentences is written by ourselves, for these tests."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.abbreviations import LANGUAGES, usage
from core.text.sentences import paragraph_starts, sentence_starts
from tests.effort import tries

PAIRS = Path(__file__).parents[1] / "data" / "sentences"
LANGS = (None, "en", "de", "fr", "ru-RU", "hi", "pt_BR", "xx", "")
pieces = st.sampled_from(
    [
        *(word for lang in ("en", "de", "ru", "el", "hi", "ur") for word in LANGUAGES[lang].titles.split()[:9]),
        *"ABzß漢한İ.!?…。！？｡।۔؟።։．:;፡።ล།\"'’”»)]‘“«(¿」』（）_-—12",
        *(
            "Dann",
            "Он",
            "The",
            "3",
            "XIV",
            "U.S",
            "z. B",
            "\u200f",
            "\n",
            "\n \n",
            "\u2028",
            "  ",
            " ",
            "internationalisation",
        ),
    ]
)


def shown(text: str, starts: list[int]) -> set[int]:
    """The first letter of each sentence: what stands between two sentences belongs to either."""
    letters = {next((at for at in range(start, len(text)) if text[at].isalnum()), len(text)) for start in starts}
    return letters - {len(text)}


def pairs(name: str) -> list[tuple[str, str]]:
    lines = (PAIRS / name).read_text(encoding="utf-8").splitlines()
    return [(lang, text) for lang, _, text in (line.partition(" ") for line in lines)]


@pytest.mark.parametrize("name", ["open.txt", "closed.txt", "abbreviations.txt"])
def test_the_press_of_each_language_is_read_as_its_readers_do(name: str) -> None:
    """`¦` stands before each sentence but the first. Each language is told by the article."""
    for lang, marked in pairs(name):
        text, wanted = "", [0]
        for piece in marked.split("¦"):
            text += piece
            wanted.append(len(text))
        assert shown(text, sentence_starts(text, lang)) == shown(text, wanted), marked


def test_without_a_language_hardly_more_is_broken() -> None:
    broken = total = 0
    for _, marked in (*pairs("open.txt"), *pairs("closed.txt")):
        text = marked.replace("¦", "")
        wanted, place = [0], 0
        for piece in marked.split("¦")[:-1]:
            place += len(piece)
            wanted.append(place)
        found = shown(text, sentence_starts(text))
        assert found >= shown(text, wanted), marked
        total += len(found)
        broken += len(found - shown(text, wanted))
    assert broken < 0.08 * total


@tries(1000)
@given(st.lists(pieces, max_size=40).map("".join) | st.text(max_size=200), st.sampled_from(LANGS))
def test_borders_ascend_within_the_text_and_paragraphs_end_sentences(text: str, lang: str | None) -> None:
    starts = sentence_starts(text, lang)
    assert starts == sorted(set(starts))
    assert starts[0] == 0
    assert starts[-1] <= len(text)
    assert set(paragraph_starts(text)) <= set(starts)


@tries(500)
@given(st.lists(pieces, max_size=20).map("".join), st.lists(pieces, max_size=20).map("".join), st.sampled_from(LANGS))
def test_no_paragraph_changes_another(one: str, other: str, lang: str | None) -> None:
    one = one.strip()
    both = f"{one}\n\n{other}"
    alone = shown(one, sentence_starts(one, lang)) | {
        at + len(one) + 2 for at in shown(other, sentence_starts(other, lang))
    }
    assert shown(both, sentence_starts(both, lang)) == alone


@pytest.mark.parametrize("sign", "।॥۔؟።፧։။។៕།᠃。！？｡．﹒܀᙮꓿")
@pytest.mark.parametrize("closing", ["", " ", "» ", "” "])
def test_a_sign_of_each_script_ends_a_sentence_whatever_follows(sign: str, closing: str) -> None:
    text = f"alpha went{sign}{closing}北 omega"
    assert text[sentence_starts(text)[-1] :].lstrip("»” ") == "北 omega"


@pytest.mark.parametrize("sign", "।۔።։。．")
def test_a_sign_between_digits_ends_none(sign: str) -> None:
    assert sentence_starts(f"3{sign}5") == [0]


@pytest.mark.parametrize(
    "text",
    [
        *("He met Gen. Ellis.", "The U.S. Army came.", "J. Ellis came.", "It cost 3.5 crowns.", "So... he left."),
        *("Bush v. Gore was cited.", "It is 5 p.m. now.", "Genl.\u200f said Kim.".replace("Genl", "Gen")),
    ],
)
def test_abbreviations_initials_and_small_letters_behind_end_none(text: str) -> None:
    assert sentence_starts(text, "en") == [0]


def test_an_ordinal_ends_a_sentence_before_a_word_that_begins_one() -> None:
    assert len(sentence_starts("Er kam am 3. Dann ging er.", "de")) == 2
    for lang in ("de", None):
        assert sentence_starts("Er kam am 3. Oktober.", lang) == [0]
    assert len(sentence_starts("It rose to 3. October was worse.", "en")) == 2


def test_a_word_of_one_language_is_no_abbreviation_in_another() -> None:
    assert sentence_starts("L'on. Rossi tace.", "it") == [0]
    assert len(sentence_starts("They moved on. Rossi stayed.", "en")) == 2


def test_each_list_is_in_lower_case_and_says_a_word_once() -> None:
    for name, one in LANGUAGES.items():
        for listed in (one.titles, one.notes, one.numbered, one.own, one.begins):
            words = listed.split()
            assert listed == listed.lower(), name
            assert len(words) == len(set(words)), (name, sorted({word for word in words if words.count(word) > 1}))
        assert not usage(name).titles & set(one.own.split())


@pytest.mark.parametrize(
    "unit", [". ", ".", ".) ", "! - ", "a.b.", "。", "。」", "। ", "; ", "α; ", "፡", ".\u200f", ". \n", "3. ", "”. "]
)
def test_four_times_the_text_takes_about_four_times_as_long(unit: str) -> None:
    def seconds(length: int) -> float:
        text, best = (unit * length)[:length], 9.0
        for _ in range(4):
            began = time.thread_time()
            sentence_starts(text)
            best = min(best, time.thread_time() - began)
        return best

    assert seconds(80_000) < 9 * max(seconds(20_000), 0.001)
