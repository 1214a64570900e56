"""Azerbaijani, Kazakh and Uzbek nouns and names: number, possessor, case. Pure; the word as typed comes first.

A suffix is written with signs: `A` and `I` are vowels that follow the harmony of the word, `D` `L` `N` `M` `G` consonants that follow
the letter before them, and a letter in parentheses stands only where it keeps two vowels or two consonants apart.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Turkic:
    """A language: its vowels, how consonants follow, the suffixes of its cases, plain and after the possessor of the third person."""

    back: str
    front: str
    low: tuple[str, str]  # A after back and front vowels
    high: tuple[str, str, str, str]  # I after back, back rounded, front, front rounded
    rounded: str
    plural: str
    cases: tuple[str, ...]
    third: str
    third_cases: tuple[str, ...]
    others: tuple[str, ...]  # other possessors
    tails: tuple[str, ...]
    signs: Mapping[str, tuple[tuple[str, str], ...]] = field(
        default_factory=dict
    )  # by the letter before, "" is any other
    soft: Mapping[str, str] = field(default_factory=dict)


_KAZAKH_VOWELS = "аәеёиоөуұүыіэюя"
_VOICELESS = "пткқсшфхцчщбвгд"
AZERBAIJANI = Turkic(
    back="aıou", front="eəiöü", low=("a", "ə"), high=("ı", "u", "i", "ü"), rounded="ouöü", plural="lAr",
    cases=("", "(n)In", "(n)I", "(y)A", "dA", "dAn", "lA"), third="(s)I", third_cases=("", "nIn", "nI", "nA", "ndA", "ndAn", "(y)lA"),
    others=("(I)mIz", "(I)m"), tails=("dAkI", "dIr"), soft={"k": "y", "q": "ğ"},
)  # fmt: skip
UZBEK = Turkic(
    back="aeiou", front="", low=("a", "a"), high=("i", "i", "i", "i"), rounded="", plural="lar",
    cases=("", "ning", "ni", "Ga", "da", "dan"), third="(s)i", third_cases=("", "ning", "ni", "ga", "da", "dan"),
    others=("(i)miz",), tails=("dagi", "dir", "gacha", "cha"), signs={"G": (("q", "q"), ("k", "k"), ("", "g"))},
    soft={"k": "g", "q": "gʻ"},
)  # fmt: skip
KAZAKH = Turkic(
    back="аоұыуяюё", front="әеөүіиэ", low=("а", "е"), high=("ы", "ы", "і", "і"), rounded="", plural="LAр",
    cases=("", "NIң", "TI", "GA", "DA", "BAн", "Mен"), third="(с)I", third_cases=("", "нIң", "н", "нA", "ндA", "нAн", "мен"),
    others=("(I)мIз",), tails=("DAғI", "DAгI"), soft={"п": "б", "к": "г", "қ": "ғ"},
    signs={
        "L": ((_VOICELESS, "т"), ("лмнңзж", "д"), ("", "л")),
        "N": ((_VOICELESS, "т"), ("лрйзжу", "д"), ("", "н")),
        "T": ((_VOICELESS, "т"), (_KAZAKH_VOWELS.replace("у", ""), "н"), ("", "д")),
        "D": ((_VOICELESS, "т"), ("", "д")),
        "B": ((_VOICELESS, "т"), ("мнң", "н"), ("", "д")),
        "M": ((_VOICELESS, "п"), ("зж", "б"), ("", "м")),
        "G": ((_VOICELESS, "Q"), ("", "Ғ")),
    },
)  # fmt: skip
_BY_HARMONY = {"Q": ("қ", "к"), "Ғ": ("ғ", "г")}
LANGUAGES = {"az": AZERBAIJANI, "kk": KAZAKH, "uz": UZBEK}


def forms(word: str, code: str) -> tuple[str, ...]:
    """The word and its forms."""
    language = LANGUAGES[code]
    low = word.replace("I", "ı").replace("İ", "i").lower() if code == "az" else word.lower()
    if len(low) < 2 or not any(letter in language.back + language.front for letter in low):
        return (word,)
    made = list(_inflected(low, language))
    if low.endswith("ев"):  # Тоқаев, Тоқаевтың: the name has the harmony of its first part
        made += [low + form[len(low) :] for form in _inflected(low[:-2] + "ав", language)]
    return tuple(dict.fromkeys((word, *(word[0] + form[1:] for form in made))))


def phrase(words: tuple[str, ...], code: str) -> tuple[str, ...]:
    """The forms of a phrase: the last word alone is inflected."""
    head = " ".join(words[:-1])
    return tuple(f"{head} {form}".strip() for form in forms(words[-1], code))


def _inflected(low: str, language: Turkic) -> Iterator[str]:
    softened = low[:-1] + language.soft[low[-1]] if low[-1] in language.soft else low
    many = _attach(low, language.plural, language)
    vowel = low[-1] in language.back + language.front
    for stem in dict.fromkeys((low, softened)):
        for case in (*language.cases, *language.tails):
            yield _attach(stem, case, language)
        yield from _owned(stem, language)
    if vowel:  # the second part of a compound has its possessor already
        yield from (_attach(low, case, language) for case in language.third_cases)
    yield from (_attach(many, case, language) for case in (*language.cases, *language.tails))
    yield from _owned(many, language)


def _owned(stem: str, language: Turkic) -> Iterator[str]:
    third = _attach(stem, language.third, language)
    yield from (_attach(third, case, language) for case in (*language.third_cases, language.tails[0]))
    for other in language.others:
        yield from (_attach(_attach(stem, other, language), case, language) for case in language.cases)


def _attach(stem: str, suffix: str, language: Turkic) -> str:
    vowels = language.back + language.front
    if suffix.startswith("("):
        apart = (stem[-1] in vowels) == (suffix[1] in "Ii")
        suffix = suffix[3:] if apart else suffix[1] + suffix[3:]
    last = next(letter for letter in reversed(stem) if letter in vowels)
    front, rounded = last in language.front, last in language.rounded
    made = stem
    for sign in suffix:
        letter = sign
        if sign in language.signs:
            letter = next(to for before, to in language.signs[sign] if not before or made[-1] in before)
            letter = _BY_HARMONY.get(letter, (letter, letter))[front]
        elif sign == "A":
            letter, rounded = language.low[front], False
        elif sign == "I":
            letter = language.high[2 * front + rounded]
        made += letter
    return made
