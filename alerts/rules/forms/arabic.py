"""Arabic nouns, adjectives and names: what is written together before a word (and, so, in, to, as, the) and after it (the
possessor, the dual, the sound plural), and the broken plurals of the press from a table of ours. Pure; the word as typed first.

A head or a tail is left out where it would make another word: a word of two letters has none, and `ي` ("my") stands only after
`ت`, since it makes the adjective elsewhere (`إيران`, `إيراني`). What a head or tail makes of a short word and is in truth another
frequent word stands in `other_words`.
"""

import re
from collections.abc import Iterable, Iterator

from alerts.rules.forms.arabic_plurals import (
    BROKEN,
    COUNTRIES_IN_YA,
    HIS_NEVERTHELESS,
    OTHER_FEMININES,
    OTHER_HEADS,
    PLACES,
    PLURALS,
    SINGULARS,
)

_ARTICLE = "ال"
_HEADS = ("", "و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فب", "فل")
_NEARER_HEADS = ("", "و", "ب", "ل", "وب", "ول", "ف", "ك")  # of a word with a possessor
_FEWER_HEADS = ("", "و", "ب", "ل")  # of a dual or sound plural, with a possessor too
_HEADS_OF_ARTICLE = ("", "و", "ف", "ب", "ك", "وب", "وك", "فب")
_HEADS_OF_LL = ("", "و", "ف")
_POSSESSORS = ("ه", "ها", "هم", "هما", "هن", "نا", "كم", "ك")
# Of sound plurals: مقاتلوه, مقاتلينا; not مقاتليه, which is folded to an adjective (`مسؤولية`).
_POSSESSED_PERSONS = (*("و" + owner for owner in _POSSESSORS[:6]), *("ي" + owner for owner in _POSSESSORS[1:6]))
_LETTERS = frozenset("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي")
_WEAK = frozenset("اويىءآأؤإئة")
# Spelled in two ways: مسؤول, مسئول.
_ALSO = (("ؤو", "ئو"), ("أمريك", "أميرك"), ("أميرك", "أمريك"))
_LEAST = 3
_LEAST_PARTICIPLE = 4
# What a verb makes, and what an ending shows to be a noun: other words that no dictionary has are taken for foreign names.
_VERBAL = re.compile(".*(?:ة|ية|اء|ات)|م..+|..ا.|إ..ا.|ا.[تطدز].ا.|ان..ا.|است..ا.|ت...?|ت.ا.[يو]?.")
_MOST_OF_A_PHRASE = 4
_MOST_HEADS_OF_CONSTRUCT = 5
_PERSONS = frozenset(
    """
    طالب عامل قائد حاكم نائب كاتب شاهد شاعر تاجر طفل عضو مدير صديق لاجئ نازح ناخب باحث خاطف قاتل ناشط لاعب سائق ساكن عالم صانع
    ثائر فائز ناطق عالق جار لاعب طبيب خبير ممثل صحفي صحافي
    """.split()
)


def forms(word: str, listed: Iterable[str] = ()) -> tuple[str, ...]:
    """The word and its forms. A word with the article (`العراق`) keeps it, unless it is a noun that the table has. `listed`: the
    forms that a dictionary has for the headword; what looks like a broken plural there is one, where the table has none. A word
    that no dictionary has and that looks like no Arabic noun is a name."""
    listed = frozenset(listed)
    bare = word.removeprefix(_ARTICLE) if word not in PLURALS else word
    if not set(word) <= _LETTERS or (len(bare) < _LEAST and bare not in PLURALS):
        return (word,)
    if bare != word and bare not in PLURALS:
        if bare.endswith("ية"):  # `سعودية` is the adjective
            return tuple(dict.fromkeys((word, *_with_article(bare))))
        alone = (head + bare + ending for ending in ("", "نا", "هم", "كم", "ها", "ك") for head in _HEADS)
        return tuple(dict.fromkeys((word, *_with_article(bare), *alone)))
    if word in PLACES:
        return tuple(dict.fromkeys(head + word for head in _HEADS))
    known = PLURALS.get(bare, ())
    if not known and not listed and bare not in BROKEN and not _VERBAL.fullmatch(bare):  # إريك is no erica
        return tuple(dict.fromkeys((word, *(head + word for head in _HEADS), *_with_article(word))))
    found = () if known else broken_plurals(bare, listed)
    sound = not known and not (found and len(bare) == _LEAST)
    made = {word: None} | dict.fromkeys(_checked(bare, sound=sound))
    for stem in (*known, *found):
        made |= dict.fromkeys(_checked(stem, sound=False, plural=stem not in SINGULARS))
    person = _is_person(bare, known)
    if person or (bare + "ة" in listed and bare not in OTHER_FEMININES):
        made |= dict.fromkeys(_of_person(bare, sound=person and not known))
    for one, other in _ALSO:
        if one in word:
            made |= {form.replace(one, other): None for form in made}
    return tuple(made)


