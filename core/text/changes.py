"""What an edit of a text changed: sentences that are new and sentences that are gone. Linear in the texts' length.

A sentence that only moved is neither. Of a text that is rewritten from end to end the first few of each say enough.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from core.text.sentences import sentence_starts

MOST_SHOWN = 12  # sentences of each kind
MOST_CHARACTERS = 300  # of a sentence
_MOST_READ = 200_000  # characters of a text


@dataclass(frozen=True, slots=True)
class Changed:
    """`more_added` and `more_removed`: how many sentences are not shown."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    more_added: int = 0
    more_removed: int = 0

    @property
    def any(self) -> bool:
        return bool(self.added or self.removed)


def changed(before: str, after: str) -> Changed:
    """From the one text to the other."""
    old, new = list(_sentences(before)), list(_sentences(after))
    added, removed = _without(new, old), _without(old, new)
    return Changed(
        tuple(_cut(one) for one in added[:MOST_SHOWN]),
        tuple(_cut(one) for one in removed[:MOST_SHOWN]),
        max(len(added) - MOST_SHOWN, 0),
        max(len(removed) - MOST_SHOWN, 0),
    )


def _sentences(text: str) -> Iterator[str]:
    read = text[:_MOST_READ]
    starts = sentence_starts(read)
    for start, end in zip(starts, [*starts[1:], len(read)], strict=True):
        sentence = " ".join(read[start:end].split())
        if sentence:
            yield sentence


def _without(ours: list[str], theirs: list[str]) -> list[str]:
    """Those of ours that they have not, as often as they have them not, in our order."""
    left = Counter(theirs)
    found = []
    for sentence in ours:
        if left[sentence] > 0:
            left[sentence] -= 1
        else:
            found.append(sentence)
    return found


def _cut(sentence: str) -> str:
    return sentence if len(sentence) <= MOST_CHARACTERS else f"{sentence[: MOST_CHARACTERS - 1]}…"
