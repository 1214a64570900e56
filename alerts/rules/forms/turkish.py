"""Turkish nouns and names: number, possessor, case, and what stands after a case (`-ki`, the copula), with vowel harmony.

A name has an apostrophe before its ending (`Ankara'ya`), which parts words, so the bare word finds it. What is made here is
the rest: nouns, institutions (`Bakanlığının`), names without their apostrophe. Pure; the word as typed comes first.

Folding makes `ı` and `i` one, `u` and `ü` too, so where harmony is uncertain only `a` and `e` can go wrong: both are made.
"""

import re
from collections.abc import Collection, Iterator
from functools import cache

_APOSTROPHE = re.compile("['’‘ʼ]")
_VOWELS = "aeıioöuüâîû"
_FRONT = "eiöüî"
_ROUNDED = "oöuüû"
_VOICELESS = "fstkçşhp"
_SOFT = {"p": "b", "ç": "c", "t": "d", "k": "ğ"}

# The possessors with their cases: after `(s)I` and `lArI` an `n` stands before the case.
_OWN = ("", "(I)m", "(I)n", "(I)mIz", "(I)nIz")
_THIRD = ("(s)I", "lArI")
_OWN_CASES = ("", "(y)I", "(y)A", "DA", "DAn", "(n)In", "(y)lA")
_THIRD_CASES = ("", "nI", "nA", "ndA", "ndAn", "nIn", "(y)lA", "ncA")
_KI = ("ki", "kiler", "kilerin", "kilere", "kileri", "kilerden", "DIr", "(y)DI")
_TAILS = {
    "": ("DIr", "(y)DI", "(y)mIş", "(y)sA", "(y)ken"),
    "DA": _KI,
    "ndA": _KI,
    "DAn": ("DIr",),
    "ndAn": ("DIr",),
    "(n)In": ("DIr", "ki", "kiler"),
    "nIn": ("DIr", "ki", "kiler"),
}

# Softened although of one syllable.
_SOFTENED = frozenset(
    "güç borç yurt kurt uç taç harç genç renk denk çok gök cep dip kap harp kalp kürt dert dört cenk".split()
)
# The vowel of the last syllable is lost before a vowel: şehir, şehri.
_DROPPING = frozenset(
    """
    şehir oğul isim burun ağız akıl fikir emir hüküm nehir kayıt zehir vakit nakit ömür devir kısım ilim izin metin nesil şekil
    alın göğüs keşif bahis beyin boyun omuz karın zihin asıl sabır hapis cisim hacim kabir nutuk azil fetih haciz küfür lütuf
    misil nakil özür satıh sihir tavır zulüm ahit akit defin kahır meyil rızık seyir ufuk vahiy zikir cürüm koyun resim
    """.split()
)
# Of more syllables, with `t` softened; others in `t` keep it: konut, konutu.
_SOFTENED_T = frozenset(
    """
    kanat umut bulut kağıt senet öğüt geçit yiğit şehit armut kilit damat taahhüt tehdit teyit vücut inat itimat icat imdat cihat
    iktisat maksat feryat hudut metot kayıt akit ahit nakit vakit  murat mahmut ahmet mehmet polat mesut şerit cavit istinat
    """.split()
)
# The last consonant doubles before a vowel: hak, hakkı.
_DOUBLING = dict(
    pair.split("/")
    for pair in "hak/hakk hat/hatt his/hiss sır/sırr af/aff ret/redd hac/hacc tıp/tıbb şık/şıkk had/hadd zam/zamm haz/hazz".split()
)
# Of foreign origin, with front endings after a back vowel: saat, saati.
_FRONT_NEVERTHELESS = frozenset("gol rol hal kalp harp harf lal".split())
_EITHER_HARMONY = ("al", "ol", "ul", "at", "kâr", "rf")
_SHORTEST_EITHER = 4
# With the endings of "I" and "you" and the copula, short nouns make other words: yasa, yaşam; başka, başkan; alt, altmış.
_PERSONAL = ("(I)m", "(I)n")
_COPULAS = frozenset(_TAILS[""]) - {"DIr"}
_SHORTEST_PERSONAL = {True: 5, False: 4}  # by whether the noun ends in a vowel
_SHORTEST_COPULA = 4
_SHORT_AND_SAFE = frozenset("aile ülke anne baba oğul hak".split())