def _checked(stem: str, *, sound: bool, plural: bool = False) -> Iterator[str]:
    """The forms of a stem less those with a head that makes another word of it. `plural`: a broken plural, which has no dual."""
    body = stem.removesuffix("ة")
    others = tuple(head + body for head in OTHER_HEADS.get(stem, ()))
    made = _of_plural(stem) if plural else _of_stem(stem, sound=sound)
    yield from (form for form in made if not others or not form.startswith(others))


def _of_person(word: str, *, sound: bool) -> Iterator[str]:
    """The woman, and the sound plurals with what they are before another word: `طفلتها`, `لاجئو`. Where the plural is a broken one,
    `ي` makes the adjective (`رئيسي`)."""
    yield from _numbered(word, ("ة", "ون", "ات", "تان", "تين"))
    yield from _possessed(word + "ت")
    endings = ("تي", "و", "ي", *_POSSESSED_PERSONS) if sound else ("تي",)
    yield from (head + word + ending for head in _FEWER_HEADS for ending in endings)


def _is_person(word: str, plurals: tuple[str, ...]) -> bool:
    """Whether a woman is named by `ة` after it: a participle, or a noun whose plural is like `رؤساء`."""
    if word[0] == "م" and not plurals:
        return (
            len(word) >= _LEAST_PARTICIPLE
            and word[-1] not in "ةاىي"
            and word not in OTHER_FEMININES
            and not word.endswith(("ات", "ان"))
        )
    return any(plural.endswith("اء") and len(plural) >= _LEAST_PARTICIPLE for plural in plurals) or word in _PERSONS


def broken_plurals(word: str, listed: frozenset[str]) -> tuple[str, ...]:
    """What a dictionary's forms of a word have of broken plurals: with and without the article, with the word's consonants in
    their order, but with other letters between."""
    body = word.removesuffix("ة")
    shown = (form for form in sorted(listed) if _ARTICLE + form in listed and not form.startswith(body))
    return tuple(form for form in shown if _in_order(body, form) and not form.endswith(("ان", "ين")))


def _in_order(body: str, form: str) -> bool:
    letters = iter(form)
    return all(letter in letters for letter in body if letter not in _WEAK)


def phrase(words: tuple[str, ...]) -> tuple[str, ...]:
    """The forms of a phrase. Heads stand before the first word; the article before it and an adjective alike (`السلاح النووي`),
    or before the last word of a construct alone (`وزير الخارجية`)."""
    if len(words) == 1:
        return forms(words[0])
    first, rest = words[0], words[1:]
    made = {" ".join(words): None}
    bare = first.removeprefix(_ARTICLE)
    for number in _numbers(bare):
        own = [head + number for head in _HEADS]
        defined = list(_with_article(number))
        if bare != first:
            pairs = [(defined, rest)]
        elif any(word.startswith(_ARTICLE) for word in rest):
            pairs = [(own, rest)]
        else:
            pairs = [(own, rest), *_agreeing(own, defined, rest)]
        made |= {" ".join((form, *after)): None for befores, after in pairs for form in befores}
    return tuple(made)


