"""Characters that are not seen: those that Unicode calls default-ignorable. They part no word and are no letter of one.

A soft hyphen where a line was broken goes together with that line break.
"""

import re

# Default_Ignorable_Code_Point (Unicode 16, DerivedCoreProperties): soft hyphen, joiners, direction marks, fillers of Hangul,
# variation selectors, tags, and what is reserved for more of them.
_RANGES = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
SOFT_HYPHEN = "\u00ad"
_LINE = r"(?:\r\n|[\n\r\v\f\x85\u2028])"
_BLANKS = r"[^\S\n\r\v\f\x85\u2028\u2029]{0,8}"
MOST_AROUND = (
    4  # invisible characters between the hyphen and the end of its line: of endless ones none is looked at twice
)

_INVISIBLE = re.compile(f"[{_RANGES}]")
# A line broken inside a word; a blank line behind it would part paragraphs.
SOFT_BREAK = f"{SOFT_HYPHEN}[{_RANGES}]{{0,{MOST_AROUND}}}{_BLANKS}{_LINE}{_BLANKS}(?!\\s)"
_DROPPED = re.compile(f"{SOFT_BREAK}|[{_RANGES}]")


def is_invisible(char: str) -> bool:
    return _INVISIBLE.match(char) is not None


def has_invisible(text: str) -> bool:
    return not text.isascii() and _INVISIBLE.search(text) is not None


def without_invisible(text: str) -> str:
    """The text as it is seen."""
    return text if text.isascii() else _DROPPED.sub("", text)


def places_seen(text: str) -> list[int]:
    """Where the characters that are seen stand."""
    places: list[int] = []
    at = 0
    for gone in _DROPPED.finditer(text):
        places += range(at, gone.start())
        at = gone.end()
    return [*places, *range(at, len(text))]
