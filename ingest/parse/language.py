"""The language of an article that does not declare one. The model lies beside this file and is loaded when first asked;
nothing here can reach a network (docs/decisions/0006)."""

from functools import cache
from pathlib import Path
from typing import Protocol, cast

from fasttext import load_model

from core.text.language_code import language_code

_MODEL = Path(__file__).parent / "language_model" / "lid.176.ftz"
_LEAST_CHARACTERS = 20
_SAMPLE_CHARACTERS = 300
_LEAST_SURE = 0.5
_SURE = 0.9  # against what is declared
_FAMILIES = (
    frozenset(("no", "nb", "nn", "da", "sv")),
    frozenset(("hr", "sr", "bs", "sh", "sl", "mk")),
    frozenset(("id", "ms", "jv", "su")),
    frozenset(("cs", "sk")),
    frozenset(("hi", "mr", "ne", "sa")),
    frozenset(("gl", "pt", "es", "ca", "oc", "an", "ast")),
    frozenset(("fa", "ps", "ur", "ku", "ckb", "prs")),
    frozenset(("tr", "az", "tk")),
    frozenset(("tl", "fil", "ceb")),
    frozenset(("de", "als", "lb", "nds", "gsw")),
    frozenset(("nl", "af", "fy")),
    frozenset(("he", "iw", "yi")),
    frozenset(("ky", "kk", "tt", "ba")),
)
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
    code, sure = _detected(text)
    return code if sure >= _LEAST_SURE else None


def _detected(text: str) -> tuple[str | None, float]:
    """The likeliest language and how sure it is, 0 to 1."""
    # Headlines and tables in capitals look like no language at all; a lone surrogate is no text; a line is all it takes.
    sample = text[:_SAMPLE_CHARACTERS].lower().encode("utf-8", "ignore").decode("utf-8").replace("\n", " ")
    if len(sample) < _LEAST_CHARACTERS:
        return None, 0.0
    labels, scores = _model().predict(sample)
    if not labels:
        return None, 0.0
    code = labels[0].removeprefix(_LABEL)
    code = _WRITTEN_AS.get(code, code)
    return (code, float(scores[0])) if len(code) == 2 else (None, 0.0)


def language_of(text: str, said: str | None, elsewhere: str | None) -> str | None:
    """The language that is declared (`said` by the page, `elsewhere` for its feed or publisher), unless the text is
    surely in another: templates say English around articles in any language."""
    declared_language = said or elsewhere
    sample, sure = _detected(text)
    if declared_language is None:
        return sample if sure >= _LEAST_SURE else None
    if sample is None or sure < _SURE or _is_alike(sample, declared_language):
        return declared_language
    return sample


def _is_alike(one: str, other: str) -> bool:
    """Whether two languages are written so much alike that a model mistakes one for the other."""
    return one == other or any(one in family and other in family for family in _FAMILIES)


def declared(tag: str | None) -> str | None:
    """`en-GB`, `en_GB`, `eng` or `EN` as `en`, `iw` as `he`; None for what is no language tag."""
    code = language_code(tag)
    return code if len(code) in (2, 3) and code.isascii() and code.isalpha() else None
