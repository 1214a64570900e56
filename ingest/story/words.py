"""The meaning of single words by language: numbers, negations, days, opposites, marks of correction. Pure.

The words stand in `languages/*.toml`, one file a language, read when it is first asked for.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from importlib import resources
from typing import NamedTuple

from core.text.fold import fold
from core.text.language_code import language_code

_LONGEST_ENDING = 5
_SHORTEST_COMPOUND, _LONGEST_COMPOUND = 4, 60
_SHORTEST_STEM = 4  # of what a prefix turns: `likely`, `unlikely`
_UNKNOWN = "und"
_LEAST_COMMON = 0.08  # share of its commonest words in a text of a language
_LEAST_COMMON_AGAINST = 0.2  # the same where the text is said to be of another one
_ALIASES = {
    "nb": "no",
    "nn": "no",
    "be": "ru",
    "ms": "id",
    "bs": "hr",
    "sh": "hr",
    "mk": "bg",
    "yue": "zh",
    "wuu": "zh",
}
_IN_LATIN = {"sr": "hr"}
_NONE: frozenset[int] = frozenset()


class Scale(NamedTuple):
    """A word that multiplies what stands before it, or adds to it (`belas`)."""

    value: int
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """What a word is. `sides`: (pair of opposites, which side of it)."""

    numbers: tuple[int | Scale, ...] = ()  # several of a compound
    joins: bool = False
    negates: bool = False
    softly: bool = False  # stands in for a negation: `declined to`
    day: int | None = None
    month: int | None = None
    sides: frozenset[tuple[int, int]] = frozenset()
    grave: bool = False
    dead: bool = False


_PLAIN = Role()


@dataclass
class _Words:
    """Words and beginnings of words, each with what it stands for."""

    longest: int = _LONGEST_ENDING  # ending of a stem, in letters
    whole: dict[str, set[int]] = field(default_factory=dict)
    stems: dict[str, set[int]] = field(default_factory=dict)

    def put(self, forms: str, value: int) -> None:
        for form in forms.split("/"):
            target = self.stems if form.endswith("*") else self.whole
            target.setdefault(fold(form.rstrip("*")), set()).add(value)

    def at(self, word: str) -> set[int] | frozenset[int]:
        if word in self.whole:
            return self.whole[word]
        if self.stems:
            for end in range(len(word), max(1, len(word) - self.longest) - 1, -1):
                if word[:end] in self.stems:
                    return self.stems[word[:end]]
        return _NONE

    def __iter__(self) -> Iterator[str]:
        return iter({**self.whole, **self.stems})


def _of(entries: Iterable[str], longest: int) -> _Words:
    words = _Words(longest)
    for place, forms in enumerate(entries):
        words.put(forms, place)
    return words


class Language:
    """The words of one language."""

    def __init__(self, code: str, table: dict[str, object]) -> None:
        def listed(key: str) -> list[str]:
            return str(table.get(key, "")).split()

        def texts(key: str) -> list[str]:
            found = table.get(key, [])
            return [str(one) for one in found] if isinstance(found, list) else []

        def forms(entries: Iterable[str]) -> _Words:
            return _of(entries, longest)

        found = table.get("longest_ending")
        longest = found if isinstance(found, int) else _LONGEST_ENDING
        self.code = code
        self.common = frozenset(map(fold, listed("common")))
        self.letters = frozenset(str(table.get("letters", "")))  # that few other languages have
        self.caseless = code in {"ar", "fa", "he", "hi", "ur", "bn", "ta", "te", "ka"}
        self.unknown = code == _UNKNOWN
        self.thousands = str(table.get("thousands", ","))
        self._compounds = bool(table.get("glue"))
        self.joined = self._compounds or bool(
            table.get("proclitics")
        )  # whether units may come before tens without a word
        self.teens_in_two = bool(table.get("proclitics"))  # three, ten
        self._proclitics = frozenset(map(fold, listed("proclitics")))
        self._prefixes = tuple(map(fold, listed("prefixes")))
        self._values, self._stems = _values(table)
        self._number_pattern = str(table.get("number_pattern", ""))
        self._ordinals = forms(listed("ordinals"))
        self._joins = frozenset(map(fold, listed("joins")))
        self._not, self._soft = forms(listed("not")), forms(listed("soft"))
        written = str(table.get("not_pattern", ""))
        pattern = "".join(char if char.isascii() else fold(char) for char in written)  # of folded words
        self._not_pattern = re.compile(pattern) if pattern else None
        self._days, self._months = forms(listed("days")), forms(listed("months"))
        self._sides = [
            (pair, side, listed_forms)
            for pair, sides in enumerate(texts("opposites"))
            for side, listed_forms in enumerate(sides.split("|"))
        ]
        self._opposites = forms(side for _, _, side in self._sides)
        self._grave, self._dead = forms(listed("grave")), forms(listed("dead"))
        self.corrections = tuple(word.casefold().replace("|", " ") for word in listed("correction"))
        self.correction_notes = tuple(map(str.casefold, texts("correction_notes")))
        self.updates = tuple(word.casefold().replace("|", " ") for word in listed("update"))
        self.skipped = tuple(filter(None, str(table.get("skip", "")).casefold().split("|")))
        self._roles: dict[str, Role] = {}

    def role(self, word: str) -> Role:
        """Of a folded word."""
        found = self._roles.get(word)
        if found is None:
            found = self._role(word)
            if len(self._roles) < 1 << 15:
                self._roles[word] = found
        return found

    def _role(self, word: str) -> Role:
        for bare in self._bare(word):
            days, months = self._days.at(bare), self._months.at(bare)
            role = Role(
                numbers=() if days else self._numbers(bare),
                joins=bare in self._joins,
                negates=bool(self._not.at(bare))
                or (self._not_pattern is not None and bool(self._not_pattern.search(bare))),
                softly=bool(self._soft.at(bare)),
                day=min(days, default=None),
                month=min(months, default=None),
                sides=frozenset(self._sides[place][:2] for place in self._opposites.at(bare)),
                grave=bool(self._grave.at(bare)),
                dead=bool(self._dead.at(bare)),
            )
            if role != _PLAIN:
                return role
        return _PLAIN

    def _bare(self, word: str) -> Iterator[str]:
        """The word, and what is left of it without the particles that are written together with it."""
        yield word
        if len(word) > 2 and word[0] in self._proclitics:
            yield word[1:]

    def _numbers(self, word: str) -> tuple[int | Scale, ...]:
        if word in self._values:
            return (self._values[word],)
        ordinals = self._ordinals.at(word)
        if ordinals:
            return (min(ordinals) + 1,)
        if self._number_pattern:
            return tuple(self._values[part] for part in self._parted(word) or ())
        if self._compounds and _SHORTEST_COMPOUND <= len(word) <= _LONGEST_COMPOUND:
            parts = self._parted(word)
            if parts:
                return tuple(self._values[part] for part in parts if part in self._values)
        for end in range(len(word), _SHORTEST_STEM - 1, -1):
            if word[:end] in self._stems:
                return (self._stems[word[:end]],)
        return ()

    def _parted(self, word: str) -> list[str] | None:
        """A compound's number words, `and` among them: `einhundertelf`. None where there is a rest."""
        ends = {len(word): len(word)}  # where the part that begins there ends, if all behind it are such words
        for start in reversed(range(len(word))):
            for end in range(min(len(word), start + self._longest), start, -1):
                if end in ends and (word[start:end] in self._values or word[start:end] in self._joins):
                    ends[start] = end
                    break
        if 0 not in ends:
            return None
        parts, start = list[str](), 0
        while start < len(word):
            parts.append(word[start : ends[start]])
            start = ends[start]
        return parts

    @cached_property
    def _longest(self) -> int:
        return max(map(len, (*self._values, *self._joins)))

    @cached_property
    def known(self) -> re.Pattern[str]:
        """Any word of the tables, for scripts that put no spaces between words; the longest first."""
        words = {*self._not, *self._soft, *self._days, *self._months, *self._grave, *self._dead, *self._opposites}
        listed = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
        return re.compile(f"{self._number_pattern}|{listed}" if self._number_pattern else listed)

    def turned(self, word: str, other: str) -> bool:
        """Whether a prefix makes one of two words the opposite of the other."""
        long, short = (word, other) if len(word) > len(other) else (other, word)
        return len(short) >= _SHORTEST_STEM and any(long == prefix + short for prefix in self._prefixes)


