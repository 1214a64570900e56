"""Operators as manuals in other languages name them. They are words of these languages too, so nothing is read as one silently."""

from collections.abc import Iterable

# Of each language: AND, OR, NOT. A word that means two things among them stands nowhere.
_NAMES = {
    "ar": ("و", "أو او", "ليس"),
    "bg": ("И", "ИЛИ", "НЕ"),
    "ca": ("I", "O", "NO"),
    "cs": ("A", "NEBO", "NE"),
    "da": ("OG", "ELLER", "IKKE"),
    "de": ("UND", "ODER", "NICHT"),
    "el": ("ΚΑΙ", "Ή", "ΟΧΙ ΌΧΙ"),
    "es": ("Y", "O U", "NO"),
    "et": ("JA", "VÕI", "MITTE"),
    "fa": ("و", "یا", "نه"),
    "fi": ("JA", "TAI", "EI"),
    "fr": ("ET", "OU", "SAUF NON"),
    "he": ("וגם", "או", "לא"),
    "hi": ("और", "या", "नहीं"),
    "hr": ("I", "ILI", "NE"),
    "hu": ("ÉS", "VAGY", "NEM"),
    "id": ("DAN", "ATAU", "BUKAN"),
    "it": ("E ED", "O", "NON"),
    "ja": ("と かつ", "または", ""),
    "ko": ("그리고", "또는", ""),
    "lt": ("IR", "ARBA", ""),
    "lv": ("UN", "VAI", ""),
    "nl": ("EN", "OF", "NIET"),
    "no": ("OG", "ELLER", "IKKE"),
    "pl": ("I ORAZ", "LUB ALBO", "NIE"),
    "pt": ("E", "OU", "NÃO NAO"),
    "ro": ("ȘI ŞI SI", "SAU", "NU"),
    "ru": ("И", "ИЛИ", "НЕ"),
    "sk": ("A", "ALEBO", ""),
    "sr": ("И", "ИЛИ", "НЕ"),
    "sv": ("OCH", "ELLER", "INTE"),
    "tr": ("VE", "VEYA", "DEĞİL DEGIL"),
    "uk": ("І ТА Й", "АБО ЧИ", "НЕ НІ"),
    "vi": ("VÀ", "HOẶC", "KHÔNG"),
    "zh": ("和 与 與 且 以及 及", "或 或者", "非"),
    "en": ("PLUS", "", "ANDNOT AND-NOT BUTNOT EXCEPT EXCLUDING"),
}
# Also words that stand in English names in capitals, or initials: an operator only where another one of their language is,
# or beside what is no plain word.
_ALSO_WORDS = frozenset("A AL E EI EN I IR JA NO NON NU O OF SI U UN Y DAN VAI CHI PLUS EXCEPT EXCLUDING NE".split())
_ANDS, _ORS, _NOTS = ("AND", "OR", "NOT")
_ENGLISH = {"AND": _ANDS, "OR": _ORS, "NOT": _NOTS}


def _known() -> dict[str, tuple[str, frozenset[str]]]:
    found: dict[str, tuple[str, set[str]]] = {}
    for language, names in _NAMES.items():
        for operator, words in zip((_ANDS, _ORS, _NOTS), names, strict=True):
            for word in words.split():
                found.setdefault(word, (operator, set()))[1].add(language)
    return {word: (operator, frozenset(languages)) for word, (operator, languages) in found.items()}


_KNOWN = _known()


def upper(word: str) -> str:
    """The word in capitals; Turkish i is not told from another."""
    return word.upper() if word.isascii() else word.replace("ğil", "ĞİL").upper()


def english(word: str) -> str | None:
    """AND, OR, NOT in any case."""
    return _ENGLISH.get(word.upper()) if len(word) < 4 else None


def operator_named(word: str) -> str | None:
    """What a word of another language is as an operator, whichever its case."""
    return None if (found := _KNOWN.get(upper(word))) is None else found[0]


def may_be_name(word: str) -> bool:
    """Whether a word is also one of many English names and phrases: of, en, a."""
    return upper(word) in _ALSO_WORDS


def is_surely(word: str, others: Iterable[str]) -> bool:
    """Whether a word in capitals is an operator between plain words. `others`: the other words in capitals of the rule."""
    if word != upper(word) or word not in _KNOWN or word == word.lower():
        return False
    languages = _KNOWN[word][1]
    return word not in _ALSO_WORDS or any(
        other != word and other in _KNOWN and languages & _KNOWN[other][1] for other in others
    )
