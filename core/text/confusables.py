"""Words of mixed scripts: `СOVID` with a Cyrillic С is the word that it looks like.

The tables hold which letters of Latin, Greek and Cyrillic look alike as capitals or as small letters (Unicode Technical
Standard 39, of the letters that newspapers use). A word is read in the script in which every letter can be read; where that
is so of several, in the one that has most letters of it, and of two with as many in the one of the text around it. What is no whole imitation
stays as it is.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from core.text.characters import is_mark, is_single, is_word_character

_LATIN = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1d00-\u1d25\u1e00-\u1eff\u2c60-\u2c7f\ua722-\ua787\ua78d-\ua7ff\uab30-\uab5a"
    "\uab60-\uab64"
)
_GREEK = "\u0370-\u0373\u0376\u0377\u037b-\u037d\u037f\u0386\u0388-\u03e1\u03f0-\u03ff\u1f00-\u1fff"
_CYRILLIC = "\u0400-\u0481\u048a-\u052f\u1c80-\u1c88\ua640-\ua66d\ua680-\ua69b"
_SCRIPTS = tuple(re.compile(f"[{letters}]") for letters in (_LATIN, _GREEK, _CYRILLIC))
_RUNS = tuple(re.compile(f"[{letters}]+") for letters in (_LATIN, _GREEK, _CYRILLIC))
SCRIPTS = LATIN, GREEK, CYRILLIC = range(3)


def _pairs(*rows: str) -> dict[str, str]:
    """`АA`: the first letter looks like the second."""
    return {row[0]: row[1] for line in rows for row in line.split()}


# The last row holds letters that no press alphabet confuses the other way round.
_CYRILLIC_LATIN = _pairs(
    "АA ВB СC ЕE НH ІI ЈJ КK МM ОO РP ЅS ТT ХX УY аa вb сc еe нh іi јj кk мm оo рp ѕs тt хx уy",
    "ӘƏ әə",
    "ҺH ԀD ԚQ ԜW ѴV ӀL ҮY ԌG һh ԁd ԛq ԝw ѵv ӏl үy ԍg",
)
_LATIN_CYRILLIC = _pairs(
    "AА BВ CС EЕ HН IІ JЈ KК MМ OО PР SЅ TТ XХ YУ aа bв cс eе hн iі ıі jј kк mм oо pр sѕ tт xх yу ƏӘ əә"
)
# A small μ is a sign of units (`μg` is no `mg`), its capital looks like M.
_GREEK_LATIN = _pairs("ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX αa βb εe ζz ηn ιi κk νv οo ρp τt υu χx")
_LATIN_GREEK = _pairs("AΑ BΒ EΕ ZΖ HΗ IΙ KΚ MΜ NΝ OΟ PΡ TΤ VΝ UΥ YΥ XΧ aα bβ eε zζ hη iι ıι kκ nη oο pρ tτ vν uυ yυ xχ")
_IMAGES: dict[tuple[int, int], dict[str, str]] = {
    (CYRILLIC, LATIN): _CYRILLIC_LATIN,
    (LATIN, CYRILLIC): _LATIN_CYRILLIC,
    (GREEK, LATIN): _GREEK_LATIN,
    (LATIN, GREEK): _LATIN_GREEK,
}
# What Russian and Ukrainian hang on a foreign word is grammar: `iPhoneом`.
_FOREIGN_WITH_ENDING = re.compile(rf"[{_LATIN}\d]+(?:ом|ем|ам|ах|ов|ев|ого|ому)", re.IGNORECASE)


@lru_cache(maxsize=1 << 12)
def script_of(char: str) -> int | None:
    """LATIN, GREEK, CYRILLIC, or None of any other character."""
    return next((script for script, letters in enumerate(_SCRIPTS) if letters.match(char)), None)


def is_mixed(word: str) -> bool:
    """Whether letters of two of these scripts stand in it."""
    return not word.isascii() and sum(letters.search(word) is not None for letters in _SCRIPTS) > 1


def main_script(text: str) -> int | None:
    """The script around the words of a text of several: the one that has most letters. None where there is no such one."""
    if not is_mixed(text):
        return None
    counts = [sum(map(len, runs.findall(text))) for runs in _RUNS]
    most = max(counts)
    return counts.index(most) if counts.count(most) == 1 else None


def one_script(text: str, main: int | None) -> str:
    """The text with each word that imitates another one written in its script; as long as before.

    `text`: with compatibility characters made plain (NFKC), and in the case in which it is written. `main`: `main_script` of
    the whole text.
    """
    if not is_mixed(text):
        return text
    return "".join(_read("".join(run), main) for _, run in groupby(text, _in_word))


def _in_word(char: str) -> bool:
    """Of a word of letters: no character that is a word by itself."""
    return is_mark(char) or (is_word_character(char) and not is_single(char))


def _read(word: str, around: int | None) -> str:
    if not is_mixed(word):
        return word
    scripts = [script_of(char) for char in word]
    counts = [scripts.count(script) for script in range(len(_SCRIPTS))]
    readings = [(counts[script], script == around, -script, read) for script, read in _readings(word, scripts, counts)]
    return max(readings)[-1] if readings else word


def _readings(word: str, scripts: list[int | None], counts: list[int]) -> Iterator[tuple[int, str]]:
    for script in range(len(_SCRIPTS)):
        # Greek letters are symbols too, often one beside a Latin one: `kΩ`.
        doubtful = counts[GREEK] > 0 and 2 * counts[script] < sum(counts) + (counts[script] < 2)
        if counts[script] == 0 or doubtful or (script == LATIN and _FOREIGN_WITH_ENDING.fullmatch(word)):
            continue
        letters = [
            char if own is None or own == script else _image(char, own, script)
            for char, own in zip(word, scripts, strict=True)
        ]
        if None not in letters:
            yield script, "".join(filter(None, letters))


def _image(char: str, own: int, script: int) -> str | None:
    """The letter of another script that looks like this one, its marks aside."""
    base = unicodedata.normalize("NFD", char)[0]
    if LATIN not in (own, script):
        latin = _IMAGES[own, LATIN].get(base)
        return None if latin is None else _IMAGES[LATIN, script].get(latin)
    return _IMAGES[own, script].get(base)
