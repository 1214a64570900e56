"""What pydantic says of a text's length, in our words."""

import re

_LENGTH = re.compile(r"String should have at (least|most) (\d+) characters?")


def in_our_words(message: str) -> str:
    """A message of pydantic: of a text that is too short or too long in our words, any other without `Value error, `."""
    found = _LENGTH.fullmatch(message)
    if found is None:
        return message.removeprefix("Value error, ")
    if found[0].endswith("least 1 character"):
        return "expected a text, and it is empty"
    return f"expected at {found[1]} {int(found[2]):,} character{'' if found[2] == '1' else 's'}"
