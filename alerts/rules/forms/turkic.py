"""Azerbaijani, Kazakh and Uzbek nouns and names: number, possessor, case. Pure; the word as typed comes first.

A suffix is written with signs: `A` and `I` are vowels that follow the harmony of the word, `D` `L` `N` `M` `G` consonants that follow
the letter before them, and a letter in parentheses stands only where it keeps two vowels or two consonants apart.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Turkic:
    """A language: its vowels, how consonants follow, the suffixes of its cases, plain, after the possessor of the third person and
    after others, and what may stand behind a case."""

    back: str
    front: str
    low: tuple[str, str]  # A after back and front vowels
    high: tuple[str, str, str, str]  # I after back, back rounded, front, front rounded
    rounded: str
    plural: str
    cases: tuple[str, ...]
    third: str
    third_cases: tuple[str, ...]
    others: tuple[str, ...]  # other possessors, of one
    several: tuple[str, ...]  # and of several, with the plain cases
    other_cases: tuple[str, ...]
    tails: tuple[str, ...]
    third_tails: tuple[str, ...]
    signs: Mapping[str, tuple[tuple[str, str], ...]] = field(
        default_factory=dict
    )  # by the letter before, "" is any other
    soft: Mapping[str, str] = field(default_factory=dict)
    glides: str = ""  # vowels after which a suffix is as after a consonant
    neutral: str = ""  # a vowel that has the harmony of the one before it
    losing: Mapping[str, str] = field(default_factory=dict)  # stems that lose a vowel before another: şəkil, şəkli


_KAZAKH_VOWELS = "аәеёиоөуұүыіэюя"
_VOICELESS = "пткқсшфхцчщбвгд"


def _pairs(text: str) -> Mapping[str, str]:
    return dict(pair.split("/") for pair in text.split())


AZERBAIJANI = Turkic(
    back="aıou", front="eəiöü", low=("a", "ə"), high=("ı", "u", "i", "ü"), rounded="ouöü", plural="lAr",
    cases=("", "(n)In", "(n)I", "(y)A", "dA", "dAn", "lA", "(y)lA"), third="(s)I",
    third_cases=("", "nIn", "nI", "nA", "ndA", "ndAn", "(y)lA", "lA", "ncA"),
    others=("(I)m", "(I)n"), several=("(I)mIz", "(I)nIz"), other_cases=("", "In", "I", "A", "dA", "dAn", "lA"),
    tails=("dAkI", "dAkIlAr", "dIr", "dIrlAr", "dAdIr", "dAndIr", "dAkInI", "dAkInIn"),
    third_tails=("ndAkI", "ndAkIlAr", "dIr", "ndAdIr", "ndAndIr", "nAdIr"),
    soft={"k": "y", "q": "ğ"}, losing=_pairs("oğul/oğl ağız/ağz burun/burn isim/ism qəbir/qəbr şəkil/şəkl nəsil/nəsl fikir/fikr ömür/ömr əsir/əsr"),
)  # fmt: skip
UZBEK = Turkic(
    back="aeiou", front="", low=("a", "a"), high=("i", "i", "i", "i"), rounded="", plural="lar",
    cases=("", "ning", "ni", "Ga", "ga", "da", "dan"), third="(s)i", third_cases=("", "ning", "ni", "ga", "da", "dan"),
    others=("(i)m", "(i)ng"), several=("(i)miz", "(i)ngiz"), other_cases=("", "ning", "ni", "ga", "da", "dan"),
    tails=("dagi", "dagilar", "dir", "gacha", "cha", "dek", "day", "dagini", "dagining", "dadir", "dandir", "niki"),
    third_tails=("dagi", "dagilar", "dir", "gacha", "cha", "dek", "day", "dadir", "dandir"),
    signs={"G": (("q", "q"), ("k", "k"), ("", "g"))}, soft={"k": "g", "q": "gʻ"},
    losing=_pairs("shahar/shahr oʻgʻil/oʻgʻl burun/burn ogʻiz/ogʻz singil/singl koʻngil/koʻngl oʻrin/oʻrn nasl/nasl qism/qism"),
)  # fmt: skip
KAZAKH = Turkic(
    back="аоұыуяюё", front="әеөүіиэ", low=("а", "е"), high=("ы", "ы", "і", "і"), rounded="", plural="LAр",
    cases=("", "NIң", "TI", "GA", "DA", "BAн", "Mен"), third="(с)I", third_cases=("", "нIң", "н", "нA", "ндA", "нAн", "мен"),
    others=("(I)м", "(I)ң"), several=("(I)мIз", "(I)ңIз"), other_cases=("", "нIң", "дI", "A", "дA", "нAн", "мен"),
    tails=("DAҒI", "DAҒIлAр", "DAҒIнI"), third_tails=("ндAҒI", "ндAҒIлAр"), soft={"п": "б", "к": "г", "қ": "ғ"}, glides="уи", neutral="у",
    losing=_pairs("халық/халқ орын/орн мұрын/мұрн ауыз/ауз ерік/ерк көрік/көрк дауыс/даус қауіп/қауп"),
    signs={
        "L": ((_VOICELESS, "т"), ("лмнңзж", "д"), ("", "л")),
        "N": ((_VOICELESS, "т"), ("лрйзжу", "д"), ("", "н")),
        "T": ((_VOICELESS, "т"), (_KAZAKH_VOWELS.replace("у", ""), "н"), ("", "д")),
        "D": ((_VOICELESS, "т"), ("", "д")),
        "B": ((_VOICELESS, "т"), ("мнң", "н"), ("", "д")),
        "M": ((_VOICELESS, "п"), ("зж", "б"), ("", "м")),
        "G": ((_VOICELESS, "Q"), ("", "Ғ")),
        "Ғ": (("", "Ғ"),),
    },
)  # fmt: skip
_BY_HARMONY = {"Q": ("қ", "к"), "Ғ": ("ғ", "г")}
# Names and borrowed words with the other harmony than their last vowel's: Тоқаевтың, тарихты, банкке.
_OTHER_HARMONY = (
    (re.compile("ев$"), "ав"),
    (re.compile("анк$"), "енк"),
    (re.compile("(?<=[аоұы])([^аоұыәеөүіэюяу]*)и([^аоұыәеөүіэюяу]*)$"), r"\1ы\2"),
)
LANGUAGES = {"az": AZERBAIJANI, "kk": KAZAKH, "uz": UZBEK}


def forms(word: str, code: str) -> tuple[str, ...]:
    """The word and its forms."""
    language = LANGUAGES[code]
    low = word.replace("I", "ı").replace("İ", "i").lower() if code == "az" else word.lower()
    if len(low) < 2 or not any(letter in language.back + language.front for letter in low):
        return (word,)
    made = list(_inflected(low, language))
    for borrowed, own in _OTHER_HARMONY if language is KAZAKH else ():
        other = borrowed.sub(own, low)
        if other != low:
            made += [low + form[len(low) :] for form in _inflected(other, language)]
    return tuple(dict.fromkeys((word, *(word[0] + form[1:] for form in made))))


def phrase(words: tuple[str, ...], code: str) -> tuple[str, ...]:
    """The forms of a phrase: the last word alone is inflected."""
    head = " ".join(words[:-1])
    return tuple(f"{head} {form}".strip() for form in forms(words[-1], code))


def _inflected(low: str, language: Turkic) -> Iterator[str]:
    many = _attach(low, language.plural, language)
    soft = _before_vowel(low, language)
    for stem, before_vowel in ((low, soft), (many, (many,))):
        for case in (*language.cases, *language.tails):
            yield from _attached(stem, before_vowel, case, language)
        yield from _owned(stem, before_vowel, language)
    if low[-1] in language.high:  # the second part of a compound has its possessor already
        yield from (_attach(low, case, language) for case in (*language.third_cases, *language.third_tails))


def _before_vowel(low: str, language: Turkic) -> tuple[str, ...]:
    """The stem as it may be before a vowel."""
    if low in language.losing:
        return (language.losing[low], low)
    syllables = sum(letter in language.back + language.front for letter in low)
    softens = low[-1] in language.soft and (syllables > 1 or language is KAZAKH)
    return (low, low[:-1] + language.soft[low[-1]]) if softens else (low,)


def _attached(stem: str, before_vowel: tuple[str, ...], suffix: str, language: Turkic) -> Iterator[str]:
    whole = _attach(stem, suffix, language)
    starts = whole[len(stem) : len(stem) + 1]
    if not starts or starts not in language.back + language.front:
        yield whole
    else:
        yield from (before + whole[len(stem) :] for before in before_vowel)


def _owned(stem: str, before_vowel: tuple[str, ...], language: Turkic) -> Iterator[str]:
    for third in _attached(stem, before_vowel, language.third, language):
        yield from (_attach(third, case, language) for case in (*language.third_cases, *language.third_tails))
    for owners, cases in (
        (language.others, language.other_cases),
        (language.several, (*language.cases, *language.tails)),
    ):
        for owner in owners:
            for owned in _attached(stem, before_vowel, owner, language):
                yield from (_attach(owned, case, language) for case in cases)


def _attach(stem: str, suffix: str, language: Turkic) -> str:
    vowels = language.back + language.front
    if suffix.startswith("("):
        after_vowel = stem[-1] in vowels and stem[-1] not in language.glides
        apart = after_vowel == (suffix[1] in "Ii")
        suffix = suffix[3:] if apart else suffix[1] + suffix[3:]
    stressed = [letter for letter in stem if letter in vowels]
    last = next((letter for letter in reversed(stressed) if letter not in language.neutral), stressed[-1])
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