def forms(word: str, listed: Collection[str] = ()) -> tuple[str, ...]:
    """The word and its inflected forms. A word that ends like the second part of a compound (`Bakanlığı`) is one. `listed`: forms
    that a dictionary has of it; they show what its last letters are before a vowel (`grup`, `grubu`)."""
    bare = _without_ending(word)
    if bare != word:
        return tuple(dict.fromkeys((word, *forms(bare))))
    stem = lower(word)
    if len(stem) < 2 or not stem.isalpha() or not any(letter in _VOWELS for letter in stem):
        return (word,)
    initial = word[0] if word[0].isupper() else ""
    made: dict[str, None] = {}
    for front in _harmonies(stem):
        made |= dict.fromkeys(_inflected(stem, _soft_stems(stem, listed), front=front, listed=listed))
    made |= dict.fromkeys(_of_compound(stem, least_syllables=3))
    shown = (initial + form[1:] if initial else form for form in made)
    return tuple(dict.fromkeys((word, *shown)))


def phrase(words: tuple[str, ...]) -> tuple[str, ...]:
    """The forms of a phrase: the last word alone is inflected (`nükleer silahlar`, `Kuzey Korenin`)."""
    head, last = " ".join(words[:-1]), words[-1]
    compound = _of_compound(lower(_without_ending(last)), least_syllables=2) if len(words) > 1 else ()
    return tuple(dict.fromkeys(f"{head} {form}".strip() for form in (*forms(last), *compound)))


def _without_ending(name: str) -> str:
    """`Türkiye` of `Türkiye'nin`; a name with an apostrophe of its own (`Kur'an`) stays."""
    parts = _APOSTROPHE.split(name)
    if len(parts) != 2 or not all(map(str.isalpha, parts)):
        return name
    return parts[0] if parts[1] in _endings() else name


@cache
def _endings() -> frozenset[str]:
    """What may stand behind an apostrophe, after vowels and consonants of each harmony."""
    return frozenset(
        form[len(one) :] for one in "aka eke oko ökö akan eken okon ökön akat".split() for form in forms(one)
    )


def lower(word: str) -> str:
    """Small letters as Turkish has them."""
    return word.replace("I", "ı").replace("İ", "i").lower()


def _harmonies(stem: str) -> tuple[bool, ...]:
    last = next(letter for letter in reversed(stem) if letter in _VOWELS)
    front = last in _FRONT
    if stem in _FRONT_NEVERTHELESS:
        return (True,)
    if not front and len(stem) >= _SHORTEST_EITHER and stem.endswith(_EITHER_HARMONY):
        return (False, True)
    return (front,)


def _soft_stems(stem: str, listed: Collection[str]) -> tuple[str, ...]:
    """The stem as it stands before a vowel, in each way that is possible; `t` and words of one syllable are softened as listed."""
    if stem in _DOUBLING:
        return (_DOUBLING[stem],)
    if stem in _DROPPING:
        short = stem[:-2] + stem[-1]
        return (short, short[:-1] + _SOFT[short[-1]]) if short[-1] in "tk" else (short,)
    if stem == "su":
        return ("suy",)
    syllables = sum(letter in _VOWELS for letter in stem)
    if stem[-1] not in _SOFT:
        return (stem,)
    soft = stem[:-1] + ("g" if stem.endswith("nk") else _SOFT[stem[-1]])
    softened = stem in (_SOFTENED if syllables == 1 else _SOFTENED_T) or (syllables > 1 and stem[-1] != "t")
    return (stem, soft) if softened or any(soft + vowel in listed for vowel in "ıiuü") else (stem,)


