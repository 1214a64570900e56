"""Words of real text, by language: what wordfreq counted, or, where it has not the language, what Tesseract has read in the web.

Tesseract's words come with Debian: `apt-get install tesseract-ocr tesseract-ocr-est` (aze, est, hye, kat, kaz, uzb).
"""

import importlib
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core.text.tokens import words_of

TESSERACT = {"az": "aze", "et": "est", "hy": "hye", "ka": "kat", "kk": "kaz", "uz": "uzb"}
_MODELS = Path("/usr/share/tesseract-ocr")


def folded(word: str) -> str:
    return " ".join(words_of(word))


def attested(lang: str) -> Mapping[str, list[str]]:
    """Words, folded -> the spellings that stand there. Words with an apostrophe are left out: it parts words."""
    found: dict[str, list[str]] = {}
    for word in _read_in_the_web(TESSERACT[lang]) if lang in TESSERACT else _counted(lang):
        if not re.search("['’ʻʼ‘]", word):
            found.setdefault(folded(word), []).append(word)
    return found


def _counted(lang: str) -> Iterator[str]:
    wordfreq: Any = importlib.import_module("wordfreq")
    for word in wordfreq.get_frequency_dict(lang, "best"):
        yield re.sub("σ$", "ς", word)


def _read_in_the_web(code: str) -> Iterator[str]:
    """The words that a model of Tesseract expects, in small letters."""
    model = next(_MODELS.glob(f"*/tessdata/{code}.traineddata"))
    with TemporaryDirectory() as folder:
        letters, words, text = (Path(folder, f"{code}.{name}") for name in ("lstm-unicharset", "lstm-word-dawg", "txt"))
        for command in (["combine_tessdata", "-e", model, letters, words], ["dawg2wordlist", letters, words, text]):
            subprocess.run(list(map(str, command)), check=True, capture_output=True)
        for word in text.read_text(encoding="utf-8").split():
            if word.isalpha():
                yield word.replace("İ", "i").replace("I", "ı").lower() if code == "aze" else word.lower()
