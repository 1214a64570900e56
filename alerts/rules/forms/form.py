"""One inflected form of a word."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """`guessed`: no dictionary has it, its ending suggests it."""

    text: str
    guessed: bool = False


def spelled_like(word: str, form: str) -> str:
    """A form with the capitals of the word as typed: `Нью-Йорка` as `Нью-Йорк`, `МИДа` as `МИД`."""
    if len(word) > 1 and word.isupper():
        return word + form[len(word) :] if form.lower().startswith(word.lower()) else form.upper()
    parts, pieces = word.split("-"), form.split("-")
    if len(parts) != len(pieces):
        return form
    return "-".join(
        piece[:1].upper() + piece[1:] if part[:1].isupper() else piece
        for part, piece in zip(parts, pieces, strict=True)
    )