def _agreeing(own: list[str], defined: list[str], rest: tuple[str, ...]) -> Iterator[tuple[list[str], tuple[str, ...]]]:
    """An adjective in its genders; all words with the article, or the last one of a construct."""
    if len(rest) >= _MOST_OF_A_PHRASE or not all(len(word) >= _LEAST for word in rest):
        return
    genders = [rest]
    if all(word.endswith(("ي", "ة")) for word in rest):
        stems = tuple(word.removesuffix("ة") for word in rest)
        genders = [stems, tuple(word + "ة" for word in stems)]
        yield (own, genders[0])
        yield (own, genders[1])
        yield (own, tuple(word + "ين" for word in stems))
        yield (defined, tuple(_ARTICLE + word + "ين" for word in stems))
        yield (defined, tuple(_ARTICLE + word + "ون" for word in stems))
    else:  # a construct: رئيس وزرائها
        last = rest[-1].removesuffix("ة") + "ت" if rest[-1].endswith("ة") else rest[-1]
        yield from ((own[:_MOST_HEADS_OF_CONSTRUCT], (*rest[:-1], form)) for form in _possessed(last, heads=("",)))
    for gender in genders:
        yield (defined, tuple(_ARTICLE + word for word in gender))
        yield (own, (*gender[:-1], _ARTICLE + gender[-1]))


def _numbers(word: str) -> tuple[str, ...]:
    """The singular, the plurals and the dual, as they stand before another word."""
    stem = word.removesuffix("ة")
    made = [word, *PLURALS.get(word, ())]
    if word.endswith("ة"):
        made += [stem + "ات", stem + "تا", stem + "تي", stem + "تان", stem + "تين"]
    elif word[-1] not in "اوىت":
        made += [word + "ات", word + "ان", word + "ين", word + "ون", word + "ا", word + "ي"]
    return tuple(dict.fromkeys(made))


def _with_article(stem: str) -> Iterator[str]:
    for head in _HEADS_OF_ARTICLE:
        yield head + _ARTICLE + stem
    for head in _HEADS_OF_LL:
        yield head + "لل" + (stem[1:] if stem[0] == "ل" else stem)
    if stem[0] == "ل":
        yield "لل" + stem


def _of_stem(stem: str, *, sound: bool) -> Iterator[str]:
    """`sound`: no broken plural is known, so that the endings of the sound plurals may follow."""
    yield from (head + stem for head in _HEADS)
    yield from _with_article(stem)
    if stem[-1] in "اوى":
        yield from _of_open_stem(stem)
    elif stem.endswith("ة"):
        yield from _of_feminine(stem.removesuffix("ة"), sound=sound)
    elif stem[-1] == "ي":
        yield from _of_adjective(stem)
    else:
        yield from _of_closed_stem(stem, sound=sound)


def _of_plural(stem: str) -> Iterator[str]:
    """`أسلحة`, `وزراء`, `قوى`; `المرأة`, which has no form without the article."""
    if stem.startswith(_ARTICLE):
        bare = stem.removeprefix(_ARTICLE)
        yield from (form for one in (bare, *_duals_of_feminine(bare)) for form in _with_article(one))
        return
    yield from (head + stem for head in _HEADS)
    yield from _with_article(stem)
    if stem.endswith("ة"):
        yield from (head + stem.removesuffix("ة") + "تي" for head in _FEWER_HEADS)
        yield from _possessed(stem.removesuffix("ة") + "ت")
        return
    yield from _possessed(stem.removesuffix("ى") + "ا" if stem.endswith("ى") else stem, _possessors_of(stem))
    if stem[-1] not in "اىي" and not stem.endswith(("اء", "ات")):
        yield from (head + stem + "ا" for head in ("", "و"))


def _duals_of_feminine(word: str) -> tuple[str, ...]:
    return tuple(word[:-1] + ending for ending in ("تان", "تين")) if word.endswith("ة") else ()


