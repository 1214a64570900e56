"""Hindi nouns: the plural and the oblique case. Pure; the word as typed comes first.

What Hindi says by cases elsewhere stands apart as a word (`का`, `को`, `ने`, `में`), so the plain word is found there anyway. The
sign of a nasal vowel is written in two ways (`सेनाएँ`, `सेनाएं`), and in haste not at all (`देशो`).
"""

from collections.abc import Iterator

_LETTERS = frozenset(map(chr, range(0x0900, 0x0964)))
_LEAST = 2
_FEMININE_IN_A = ("ाएँ", "ाएं", "ाओं", "ाओ", "ायें")
_MASCULINE_IN_A = ("े", "ों", "ो")


def forms(word: str, listed: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The word and its forms. `listed`: the forms that a dictionary has, which tell whether a word in `ा` is `लड़का` or `सेना`."""
    if not set(word) <= _LETTERS or len(word) < _LEAST:
        return (word,)
    return tuple(dict.fromkeys((word, *_of_noun(word, listed))))


def phrase(words: tuple[str, ...]) -> tuple[str, ...]:
    """The forms of a phrase: the last word is inflected, and `ा` before it agrees (`बड़ा हमला`, `बड़े हमले`)."""
    *before, last = words
    agreeing = (word[:-1] + "े" if word.endswith("ा") else word for word in before)
    starts = dict.fromkeys((" ".join(before), " ".join(agreeing)))
    return tuple(dict.fromkeys(f"{start} {form}".strip() for start in starts for form in forms(last)))


def _of_noun(word: str, listed: frozenset[str]) -> Iterator[str]:
    body = word[:-1]
    if word[-1] == "ा":
        feminine = not listed.isdisjoint((body + "ाएँ", body + "ाएं", body + "ाओं"))
        masculine = body + "ों" in listed and not feminine
        yield from (body + ending for ending in _FEMININE_IN_A if not masculine)
        yield from (body + ending for ending in _MASCULINE_IN_A if not feminine)
    elif word[-1] in "ीि":
        yield from (body + ending for ending in ("ियाँ", "ियां", "ियों", "ियो"))
    elif word[-1] in "ूु":
        yield from (body + ending for ending in ("ुओं", "ुओ", "ुएँ", "ुएं"))
    else:
        yield from (word + ending for ending in ("ों", "ें", "ो"))
