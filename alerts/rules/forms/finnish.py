"""Finnish nouns, adjectives and names: the cases of both numbers with consonant gradation, possessors, and the clitics `-kin` and
`-kaan`. Pure; the word as typed comes first.

Folding makes `ä` and `a` one, so vowel harmony decides only how a form is shown. Where an ending does not say which stem a word
has (`auto`, `auton`, but `sota`, `sodan`), both are made: one of them is no word.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from alerts.rules.forms.finnish_grades import E_STEMS, IRREGULAR, SI_STEMS, VOWELS, strong, weak

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzåäöšžüéèáóñçı")
_LEAST = 2
_LEAST_COMPOUND = 3
_CASES = ("ssA", "stA", "llA", "ltA", "lle", "ksi")
_POSSESSORS = ("nsA", "mme", "ni", "si", "nne")
_CLITICS = ("", "kin", "kAAn", "kO", "hAn")
_CLITICS_OF_PHRASE = _CLITICS[:3]
_PARTICIPLES = ("nut", "nyt", "lut", "lyt", "sut", "syt")
_LONG_ENDS = frozenset(("aa", "ää", "oo", "öö", "uu", "yy", "uo", "yö", "ie"))
# How adjectives end that stand before a noun and agree with it.
_ADJECTIVES = tuple("inen ea eä ia iä uusi vanha suuri nuori iso va vä tu ty nut nyt kas käs tön ton".split())


@dataclass(frozen=True, slots=True)
class Stem:
    """`strong` and `weak`: of the singular. `partitive`: whole. `into`: whole illatives. `plural`: the strong stems of the plural,
    which end in `i`; `weak_plural` the weak ones; `of` and `some`: the whole genitives and partitives of the plural."""

    strong: str
    weak: str
    partitive: tuple[str, ...]
    into: tuple[str, ...]
    plural: str
    weak_plural: str
    of: tuple[str, ...]
    some: tuple[str, ...]


def forms(word: str, clitics: tuple[str, ...] = _CLITICS) -> tuple[str, ...]:
    """The word and its forms. A word in the plural (`vaalit`, `Yhdysvallat`) has those of the plural."""
    low = word.lower()
    if len(low) < _LEAST or not set(low) <= _LETTERS:
        return (word,)
    made: list[str] = []
    if _in_plural(low):
        for stem in (stem for base in _singulars(low[:-1]) for stem in stems(base, name=False)):
            made += (*_with_clitics((low, *(form for _, form in _plural(stem))), clitics), *_possessed_plural(stem))
    else:
        made += _with_clitics((low,), clitics)
        for stem in stems(low, name=word[0].isupper()):
            made += _with_clitics((form for _, form in (*_singular(stem), *_plural(stem))), clitics)
            made += (*_possessed(stem), *_possessed_plural(stem))
    harmony = str.maketrans("AO", "äö" if _is_front(low) else "ao")
    shown = (form.translate(harmony) for form in made)
    return tuple(dict.fromkeys((word, *(word[0] + form[1:] for form in shown))))


def phrase(words: tuple[str, ...]) -> tuple[str, ...]:
    """The forms of a phrase: an adjective has the case of its noun (`uuden hallituksen`); what is no adjective stays as it is."""
    *before, last = words
    agree = [word.endswith(_ADJECTIVES) for word in before]
    made = {" ".join(words): None} | {
        " ".join((*before, end)): None for end in ([] if any(agree) else forms(last, _CLITICS_OF_PHRASE))
    }
    ends = _by_case(last) if any(agree) else {}
    each = [_by_case(word) if agrees else {} for word, agrees in zip(before, agree, strict=True)]
    for case, nouns in ends.items():
        starts = [forms_by.get(case, [word]) for word, forms_by in zip(before, each, strict=True)]
        made |= {" ".join(row): None for row in product(*starts, nouns)}
    return tuple(made)


def _by_case(word: str) -> dict[str, list[str]]:
    """The forms of a word in each case of each number, without possessors and clitics."""
    low = word.lower()
    harmony = str.maketrans("AO", "äö" if _is_front(low) else "ao")
    found: dict[str, list[str]] = {}
    for stem in stems(low, name=word[0].isupper()):
        for case, form in (*_singular(stem), *_plural(stem)):
            found.setdefault(case, []).append(word[0] + form.translate(harmony)[1:])
    return {case: list(dict.fromkeys(cases)) for case, cases in found.items()}


def stems(low: str, *, name: bool) -> tuple[Stem, ...]:
    """The stems that a word in the nominative of the singular may have."""
    for known, (own, weakened, partitive, plural) in IRREGULAR.items():
        if low == known or (low.endswith(known) and len(known) > _LEAST_COMPOUND):
            head = low[: len(low) - len(known)]
            of = (head + partitive[:-1] + "en",)
            return (_stem_of(head + own, head + weakened, head + partitive, head + plural, of=of),)
    if low[-1] in VOWELS:
        return tuple(_vowel_stems(low, name=name))
    return tuple(_consonant_stems(low, name=name))


def _in_plural(low: str) -> bool:
    return (
        low.endswith("t")
        and len(low) > 3
        and low[-2] in VOWELS
        and low not in IRREGULAR
        and low[-3:] not in _PARTICIPLES
    )


def _singulars(base: str) -> tuple[str, ...]:
    """What `vallat` without its `t` may be a plural of: `valta`, `valla`."""
    found = {base: None} | dict.fromkeys(strong(base))
    if base.endswith("kse"):
        found[base[:-3] + "s"] = None
    elif base.endswith("se"):
        found[base[:-2] + "nen"] = None
    elif base.endswith("ee"):
        found |= dict.fromkeys(one + "e" for one in (base[:-2], *(weakened[:-1] for weakened in weak(base[:-1]))))
    return tuple(found)


def _consonant_stems(low: str, *, name: bool) -> Iterator[Stem]:
    if low.endswith("nen"):
        base = low[:-3]
        yield _stem_of(base + "se", base + "se", base + "stA", base + "si", of=(base + "sten",))
        return
    if name or low[-1] not in "sntlr" or low[-1] in "lrn":
        yield _stem_of(low + "i", low + "i", low + "iA", low + "ei", of=(low + "ien",))
    if low.endswith("s"):
        yield from _stems_in_s(low)
    if low.endswith(("ton", "tön")):
        yield _less(low)
    elif low.endswith("in") and not name:
        yield _stem_of(low[:-1] + "me", low[:-1] + "me", low + "tA", low[:-1] + "mi", of=(low + "ten",))
    if low[-3:] in _PARTICIPLES:
        yield _long(low[:-2] + "e", low + "tA")


def _stems_in_s(low: str) -> Iterator[Stem]:
    """`hallitus`, `oikeus`, `asukas`."""
    base = low[:-1]
    if low.endswith(("us", "ys", "os", "ös", "is", "es")):
        yield _stem_of(base + "kse", base + "kse", low + "tA", base + "ksi", of=(low + "ten",))
    if low.endswith(("uus", "yys", "eus", "eys", "aus", "ius", "äys", "ous", "öys", "iys")):
        yield _stem_of(base + "te", base + "de", base + "ttA", base + "ksi")
    if low.endswith(("as", "äs", "is")):
        yield from (_long(grade, low + "tA") for grade in strong(base))


def _less(low: str) -> Stem:
    """`työtön`, `työttömän`: the word for who is without something."""
    body, vowel = low[:-3], low[-2]
    return _stem_of(f"{body}tt{vowel}mA", f"{body}tt{vowel}mA", low + "tA", f"{body}tt{vowel}mi")


def _vowel_stems(low: str, *, name: bool) -> Iterator[Stem]:
    if low[-2:] in _LONG_ENDS:
        yield _of_long_vowel(low)
    elif low[-1] == "i":
        yield from _stems_in_i(low, name=name)
    elif low[-1] == "e":
        yield from (_long(grade, low + "ttA") for grade in strong(low))
        if name:
            yield _stem_of(low, low, low + "A", low[:-1] + "ei")
    else:
        yield from _short_stems(low, name=name)


def _stems_in_i(low: str, *, name: bool) -> Iterator[Stem]:
    """`vesi`, `kieli`, `pankki`."""
    body = low[:-1]
    if low.endswith(SI_STEMS):
        base = body[:-1]
        partitive = base + ("ttA" if base[-1] in VOWELS else "tA")
        yield _stem_of(base + "te", weak(base + "te")[0], partitive, body + "i", of=(body + "ien",))
    elif low.endswith(E_STEMS):
        for weakened in weak(body + "e"):
            plural = weakened[:-1] + "i"
            yield _stem_of(body + "e", weakened, body + "eA", body + "i", weak_plural=plural, of=(body + "ten",))
            if body[-1] in "lnrm":
                short = body[:-1] + "n" if body[-1] == "m" else body
                yield _stem_of(body + "e", weakened, short + "tA", body + "i", weak_plural=plural)
    else:
        of = (low + "en", body + "eiden", body + "eitten")
        for weakened in weak(low, loan=name):
            yield _stem_of(low, weakened, low + "A", body + "ei", weak_plural=weakened[:-1] + "ei", of=of)


def _short_stems(low: str, *, name: bool) -> Iterator[Stem]:
    """`sota`, `talo`, `katu`, `kylä`."""
    body = low[:-1]
    partitive = low + ("tA" if low[-2:] in ("io", "iö", "eo") else "A")
    for weakened in weak(low, loan=name):
        short = weakened[:-1]
        if low[-1] in "aä":
            of = (body + "ien", low + "in")
            yield _stem_of(low, weakened, partitive, body + "i", weak_plural=short + "i", of=of)
            of = (body + "Ojen", body + "Oiden")
            yield _stem_of(low, weakened, partitive, body + "Oi", weak_plural=short + "Oi", of=of)
        else:
            of = (low + "jen", low + "iden")
            yield _stem_of(low, weakened, partitive, low + "i", weak_plural=weakened + "i", of=of)


def _stem_of(
    own: str, weakened: str, partitive: str, plural: str, *, weak_plural: str = "", of: tuple[str, ...] = ()
) -> Stem:
    """A stem in a short vowel."""
    some = {plural + "A": None, plural + "tA": None}
    if len(plural) > 1 and plural[-2] in "aouyeöO":
        some = {plural[:-1] + "jA": None, plural + "tA": None}
    return Stem(
        own, weakened, (partitive,), (own + own[-1] + "n",), plural, weak_plural or plural,
        of=(*of, plural[:-1] + "jen" if len(plural) > 1 and plural[-2] in "ouyeöO" else plural + "en"),
        some=tuple(some),
    )  # fmt: skip


def _long(base: str, partitive: str) -> Stem:
    """`laittee`, `asukkaa`: a stem in a long vowel, `base` having it short."""
    own, plural = base + base[-1], base + "i"
    return Stem(
        own, own, (partitive,), (own + "seen",), plural, plural, (plural + "den", plural + "tten"), (plural + "tA",)
    )


def _of_long_vowel(low: str) -> Stem:
    """`maa`, `työ`, `vapaa`."""
    plural = low[:-2] + (low[-1] if low[-2:] in ("uo", "yö", "ie") else low[-2]) + "i"
    into = (low + "h" + low[-1] + "n", low + "seen")
    return Stem(low, low, (low + "tA",), into, plural, plural, (plural + "den", plural + "tten"), (plural + "tA",))


def _singular(stem: Stem) -> Iterator[tuple[str, str]]:
    """The cases of the singular, and the nominative of the plural, each by a name."""
    yield from (("n", stem.weak + "n"), ("t", stem.weak + "t"), ("nA", stem.strong + "nA"), ("ttA", stem.weak + "ttA"))
    yield from (("A", form) for form in stem.partitive)
    yield from (("in", form) for form in stem.into)
    yield from ((case, stem.weak + case) for case in _CASES)


def _plural(stem: Stem) -> Iterator[tuple[str, str]]:
    yield from (("i n", form) for form in stem.of)
    yield from (("i A", form) for form in stem.some)
    yield from (("i nA", stem.plural + "nA"), ("i in", stem.weak_plural + "n"), ("i neen", stem.plural + "neen"))
    yield from (("i hin", form + "n") for form in _into_plural(stem))
    yield ("i ttA", stem.weak_plural + "ttA")
    yield from (("i " + case, stem.weak_plural + case) for case in _CASES)


def _into_plural(stem: Stem) -> tuple[str, ...]:
    if stem.plural[-2:-1] in VOWELS + "O":
        return (stem.plural + "hi", stem.plural + "sii")
    return (stem.plural + "i",)


def _possessed(stem: Stem) -> Iterator[str]:
    yield from (stem.strong + possessor for possessor in _POSSESSORS)
    yield from (case[:-1] + possessor for case in stem.into for possessor in _POSSESSORS)
    for case in (*stem.partitive, stem.strong + "nA", *(stem.weak + case for case in _CASES)):
        yield from _possessed_case(case)


def _possessed_plural(stem: Stem) -> Iterator[str]:
    yield from (case[:-1] + possessor for case in stem.of for possessor in _POSSESSORS)
    yield from (case + possessor for case in _into_plural(stem) for possessor in _POSSESSORS)
    for case in (*stem.some, stem.plural + "nA", *(stem.weak_plural + case for case in _CASES)):
        yield from _possessed_case(case)
    yield from (stem.plural + "nee" + possessor for possessor in _POSSESSORS)


def _possessed_case(case: str) -> Iterator[str]:
    base = case[:-1] + "e" if case.endswith("ksi") else case
    yield base + base[-1] + "n"
    yield from (base + possessor for possessor in _POSSESSORS)


def _with_clitics(cases: Iterable[str], clitics: tuple[str, ...]) -> Iterator[str]:
    for case in cases:
        yield from (case + clitic for clitic in clitics)


def _is_front(low: str) -> bool:
    last = next((letter for letter in reversed(low) if letter in "aouäöy"), "ä")
    return last in "äöy"
