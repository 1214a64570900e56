"""Titles compared as readers compare them: case, spaces, punctuation and soft hyphens do not count. Pure."""

import re
import unicodedata

_NO_WORD = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """The letters and digits of a title, folded; equal for titles that read alike."""
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", text[:2000].replace("\u00ad", "")).casefold())


def words_of(text: str) -> list[str]:
    """The words of a title, folded."""
    return _NO_WORD.sub(" ", unicodedata.normalize("NFKC", text[:2000].replace("\u00ad", "")).casefold()).split()
