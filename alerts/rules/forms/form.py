"""One inflected form of a word."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """`guessed`: no dictionary has it, its ending suggests it. `note`: what form it is, where that helps to understand it."""

    text: str
    guessed: bool = False
    note: str = ""
