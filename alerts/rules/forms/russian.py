"""Russian forms, from the dictionary of OpenCorpora and the paradigms that pymorphy3 predicts for unknown words."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from alerts.rules.forms.form import Form

_RARE = frozenset(("Arch", "Infr", "Erro", "Dist", "Slng", "V-oy", "V-ey", "Litr"))
_NAMES = frozenset(("Surn", "Name", "Patr", "Geox", "Orgn"))


@lru_cache(maxsize=1)
def _analyzer() -> Any:
    import pymorphy3  # noqa: PLC0415 - loaded when a rule asks for it

    return pymorphy3.MorphAnalyzer(lang="ru")


def knows(word: str) -> bool:
    return bool(_analyzer().word_is_known(word.lower()))


def forms(word: str) -> Iterator[Form]:
    """The forms of every reading of a known word; of the likeliest reading of another."""
    known = knows(word)
    readings = _analyzer().parse(word.lower())
    for reading in readings if known else readings[:1]:
        for form in reading.lexeme:
            if not _RARE & form.tag.grammemes:
                yield Form(form.word, guessed=not known)