def _inflected(stem: str, soft: tuple[str, ...], *, front: bool, listed: Collection[str]) -> Iterator[str]:
    for first, *rest in chains():
        bases = soft if _starts_with_vowel(first, stem) else (stem,)
        for base in bases:
            form = attach(base, first, front=front)
            if (stem[-1] in _VOWELS or form not in listed) and _makes_another_word(stem, first):
                continue
            for suffix in rest:
                form = attach(form, suffix)
            yield form


def _makes_another_word(stem: str, first: str) -> bool:
    if first == "(I)n" and stem[-1] in _VOWELS:
        return stem not in _SHORT_AND_SAFE
    if first in _PERSONAL:
        return len(stem) < _SHORTEST_PERSONAL[stem[-1] in _VOWELS] and stem not in _SHORT_AND_SAFE
    return first in _COPULAS and len(stem) < _SHORTEST_COPULA


def _of_compound(stem: str, *, least_syllables: int) -> Iterator[str]:
    """The forms of a word that has its `(s)I` already, as the second part of a compound has: `Bankasına`, `Bakanlıkları`."""
    if stem[-1] not in "ıiuü" or sum(letter in _VOWELS for letter in stem) < least_syllables:
        return
    for case in _THIRD_CASES:
        base = attach(stem, case)
        yield base
        yield from (attach(base, tail) for tail in _TAILS.get(case, ()))
    bare = stem[:-2] if stem[-2] == "s" and stem[-3] in _VOWELS else stem[:-1]
    bare = bare[:-1] + "k" if bare.endswith("ğ") else bare
    for case in _THIRD_CASES:
        yield attach(attach(bare, "lArI"), case)
    for case in _OWN_CASES:
        yield attach(attach(bare if bare[-1] in _VOWELS else stem[:-1], "(I)mIz"), case)


@cache
def chains() -> tuple[tuple[str, ...], ...]:
    """What may follow a stem, suffix by suffix."""
    found: list[tuple[str, ...]] = []
    for number in ("", "lAr"):
        for possessor in (*_OWN, *_THIRD):
            if number and possessor == "lArI":
                continue  # the same as the plural with `(s)I`
            third = possessor in _THIRD
            for case in _THIRD_CASES if third else _OWN_CASES:
                chain = tuple(suffix for suffix in (number, possessor, case) if suffix)
                found.append(chain)
                if third or not possessor:
                    found += [(*chain, tail) for tail in _TAILS.get(case, ())]
                elif case == "DA":
                    found.append((*chain, "ki"))
    return tuple(dict.fromkeys(chain for chain in found if chain))


def _starts_with_vowel(suffix: str, stem: str) -> bool:
    if stem == "su":
        return suffix[0] == "("
    if stem[-1] in _VOWELS:
        return False
    start = suffix[3:] if suffix[0] == "(" and suffix[1] not in "IA" else suffix.lstrip("(")
    return start[0] in "IA"


def attach(stem: str, suffix: str, *, front: bool | None = None) -> str:
    """The stem with a suffix: `A` is a or e, `I` one of ı i u ü, `D` d or t; a letter in parentheses stands only where it
    keeps two vowels or two consonants apart."""
    if suffix.startswith("("):
        doubled = (stem[-1] in _VOWELS) == (suffix[1] in "IA")
        suffix = suffix[3:] if doubled else suffix[1] + suffix[3:]
    last = next(letter for letter in reversed(stem) if letter in _VOWELS)
    soft = last in _FRONT if front is None else front
    rounded = last in _ROUNDED
    made = stem
    for letter in suffix:
        if letter == "A":
            made += "e" if soft else "a"
            rounded = False
        elif letter == "I":
            made += ("ü" if soft else "u") if rounded else ("i" if soft else "ı")
        elif letter == "D":
            made += "t" if made[-1] in _VOICELESS else "d"
        else:
            made += letter
    return made
