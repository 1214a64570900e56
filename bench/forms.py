"""How well `forms(...)` does: recall and precision over words that real text holds.

    pip install wordfreq
    python -m bench.forms [--languages ru,pl] [--half open|closed] [--show 5]

bench/inflections/XX.txt holds fifty headwords a language, frequent nouns and names, each with an expression that its right forms
match. What is attested are the words that wordfreq counted in real text. Recall: attested right forms that are found. Precision:
of the attested forms that are found, those that are right. Improve forms on the open half only; the closed half is the figure.
"""

import argparse
import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alerts.rules.forms.dictionary import forms_of
from core.text.tokens import words_of

FOLDER = Path(__file__).with_name("inflections")
HALVES = {"open": 0, "closed": 1}


@dataclass(frozen=True, slots=True)
class Score:
    """Of one headword: folded forms."""

    word: str
    found: frozenset[str]
    missed: frozenset[str]
    wrong: frozenset[str]


def folded(word: str) -> str:
    return " ".join(words_of(word))


def attested(lang: str) -> Mapping[str, list[str]]:
    """Words of real text, folded -> the spellings that stand there."""
    counts: Any = importlib.import_module("wordfreq").get_frequency_dict(lang, "best")
    words = (re.sub("σ$", "ς", word) for word in counts if "'" not in word)
    found: dict[str, list[str]] = {}
    for word in words:
        found.setdefault(folded(word), []).append(word)
    return found


def scored(word: str, right: re.Pattern[str], lang: str, words: Mapping[str, list[str]]) -> Score:
    """One headword."""
    wanted = {form for form, shown in words.items() if any(map(right.fullmatch, shown))}
    made = {folded(form.text) for form in forms_of(word, lang)}
    return Score(word, frozenset(made & wanted), frozenset(wanted - made), frozenset((made & words.keys()) - wanted))


def language(lang: str, half: str | None, show: int) -> str:
    """The line of a language, and examples of what is missed and wrong."""
    words = attested(lang)
    lines = (FOLDER / f"{lang}.txt").read_text(encoding="utf-8").splitlines()
    chosen = lines if half is None else lines[HALVES[half] :: 2]
    pairs = (line.split(" ", 1) for line in chosen)
    scores = [scored(word, re.compile(right), lang, words) for word, right in pairs]
    found, missed, wrong = (sum(len(getattr(one, name)) for one in scores) for name in ("found", "missed", "wrong"))
    shown = [f"{lang}  recall {found / (found + missed):.3f}  precision {found / (found + wrong):.3f}"]
    for name in ("missed", "wrong"):
        told = [one for one in scores if getattr(one, name)][:show]
        shown += [f"    {name}: {one.word}: {' '.join(sorted(getattr(one, name))[:8])}" for one in told]
    return "\n".join(shown)


def main() -> None:
    known = sorted(path.stem for path in FOLDER.glob("*.txt"))
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--languages", default=",".join(known))
    parser.add_argument("--half", choices=tuple(HALVES))
    parser.add_argument("--show", type=int, default=0)
    given = parser.parse_args()
    for lang in given.languages.split(","):
        print(language(lang, given.half, given.show))


if __name__ == "__main__":
    main()
