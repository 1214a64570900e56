"""The queries of rules in a file, changed in their places: everything else of the file stays as it is. Pure."""

import re
import tomllib
from collections.abc import Callable, Iterator
from typing import NamedTuple

import tomli_w

# What a file is made of, as far as it matters where its strings are.
_PIECE = re.compile(
    r"#[^\n]*"
    r'|(?P<key>"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+)(?=[ \t]*=)'
    r'|(?P<text>"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\')',
    re.DOTALL,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class _Place(NamedTuple):
    start: int
    end: int
    query: str


def with_queries(file: str, change: Callable[[str, str], str]) -> str:
    """The file with each rule's query as `change` makes it of the rule's name and query.

    Raises ValueError, also where a query cannot be changed in its place: it is put together from a variable, or no plain string.
    """
    rules = tomllib.loads(file).get("rules", [])
    wanted = [
        rule
        for rule in (rules if isinstance(rules, list) else ())
        if isinstance(rule, dict) and isinstance(rule.get("query"), str) and rule["query"].strip()
    ]
    places = iter(list(_queries(file)))
    pieces, at = list[str](), 0
    for rule in wanted:
        query = rule["query"]
        place = next((one for one in places if one.query == query), None)
        if place is None:
            raise ValueError(f"the query of rule {rule.get('name')!r} was not found as a string of its own")
        new = change(str(rule.get("name", "")), query)
        if new != query:
            pieces += (file[at : place.start], _literal(new))
            at = place.end
    return "".join((*pieces, file[at:]))


def _queries(file: str) -> Iterator[_Place]:
    """The strings that are values of a key `query`, in the order of the file."""
    key = ""
    for found in _PIECE.finditer(file):
        if found["key"] is not None:
            key = found["key"].strip("\"'")
        elif found["text"] is not None:
            if key == "query":
                yield _Place(*found.span(), tomllib.loads(f"x = {found[0]}")["x"])
            key = ""


def _literal(text: str) -> str:
    """A string; over several lines without escapes where it can do without."""
    if "\n" in text and "'''" not in text and not text.endswith("'") and not _CONTROL.search(text):
        return f"'''\n{text}'''"
    return tomli_w.dumps({"x": text}, multiline_strings=True).partition("= ")[2].rstrip("\n")
