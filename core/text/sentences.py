"""Paragraphs and sentences, of every script. Errs on the side of longer sentences: a wrong border loses a match, a missing one
seldom adds one.

A sign that only ends sentences (`。`, `।`, `۔`, `؟`) ends one wherever it stands. A full stop, `!` and `?` end one before white
space and no small letter; a full stop not after initials, abbreviations (core.text.abbreviations) and ordinals.

`Er kam am 3. Dann ging er.` are two sentences, `Er kam am 3. Oktober.` is one: after an ordinal, and after abbreviations
that may stand at an end (`usw.`, `г.`), only a word that begins sentences (`Dann`) begins one.
"""

import re
import unicodedata

from core.text.abbreviations import Usage, usage
from core.text.characters import is_mark

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_SOFT = ".!?…‽‼⁇⁈⁉"
# Sentence_Terminal of Unicode without those above, without the little section of Myanmar, which is a comma; and Tibetan.
_HARD = (
    "։\u061d-\u061f۔\u0700-\u0702\u07f9\u0837\u0839\u083d\u083e।॥။።፧፨\u0f0d-\u0f11\u166e\u1735\u1736។៕\u1803\u1809"
    "\u1944\u1945\u1aa8-\u1aab\u1b5a\u1b5b\u1b5e\u1b5f\u1c3b\u1c3c\u1c7e\u1c7f\u2cf9-\u2cfb\u2e2e\u2e3c。\ua4ff\ua60e\ua60f"
    "\ua6f3\ua6f7\ua876\ua877\ua8ce\ua8cf\ua92f\ua9c8\ua9c9\uaa5d-\uaa5f\uaaf0\uaaf1\uabeb︒︕︖﹖﹗！？｡\U00011047\U00011048"
    "\U000110be-\U000110c1\U00011141-\U00011143\U000111c5\U000111c6\U00011238\U00011239\U0001144b\U0001144c"
)
_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_CLOSING = rf"[\"'’‘”“»«›‹)\]}}」』）】》〉{_UNSEEN}]*+"
_NOTED = r"(?:\[\d{1,3}\]){0,4}+"  # references: `He left.[1] She stayed.`
# From the sign to the first letter behind it.
_NEXT = rf"\s[\s\"'’‘”“„‚»«›‹(\[¿¡–—―‒\-{_UNSEEN}]*+(\w{{1,20}}['’]?|\S)"
# One class begins it, which makes the search fast; which kind of sign it was is asked behind it. A run of dots is looked at
# once, from its first one on.
_END = re.compile(
    rf"[{_SOFT}{_HARD}．﹒:;፡](?:"
    rf"(?<=[{_SOFT}])(?<![{_SOFT}].)[{_SOFT}]*+{_CLOSING}{_NOTED}(?:(?={_NEXT})|(?<=[!?])(?=[\u3040-\u30ff\u3400-\u9fff]))"
    rf"|(?<=[{_HARD}])[{_HARD}!?]*+[」』”’）】》〉»\"')\]]*+"
    rf"|(?<=[．﹒])(?![0-9A-Za-z０-９Ａ-Ｚａ-ｚ])[．﹒]*+{_CLOSING}"
    rf"|(?:(?<=[\u0531-\u0587]:)|(?<=[\u0370-\u03ff\u1f00-\u1fff];)){_CLOSING}(?={_NEXT})"
    r"|(?<=፡)፡)"
)
_BETWEEN_WORDS = r"\s!-/:-@\[-`{-~¡-¿–—‘-”„…。、"
_LAST_WORD_BACKWARDS = re.compile(rf"[^{_BETWEEN_WORDS}]+(?:\.[^{_BETWEEN_WORDS}]+)*")
_FARTHEST = 20  # characters: what stands further before a full stop makes no abbreviation of it
_LETTERS_AND_STOPS = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
_ORDINAL = re.compile(r"[0-9]{1,3}|[0-9]{1,2}\.[0-9]{1,2}|[IVXL]{2,6}")
_NUMBER = re.compile(r"[0-9]|x{0,3}(?:ix|iv|v?iii?)\Z")
_YEAR_FIRST = re.compile(r"(?<!\d)\d{4}\.\s?\d{1,2}\.\s?\d{1,2}\.")  # a date in Korean, Hungarian and Lithuanian
_LONGEST_DATE = 14
_STREET = "str"  # German: `Goethestr. 5`
_ALONE = re.compile(rf".[{_UNSEEN}]*")
# Words of one letter, or of one syllable in India, that end sentences.
_WORDS_OF_ONE_LETTER = frozenset("я є ї है हैं हो हूं हूँ था थी थे थीं छ না কি".split())
_SYLLABLES = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7ff]")
_UNSTOPPED = re.compile(
    "[\u0531-\u0587\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"
)  # scripts whose full stops only abbreviate
_QUOTED_ON = ("と", "って", "など")  # Japanese: the sentence goes on behind what was said
# Where the language is not known: what stands before a day, and the months that have a capital.
_BEFORE_A_DAY = re.compile(r"\b(?:am|dem|den|der|des|vom|zum|bis|ab|seit|d) [0-9.]{1,5}\Z", re.IGNORECASE)
_MONTHS = frozenset(
    "januar jänner februar märz april mai juni juli august september oktober november dezember marts maj december".split()
)


