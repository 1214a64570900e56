"""Which language a word is of, where its rule does not say: told from its script and its letters."""

import unicodedata

from alerts.rules.forms.languages import LANGUAGES

_BY_LETTERS = (
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
    ("de", "ßüä"),
    ("es", "ñ¿"),
    ("pt", "ãõ"),
    ("sv", "å"),
    ("da", "øæ"),
    ("fr", "çèêëàùœîôû"),
    ("ur", "ٹڈےںہ"),
    ("fa", "پچژگک"),
)
_BY_SCRIPT = (
    ("ru", "Ѐ", "ӿ"),
    ("el", "Ͱ", "Ͽ"),
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
_ANY_SCRIPT = frozenset("sr uz ko ja zh".split())
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
    known = (lang for lang in _LATIN if all(LANGUAGES[lang].knows(word) for word in words))
    return (next(known, "en"),)


def may_be(text: str, lang: str) -> bool:
    """Whether a language is written in the script of the words."""
    if lang in _ANY_SCRIPT:
        return True
    names = (unicodedata.name(letter, "") for letter in text if letter.isalpha())
    script = _SCRIPTS.get(lang, "LATIN")
    return any(name.startswith(script) for name in names)
