"""How well `forms(...)` does: recall and precision over words that real text holds.

    pip install wordfreq
    python -m bench.forms [--languages ru,pl] [--half open|closed|fresh] [--show 5]

bench/inflections/XX.txt holds fifty headwords or more a language, frequent nouns and names, each with an expression that its right forms
match (bench/paradigms.py). What is attested are words of real text (bench/attested.py). Recall: attested right forms that are found.
Precision: of the attested forms that are found, those that are right. Improve forms on the open half only; the closed half is the
figure. bench/inflections/fresh/XX.txt holds thirty further words: what a shuffle with a fixed seed draws of the words between rank 300
and 8,000, nouns and names only, an inflected form as its headword; their forms were written down before `forms(...)` was asked.
"""

import argparse
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from alerts.rules.forms.dictionary import forms_of
from bench.attested import attested, folded
from bench.paradigms import Headword, read
from core.text.fold import fold

FOLDER = Path(__file__).with_name("inflections")
FRESH = FOLDER / "fresh"
HALVES = {"open": 0, "closed": 1}
# Where hamza, ya and ta marbuta are written in several ways in one newspaper, words are compared without the difference.
ARABIC_SCRIPT = frozenset(("ar", "fa", "ur"))


@dataclass(frozen=True, slots=True)
class Score:
    """Of one headword: folded forms."""

    word: str
    found: frozenset[str]
    missed: frozenset[str]
    wrong: frozenset[str]


def scored(headword: Headword, lang: str, words: Mapping[str, Sequence[str]]) -> Score:
    """One headword."""
    if lang in ARABIC_SCRIPT:
        right = re.compile(re.sub(r"[^\W\d_a-zA-Z]+", lambda letters: fold(letters[0]), headword.right))
        wanted = {form for form in words if right.fullmatch(form)}
    else:
        right = re.compile(headword.right)
        wanted = {form for form, shown in words.items() if any(map(right.fullmatch, shown))}
    made = {folded(form.text) for form in forms_of(headword.word, lang)}
    return Score(
        headword.word, frozenset(made & wanted), frozenset(wanted - made), frozenset((made & words.keys()) - wanted)
    )


def half_of(lang: str, half: str | None) -> list[Headword]:
    """The headwords of a language: all, every other one, or the fresh ones, which use the macros of the others."""
    if half == "fresh":
        return read(FRESH / f"{lang}.txt", FOLDER / f"{lang}.txt")
    every = read(FOLDER / f"{lang}.txt")
    return every if half is None else every[HALVES[half] :: 2]


def language(lang: str, half: str | None, show: int) -> str:
    """The line of a language, and examples of what is missed and wrong."""
    words = attested(lang)
    scores = [scored(headword, lang, words) for headword in half_of(lang, half)]
    found, missed, wrong = (sum(len(getattr(one, name)) for one in scores) for name in ("found", "missed", "wrong"))
    recall, precision = found / (found + missed), found / (found + wrong)
    shown = [f"{lang}  recall {recall:.3f}  precision {precision:.3f}  ({found + missed} attested forms)"]
    for name in ("missed", "wrong"):
        told = [one for one in scores if getattr(one, name)][:show]
        shown += [f"    {name}: {one.word}: {' '.join(sorted(getattr(one, name))[:12])}" for one in told]
    return "\n".join(shown)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--languages", help="their codes, parted by commas; all that have a file")
    parser.add_argument("--half", choices=(*HALVES, "fresh"))
    parser.add_argument("--show", type=int, default=0)
    given = parser.parse_args()
    known = sorted(path.stem for path in (FRESH if given.half == "fresh" else FOLDER).glob("*.txt"))
    for lang in given.languages.split(",") if given.languages else known:
        print(language(lang, given.half, given.show))


if __name__ == "__main__":
    main()
