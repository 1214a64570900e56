"""Which term of a list is true whenever another is: `korea` where `"north korea"` is, `weapon*` where `weapons` is."""

from collections.abc import Iterable

from alerts.rules.syntax import Term, WordPattern

_Words = tuple[WordPattern, ...]
_MOST_WORDS = 8  # of a term that is looked for within others: time is in proportion to it


class Wider:
    """The terms of a list, asked for one that a given term implies. Time follows the words, not the pairs of terms."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._whole: dict[_Words, Term] = {}
        self._prefixes: dict[str, Term] = {}
        self._longest = 0
        for term in terms:
            if term.cased:
                continue
            self._whole.setdefault(term.words, term)
            self._longest = max(self._longest, min(len(term.words), _MOST_WORDS))
            if len(term.words) == 1 and term.words[0].prefix and "?" not in term.words[0].text:
                self._prefixes.setdefault(term.words[0].text, term)

    def than(self, term: Term) -> Term | None:
        """A term of the list, not this one, that is true wherever this one is; None: there is none."""
        if term.cased:
            return None
        words = term.words
        for start in range(len(words)):
            for end in range(start + 1, min(len(words), start + self._longest) + 1):
                if end - start < len(words):
                    found = self._whole.get(words[start:end])
                    if found is not None:
                        return found
            found = self._by_prefix(words[start], alone=len(words) == 1)
            if found is not None:
                return found
        return None

    def _by_prefix(self, word: WordPattern, *, alone: bool) -> Term | None:
        head = word.text.partition("?")[0]
        for length in range(len(head), 0, -1):
            found = self._prefixes.get(head[:length])
            if found is not None and not (alone and found.words[0] == word):
                return found
        return None
