"""Texts that share more than they tell themselves: a notice of the outlet, a template. They are two stories in every script."""

import tomllib
from itertools import permutations
from pathlib import Path

import pytest

from core.model.outcome import StoryVerdict
from ingest.story.memory import StoryMemory
from ingest.story.subject import subject_of
from tests.ingest.story.cases import made
from tests.ingest.story.features import features_of

NEW, COPY = StoryVerdict.NEW, StoryVerdict.COPY
Texts = tuple[tuple[str, str], tuple[str, str]]


def tables(name: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


NOTICES, TEMPLATES = tables("notices"), tables("templates")


def of_one_outlet(lang: str, *texts: tuple[str, str]) -> list[StoryVerdict]:
    memory = StoryMemory()
    return [
        memory.judge(made(text, f"https://outlet.example/{place}", lang)).verdict for place, text in enumerate(texts)
    ]


def notices(form: str) -> list[tuple[str, Texts]]:
    found = []
    for lang, table in NOTICES.items():
        joint = {"inline": "" if lang in {"ja", "zh"} else " "}.get(form, "\n\n")
        texts = [
            {"above": f"{table['notice']}{joint}{text}", "alone": str(table["notice"])}.get(
                form, f"{text}{joint}{table['notice']}"
            )
            for text in table["texts"]
        ]
        found.append((lang, ((table["titles"][0], texts[0]), (table["titles"][1], texts[1]))))
    return found


@pytest.mark.parametrize("form", ["below", "above", "inline", "alone"])
def test_texts_under_one_notice_are_stories_of_their_own(form: str) -> None:
    told = {lang: of_one_outlet(lang, *texts) for lang, pair in notices(form) for texts in permutations(pair)}
    assert told == {lang: [NEW, NEW] for lang in NOTICES}


def test_a_text_without_its_notice_and_with_another_headline_is_a_copy() -> None:
    for lang, (one, _) in notices("below"):
        title, text = one
        own = text.partition("\n\n")[0]
        assert of_one_outlet(lang, one, (title, own)) == [NEW, COPY], lang
        assert of_one_outlet(lang, one, (own.rstrip(".。।።:။۔"), text)) == [NEW, COPY], lang


def test_texts_without_a_title_are_told_by_their_first_sentence() -> None:
    told = {lang: of_one_outlet(lang, ("", one), ("", other)) for lang, ((_, one), (_, other)) in notices("below")}
    assert told == {lang: [NEW, NEW] for lang in NOTICES}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_filled_in_twice_is_two_stories_and_its_copy_is_none(name: str) -> None:
    first, second = (tuple(TEMPLATES[name][key]) for key in ("first", "second"))
    for one, other in permutations([first, second]):
        title, text = one
        assert of_one_outlet(name[:2], (title, text), (other[0], other[1])) == [NEW, NEW]
        assert of_one_outlet(name[:2], (title, text), (f"{title} - Gazette", text)) == [NEW, COPY]


def test_where_names_tell_enough_the_titles_words_are_not_asked() -> None:
    text = "Ministers of Norway and Sweden met in Oslo on Monday to talk about the bridge, the office said."
    features = features_of("Ministers meet in Oslo", text)
    assert features.title == ()
    assert subject_of(features, features, [(0, 0)], lambda word: 1.0) == (1.0, 0.0)


def test_words_keep_their_vowel_signs() -> None:
    features = features_of("", "दमकल विभाग ने बताया कि गोदाम में आग लगी।")
    assert len(features.words) == 9


def test_capitals_of_all_letters_begin_names() -> None:
    for name in ("Łódź", "Škoda", "Żory", "Їжак", "Ђоковић", "Երևան", "Ёлкин", "İzmir", "Əliyev", "Ūkis"):
        assert features_of("", f"They say {name} is there today.").names, name
