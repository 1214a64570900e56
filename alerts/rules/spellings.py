"""What a term also finds: the spellings that fold to the same word and that a reader would want to know.

Every spelling comes from an alphabet of a press language and is kept only if folding makes it the same words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from alerts.rules.syntax import Node, Term
from alerts.rules.walk import nodes_of
from core.text.characters import is_single
from core.text.tokens import words_of

MOST_TERMS = 50  # of a rule that are explained
_MOST_EACH = 3
# Letters that an alphabet writes for plain ones: only where its own letter, the first, stands in the word, and so many differ.
_ALPHABETS = (
    ("l:ł o:ó z:ź s:ś c:ć n:ń", 2),  # Polish
    ("i:ı s:ş c:ç", 2),  # Turkish
    ("ss:ß", 1),  # German
    ("ae:æ o:ø", 1),  # Danish, Norwegian
    ("d:đ c:ć s:š z:ž", 2),  # Croatian, Serbian
)
# The same at one place of the word.
_PLACES = (
    (re.compile(r"(?<=[dlmrsv])o$"), "ø"),
    (re.compile(r"^е|(?<=[чжшщлн])е(?=[а-я])"), "ё"),
    (re.compile(r"^ا"), "أ"),
    (re.compile(r"ه$"), "ة"),
    (re.compile(r"ي$"), "ى"),
    (re.compile(r"[يك]"), "ی"),
)
_PERSIAN = str.maketrans("يك", "یک")
_ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@dataclass(frozen=True, slots=True)
class AlsoFound:
    """`start`, `end`: the term in the rule's text. `also`: other spellings that it finds."""

    start: int
    end: int
    text: str
    also: tuple[str, ...]


def also_found(tree: Node) -> list[AlsoFound]:
    """The terms of a rule that find other spellings than their own."""
    return list(_terms(tree))


def _terms(tree: Node) -> Iterator[AlsoFound]:
    seen = 0
    for node in nodes_of(tree):
        if isinstance(node, Term) and not node.cased and node.shown and seen < MOST_TERMS:
            seen += 1
            also = spellings_of(node.shown)
            if also:
                yield AlsoFound(*node.span, node.shown, also)


@lru_cache(maxsize=4096)
def spellings_of(text: str) -> tuple[str, ...]:
    """Other spellings of a term, the likeliest first: without its marks, with the letters of an alphabet, other digits."""
    if "*" in text or "?" in text:
        return ()
    words = words_of(text)
    plain = " ".join(words)
    if any(map(is_single, plain)):
        return ()
    found: list[str] = []
    if text.casefold() != plain and not text.isascii() and all(char.isalnum() or char.isspace() for char in text):
        found.append(_as_typed(plain, text))
    found += [_as_typed(spelling, text) for spelling in _marked(plain)]
    if plain.isdecimal() and plain.isascii():
        found.append(plain.translate(_ARABIC_DIGITS))
    kept = [one for one in dict.fromkeys(found) if one.lower() != text.lower() and words_of(one) == words]
    return tuple(kept[:_MOST_EACH])


def _marked(plain: str) -> Iterator[str]:
    """The words as alphabets may write them."""
    for alphabet, least in _ALPHABETS:
        pairs = [pair.split(":") for pair in alphabet.split()]
        if pairs[0][0] in plain and sum(plain.count(base) for base, _ in pairs) >= least:
            spelling = plain
            for base, marked in pairs:
                spelling = spelling.replace(base, marked)
            yield spelling
    for place, new in _PLACES:
        if place.search(plain):
            yield plain.translate(_PERSIAN) if new == "ی" else place.sub(new, plain)


def _as_typed(spelling: str, text: str) -> str:
    """With the capital that the term begins with."""
    words = text.split()
    capital = all(word[:1].isupper() for word in words) and not text.isupper()
    return " ".join(word[:1].upper() + word[1:] for word in spelling.split()) if capital else spelling
