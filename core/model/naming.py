"""What a name is that people give: of a rule, a source, a team, a channel."""

import unicodedata

LONGEST = 200
LONGEST_TAG = 60


def a_name(text: str, longest: int = LONGEST) -> str:
    """The name itself; raises ValueError with what was expected.

    It stands in one line of a list and is told from any other by its letters, so it holds no control characters. It is part
    of an index, so it is not of any length.
    """
    if not 1 <= len(text) <= longest or text != text.strip() or any(map(_is_control, text)):
        raise ValueError(f"expected a name of 1 to {longest} characters on one line, without blanks at its ends")
    return text


def a_tag(text: str) -> str:
    """A tag of a source itself; raises ValueError. Lists part tags by what it may not hold."""
    if (
        not 1 <= len(text) <= LONGEST_TAG
        or text != text.strip()
        or any(sign in ",;|" or _is_control(sign) for sign in text)
    ):
        raise ValueError(
            f"expected a tag of 1 to {LONGEST_TAG} characters without comma, semicolon and bar, got {text[:80]!r}"
        )
    return text


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Zl", "Zp", "Cs")
