"""Rules read lately: a rule that comes from a file, is checked, stored and matched in one process is read once."""

from threading import Lock

from alerts.rules.aliases import AliasSet
from alerts.rules.expand import expand
from alerts.rules.parser import Parsed, parse
from alerts.rules.problem import render
from alerts.rules.syntax import Node

_MOST = 2048  # trees, about 3 kB each
_MOST_CHARACTERS = 1_000_000  # of their texts: long rules have trees of megabytes
NO_ALIASES = AliasSet()


class _Kept:
    """What was read last, without aliases."""

    def __init__(self) -> None:
        self._found: dict[str, Parsed] = {}
        self._characters = 0
        self._lock = Lock()

    def parsed(self, text: str) -> Parsed:
        with self._lock:
            found = self._found.pop(text, None)
            if found is not None:
                self._found[text] = found  # the newest again
                return found
        found = parse(text, aliases=NO_ALIASES)
        with self._lock:
            if text not in self._found:
                self._found[text] = found
                self._characters += len(text)
            while len(self._found) > _MOST or (self._characters > _MOST_CHARACTERS and len(self._found) > 1):
                oldest = next(iter(self._found))
                del self._found[oldest]
                self._characters -= len(oldest)
        return found


_KEPT = _Kept()


def parse_once(text: str, aliases: AliasSet) -> Parsed:
    """The same as `parse`, kept for a while. A rule that names an alias is read anew: the alias may have changed."""
    return parse(text, aliases=aliases) if names_alias(text) else _KEPT.parsed(text)


def names_alias(text: str) -> bool:
    """Whether a rule may name an alias."""
    return "@" in text or "\uff20" in text


def tree_of(key: str, text: str, aliases: AliasSet) -> Node:
    """The tree of a rule, its aliases replaced by their terms. ValueError says what is wrong with it."""
    parsed = parse_once(text, aliases)
    if parsed.tree is None:
        said = "; ".join(render(problem, text) for problem in parsed.problems)
        raise ValueError(f"rule {key}: {said}")
    return expand(parsed.tree, aliases)
