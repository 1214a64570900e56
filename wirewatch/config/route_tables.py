"""A route's table in a file as the application has it."""

from collections.abc import Callable, Iterator
from functools import partial

from core.config import Document, KeyPath, Problem
from core.model.outcome import Priority
from core.model.route import MATCHERS, Route
from wirewatch.config.across import Files
from wirewatch.config.schema import RouteTable


def route_of(table: RouteTable) -> Route:
    """A route and those below it."""
    values = {name: tuple(getattr(table, name) or ()) for name in MATCHERS}
    return Route(
        **{**values, "priority": tuple(map(Priority, table.priority or ()))},
        channels=None if table.channels is None else tuple(table.channels),
        go_on=table.go_on,
        routes=tuple(map(route_of, table.routes)),
    )


def route_places(files: Files) -> Iterator[Callable[[KeyPath, str], Problem]]:
    """Of each route of the tree's top a way to name what is wrong in it, by the keys that lead there."""
    for document, tables in files:
        for index in range(len(tables.routes)):
            yield partial(_problem, document, index)


def _problem(document: Document, index: int, keys: KeyPath, message: str) -> Problem:
    return document.problem(("routes", index, *keys), message)
