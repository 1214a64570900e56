"""Folding: what makes two spellings one word. NFKC, case folding, no marks on Latin, Greek and Cyrillic letters, plain
quotes, dashes and spaces (Unicode Standard Annex 15; docs/rules.md).

Positions are kept: every folded character knows the characters of the original that it came from.
"""

import unicodedata
from functools import lru_cache

# What a keyboard has no key for. NFKC makes no plain quote or dash of these.
PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼʻ＇`´", "'"),
        **dict.fromkeys("“”„‟″«»＂", '"'),
        **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
        **dict.fromkeys(
            "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
        ),
    }
)
# Invisible characters that authors' tools put inside words: soft hyphen, zero-width space and joiners, BOM, direction marks.
INVISIBLE = frozenset(
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)

_MARKS_REMOVED = ("LATIN", "GREEK", "CYRILLIC")


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Fold a word or short text. Idempotent."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", "".join(c for c in text.translate(PLAIN) if c not in INVISIBLE)).casefold()
    if folded.isascii():
        return folded
    kept: list[str] = []
    stripping = False
    for char in unicodedata.normalize("NFKD", folded).casefold():
        if not unicodedata.category(char).startswith("M"):
            stripping = loses_marks(char)
            kept.append(char)
        elif not stripping:
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept)).translate(PLAIN)


def plain(text: str) -> str:
    """Make quotes, dashes and spaces plain and nothing else, for text whose case matters. Lengths stay."""
    return text if text.isascii() else text.translate(PLAIN)


@lru_cache(maxsize=1 << 14)
def loses_marks(char: str) -> bool:
    """Whether marks on this letter are removed: `ö` is `o`, `й` is `и`, but Arabic and Indic marks stay."""
    return unicodedata.name(char, "").startswith(_MARKS_REMOVED)
