"""The language of an article that does not declare one. The model lies beside this file and is loaded when first asked;
nothing here can reach a network (docs/decisions/0006)."""

from functools import cache
from pathlib import Path
from typing import Protocol, cast

from fasttext import load_model

_MODEL = Path(__file__).parent / "language_model" / "lid.176.ftz"
_LEAST_CHARACTERS = 20
_SAMPLE_CHARACTERS = 300
_LEAST_SURE = 0.5
# Wikipedias that the model was trained on, beside the language in which their news is written.
_WRITTEN_AS = {"arz": "ar", "nn": "no", "wuu": "zh", "yue": "zh"}
_LABEL = "__label__"


class _Model(Protocol):
    def predict(self, line: str) -> tuple[tuple[str, ...], tuple[float, ...]]: ...


@cache
def _model() -> _Model:
    return cast(_Model, load_model(str(_MODEL)))


def detect(text: str) -> str | None:
    """ISO 639-1 code, or None where the text is too short or could be several."""
    # Headlines and tables in capitals look like no language at all; a lone surrogate is no text; a line is all it takes.
    sample = text[:_SAMPLE_CHARACTERS].lower().encode("utf-8", "ignore").decode("utf-8").replace("\n", " ")
    if len(sample) < _LEAST_CHARACTERS:
        return None
    labels, scores = _model().predict(sample)
    if not labels or scores[0] < _LEAST_SURE:
        return None
    code = labels[0].removeprefix(_LABEL)
    code = _WRITTEN_AS.get(code, code)
    return code if len(code) == 2 else None


def declared(tag: str | None) -> str | None:
    """`en-GB`, `en_GB` or `EN` as `en`; None for what is no language tag."""
    code = (tag or "").replace("_", "-").split("-")[0].strip().lower()
    return code if len(code) in (2, 3) and code.isascii() and code.isalpha() else None
