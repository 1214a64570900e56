"""Words and folding once more, slow and obvious, written from the table of folding (docs/rules.md) and from nothing else of
wirewatch.

First what is not seen goes; then each letter is read with its marks; then words are cut; then a word of mixed scripts is
read as what it imitates; then letters are folded.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby

SINGLE_SCRIPTS = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR", "IDEOGRAPHIC")
BARE_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "SYRIAC")  # letters that lose their marks
LOST_MARKS = ("ARABIC", "HEBREW", "SYRIAC")  # marks that are lost wherever they stand
# Latin letters that do not decompose; Arabic letters that are written in several ways.
SPELT = dict(zip("ðĸŋıȷɑɡʉɵǝٱٲٳىیکڪةہۃە", "dknijaguoəاااييككهههه", strict=True)) | {
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ß": "ss",
}
STROKED = re.compile(r"LATIN SMALL LETTER (.) WITH ")  # ł, ø, đ, ħ, ŧ, ɓ: what is left without their marks
HAMZA_ABOVE, CARRIERS = "\u0654", "وي"  # ؤ and ئ are letters of their own
TATWEEL = "\u0640"
APOSTROPHES = "ʻʼʽʾʿʹˀˁˈˊˋꞋꞌ"
# Default_Ignorable_Code_Point of DerivedCoreProperties.txt.
INVISIBLE = (
    *((0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
    *((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF)),
    *((0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
# A soft hyphen and its line break, with blanks around that; no blank line.
BROKEN_WORD = re.compile("\u00ad[ \t]*(?:\r\n|\n|\r)[ \t]*(?!\\s)")
# Letters that look alike as capitals or as small letters: Latin, Greek, Cyrillic (confusables.txt). Where a letter is in
# several rows, the first is what it imitates. The last ones are read as Latin letters, and Latin ones never as them.
ALIKE = (
    "AΑА BΒВ C-С EΕЕ HΗН IΙІ J-Ј KΚК MΜМ NΝ- OΟО PΡР S-Ѕ TΤТ XΧХ YΥУ ZΖ- VΝ- UΥ-"
    " aαа bβв c-с eεе nη- hηн iιі ıιі j-ј kκк m-м oοо pρр s-ѕ tτт vν- uυ- xχх yυу zζ- Ə-Ә ə-ә"
).split()
READ_ONLY = "HҺ DԀ QԚ WԜ VѴ LӀ YҮ GԌ hһ dԁ qԛ wԝ vѵ lӏ yү gԍ".split()
EUROPEAN = ("LATIN", "GREEK", "CYRILLIC")
RUSSIAN_ENDINGS = ("ом", "ем", "ам", "ах", "ов", "ев", "ого", "ому")


@dataclass(frozen=True)
class Word:
    folded: str
    start: int
    end: int
    paragraph: int
    sentence: int
    letters: tuple[str, ...] = ()  # folded, one string for each as it is written


@dataclass(frozen=True)
class Letter:
    """A character with its marks, and where it stands."""

    text: str
    start: int
    end: int


@cache
def script(c: str) -> str:
    return unicodedata.name(c, "").split(" ")[0] if c else ""


@cache
def is_mark(c: str) -> bool:
    return unicodedata.category(c)[0] == "M"


@cache
def is_word(c: str) -> bool:
    return unicodedata.category(c)[0] in "LMN"


@cache
def is_single(c: str) -> bool:
    return unicodedata.name(c, "").startswith(SINGLE_SCRIPTS) and is_word(c)


@cache
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
        if not is_invisible(text[at]):
            yield text[at], at
        at += 1


@lru_cache(maxsize=1 << 16)  # of words, which come again and again
def as_typed(text: str) -> str:
    """What `case(...)` compares: letters and marks, however they are encoded, without what is not seen."""
    kept = BROKEN_WORD.sub("", text)
    return unicodedata.normalize("NFC", "".join(c for c in kept if not is_invisible(c)))


def letters(text: str) -> list[Letter]:
    """Each character with the marks behind it (of Hangul, the rest of the syllable)."""
    found: list[list[tuple[str, int]]] = []
    for c, at in seen(text):
        joins = all(map(is_mark, unicodedata.normalize("NFKC", c))) or c == TATWEEL or "\u1160" <= c <= "\u11ff"
        if found and joins and not found[-1][-1][0].isspace():
            found[-1].append((c, at))
        else:
            found.append([(c, at)])
    return [Letter("".join(c for c, _ in one), one[0][1], one[-1][1] + 1) for one in found]


def fold_word(word: str) -> str:
    """A word without case, marks and ways of spelling. Every letter is folded by itself."""
    out = base = ""
    for c in unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold()).casefold():
        if is_mark(c):
            out += "" if is_lost(c, base) else c
        else:
            base = c
            out += spelt(c)
    return unicodedata.normalize("NFC", out)


def spelt(c: str) -> str:
    """A small letter without its marks, however it is written."""
    if unicodedata.category(c) == "Nd":
        return str(unicodedata.decimal(c))
    stroked = STROKED.match(unicodedata.name(c, ""))
    return stroked[1].lower() if stroked else SPELT.get(c, c)


def script_around(text: str) -> str:
    """The script with most letters in a text of several; "" where there is no such one."""
    names = [script(c) for c in text if is_word(c) and not is_mark(c) and unicodedata.normalize("NFKC", c) == c]
    counts = sorted(((names.count(name), name) for name in EUROPEAN), reverse=True)
    return counts[0][1] if counts[0][0] > counts[1][0] > 0 else ""


def imitated(word: str, around: str) -> str:
    """A word of letters of several scripts as the word of one script that it looks like; any other as it is."""
    word = as_letters(word)
    letters = [c for c in word if script(c) in EUROPEAN and not is_mark(c)]
    counts = {name: [script(c) for c in letters].count(name) for name in EUROPEAN}
    if sum(count > 0 for count in counts.values()) < 2:
        return word
    if word.casefold().endswith(RUSSIAN_ENDINGS) and is_foreign(word):
        counts["LATIN"] = 0
    whole = [name for name in EUROPEAN if counts[name] and in_script(word, name) is not None]
    if counts["GREEK"]:  # often a symbol beside a letter
        half = len(letters) / 2
        whole = [name for name in whole if counts[name] > max(half - 0.5, 1)]
    # Of two the one with most letters; of as many, the one of the text around, else Latin before Greek before Cyrillic.
    found = max(whole, key=lambda name: (counts[name], name == around, -EUROPEAN.index(name)), default=None)
    return word if found is None else in_script(word, found) or word


def as_letters(word: str) -> str:
    return "".join(plain_letter(c) for c in unicodedata.normalize("NFD", unicodedata.normalize("NFKC", word)))


def plain_letter(c: str) -> str:
    """A capital stays one: `Ł` is `L`."""
    folded = c if is_mark(c) else fold_word(c)
    return folded.upper() if c.isupper() and len(folded) == 1 else folded


def is_foreign(word: str) -> bool:
    """`iPhoneом`: all but a Russian ending is Latin."""
    endings = [ending for ending in RUSSIAN_ENDINGS if word.casefold().endswith(ending)]
    return any(all(script(c) == "LATIN" or c.isdigit() for c in word[: -len(ending)]) for ending in endings)


def in_script(word: str, name: str) -> str | None:
    """The word with every letter of another script replaced; None if one has nothing like it in this script."""
    out = ""
    for c in word:
        foreign = script(c) in EUROPEAN and script(c) != name and not is_mark(c)
        like = looks_like(c, name) if foreign else c
        if like is None:
            return None
        out += like
    return out


def looks_like(c: str, name: str) -> str | None:
    if script(c) != "LATIN" and name != "LATIN":
        latin = looks_like(c, "LATIN")
        return looks_like(latin, name) if latin else None
    rows = [row for row in ALIKE if c in row]
    found = [row[EUROPEAN.index(name)] for row in rows if row[EUROPEAN.index(name)] != "-"]
    found += [row[0] for row in READ_ONLY if row[1] == c and name == "LATIN"]
    return found[0] if found else None


def words_of(text: str, paragraph_starts: Sequence[int], sentence_starts: Sequence[int]) -> list[Word]:
    """Cut where a character is no letter, mark or digit; in some scripts each character is a word."""
    words: list[Word] = []
    around = script_around(text)
    run: list[tuple[str, Letter]] = []

    def number(borders: Sequence[int], at: int) -> int:
        return sum(1 for b in borders if b <= at) - 1

    def add(folded: str, start: int, end: int, letters: tuple[str, ...] = ()) -> None:
        places = number(paragraph_starts, start), number(sentence_starts, start)
        words.append(Word(folded, start, end, *places, letters))

    def flush() -> None:
        if run:
            typed = "".join(c for c, _ in run)
            whole, letters, at = imitated(typed, around), list[str](), 0
            for _, one in groupby(run, key=lambda pair: pair[1].start):
                plain = as_letters("".join(c for c, _ in one))
                letters.append(fold_word(whole[at : at + len(plain)]))
                at += len(plain)
            add(fold_word(whole), run[0][1].start, run[-1][1].end, tuple(letters))
        run.clear()

    single = False  # whether a word of one character stands directly before
    for letter in letters(text):
        for c in unicodedata.normalize("NFKC", letter.text).replace(TATWEEL, ""):
            if is_mark(c) and is_lost(c, run[-1][0] if run else ""):
                continue
            if is_mark(c) and single:
                one = words.pop()
                add(unicodedata.normalize("NFC", one.folded + c), one.start, letter.end)
                continue
            single = is_single(c) and unicodedata.category(c) != "Nd" and not (is_mark(c) and run)
            if is_word(c) and c not in APOSTROPHES and not single:
                run.append((c, letter))
                continue
            flush()
            if single:
                add(c.casefold(), letter.start, letter.end)
    flush()
    return [one for one in words if one.folded]


def is_lost(mark: str, base: str) -> bool:
    """Whether a mark is removed from what it stands on."""
    if mark == HAMZA_ABOVE and base and SPELT.get(base, base) in CARRIERS:
        return False
    return script(mark) in LOST_MARKS or script(base) in BARE_SCRIPTS or base.isdecimal()
