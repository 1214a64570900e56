"""Reads bench/inflections/XX.txt: headwords, each with an expression that its right forms match.

    # A comment.
    CASE = (nin|e|i|de|den|le)     a macro: what the right side says stands wherever `<CASE>` does
    NOUN = (<CASE>|ler<CASE>)      macros use macros that stand above them
    THE = (al)?…                   `…` is the place of a stem: `<THE:kitab>` is `(al)?kitab`; without one it is handed on
    millet millet<NOUN>            a headword (spaces are `_`) and its forms

Macros say the endings of a declension once, from a grammar of the language. They may be wider than the grammar where no real word
shows the difference (vowel harmony): what they are held against are words of real text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_MACRO = re.compile(r"([A-Z][A-Z0-9_]*) = (.+)")
_CALL = re.compile(r"<([A-Z][A-Z0-9_]*)(?::([^<>]*))?>")
_STEM = "…"


@dataclass(frozen=True, slots=True)
class Headword:
    word: str
    right: str  # an expression


def headwords(lines: Iterable[str], macros: dict[str, str] | None = None) -> Iterator[Headword]:
    """The headwords of a file, in its order; its macros are added to those given. Raises ValueError for a macro that is not defined
    above its use."""
    macros = {} if macros is None else macros
    for line in map(str.strip, lines):
        if not line or line.startswith("#"):
            continue
        macro = _MACRO.fullmatch(line)
        if macro is not None:
            macros[macro[1]] = f"(?:{_expanded(macro[2], macros)})"
            continue
        word, _, right = line.partition(" ")
        yield Headword(word.replace("_", " "), _expanded(right, macros).replace(_STEM, ""))


def read(path: Path, with_macros_of: Path | None = None) -> list[Headword]:
    macros: dict[str, str] = {}
    if with_macros_of is not None:
        list(headwords(with_macros_of.read_text(encoding="utf-8").splitlines(), macros))
    return list(headwords(path.read_text(encoding="utf-8").splitlines(), macros))


def _expanded(text: str, macros: dict[str, str]) -> str:
    def put(call: re.Match[str]) -> str:
        if call[1] not in macros:
            raise ValueError(f"<{call[1]}> is not defined above: {text}")
        found = macros[call[1]]
        return found if call[2] is None else found.replace(_STEM, f"(?:{call[2]})")

    while _CALL.search(text):
        text = _CALL.sub(put, text)
    return text
