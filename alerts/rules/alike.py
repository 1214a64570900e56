"""Whether a word looks like another form, spelling or slip of a word that is looked for. Folded words, by rules of letters alone.

It proposes; what it proposes is shown with how many articles it would find. So it may be wrong about a word, but not often.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache

from core.text.characters import is_mark, is_single

LEAST_LETTERS = 3  # of a word; to so short a word only its endings are near: `arm` and `arms`
_LEAST_STEM = 4
_LONGER = 3  # letters more or fewer
_ALIKE = 0.75  # difflib's ratio
_ENDINGS = frozenset(
    ("", "s", "es", "e", "ed", "d", "ing", "y", "ies", "ied", "er", "ers", "or", "ors", "ion", "ions", "ly")
)
# The ending of a headword, and those that take its place.
_SWAPPED = {
    "e": ("ing", "ed", "er", "ers", "or", "ors", "ion", "ions"),
    "y": ("ies", "ied"),
    "f": ("ves",),
    "fe": ("ves",),
}
_SLIP_LETTERS = 6  # shorter words that differ in a letter are other words: deal, dead
_SLIP_ALIKE = 0.9  # one letter more, less or in another place

# What may follow a word of three letters: plurals everywhere, and cases in articles of the language.
_SHORT_ENDINGS = ("s", "es")
_SHORT_ENDINGS_OF = {
    lang: tuple(endings.split())
    for langs, endings in (
        ("de", "e en er ern es n"),
        ("nl", "en"),
        ("sv nb nn no da", "en et er ar e ene ena"),
        ("pl", "a u y i em ie owi ow om ami ach"),
        ("cs sk", "a u y i e em om ovi ech um ove"),
        ("hr sr bs sl", "a u i e om em ima"),
        ("tr az", "i u a e in un de da den dan ler lar"),
        ("hu", "ok ek ak t at et nak nek ban ben"),
        ("fi et", "n t a i in on ta"),
        ("fr", "x"),
    )
    for lang in langs.split()
}
_SLAVIC_ENDINGS = tuple("а у е ы и ю я й о ом ем ой ей ам ям ах ях ов ев ами ями".split())
# Letters that may follow a word, or take the place of its last, in articles of the language.
_LONG_TAILS = dict.fromkeys("pl cs sk hr sr bs sl fi et hu tr az lt lv ro sq eu ka hy".split(), 5)
_TURKIC_PLURAL = re.compile(r"l[ae]r[a-z]{0,6}")

# Spelled in two ways: defence and defense, centre and center; an Indic nasal as its letter or as a dot.
_TWO_WAYS = (
    (re.compile(r"(?<=[a-z]{2})ence$"), "ense"),
    (re.compile(r"(?<=[a-z]{2}[bt])re$"), "er"),
    (re.compile(r"(?<=[a-z]{3})our"), "or"),
    (re.compile(r"(?<=[a-z]{3})is(?=e[ds]?$|ing$|ations?$)"), "iz"),
    (re.compile(r"[\u0919\u091e\u0923\u0928\u092e]\u094d(?=[\u0915-\u0939])"), "\u0902"),
    (re.compile("\u0901"), "\u0902"),
    (re.compile("\u093c"), ""),
    (re.compile("[\u0624\u0626\u0621]"), ""),
)

_ARABIC_HEADS = tuple("ال وال فال بال كال وبال لل ولل فلل و ف ب ل ك وب ول وك فب فل".split())
_ARABIC_OWNERS = tuple("ه ها هم هما هن نا كم ك ي".split())
_PERSIAN_TAILS = tuple("ا ان ين ون تان تين هاي هايي هايش هايشان ش شان م مان ت".split())
_ARABIC_TAILS = frozenset([*_ARABIC_OWNERS, *("ات" + one for one in ("", *_ARABIC_OWNERS)), *_PERSIAN_TAILS])
_ARABIC_FEMININE_TAILS = frozenset(
    [*("ت" + one for one in ("", *_ARABIC_OWNERS)), *("ات" + one for one in ("", *_ARABIC_OWNERS)), "تان", "تين"]
)
_HEBREW_HEADS = tuple("ה ו ב ל מ ש כ וה וב ול ומ וש וכ שה שב שמ של מה ושה ושב ומה כש כשה וכש בה לה".split())
_HEBREW_TAILS = frozenset("ים ות יים י ו ה ת ם ן נו ך כם יו יה יהם יהן ינו יך ותיו ותיה ותיהם ותינו".split())
_HEBREW_FEMININE_TAILS = frozenset("ות ת תו תה תם תן תנו תי תך ותיו ותיה ותיהם ותינו".split())
_HEBREW_OPEN = str.maketrans("ךםןףץ", "כמנפצ")
_GEORGIAN_TAILS = frozenset("ის მა ს ით ად ში ზე თან დან ისთვის ები ების ებმა ებს ებში ებზე ებით".split())


def is_form_of(wanted: str, word: str, lang: str = "") -> bool:
    """Whether a word looks like another form or a slip of the wanted one, and not just like it: `missiles` and `missle` do to
    `missile`, `missed` and `misled` do not. `lang`: of the article that has the word; a code of two letters, "" where none is known."""
    if wanted == word:
        return False
    if _two_ways(wanted) == _two_ways(word):
        return True
    if wanted.isascii() and word.isascii():
        return _latin(wanted, word, lang)
    script = _script(wanted)
    if script in _WRITTEN_TOGETHER and script == _script(word):
        return any(_ends_as(base, bare, script) for base in _bases(wanted) for bare in (word, *bare_words(word)))
    if min(len(wanted), len(word)) < _LEAST_STEM:
        return _short(wanted, word)
    if script == "georgian" and wanted.endswith("ი") and word.startswith(wanted[:-1]):
        return word[len(wanted) - 1 :] in _GEORGIAN_TAILS
    if script == "indic":
        return _indic(wanted, word)
    return abs(len(wanted) - len(word)) <= _LONGER and likeness(wanted, word) >= _ALIKE


def likeness(wanted: str, word: str) -> float:
    """0 to 1."""
    return SequenceMatcher(None, wanted, word).ratio()


def has_forms(word: str) -> bool:
    """Whether words like this one are told: letters only, of a script whose words have several, and three at least."""
    return (
        len(word) >= LEAST_LETTERS and all(char.isalpha() or is_mark(char) for char in word) and not is_single(word[0])
    )


def heads_of(wanted: str) -> set[str]:
    """What the forms of a word begin with, once what is written together before them is gone (`bare_words`)."""
    bases = _bases(wanted)
    found = {head_of(base) for base in bases}
    if len(wanted) == LEAST_LETTERS and wanted.endswith("y"):
        found.add(f"{wanted[:-1]}i")  # spies
    return found


def head_of(word: str) -> str:
    """The letters that a word shares with its forms."""
    return word[:3] if word.isascii() else word[:2]


def bare_words(word: str) -> Iterator[str]:
    """What may be left of a word without what is written together before it: the Arabic `وال`, the Hebrew `שב`."""
    for head in _WRITTEN_TOGETHER.get(_script(word), ()):
        if word.startswith(head) and len(word) - len(head) >= LEAST_LETTERS:
            yield word[len(head) :]


def searched_as(wanted: str) -> list[str]:
    """Words of the archive, a star at the end of a prefix, among which the forms of a word stand."""
    forms = short_forms(wanted) if len(wanted) < _LEAST_STEM else []
    begun = 2 if _script(wanted) in ("indic", "georgian") else max(LEAST_LETTERS, min(_LEAST_STEM, len(wanted) - 2))
    heads = ("", *_WRITTEN_TOGETHER.get(_script(wanted), ()))
    return forms or list(dict.fromkeys(f"{head}{base[:begun]}*" for base in _bases(wanted) for head in heads))


def short_forms(word: str) -> list[str]:
    """Forms of a word of three letters that are looked for: arms, spies, миром, sądu."""
    if word.isascii():
        endings = dict.fromkeys((*_SHORT_ENDINGS, *(one for some in _SHORT_ENDINGS_OF.values() for one in some)))
        return [word + ending for ending in endings] + ([f"{word[:-1]}ies"] if word[-1:] == "y" else [])
    return [word + ending for ending in _SLAVIC_ENDINGS] if "а" <= word[-1:] <= "ё" else []


@lru_cache(maxsize=1 << 14)
def _two_ways(word: str) -> str:
    for spelled, other in _TWO_WAYS:
        word = spelled.sub(other, word)
    return word


def _latin(wanted: str, word: str, lang: str) -> bool:
    shorter = min(len(wanted), len(word))
    if shorter < _LEAST_STEM:
        short, longer = sorted((wanted, word), key=len)
        known = (*_SHORT_ENDINGS, *_SHORT_ENDINGS_OF.get(lang, ()))
        return longer in {short + ending for ending in known} or (short[-1:] == "y" and longer == f"{short[:-1]}ies")
    stem = next((place for place in range(shorter) if wanted[place] != word[place]), shorter)
    endings = {wanted[stem:], word[stem:]}
    if endings <= _ENDINGS and stem >= max(_LEAST_STEM, shorter - 2):
        return True
    if stem >= LEAST_LETTERS and word[stem:] in _SWAPPED.get(wanted[stem:], ()):
        return True
    if stem == len(wanted) and (_TURKIC_PLURAL.fullmatch(word[stem:]) or likeness(wanted, word) >= _ALIKE):
        return True
    if stem >= max(LEAST_LETTERS, len(wanted) - 1) and len(word) - stem <= _LONG_TAILS.get(lang, 0):
        return True
    slip = shorter >= _SLIP_LETTERS and abs(len(wanted) - len(word)) <= _LONGER
    return slip and likeness(wanted, word) >= _SLIP_ALIKE


def _short(wanted: str, word: str) -> bool:
    """Of three letters that are not Latin."""
    short, longer = sorted((wanted, word), key=len)
    forms = short_forms(short)
    if longer in forms:
        return True
    if _script(wanted) == "georgian" and wanted.endswith("ი"):
        return word.startswith(wanted[:-1]) and word[len(wanted) - 1 :] in _GEORGIAN_TAILS
    return not forms and longer[:-1] == short


def _indic(wanted: str, word: str) -> bool:
    """The last sign of a word gives way to its endings."""
    stem = next((k for k, (a, b) in enumerate(zip(wanted, word, strict=False)) if a != b), min(len(wanted), len(word)))
    return stem >= max(LEAST_LETTERS, len(wanted) - 1) and len(word) - stem <= _LONGER + 1


def _ends_as(base: str, bare: str, script: str) -> bool:
    """Whether what is left is the word, or the word with an ending."""
    if bare == base:
        return True
    if script == "arabic":
        tails, feminine, mark = _ARABIC_TAILS, _ARABIC_FEMININE_TAILS, "ه"
    else:
        tails, feminine, mark = _HEBREW_TAILS, _HEBREW_FEMININE_TAILS, "ה"
        base = base[:-1] + base[-1:].translate(_HEBREW_OPEN)
    if bare.startswith(base) and bare[len(base) :] in tails:
        return True
    return base.endswith(mark) and bare.startswith(base[:-1]) and bare[len(base) - 1 :] in feminine


def _bases(wanted: str) -> tuple[str, ...]:
    """The word, and without its article."""
    article = _ARTICLES.get(_script(wanted), "")
    rest = wanted.removeprefix(article)
    return (wanted, rest) if article and rest != wanted and len(rest) >= LEAST_LETTERS else (wanted,)


_ARTICLES = {"arabic": "ال", "hebrew": "ה"}
_WRITTEN_TOGETHER = {"arabic": _ARABIC_HEADS, "hebrew": _HEBREW_HEADS}


def _script(word: str) -> str:
    """Of those that have rules of their own; "" for others."""
    first = word[:1]
    if "\u0620" <= first <= "\u06ff":
        return "arabic"
    if "\u05d0" <= first <= "\u05ea":
        return "hebrew"
    if "\u0900" <= first <= "\u0dff":
        return "indic"
    return "georgian" if "\u10d0" <= first <= "\u10ff" else ""
