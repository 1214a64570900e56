"""The frequency of symbols in articles: an estimate from letters and rules, corrected by articles.

A word that many rules name is a topic of the day rather than a rare name. The guess counts as much as some articles do.
"""

import numpy as np
import numpy.typing as npt

from alerts.rules.bytecode import unit
from alerts.rules.frequency import COMMON_SHARE, LENGTHS, PATTERN, SHARES
from alerts.rules.lint import COMMON
from alerts.rules.native.vocabulary import Vocabulary, find_all, flat

F32 = npt.NDArray[np.float32]
I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]

_GUESS_ARTICLES = 20.0


def weights_of(vocabulary: Vocabulary, patterns: U8, lengths: I32, uses: I32, learnt: tuple[I32, int]) -> F32:
    """The expected share of articles that hold each symbol. `learnt`: how many did, of how many."""
    guess = np.array(SHARES)[np.searchsorted(LENGTHS, lengths)]
    guess *= np.where(patterns, PATTERN, 1.0) * (1 + np.log2(1 + uses))
    common = np.zeros(len(COMMON), np.int32)
    find_all(vocabulary, *flat([tuple(map(unit, word)) for word in sorted(COMMON)]), common)
    guess[common[common >= 0]] = COMMON_SHARE
    held, articles = learnt
    return ((held + guess * _GUESS_ARTICLES) / (articles + _GUESS_ARTICLES)).astype(np.float32)
