"""What a character is to words."""

import re
import unicodedata

# One word per character: Han, Hiragana, Katakana, Hangul, Thai, Lao, Khmer, Myanmar, and the signs that go with them.
_SINGLE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u19e0-\u19ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035"
    "\u303b\u3041-\u30ff\u3105-\u318e\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\ua9e0-\ua9fe\uaa60-\uaa7f"
    "\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U0001aff0-\U0001b16f\U00020000-\U0003ffff]"
)


def is_word_character(char: str) -> bool:
    """Letters, marks and numbers."""
    return unicodedata.category(char)[0] in "LMN"


def is_mark(char: str) -> bool:
    """An accent, a vowel sign or another mark, which belongs to the character before it."""
    return unicodedata.category(char)[0] == "M"


def is_single(char: str) -> bool:
    """Whether each character of this script is a word of its own."""
    return _SINGLE.match(char) is not None and not char.isdecimal()