def _values(table: dict[str, object]) -> tuple[dict[str, int | Scale], dict[str, int | Scale]]:
    """Number words, and beginnings of such: what they add, or by what they multiply."""
    found: dict[str, int | Scale] = {}
    for key, first, step in (("units", 1, 1), ("tens", 20, 10), ("hundreds", 100, 100)):
        for place, forms in enumerate(str(table.get(key, "")).split()):
            found.update((fold(form), first + step * place) for form in forms.split("/"))
    for entry in str(table.get("words", "")).split():
        forms, _, value = entry.partition("=")
        found.update((fold(form), int(value)) for form in forms.split("/"))
    for entry in str(table.get("scales", "")).split():
        forms, _, value = entry.partition("=")
        scale = Scale(int(float(value)), adds=value.startswith("+"))
        found.update((fold(form), scale) for form in forms.split("/"))
    stems = {form.removesuffix("*"): value for form, value in found.items() if form.endswith("*")}
    return {form: value for form, value in found.items() if not form.endswith("*")}, stems


CODES = tuple(
    sorted(
        file.name.removesuffix(".toml")
        for file in resources.files("ingest.story.languages").iterdir()
        if file.name.endswith(".toml")
    )
)


@cache
def language(code: str) -> Language:
    """The tables of a language that has some; those of any other one are empty."""
    if code == _UNKNOWN:
        return Language(code, {})
    text = resources.files("ingest.story.languages").joinpath(f"{code}.toml").read_text(encoding="utf-8")
    return Language(code, tomllib.loads(text))


