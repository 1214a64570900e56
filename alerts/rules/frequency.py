"""The rough frequency of words in news, to choose good anchors. The matcher learns it from the articles that it sees."""

from alerts.rules.lint import COMMON
from alerts.rules.syntax import WordPattern

# The share of articles that hold a word of so many letters or fewer, the last of longer ones: short words, numbers and single
# characters are the commonest.
LENGTHS, SHARES = (2, 3, 5, 8), (0.04, 0.012, 0.005, 0.002, 0.001)
PATTERN = 8.0  # a pattern is met about so many times as often as one of its words
COMMON_SHARE = 0.9


def weight(word: WordPattern) -> float:
    """The guessed share of articles that hold a word."""
    if word.text in COMMON:
        return COMMON_SHARE
    length = len(word.text.replace("?", ""))
    share = next((share for most, share in zip(LENGTHS, SHARES, strict=False) if length <= most), SHARES[-1])
    return share * (1.0 if word.is_literal else PATTERN)