def paragraph_starts(text: str) -> list[int]:
    """Where each paragraph begins; the first at 0. Paragraphs are parted by a blank line."""
    return [0, *(found.end() for found in _BLANK_LINE.finditer(text))]


def sentence_starts(text: str, lang: str | None = None) -> list[int]:
    """Where each sentence begins; the first at 0. A line break ends a sentence only where a paragraph ends. `lang`: of the
    article, where it is known."""
    starts = {*paragraph_starts(text)}
    known = usage(lang)
    for found in _END.finditer(text):
        if not _continues(text, found, known):
            starts.add(found.end())
    return sorted(starts)


def _continues(text: str, found: re.Match[str], known: Usage) -> bool:
    """Whether the sentence goes on behind the sign."""
    sign, (start, end) = found[0][0], found.span()
    following = found[1] or found[2] or ""
    if following[:1].islower() and not "ა" <= following[0] <= "ჿ":  # Georgian has small letters only
        return True
    if len(found[0]) == 1 and text[start - 1 : start].isdigit() and text[end : end + 1].isdigit():
        return True
    if sign == "." and text[start - 1 : start].isdigit() and _is_of_date(text, start):
        return True
    if sign in ".．﹒۔" and _ALONE.fullmatch(found[0]):
        return _abbreviates(text, start, following.lower().replace("’", "'"), known)
    if found[0][-1] in "」』":
        return text.startswith(_QUOTED_ON, end)
    return sign == "។" and text.startswith("ល។", end)  # Khmer: and so on


def _is_of_date(text: str, stop: int) -> bool:
    """Whether a full stop is one of `2026. 11. 27.`."""
    first = max(0, stop - _LONGEST_DATE)
    found = _YEAR_FIRST.search(text, first, stop + _LONGEST_DATE)
    return found is not None and found.start() < stop < found.end()


def _abbreviates(text: str, stop: int, following: str, known: Usage) -> bool:
    """Whether a full stop belongs to the word before it."""
    shown = text[max(0, stop - _FARTHEST) : stop]
    before = _LAST_WORD_BACKWARDS.match(shown[::-1])
    if before is None:
        return False
    typed = unicodedata.normalize("NFC", before[0][::-1])
    word = typed.lower()
    if word in known.titles or word.endswith(_STREET) or _UNSTOPPED.match(typed[-1]) or _is_initial(typed):
        return True
    if word in known.numbered and _NUMBER.match(following):
        return True
    may_end = word in known.notes or _is_short(typed) or _is_ordinal(typed, shown, following, known)
    return may_end and following not in known.begins


def _is_initial(typed: str) -> bool:
    return typed[0].isupper() and len(_bare(typed)) == 1


def _is_short(typed: str) -> bool:
    """`г`, `т.е`, `د`: one letter, or several with full stops between them."""
    if _LETTERS_AND_STOPS.fullmatch(typed):
        return True
    letter = _bare(typed)
    if len(letter) != 1 or not letter.isalpha() or typed in _WORDS_OF_ONE_LETTER or _SYLLABLES.match(letter):
        return False
    return not "\u0080" <= typed[0] <= "\u024f"  # è, é, ő and å are words


def _bare(typed: str) -> str:
    return typed if typed.isascii() else "".join(char for char in typed if not is_mark(char))


def _is_ordinal(typed: str, shown: str, following: str, known: Usage) -> bool:
    """`3` before a full stop, where that is `third`."""
    if known.ordinals is False or not _ORDINAL.fullmatch(typed) or not shown[: -len(typed)][-1:].isspace():
        return False
    if known.ordinals:
        return True
    return typed.isdigit() and (following in _MONTHS or _BEFORE_A_DAY.search(shown) is not None)
