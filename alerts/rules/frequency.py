"""How often a word is met in news, roughly: what makes a good anchor. Learned from the rules' own words is not enough,
since a rule's author names what is rare and what is common alike."""

from alerts.rules.lint import COMMON
from alerts.rules.syntax import WordPattern

_PREFIX = 8.0  # a prefix is met about so many times as often as one of its words
_USUAL = 1.0


def weight(word: WordPattern) -> float:
    """Smaller is rarer. Short words are commoner than long ones, numbers and single characters commonest."""
    text = word.text
    if text in COMMON:
        return 1000.0
    length = len(text.replace("?", ""))
    size = _USUAL * (
        40.0 if length <= 2 else 12.0 if length == 3 else 5.0 if length <= 5 else 2.0 if length <= 8 else 1.0
    )
    return size * (_PREFIX if not word.is_literal else 1.0)
