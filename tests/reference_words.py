"""Words and folding once more, slow and obvious, written from the table of folding (docs/rules.md) and from nothing else of
wirewatch.

First what is not seen goes; then each letter is read with its marks; then words are cut; then a word of mixed scripts is
read as what it imitates; then letters are folded.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SINGLE_SCRIPTS = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR", "IDEOGRAPHIC")
BARE_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "SYRIAC")  # letters that lose their marks
LOST_MARKS = ("ARABIC", "HEBREW", "SYRIAC")  # marks that are lost wherever they stand
# Latin letters that do not decompose; Arabic letters that are written in several ways.
SPELT = dict(zip("łøđðħŧĸŋıٱىیکة", "loddhtkniاييكه", strict=True)) | {"þ": "th", "æ": "ae", "œ": "oe", "ß": "ss"}
HAMZA_ABOVE, CARRIERS = "\u0654", "وي"  # ؤ and ئ are letters of their own
TATWEEL = 0x0640
APOSTROPHES = "ʻʼʽʾʿʹ"
# Default_Ignorable_Code_Point of DerivedCoreProperties.txt.
INVISIBLE = (
    *((0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
    *((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF)),
    *((0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
BROKEN_WORD = re.compile("\u00ad(?:\r\n|\n|\r)(?!\\s*?\n)")  # a soft hyphen and its line break; no blank line
# Letters that look alike: Latin, Greek, Cyrillic (confusables.txt). The first of a kind is what is imitated.
ALIKE = (
    "AΑА BΒВ C-С EΕЕ FϜ- G-Ԍ HΗН IΙІ I-Ӏ JͿЈ KΚК MΜМ NΝ- OΟО PΡР S-Ѕ TΤТ V-Ѵ W-Ԝ XΧХ YΥУ Y-Ү ZΖ- Ə-Ә Ʒ-З ƩΣ- ÞϷ- Ɛ-Ԑ"
    " aαа b-Ь c-с d-ԁ e-е h-һ iιі i-ӏ ıιі jϳј oοо oσо pρр q-ԛ r-г s-ѕ uυ- vνѵ w-ԝ w-ѡ x-х yγу y-ү ßβ- þϸ- ə-ә ɛεє ĸκк ƨ-ꙅ"
    " ẟδ- -ΓГ -ΛЛ -ΠП -ΦФ -ΨѰ -κк -πп -τт -φф -ψѱ -ωꙍ"
)
EUROPEAN = ("LATIN", "GREEK", "CYRILLIC")


@dataclass(frozen=True)
class Word:
    folded: str
    start: int
    end: int
    paragraph: int
    sentence: int


@dataclass(frozen=True)
class Letter:
    """A character with its marks, where it stands, and where what is not seen behind it ends."""

    text: str
    start: int
    end: int


def script(c: str) -> str:
    return unicodedata.name(c, "").split(" ")[0]


def is_mark(c: str) -> bool:
    return unicodedata.category(c)[0] == "M"


def is_word(c: str) -> bool:
    return unicodedata.category(c)[0] in "LMN"


def is_single(c: str) -> bool:
    return unicodedata.name(c, "").startswith(SINGLE_SCRIPTS) and is_word(c)


def is_invisible(c: str) -> bool:
    return any(first <= ord(c) <= last for first, last in INVISIBLE)


def seen(text: str) -> Iterator[tuple[str, int]]:
    """The characters that are seen, and where they stand."""
    at = 0
    while at < len(text):
        broken = BROKEN_WORD.match(text, at)
        if broken:
            at = broken.end()
            continue
        if not is_invisible(text[at]) and ord(text[at]) != TATWEEL:
            yield text[at], at
        at += 1


def as_typed(text: str) -> str:
    """What `case(...)` compares: letters and marks, however they are encoded, without what is not seen."""
    kept = BROKEN_WORD.sub("", text)
    return unicodedata.normalize("NFC", "".join(c for c in kept if not is_invisible(c)))


def letters(text: str) -> list[Letter]:
    """Each character with the marks behind it (of Hangul, the rest of the syllable)."""
    found: list[list[tuple[str, int]]] = []
    for c, at in seen(text):
        if found and (all(map(is_mark, unicodedata.normalize("NFKC", c))) or "\u1160" <= c <= "\u11ff"):
            found[-1].append((c, at))
        else:
            found.append([(c, at)])
    return [Letter("".join(c for c, _ in one), one[0][1], hidden_end(text, one[-1][1] + 1)) for one in found]


def hidden_end(text: str, at: int) -> int:
    """Behind what is not seen from here on."""
    while at < len(text):
        broken = BROKEN_WORD.match(text, at)
        if broken:
            at = broken.end()
        elif is_invisible(text[at]) or ord(text[at]) == TATWEEL:
            at += 1
        else:
            break
    return at


def fold_word(word: str) -> str:
    """A word without case, marks and ways of spelling. Every letter is folded by itself."""
    out = base = ""
    for c in unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold()).casefold():
        if is_mark(c):
            if script(c) in LOST_MARKS or script(base) in BARE_SCRIPTS:
                keeps = c == HAMZA_ABOVE and SPELT.get(base, base) in CARRIERS
                if not keeps:
                    continue
            out += c
        else:
            base = c
            out += SPELT.get(c, c) if unicodedata.category(c) != "Nd" else str(unicodedata.decimal(c))
    return unicodedata.normalize("NFC", out)


def imitated(word: str) -> str:
    """A word of letters of several scripts as the word of one script that it looks like; any other as it is."""
    word = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", word))
    counts = {name: sum(script(c) == name and not is_mark(c) for c in word) for name in EUROPEAN}
    if sum(count > 0 for count in counts.values()) < 2:
        return word
    first = next(script(c) for c in word if script(c) in EUROPEAN)
    whole = [name for name in EUROPEAN if counts[name] and in_script(word, name) is not None]
    if not whole:
        return word
    best = max(whole, key=lambda name: (counts[name], name == first))
    return in_script(word, best) or word


def in_script(word: str, name: str) -> str | None:
    """The word with every letter of another script replaced; None if one has nothing like it in this script."""
    out = ""
    for c in word:
        if script(c) not in EUROPEAN or script(c) == name or is_mark(c):
            out += c
            continue
        like = [row[EUROPEAN.index(name)] for row in ALIKE.split() if c in row]
        like = [found for found in like if found != "-"]
        if not like:
            return None
        out += like[0]
    return out


def words_of(text: str, paragraph_starts: Sequence[int], sentence_starts: Sequence[int]) -> list[Word]:
    """Cut where a character is no letter, mark or digit; in some scripts each character is a word."""
    words: list[Word] = []
    run: list[tuple[str, Letter]] = []

    def number(borders: Sequence[int], at: int) -> int:
        return sum(1 for b in borders if b <= at) - 1

    def add(folded: str, start: int, end: int) -> None:
        words.append(Word(folded, start, end, number(paragraph_starts, start), number(sentence_starts, start)))

    def flush() -> None:
        if run:
            typed = "".join(c for c, _ in run)
            add(fold_word(imitated(typed)), run[0][1].start, run[-1][1].end)
        run.clear()

    single = False  # whether a word of one character stands directly before
    for letter in letters(text):
        for c in unicodedata.normalize("NFKC", letter.text):
            if is_mark(c) and single:
                one = words.pop()
                add(unicodedata.normalize("NFC", one.folded + c), one.start, letter.end)
                continue
            single = is_single(c) and unicodedata.category(c) != "Nd"
            if is_word(c) and c not in APOSTROPHES and not single:
                run.append((c, letter))
                continue
            flush()
            if single:
                add(c.casefold(), letter.start, letter.end)
    flush()
    return [one for one in words if one.folded]
