"""Urdu nouns and names: the plural and the oblique case. Pure; the word as typed comes first.

What Urdu says by cases elsewhere stands apart as a word (`کا`, `کو`, `نے`, `میں`), so the plain word is found there anyway.
"""

from collections.abc import Iterator

_LETTERS = frozenset("آأاآبپتٹثجچحخدڈذرڑزژسشصضطظعغفقکكگلمنںوؤہھۂةءئیيےۓه")
_LEAST = 3
_ALSO = {"امریکہ": "امریکا", "امریکا": "امریکہ", "دھماکہ": "دھماکا", "دھماکا": "دھماکہ"}
_BROKEN = {
    "وزیر": "وزراء وزرا", "سفیر": "سفراء سفرا", "رکن": "ارکان", "ملک": "ممالک", "فرد": "افراد", "خبر": "اخبار", "قوم": "اقوام",
    "شخص": "اشخاص", "حق": "حقوق", "قانون": "قوانین", "شہید": "شہداء شہدا", "عالم": "علماء علما", "مسئلہ": "مسائل", "ضلع": "اضلاع",
    "فوج": "افواج", "انتخاب": "انتخابات", "مطالبہ": "مطالبات", "مذاکرہ": "مذاکرات", "حادثہ": "حادثات", "واقعہ": "واقعات",
    "ادارہ": "ادارہ", "افسر": "افسران", "کارکن": "کارکنان", "الزام": "الزامات", "اقدام": "اقدامات", "معاہدہ": "معاہدات",
    "امیدوار": "امیدواران", "طالب": "طلبہ طلباء", "مجرم": "مجرمان", "ملزم": "ملزمان", "کتاب": "کتب", "مہاجر": "مہاجرین", "مجاہد": "مجاہدین", "ملازم": "ملازمین", "متاثر": "متاثرین", "قائد": "قائدین", "حکم": "احکامات احکام",
}  # fmt: skip


def forms(word: str) -> tuple[str, ...]:
    """The word and its forms."""
    if not set(word) <= _LETTERS or len(word) < _LEAST:
        return (word,)
    made = dict.fromkeys((word, *_ALSO.get(word, "").split(), *_of_stem(word)))
    for stem in _BROKEN.get(word, "").split():
        made |= dict.fromkeys((stem, stem + "وں"))
    return tuple(made)


def phrase(words: tuple[str, ...]) -> tuple[str, ...]:
    """The forms of a phrase: the last word is inflected, and `ا` before it agrees (`بڑا حملہ`, `بڑے حملے`)."""
    *before, last = words
    starts = dict.fromkeys(
        (" ".join(before), " ".join(word[:-1] + "ے" if word.endswith("ا") else word for word in before))
    )
    return tuple(dict.fromkeys(f"{start} {form}".strip() for start in starts for form in forms(last)))


def _of_stem(stem: str) -> Iterator[str]:
    body = stem[:-1]
    if stem[-1] in "اہه":
        yield from (body + ending for ending in ("ے", "وں", "و"))
        if stem[-1] == "ا":
            yield from (stem + ending for ending in ("ؤں", "وں", "ئیں", "ئے", "ء"))
        elif len(stem) > _LEAST:
            yield body + "ات"
    elif stem[-1] in "یي":
        yield from (stem + ending for ending in ("اں", "وں"))
    elif stem[-1] == "و":
        yield from (stem + ending for ending in ("ؤں", "ں", "ئیں"))
    else:
        yield from (stem + ending for ending in ("وں", "یں"))
        if len(stem) > _LEAST and stem[-1] not in "تےں":
            yield stem + "ات"
