"""Which language a word is of, where its rule does not say: told from its script and its letters."""

import unicodedata

from alerts.rules.forms.languages import LANGUAGES

_BY_LETTERS = (
    ("kk", "әғқңөұүһ"),
    ("az", "ə"),
    ("uk", "іїєґ"),
    ("be", "ў"),
    ("mk", "ѓќѕ"),
    ("sr", "ђћјљњџ"),
    ("pl", "łąęńśźż"),
    ("cs", "řěů"),
    ("tr", "ğışİ"),
    ("hu", "őű"),
    ("ro", "țșăâţ"),
    ("lt", "ėįų"),
    ("lv", "āēīūķļņģ"),
    ("hr", "đć"),
    ("de", "ß"),
    ("es", "ñ¿"),
    ("pt", "ãõ"),
    ("sv", "å"),
    ("da", "øæ"),
    ("fr", "èêëàùœîôû"),
    ("ur", "ٹڈےںہ"),
    ("fa", "پچژگکی"),
)
_BY_SCRIPT = (
    ("ru", "Ѐ", "ӿ"),
    ("el", "Ͱ", "Ͽ"),
    ("hy", "\u0530", "\u058f"),
    ("ka", "\u10a0", "\u10ff"),
    ("he", "\u0590", "\u05ff"),
    ("ar", "\u0600", "\u06ff"),
    ("hi", "\u0900", "\u097f"),
    ("th", "\u0e00", "\u0e7f"),
    ("ko", "\uac00", "\ud7a3"),
    ("ja", "\u3040", "\u30ff"),
    ("zh", "\u3400", "\u9fff"),
)
_SCRIPTS = {
    **dict.fromkeys("ru uk be bg mk kk ky mn tg".split(), "CYRILLIC"),
    **dict.fromkeys("ar fa ur ps".split(), "ARABIC"),
    **dict.fromkeys("hi mr ne".split(), "DEVANAGARI"),
    "el": "GREEK",
    "he": "HEBREW",
    "hy": "ARMENIAN",
    "ka": "GEORGIAN",
}
_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_LETTERS = {  # of languages of one script that do not have all letters of the others
    "ru": frozenset(_RUSSIAN),
    "uk": frozenset("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    "bg": frozenset("абвгдежзийклмнопрстуфхцчшщъьюя"),
    "mk": frozenset("абвгдѓежзѕијклљмнњопрстќуфхцчџш"),
    "sr": frozenset("абвгдђежзијклљмнњопрстћуфхцчџш"),
    "kk": frozenset(_RUSSIAN + "әғқңөұүһі"),
}
_ANY_SCRIPT = frozenset("sr uz ko ja zh".split())
_UMLAUTS = frozenset("äöü")
_ACUTES = frozenset("áéíóú")
_FINNISH = frozenset("aäbdefghijklmnoöprstuvyå -")
_TURKISH = frozenset("abcçdefgğhıijklmnoöprsştuüvyzâî -")
_GERMAN_SIGNS = ("ck", "ch", "tz", "th", "pf", "ie")
_LATIN = ("en", "de", "fr", "es", "pt", "it", "pl", "nl", "sv", "cs", "ro", "hr")


def languages_of(text: str) -> tuple[str, ...]:
    """The languages, likeliest first; () where none is known."""
    letters = text.lower()
    for lang, own in _BY_LETTERS:
        if any(letter in own for letter in letters):
            return (lang,)
    for lang, first, last in _BY_SCRIPT:
        if any(first <= letter <= last for letter in letters):
            return (lang,)
    words = text.split()
    if not _UMLAUTS.isdisjoint(letters):
        return (_with_umlauts(words, letters),)
    known = (lang for lang in _LATIN if all(_has(word, lang) for word in words))
    return (next(known, None) or _by_look(letters),)


def _has(word: str, lang: str) -> bool:
    """A name is no form of a word in small letters: Swedish has `bida`, `biden`, and no `Biden`. English writes any word with a
    capital, in titles."""
    lexicon = LANGUAGES[lang].lexicon
    may_be_form = lang == "en" or word[:1].islower() or not lexicon.common(word)
    return lexicon.headword(word) or (may_be_form and lexicon.knows(word))


def _with_umlauts(words: list[str], letters: str) -> str:
    """German where it has the words, else the language whose words look so."""
    for lang in ("de", "sv"):
        if all(LANGUAGES[lang].lexicon.knows(word) for word in words):
            return lang
    if not _ACUTES.isdisjoint(letters):
        return "hu"
    if _FINNISH.issuperset(letters) and letters.endswith(("a", "ä", "e", "i", "o", "ö", "u", "y", "n", "s", "t")):
        return "fi"
    turkish = words[-1][0].islower() or letters[-1] in "aeiıu"
    turkish = turkish and _TURKISH.issuperset(letters) and not any(signs in letters for signs in _GERMAN_SIGNS)
    return "tr" if turkish else "de"


def _by_look(letters: str) -> str:
    """Of words that no list of a large language has."""
    if "ç" in letters and _TURKISH.issuperset(letters):
        return "tr"
    return "en" if _ACUTES.isdisjoint(letters) else "hu"


def is_written_in(text: str, lang: str) -> bool:
    """Whether a language is written in the script and, where several have the script, in the letters of the words."""
    letters = {letter for letter in text.lower() if letter.isalpha()}
    cyrillic = any("\u0400" <= letter <= "\u04ff" for letter in letters)
    return may_be(text, lang) and (not cyrillic or letters <= _LETTERS.get(lang, letters))


def may_be(text: str, lang: str) -> bool:
    """Whether a language is written in the script of the words."""
    if lang in _ANY_SCRIPT:
        return True
    names = (unicodedata.name(letter, "") for letter in text if letter.isalpha())
    script = _SCRIPTS.get(lang, "LATIN")
    return any(name.startswith(script) for name in names)
