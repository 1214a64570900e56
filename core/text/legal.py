"""Characters that may stand in a text: what XML, a database or a terminal does not take is left out. Pure."""

import re

# XML 1.0, 2.2: characters that no document may hold, lone surrogates among them.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9A-Fa-f]+)|([0-9]+));?")
_MOST_DIGITS = 8
_LAST = 0x10FFFF


def legal_characters(text: str) -> str:
    """The text without such characters."""
    return _ILLEGAL.sub("", text)


def legal(text: str) -> str:
    """Markup without such characters, and without references to them or to none at all."""
    text = legal_characters(text)
    return _REFERENCE.sub(_kept, text) if "&#" in text else text


def _kept(reference: re.Match[str]) -> str:
    digits = (reference[1] or reference[2]).lstrip("0")
    if len(digits) > _MOST_DIGITS:
        return ""
    number = int(digits or "0", 16 if reference[1] else 10)
    return reference[0] if 0 < number <= _LAST and _ILLEGAL.match(chr(number)) is None else ""


def bounded_line(text: str, most: int) -> str:
    """A title or name: one line without control characters, of at most so many characters."""
    shown = "".join(char if char.isprintable() or char in _JOINING else " " for char in legal(text[: 4 * most]))
    return " ".join(shown.split())[:most].rstrip()


_JOINING = "\u200c\u200d\u00ad\u200e\u200f"  # of scripts that need them to be read
