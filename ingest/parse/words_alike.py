"""Titles compared as readers compare them: case, spaces, punctuation and soft hyphens do not count. Pure."""

import re
import unicodedata

COMMON = 4  # letters; shorter words are in any headline
_FEW_WORDS = 6
_SPELLED = re.compile(r"[A-Za-z]")
_NO_WORD = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """The letters and digits of a title, folded; equal for titles that read alike."""
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", text[:2000].replace("\u00ad", "")).casefold())


def words_of(text: str) -> list[str]:
    """The words of a title, folded."""
    return _NO_WORD.sub(" ", unicodedata.normalize("NFKC", text[:2000].replace("\u00ad", "")).casefold()).split()


def is_alike(one: str, other: str) -> bool:
    """Whether two titles are about one thing: they share words that are not in every headline."""
    a, b = folded(one), folded(other)
    if min(len(a), len(b)) > COMMON and (a in b or b in a):
        return True
    if not _SPELLED.search(one) and not one.isascii():  # scripts without spaces: pairs of signs
        pairs = {a[at : at + 2] for at in range(len(a) - 1)}
        return len(pairs & {b[at : at + 2] for at in range(len(b) - 1)}) * 3 >= len(pairs) > 0
    shared = {word for word in words_of(one) if len(word) >= COMMON} & set(words_of(other))
    return len(shared) > 1 or (bool(shared) and len(words_of(one)) <= _FEW_WORDS)
