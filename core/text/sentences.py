"""Paragraphs and sentences. Errors on the side of longer sentences: a wrong break loses a match, a missing one seldom adds one."""

import re

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
# One class begins it, which makes the search fast; which of both kinds of sign it was is asked behind it. A run of dots is
# looked at once, from its first one on.
_END = re.compile(
    r"[.!?…。！？｡](?:"
    r"(?<=[.!?…])(?<![.!?…].)[.!?…]*+[\"'’”»)\]]*(?=\s+[\"'‘“«(\[¿¡]*(\S))"
    r"|(?<=[。！？｡])[。！？｡]*[」』”’）]*)"
)
_LAST_WORD_BACKWARDS = re.compile(r"\w+(?:\.\w+)*")
# Lower-cased words after which a full stop seldom ends a sentence.
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof gen col lt sgt capt gov sen rep rev hon st jr sr vs etc no nos vol pp fig inc ltd co corp bros"
    " jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun approx est dept univ ave blvd"
    " e.g i.e u.s u.k u.n a.m p.m d.c ca calif mass penn tel hr hrs min sq ft bzw z.b u.a d.h nr str usw ca. т.е г гг им ул".split()
)
_FARTHEST = 20  # characters: what stands further before a full stop makes no abbreviation of it


def paragraph_starts(text: str) -> list[int]:
    """Where each paragraph begins; the first at 0. Paragraphs are parted by a blank line."""
    return [0, *(found.end() for found in _BLANK_LINE.finditer(text))]


def sentence_starts(text: str) -> list[int]:
    """Where each sentence begins; the first at 0. A line break ends a sentence only where a paragraph ends."""
    starts = {*paragraph_starts(text)}
    for found in _END.finditer(text):
        if not _continues(text, found):
            starts.add(found.end())
    return sorted(starts)


def _continues(text: str, found: re.Match[str]) -> bool:
    """Whether the full stop belongs to an abbreviation or initial, or the next word is in lower case."""
    following = found[1]
    if following is not None and following.islower():
        return True
    if found[0] != ".":
        return False
    stop = found.start()
    before = _LAST_WORD_BACKWARDS.match(text[max(0, stop - _FARTHEST) : stop][::-1])
    if before is None:
        return False
    word = before[0][::-1]
    return word.lower() in _ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word.isupper())
