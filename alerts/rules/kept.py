"""Rules read lately: a rule that comes from a file, is checked, stored and matched in one process is read once."""

from functools import lru_cache

from alerts.rules.aliases import AliasSet
from alerts.rules.expand import expand
from alerts.rules.parser import Parsed, parse
from alerts.rules.problem import render
from alerts.rules.syntax import Node

_MOST = 2048  # trees; about 3 kB each
_NO_ALIASES = AliasSet()


def parse_once(text: str, aliases: AliasSet) -> Parsed:
    """The same as `parse`, kept for a while. A rule that names an alias is read anew: the alias may have changed."""
    return parse(text, aliases=aliases) if "@" in text or "\uff20" in text else _without_aliases(text)


def tree_of(key: str, text: str, aliases: AliasSet) -> Node:
    """The tree of a rule, its aliases replaced by their terms. ValueError says what is wrong with it."""
    parsed = parse_once(text, aliases)
    if parsed.tree is None:
        said = "; ".join(render(problem, text) for problem in parsed.problems)
        raise ValueError(f"rule {key}: {said}")
    return expand(parsed.tree, aliases)


@lru_cache(maxsize=_MOST)
def _without_aliases(text: str) -> Parsed:
    return parse(text, aliases=_NO_ALIASES)
