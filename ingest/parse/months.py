"""Names of months, and the words for the two halves of the day, in the languages of the press. Loaded when first asked for.

The names are CLDR's, as dateparser's data has them with what sites write beside them, and of CLDR itself (babel) those of
Arabic countries that have their own. A word that means different months in two languages means that of the publisher's
language, else that of the first language below.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib import import_module

from babel import Locale

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
# In the order in which they settle what a word means.
_LANGUAGES = (
    "en es de fr pt it ru ar id ms tr fa pl nl uk vi th ko ja zh hi bn ur sv cs el ro hu da fi nb bg sr sr-Cyrl hr sk sl lt lv"
    " et he ta te mr gu kn ml pa ne si km lo my ka hy az kk ky uz mn sq mk bs be ca eu gl is ga cy mt af sw tl so am"
).split()
_REGIONS = (("ar_LB", "ar"), ("ar_MA", "ar"), ("ar_DZ", "ar"))
# What sites write and no table has.
_ALSO = {
    "en": {9: ["sept"]},
    "id": {1: ["djan"], 8: ["agust", "agu"], 11: ["nop", "nopember"], 12: ["des"]},
    "fa": {8: ["اگوست", "آگوست"], 5: ["می", "مه"], 3: ["مارس"]},
    "ar": {5: ["مايو"], 8: ["اغسطس"], 6: ["يونيه"], 7: ["يوليه"]},
    "el": {5: ["μαϊου", "μαιου", "μαι"]},
}
# Months of the Persian calendar.
_PERSIAN = (
    *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور"),
    *("مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
)
_LEAST_PREFIX = 3
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LETTER_DOT = re.compile(r"(?<=[\u0e01-\u0e4e])\.(?=[\u0e01-\u0e4e\s]|$)")
_MARKS_END = (
    0x0900  # marks of Latin, Greek, Cyrillic, Hebrew and Arabic letters lie below; those above are letters' own
)


def folded(text: str) -> str:
    """Lower case, digits of every script as ASCII, without accents, invisible characters, and dots of Thai abbreviations."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text).translate(_ALIKE))
    kept = (letter for letter in plain if ord(letter) < 0x300 or not _is_mark(letter))
    digits = "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in kept)
    return _LETTER_DOT.sub("", unicodedata.normalize("NFC", digits).casefold())


_ALIKE = str.maketrans({"ي": "ی", "ك": "ک", "ى": "ی", "ı": "i", "İ": "i", "ł": "l", "đ": "d", "−": "-"})


def _is_mark(letter: str) -> bool:
    return ord(letter) < _MARKS_END and unicodedata.category(letter) == "Mn"


class MonthNames:
    """The meaning of words."""

    def __init__(self) -> None:
        whole: dict[str, dict[str, int]] = {}
        begins: dict[str, set[int]] = {}
        for language, number, name in _names():
            whole.setdefault(name, {}).setdefault(language, number)
            for end in range(_LEAST_PREFIX, len(name)):
                if " " not in name[:end]:
                    begins.setdefault(name[:end], set()).add(number)
        self._whole = whole
        self._begins = {name: next(iter(numbers)) for name, numbers in begins.items() if len(numbers) == 1}
        self._persian = {folded(name): number for number, name in enumerate(_PERSIAN, 1)}

    def month(self, name: str, lang: str | None = None) -> int | None:
        """The month that a folded word or two mean."""
        found = self._whole.get(name)
        if found is None:
            return self._begins.get(name)
        return found.get((lang or "").partition("-")[0].lower()) or next(iter(found.values()))

    def is_whole(self, name: str) -> bool:
        """Whether it is a name itself, not only the beginning of one."""
        return name in self._whole

    def persian_month(self, name: str) -> int | None:
        """The same in the Persian calendar."""
        return self._persian.get(name)


@cache
def month_names() -> MonthNames:
    return MonthNames()


def _names() -> Iterable[tuple[str, int, str]]:
    for language in _LANGUAGES:
        told = import_module(f"dateparser.data.date_translation_data.{language}").info
        for number, month in enumerate(_MONTHS, 1):
            for name in (*told.get(month, ()), *_ALSO.get(language, {}).get(number, ())):
                word = folded(name).strip(". ")
                if len(word) > 1 and not any(letter.isdigit() for letter in word):
                    yield language.partition("-")[0], number, word
                    if language == "eu":  # its genitive, which CLDR has not
                        yield language, number, f"{word}ren"
    for region, language in _REGIONS:
        for number, name in Locale.parse(region).months["format"]["wide"].items():
            yield language, number, folded(name)
