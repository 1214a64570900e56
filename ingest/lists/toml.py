"""TOML: the tables `[[sources]]` of a configuration, written so that a file of them can be included as it is. Pure."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from core.text.visible import references
from ingest.lists.listed import MOST_LISTED, Fact, Listed, NoList, listed

_NUMBERS = (Fact.INTERVAL_SECONDS, Fact.PATIENCE_SECONDS)
_FLAGS = (Fact.FULL_TEXT, Fact.PAUSED)


def read_toml(text: str) -> list[Listed]:
    """The sources of a document. Raises NoList."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise NoList(f"the TOML cannot be read: {str(error)[:200]}") from None
    tables = document.get("sources")
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise NoList("the TOML names no source: expected tables [[sources]]")
    if len(tables) > MOST_LISTED:
        raise NoList(f"the list names more than {MOST_LISTED:,} sources; bring it in parts")
    return [listed(place, _facts(table)) for place, table in enumerate(tables, 1)]


def _facts(table: Mapping[str, Any]) -> dict[Fact, str]:
    facts = {}
    for fact in Fact:
        value = table.get(fact.value)
        if isinstance(value, list):
            facts[fact] = ",".join(map(str, value))
        elif isinstance(value, bool):
            facts[fact] = str(value).lower()
        elif value is not None and not isinstance(value, dict):
            facts[fact] = str(value)
    return facts


def write_toml(sources: Iterable[Mapping[Fact, str]]) -> str:
    """Tables for the configuration."""
    return "\n".join("\n".join(["[[sources]]", *map(_line, _known(source)), ""]) for source in sources)


def _known(source: Mapping[Fact, str]) -> Iterable[tuple[Fact, str]]:
    return ((fact, source[fact]) for fact in Fact if source.get(fact))


def _line(said: tuple[Fact, str]) -> str:
    fact, text = said
    if fact in _NUMBERS or fact in _FLAGS or fact is Fact.SINCE:
        return f"{fact} = {text}"
    if fact is Fact.TAGS:
        return f"{fact} = [{', '.join(map(_string, text.split(',')))}]"
    return f"{fact} = {_string(text)}"


def _string(text: str) -> str:
    """A basic string: JSON's escapes are TOML's. What steers a terminal is escaped."""
    return references(json.dumps(text, ensure_ascii=False), "\\U{:08x}")
