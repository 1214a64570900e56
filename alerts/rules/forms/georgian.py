"""Georgian nouns and names: number, case, what is written together behind a case (in, on, with, for, from, until), and the clitics
"also" and "is". Pure; the word as typed comes first.

The last vowel of some stems is lost before the genitive and in the plural (`ქვეყანა`, `ქვეყნის`). No ending says of which: both are
made of stems that may lose theirs, and one of them is no word.
"""

from collections.abc import Iterator

_LETTERS = frozenset(map(chr, range(0x10D0, 0x10F1)))
_LEAST = 3
_LOST, _BEFORE = "აეო", "ლრნმ"
# Stems of two consonants, which lose theirs all the same.
_SHORT_LOSING = frozenset("წელი წყალი ბერი მტერი".split())
_NO_LOSS = ("შვილი", "იანი", "ნარი")
# Behind the stem as the dative has it; behind the genitive, also with the vowel of emphasis.
_IN_AND_ON = ("ში", "ზე")
_OF = ("", "ა", "თვის", "გან", "კენ", "ათვის", "აგან", "აკენ", "ადმი")


def forms(word: str) -> tuple[str, ...]:
    """The word and its forms."""
    if not set(word) <= _LETTERS or len(word) < _LEAST:
        return (word,)
    return tuple(dict.fromkeys((word, *_with_clitics(_inflected(word)))))


def phrase(words: tuple[str, ...]) -> tuple[str, ...]:
    """The forms of a phrase: the last word is inflected; an adjective in `ი` before it is cut short (`ჩრდილოეთ კორეის`,
    `სამხრეთ ოსეთში`) or has `მა` and `ს` (`ახალმა მთავრობამ`)."""
    *before, last = words
    starts = {" ".join(before): None}
    if before and before[-1].endswith("ი"):
        starts |= {" ".join((*before[:-1], before[-1][:-1] + ending)): None for ending in ("", "მა", "ს", "ის", "ით")}
    ends = forms(last)
    return tuple(dict.fromkeys(f"{start} {end}".strip() for start in starts for end in ends))


def _with_clitics(cases: Iterator[str]) -> Iterator[str]:
    """`პრეზიდენტიც`, `პრეზიდენტსაც`, `პრეზიდენტია`."""
    for case in cases:
        yield from (case, case + "ა", case + ("ც" if case[-1] in "აეიოუ" else "აც"))


def _inflected(word: str) -> Iterator[str]:
    if word[-1] in "აე":
        yield from _of_vowel(word)
        for stem in _stems(word[:-1]) if word[-1] == "ა" else (word[:-1],):
            yield from _of_genitive(stem)
            yield from _of_consonant(stem + "ებ")
        yield from _of_consonant(word + "ებ") if word[-1] == "ე" else ()
    elif word[-1] in "ოუ":
        yield from _of_vowel(word)
        yield from (word + ending for ending in ("თი", "დან"))
        yield from _of_consonant(word + "ებ")
    else:
        yield from _of_noun_in_i(word)


def _of_noun_in_i(word: str) -> Iterator[str]:
    stem = word.removesuffix("ი")
    yield from _of_consonant(stem)
    for short in _stems(stem, losing=word in _SHORT_LOSING) if not word.endswith(_NO_LOSS) else (stem,):
        yield from _of_genitive(short)
        if not stem.endswith("ებ"):
            yield from _of_consonant(short + "ებ")
    yield from (stem + ending for ending in ("ნი", "თა", "თათვის", "თაგან", "თვის"))


def _stems(stem: str, *, losing: bool = False) -> tuple[str, ...]:
    """The stem, and the one that has lost its vowel."""
    may_lose = len(stem) > _LEAST and stem[-1] in _BEFORE and stem[-2] in _LOST
    return (stem, stem[:-2] + stem[-1]) if may_lose or losing else (stem,)


def _of_consonant(stem: str) -> Iterator[str]:
    yield from (stem + case for case in ("ი", "მა", "ს", "სა", "თან", "სავით", "ივით", *_IN_AND_ON))
    yield from _of_genitive(stem)


def _of_genitive(stem: str) -> Iterator[str]:
    yield from (stem + "ის" + ending for ending in _OF)
    yield from (stem + case for case in ("ით", "იდან", "ად", "ამდე", "ო"))


def _of_vowel(word: str) -> Iterator[str]:
    cases = ("", "მ", "ს", "სა", "დ", "სთან", "თან", "მდე", "სავით", "ვით", "თა", "ნი", *_IN_AND_ON)
    yield from (word + case for case in cases)
    yield from (word + "ს" + ending for ending in _OF)
