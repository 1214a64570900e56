"""Paradigms of nouns, adjectives and names: how the forms of a word are made where a list has not all of them.

A paradigm is chosen by the last letters of a headword and by the forms that a list has of it. What the list leaves out (a form that
two words have is listed under one of them) is made by the paradigm. Names that no list has get the paradigms of names. Pure.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_ZERO = "0"
_LEAST_AGREEING, _LEAST_AGREEING_SHARE = 2, 0.5
_SURELY_AGREEING = 6  # enough, whatever else is listed: `stát` is a verb too
_SECOND_AGREEING = 3  # listed forms that a second paradigm must explain beside the first
_MADE_UNLISTED = 0.15  # what a made form costs that the list does not have
_OPTIONAL_LISTED = 0.4
_SPARSE = 3  # listed forms that every paradigm has: the first one counts
_ALWAYS, _TOO = "!", "+"


@dataclass(frozen=True, slots=True)
class Paradigm:
    """`headword`: matches one, its group is the ending that the others replace. `optional`: endings of a form that some words have.
    `names`: whether names that are not listed may be inflected so; `words`: whether listed words may."""

    headword: re.Pattern[str]
    endings: tuple[str, ...]
    optional: tuple[str, ...] = ()
    names: bool = False
    words: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """How a stem may look before an ending. `sure`: without a list to say so, `!` instead of the stem as it is, `+` beside it."""

    stem: re.Pattern[str]
    changed: str
    sure: str = ""

    def of(self, stem: str) -> str | None:
        changed = self.stem.sub(self.changed, stem)
        return None if changed == stem else changed


@dataclass(frozen=True, slots=True)
class Declension:
    """A language. `sounds`: what happens where stem and ending meet, in order, in `stem|ending`; a sign before the ending asks for a
    softened stem. `stems`: stems behind a headword without an ending (`pes`, `ps`). `zero`: stems without an ending before them
    (`banka`, `dodávka`: `bank`, `dodávek`)."""

    paradigms: tuple[Paradigm, ...]
    sounds: tuple[Change, ...]
    stems: tuple[Change, ...] = ()
    zero: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class _Made:
    """What one paradigm makes of one stem."""

    regular: frozenset[str]
    optional: frozenset[str]

    def score(self, listed: frozenset[str]) -> float:
        agreeing = len(self.regular & listed) + _OPTIONAL_LISTED * len(self.optional & listed)
        return agreeing - _MADE_UNLISTED * len(self.regular - listed)


def paradigms(table: str, letters: Mapping[str, str]) -> tuple[Paradigm, ...]:
    """Lines `[n|N] headword; endings; optional endings`, `n` for those that names have too, `N` for those of unlisted names only. `letters`: what a capital in a headword stands for."""
    found = []
    for line in filter(None, map(str.strip, table.splitlines())):
        head, endings, *more = (part.strip() for part in line.split(";"))
        pattern = "".join(letters.get(sign, sign) for sign in head.removeprefix("n ").removeprefix("N "))
        optional = tuple(more[0].split()) if more else ()
        headword = re.compile(f"(?:{pattern})$", re.IGNORECASE)
        found.append(Paradigm(headword, tuple(endings.split()), optional, head[:2] in ("n ", "N "), head[:2] != "N "))
    return tuple(found)


def changes(table: str, letters: Mapping[str, str]) -> tuple[Change, ...]:
    """Lines `[!+] stem > changed`."""
    found = []
    for line in filter(None, map(str.strip, table.splitlines())):
        sure = line[0] if line[0] in _ALWAYS + _TOO else ""
        before, _, after = line.removeprefix(sure).partition(" >")
        pattern = "".join(letters.get(sign, sign) for sign in before.strip())
        found.append(Change(re.compile(pattern), after.strip(), sure))
    return tuple(found)


def by_list(word: str, listed: frozenset[str], declension: Declension) -> tuple[str, ...] | None:
    """The forms of a headword by the paradigms that its listed forms agree with; None: they agree with none."""
    listed |= {word}
    if len(listed) < _LEAST_AGREEING or (len(listed) <= _SPARSE and word[:1].isupper()):
        return None
    fitting = (one for one in declension.paradigms if one.words)
    made = [one for paradigm in fitting for one in _all_made(word, paradigm, declension, listed)]
    if len(listed) <= _SPARSE:
        made = [one for one in made if listed <= one.regular | one.optional][:1]
    best = max(made, key=lambda one: one.score(listed), default=None)
    if best is None or not _agrees(best, listed):
        return None
    rest = listed - best.regular - best.optional
    second = max(made, key=lambda one: (len(one.regular & rest), one.score(listed)))
    too = len(second.regular & rest) >= _SECOND_AGREEING
    found: dict[str, None] = {word: None}
    for one in (best, second) if too else (best,):
        found |= dict.fromkeys(sorted(one.regular))
        if not word[:1].isupper():
            found |= dict.fromkeys(sorted(one.optional & listed))
    return tuple(found)


def _agrees(made: _Made, listed: frozenset[str]) -> bool:
    agreeing = len((made.regular | made.optional) & listed)
    return agreeing >= min(_SURELY_AGREEING, max(_LEAST_AGREEING, _LEAST_AGREEING_SHARE * len(listed)))


def of_name(word: str, declension: Declension) -> tuple[str, ...]:
    """The forms of a name by its last letters: by all paradigms that fit as many of them as any."""
    fitting = [(one, match) for one in declension.paradigms if one.names and (match := one.headword.search(word))]
    longest = max((len(match[0]) for _, match in fitting), default=0)
    found: dict[str, None] = {word: None}
    for paradigm, match in fitting:
        if len(match[0]) == longest:
            stem = word[: match.start(1)]
            for one in [stem] if match[1] else _surely(stem, declension.stems):
                found |= dict.fromkeys(sorted(_made(word, one, paradigm, declension, frozenset()).regular))
    return tuple(found)


def _all_made(word: str, paradigm: Paradigm, declension: Declension, listed: frozenset[str]) -> Iterator[_Made]:
    """Of every stem that the headword may have."""
    match = paradigm.headword.search(word)
    if match is not None:
        stem = word[: match.start(1)]
        for one in (stem, *filter(None, (change.of(stem) for change in declension.stems))):
            yield _made(word, one, paradigm, declension, listed)


def _surely(stem: str, table: Iterable[Change]) -> list[str]:
    """The stem, or what it certainly is instead."""
    found = {change.sure: changed for change in reversed(tuple(table)) if change.sure and (changed := change.of(stem))}
    return [found[_ALWAYS]] if _ALWAYS in found else [stem, *found.values()]


def _made(word: str, stem: str, paradigm: Paradigm, declension: Declension, listed: frozenset[str]) -> _Made:
    return _Made(
        frozenset((word, *_joined(stem, paradigm.endings, declension, listed))),
        frozenset(_joined(stem, paradigm.optional, declension, listed)),
    )


def _joined(stem: str, endings: Iterable[str], declension: Declension, listed: frozenset[str]) -> Iterator[str]:
    for ending in endings:
        if ending == _ZERO:
            yield from _without_ending(stem, declension, listed)
        else:
            yield _sounding(f"{stem}|{ending.removeprefix('-')}", declension)


def _sounding(joined: str, declension: Declension) -> str:
    for change in declension.sounds:
        joined = change.stem.sub(change.changed, joined)
    return re.sub("[|~^]", "", joined)


def _without_ending(stem: str, declension: Declension, listed: frozenset[str]) -> list[str]:
    """The stem with nothing behind it: as listed, else as it is most often. Of a name (`Mosk-va`) only what is listed."""
    others = [changed for change in declension.zero if (changed := change.of(stem))]
    shown = [_sounding(f"{one}|{_ZERO}", declension).removesuffix(_ZERO) for one in (stem, *others)]
    if known := [one for one in shown if one in listed]:
        return known
    if stem[:1].isupper():
        return []
    return [_sounding(f"{one}|{_ZERO}", declension).removesuffix(_ZERO) for one in _surely(stem, declension.zero)[:1]]
