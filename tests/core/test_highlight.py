"""Evidence is marked where it is a whole word, with all that belongs to the word."""

import random

import pytest

from core.text.highlight import one_line, spans
from core.text.tokens import tokenize
from tests.reference_articles import articles, in_all_scripts


@pytest.mark.parametrize(
    ("snippet", "text", "marked"),
    [
        ("arms and alarms, arms", "arms", ["arms", "arms"]),
        ("Pyong\u00adyang, Pyong", "Pyong", ["Pyong"]),
        ("a Pyong\u00ad yang", "Pyong\u00ad\nyang", ["Pyong\u00ad yang"]),
        ("Kim\u200b said", "Kim", ["Kim"]),
        ("\u200fمحمد\u200f قال", "محمد", ["محمد"]),
        ("كُتُبٌ", "كُتُبٌ", ["كُتُبٌ"]),
        ("كتبَه وكتب كتب", "كتب", ["كتب"]),
        ("ـكوريـا", "كوريـا", ["كوريـا"]),
        ("cafe\u0301 cafe", "cafe", ["cafe"]),
        ("की क", "क", ["क"]),
        ("hạ hạt", "hạ", ["hạ"]),
        ("북한의", "북한", ["북한"]),
        ("ประเทศไทย", "ไทย", ["ไทย"]),
        ("กา", "ก", ["ก"]),
        ("กิ", "ก", []),
        ("AI北京", "AI", ["AI"]),
        ("Sanaʿa and Oʻahu", "Sana", ["Sana"]),
        ("Sanaʿa and Oʻahu", "ahu", ["ahu"]),
        ("Qurʾān, an", "ān", ["ān"]),
        ("Sanaʿa, Sana", "Sanaʿa", ["Sanaʿa"]),
        ("กำ กา ก", "ก", ["ก", "ก"]),
        ("U.S. «НАТО»", "«НАТО»", ["«НАТО»"]),
    ],
)
def test_whole_words_are_marked(snippet: str, text: str, marked: list[str]) -> None:
    assert [snippet[start:end] for start, end in spans(snippet, [text])] == marked


def test_words_of_every_script_are_marked_where_they_stand_and_nothing_cuts_a_word() -> None:
    rng = random.Random(1)
    for one in (*articles(5), *in_all_scripts(0), *in_all_scripts(1)):
        tokens = tokenize(one.text)
        shown = one_line(one.text)
        for first in range(len(tokens)):
            last = min(first + rng.randrange(3), len(tokens) - 1)
            start, end = tokens.starts[first], tokens.ends[last]
            found = spans(shown, [one.text[start:end]])
            assert any(a <= start and end <= b for a, b in found), one.text[start:end]
            assert all(a in tokens.starts and b in tokens.ends for a, b in found), one.text[start:end]
