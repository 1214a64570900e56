"""Folding: what makes two spellings one word (docs/rules.md has the table). NFKC and case folding, no marks on the letters of
alphabets that do without them, letters that only look different as one, plain quotes, dashes, spaces and digits.
"""

import re
import unicodedata
from functools import lru_cache

from core.text.characters import is_mark
from core.text.confusables import is_mixed, main_script, one_script
from core.text.invisible import without_invisible

VERSION = 2  # of what stands here: stored articles with words that are folded otherwise are indexed anew

# What a keyboard has no key for. NFKC makes no plain quote or dash of these. Letters that are written for an apostrophe are
# apostrophes.
PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′＇`´ʹʺʻʼʽʾʿˀˁˈˊˋˮꞋꞌ\u07f4\u07f5", "'"),
        **dict.fromkeys("“”„‟″«»＂", '"'),
        **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
        **dict.fromkeys(
            "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
        ),
    }
)

_MARKS_REMOVED = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "SYRIAC")
_POINTED = ("ARABIC", "HEBREW", "SYRIAC")  # scripts whose marks are vowels that a reader does without
TATWEEL = "\u0640"
_IOTA_BELOW = "\u0345"  # a letter where it is not part of one
HAMZA = "\u0654"
TAKES_HAMZA = "وي"  # with a hamza above they are letters of their own
# Presentation forms of vowel signs, which NFKC would take for a space with a mark.
_VOWEL_FORMS = re.compile("[\ufc5e-\ufc63\ufcf2-\ufcf4\ufe70-\ufe72\ufe74\ufe76-\ufe7f]")
_STROKED = re.compile(r"LATIN SMALL LETTER (?:DOTLESS )?([A-Z]) WITH\b")
_LETTERS = {
    **dict(zip("ðþæœĸŋıȷʉɵɑɡ", "d th ae oe k n i j u o a g".split(), strict=True)),
    "ǝ": "ə",
    **dict.fromkeys("ٱٲٳ", "ا"),
    **dict.fromkeys("ىی", "ي"),
    **dict.fromkeys("کڪ", "ك"),
    **dict.fromkeys("ةہۃە", "ه"),
}


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Fold a word or short text. Idempotent."""
    if text.isascii():
        return text.lower()
    cased = unified(text)
    return _folded(one_script(expanded(cased), main_script(text)) if is_mixed(cased) else cased)


@lru_cache(maxsize=1 << 12)
def fold_pattern(text: str) -> str:
    """The same of a word in which each `?` stands for a letter that is not known."""
    if text.isascii():
        return text.lower()
    whole = expanded(text)
    read = one_script(whole.replace("?", "0"), main_script(text))
    pieces, start = list[str](), 0
    for piece in whole.split("?"):
        pieces.append(_folded(read[start : start + len(piece)]))
        start += len(piece) + 1
    return "?".join(pieces)


def unified(text: str) -> str:
    """Made of plain characters, with nothing invisible, in the case and the letters as they are written."""
    text = unicodedata.normalize("NFKC", _VOWEL_FORMS.sub("", without_invisible(text).translate(PLAIN)))
    return text.replace(_IOTA_BELOW, "ι").replace(TATWEEL, "")


def expanded(text: str) -> str:
    """The same with letters that are several, or that are written with a stroke or a mark, as those that they are read as."""
    return "".join(map(_read, unified(text)))


def _read(char: str) -> str:
    letters = _folded(char)
    if letters in (char, char.lower(), ""):
        return char
    return letters.upper() if char.isupper() and len(letters) == 1 else letters


def _folded(text: str) -> str:
    folded = text.casefold()
    if folded.isascii():
        return folded
    kept: list[str] = []
    stripping = False
    for char in unicodedata.normalize("NFKD", folded).casefold():
        if not is_mark(char):
            letter = letter_of(char)
            stripping = loses_marks(letter[-1])
            kept.append(letter)
        elif char == HAMZA:
            if kept and kept[-1] in TAKES_HAMZA:
                kept.append(char)
        elif not stripping and not is_vowel_sign(char):
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept)).translate(PLAIN)


def plain(text: str) -> str:
    """Make quotes, dashes and spaces plain and nothing else, for text whose case matters. Lengths stay."""
    return text if text.isascii() else text.translate(PLAIN)


@lru_cache(maxsize=1 << 14)
def letter_of(char: str) -> str:
    """What a small letter without its marks is read as: `ø` as `o`, `þ` as `th`, `ی` as `ي`, any decimal digit as ASCII."""
    if char in _LETTERS:
        return _LETTERS[char]
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    stroked = _STROKED.match(unicodedata.name(char, ""))
    return stroked[1].lower() if stroked else char


@lru_cache(maxsize=1 << 14)
def loses_marks(char: str) -> bool:
    """Whether marks on this letter are removed: `ö` is `o`, `й` is `и`, but Indic marks stay."""
    return char.isdecimal() or (char.isalpha() and unicodedata.name(char, "").startswith(_MARKS_REMOVED))


@lru_cache(maxsize=1 << 12)
def is_vowel_sign(char: str) -> bool:
    """Whether this mark is dropped whatever it stands on, as those of Arabic, Hebrew and Syriac are."""
    return is_mark(char) and unicodedata.name(char, "").startswith(_POINTED)


def is_dropped(char: str) -> bool:
    """Whether it is seen and yet no part of the folded word."""
    return char == TATWEEL or _VOWEL_FORMS.match(char) is not None or (char != HAMZA and is_vowel_sign(char))
