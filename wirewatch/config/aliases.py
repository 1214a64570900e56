"""The aliases of the files, and where they stand."""

from collections.abc import Callable, Iterable
from functools import partial

from core.config import Problem
from core.model.rule import AliasDraft
from wirewatch.config.across import Files
from wirewatch.config.schema import AliasTable


def alias_places(files: Files) -> Iterable[Callable[[str], Problem]]:
    for document, tables in files:
        for index in range(len(tables.aliases)):
            yield partial(document.problem, ("aliases", index, "terms"))


def names_of_broken_aliases(files: Files) -> frozenset[str]:
    """Those that stand in a file and were left out: rules that use one are not wrong for that."""
    good = {table.name for _, tables in files for table in tables.aliases}
    tables = [one for document, _ in files for one in document.data.get("aliases") or () if isinstance(one, dict)]
    return frozenset(str(one.get("name")).removeprefix("@") for one in tables) - good


def alias(table: AliasTable) -> AliasDraft:
    return AliasDraft(name=table.name, team=table.team, terms=tuple(table.terms), author="file")