def _of_open_stem(stem: str) -> Iterator[str]:
    """`روسيا`, `مستشفى`."""
    body = stem.removesuffix("ى")
    yield from _possessed(body + "ا" if body != stem else stem)
    if stem[-1] == "ا" and stem not in COUNTRIES_IN_YA and len(stem) > _LEAST_PARTICIPLE:
        yield from _numbered(stem, ("ت",))
    if body != stem:
        yield from _numbered(body + "ي", ("ان", "ين", "ات"))
        yield from _possessed(body + "يات", heads=_FEWER_HEADS)
    else:
        yield from _possessed(stem + "ت", heads=_FEWER_HEADS)


def _of_feminine(body: str, *, sound: bool) -> Iterator[str]:
    """`مدينة`: its `ة` is a `ت` before what follows."""
    yield from _possessed(body + "ت")
    yield from (head + body + "تي" for head in _NEARER_HEADS)
    yield from _numbered(body, ("تان", "تين"))
    yield from (head + body + "تا" for head in _FEWER_HEADS)
    if sound:
        yield from _plural_in_at(body)


def _of_adjective(stem: str) -> Iterator[str]:
    """`عراقي`, `قاضي`. Not `سوريا`: with `ا` it is the country."""
    if stem + "ا" not in COUNTRIES_IN_YA:
        yield from (head + stem + "ا" for head in ("", "و"))
    yield from _numbered(stem, ("ان", "ين", "ون"))
    if stem not in OTHER_FEMININES:
        yield from _numbered(stem, ("ة", "تان", "تين", "ات"))
    if len(stem) > _LEAST_PARTICIPLE:
        yield from (head + stem + ending for head in _FEWER_HEADS for ending in ("و", "ي", "وها", "يها"))


def _of_closed_stem(stem: str, *, sound: bool) -> Iterator[str]:
    apart = stem in OTHER_FEMININES
    yield from _possessed(stem, _possessors_of(stem))
    if not stem.endswith("اء"):
        yield from (head + stem + "ا" for head in ("", "و"))
    if stem.endswith("ات") and len(stem) > _LEAST_PARTICIPLE:
        return
    yield from _numbered(stem, ("ان", "ين"))
    if not sound or apart:
        return
    yield from _plural_in_at(stem)
    if len(stem) >= _LEAST_PARTICIPLE:
        yield from _numbered(stem, ("ون",))
        if stem[0] == "م":  # a participle: مسؤولو, مسؤوليها, مسؤولي
            yield from (head + stem + ending for head in _FEWER_HEADS for ending in ("و", "وها", "يها", "يهم", "ينا"))
            yield from (head + stem + "ي" for head in _HEADS)


def _possessors_of(stem: str) -> tuple[str, ...]:
    """Without "his" where that is folded to another noun: `طريقه`, `طريقة`."""
    return _POSSESSORS[1:] if stem in OTHER_FEMININES and stem not in HIS_NEVERTHELESS else _POSSESSORS


def _plural_in_at(body: str) -> Iterator[str]:
    yield from _numbered(body, ("ات",))
    yield from _possessed(body + "ات", heads=_FEWER_HEADS)


def _numbered(body: str, endings: tuple[str, ...]) -> Iterator[str]:
    for ending in endings:
        yield from (head + body + ending for head in _NEARER_HEADS)
        yield from _with_article(body + ending)


def _possessed(
    stem: str, possessors: tuple[str, ...] = _POSSESSORS, *, heads: tuple[str, ...] = _NEARER_HEADS
) -> Iterator[str]:
    """With the possessor. A hamza at the end takes the seat that its vowel asks for: `وزراؤه`, `وزرائه`."""
    seats = (stem, stem[:-1] + "ؤ", stem[:-1] + "ئ") if stem.endswith("اء") else (stem,)
    for seat in seats:
        for head in heads:
            yield from (head + seat + possessor for possessor in possessors)