# Signs that tell the language, or nearly, and how seldom they may be; the first that a text has.
_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30ff]"), 20),
    ("ko", re.compile("[\uac00-\ud7ff]"), 8),
    ("zh", re.compile("[\u4e00-\u9fff]"), 8),
    ("th", re.compile("[\u0e01-\u0e3a]"), 8),
    ("hi", re.compile("[\u0904-\u0939]"), 8),
    ("bn", re.compile("[\u0985-\u09b9]"), 8),
    ("ta", re.compile("[\u0b85-\u0bb9]"), 8),
    ("te", re.compile("[\u0c05-\u0c39]"), 8),
    ("ka", re.compile("[\u10d0-\u10fa]"), 8),
    ("hy", re.compile("[\u0561-\u0587]"), 8),
    ("he", re.compile("[\u05d0-\u05ea]"), 8),
    ("ur", re.compile("[ٹڈڑےںہھ]"), 20),
    ("fa", re.compile("[پچژگیک]"), 20),
    ("ar", re.compile("[\u0621-\u064a]"), 8),
    ("el", re.compile("[α-ωά-ώ]"), 8),
    ("az", re.compile("ə", re.IGNORECASE), 40),
    ("kk", re.compile("[әғқңөұү]", re.IGNORECASE), 25),
    ("uk", re.compile("[іїєґ]", re.IGNORECASE), 60),
    ("sr", re.compile("[ђјљњћџ]", re.IGNORECASE), 40),
    ("ru", re.compile("[ыэё]", re.IGNORECASE), 150),
    ("bg", re.compile("ъ", re.IGNORECASE), 250),
    ("ru", re.compile("[а-яё]", re.IGNORECASE), 8),
)
_ANY = "en"  # among those of which a text has as many words
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH = 200  # characters that show it


def language_of(text: str, declared: str | None) -> Language:
    """The language of a text: the declared one where it has tables and the script agrees, else the one whose commonest words and own letters
    it has.

    A language without tables, of which nothing is known, is one, too.
    """
    start = text[: 4 * _ENOUGH]
    code = language_code(declared)
    code = _ALIASES.get(code, code)
    script = next((name for name, signs, rarity in _SCRIPTS if len(signs.findall(start)) * rarity > len(start)), None)
    if script is None:
        code = _IN_LATIN.get(code, code)
    if code in CODES and (script is None) == (code in _latin()):
        return language(code)
    if code in CODES or not code:
        return language(script or _spoken(start, _LEAST_COMMON))
    return language(_UNKNOWN if script else _spoken(start, _LEAST_COMMON_AGAINST))


@lru_cache(maxsize=1)
def _latin() -> frozenset[str]:
    return frozenset(code for code in CODES if language(code).common)


def _spoken(text: str, least: float) -> str:
    raw = _WORD.findall(text.lower())
    words, letters = [fold(word) for word in raw], frozenset(text.lower())

    def signs(words_of: Language) -> int:
        common = sum(map(words_of.common.__contains__, words))
        if letters.isdisjoint(words_of.letters):
            return common
        return common + sum(not words_of.letters.isdisjoint(word) for word in raw)

    counts = {code: signs(language(code)) for code in sorted(_latin())}
    best = max(counts, key=lambda code: (counts[code], code == _ANY))
    return best if counts[best] >= max(1, least * len(words)) else _UNKNOWN
