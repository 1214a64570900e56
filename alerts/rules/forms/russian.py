"""Russian forms, from the dictionary of OpenCorpora and the paradigms that pymorphy3 predicts for unknown words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from alerts.rules.forms.form import Form, spelled_like

# Grammemes of OpenCorpora: forms that newspapers do not print, and those that are words of their own.
_LEFT_OUT = frozenset("Arch Infr Erro Dist Slng Litr V-ej V-be V-bi V-en V-ie COMP PRTF PRTS".split())
_NAMES = frozenset(("Surn", "Name", "Patr", "Geox", "Orgn", "Trad"))
_GENDERS = frozenset(("masc", "femn", "neut"))
_MOST_INITIALS = 6  # letters of an acronym
_OF_CHURCHES = ("церквам", "церквами", "церквах")  # newspapers have these; the dictionary has `церквям` alone
_SPOKEN_ACRONYM = re.compile("(?i)[^аеёиоуыэюя]{1,2}(?:[аеиоуэя][^аеёиоуыэюя]{1,2})+")  # ХАМАС, БРИКС; not ЦСКА, ООН
_OF_ACRONYM = ("а", "у", "ом", "е")
_OF_WOMEN = ("ская", "цкая", "ная", "лая")  # surnames: Навальная
_WOMAN = ("ой", "ую", "ою", "ые", "ых", "ым", "ыми")


@lru_cache(maxsize=1)
def _analyzer() -> Any:
    import pymorphy3  # noqa: PLC0415 - loaded when a rule asks for it

    return pymorphy3.MorphAnalyzer(lang="ru")


def knows(word: str) -> bool:
    return bool(_analyzer().word_is_known(word.lower()))


def forms(word: str) -> Iterator[Form]:
    """The forms of every headword that the word is, else of those that it is a form of, else those of the likeliest reading of an
    unknown word."""
    known = knows(word)
    if not known and not _cyrillic(word):
        return
    if not known and 1 < len(word) <= _MOST_INITIALS and word.isupper():
        if _SPOKEN_ACRONYM.fullmatch(word):
            yield from (Form(word + ending, guessed=True) for ending in _OF_ACRONYM)
        return
    if not known and word[:1].isupper() and word.endswith(_OF_WOMEN):
        made = (word[:-2] + ending for ending in _WOMAN)
        yield from (Form(re.sub("(?<=к)ы", "и", form), guessed=True) for form in made)
        return
    for reading in _chosen(word, _analyzer().parse(word.lower()), known=known):
        for form in reading.lexeme:
            if _printed(form, reading):
                yield Form(spelled_like(word, form.word), guessed=not known)
                if form.word == "церкви" and "plur" in form.tag.grammemes:
                    yield from (Form(spelled_like(word, one)) for one in _OF_CHURCHES)
                if {"NOUN", "sing", "ablt"} <= form.tag.grammemes and form.word.endswith(("ей", "ёй", "ой")):
                    yield Form(spelled_like(word, form.word[:-1] + "ю"), guessed=not known)


def _cyrillic(word: str) -> bool:
    return any("а" <= letter <= "ё" for letter in word.lower())


def _chosen(word: str, readings: Sequence[Any], *, known: bool) -> Iterable[Any]:
    """The readings that count, each headword once."""
    heads = [one for one in readings if _is_headword(word.lower(), one)] or readings
    capital = word[:1].isupper()
    fitting = [one for one in heads if bool(_NAMES & one.tag.grammemes) == capital]
    if not known:
        nouns = [one for one in fitting or heads if one.tag.POS == "NOUN"]
        return (nouns or heads)[:1]
    return {
        (one.normal_form, one.tag.POS, _NAMES & one.tag.grammemes, _gender(one)): one for one in fitting or heads
    }.values()


def _is_headword(word: str, reading: Any) -> bool:
    nominative = reading.tag.case in (None, "nomn")
    return nominative and (reading.normal_form == word or {"Surn", "femn", "sing"} <= reading.tag.grammemes)


def _spoken(form: str) -> bool:
    """Whether a form is no abbreviation as `гг` is."""
    return any(letter in "аеёиоуыэюя" for letter in form)


def _gender(reading: Any) -> frozenset[str]:
    return frozenset(_GENDERS & reading.tag.grammemes)


def _printed(form: Any, reading: Any) -> bool:
    """Whether a form of the reading's word is one of what was asked for: `Зеленская` is no form of the name `Зеленский`. Second
    plurals of nouns are printed: `дочерями`, `сынов`."""
    second = frozenset(("Infr", "Litr")) if {"NOUN", "plur"} <= form.tag.grammemes else frozenset()
    if (_LEFT_OUT - second) & form.tag.grammemes or (
        len(form.word) < len(reading.normal_form) and not _spoken(form.word)
    ):
        return False
    if form.tag.POS == "ADJS" and reading.tag.POS != "ADJS" and "Qual" not in reading.tag.grammemes:
        return False
    if "Geox" in reading.tag.grammemes and reading.tag.number == "sing" and form.tag.number == "plur":
        return False
    if "Surn" not in reading.tag.grammemes or form.tag.number == "plur":
        return True
    return not _gender(form) or not _gender(reading) or _gender(form) == _gender(reading)
