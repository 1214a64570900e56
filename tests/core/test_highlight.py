"""Evidence is marked where it is a whole word, with all that belongs to the word."""

import pytest

from core.text.highlight import spans


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
    ],
)
def test_whole_words_are_marked(snippet: str, text: str, marked: list[str]) -> None:
    assert [snippet[start:end] for start, end in spans(snippet, [text])] == marked
