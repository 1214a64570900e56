"""Routes: which channels hear of an alert that its rule does not name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from core.model.outcome import Priority

# What a route looks at, in the order in which it is shown: of the rule, then of the article.
OF_RULE = ("rule", "team", "tag", "priority")
OF_ARTICLE = ("source", "country", "lang", "words")
MATCHERS = (*OF_RULE, *OF_ARTICLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route takes an alert where each of its matchers that is set has a value that fits. `rule`, `source`: patterns.

    `channels` None: those of the route above; empty: nobody is told. `go_on` (`continue` in files): the next route beside it
    is tried too. `routes`: those below it, which refine.
    """

    rule: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    priority: tuple[Priority, ...] = ()
    source: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    lang: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    channels: tuple[str, ...] | None = None
    go_on: bool = False
    routes: tuple["Route", ...] = ()


def written_routes(routes: Sequence[Route]) -> list[dict[str, Any]]:
    """Routes as JSON, without what is not set."""
    return [_written(route) for route in routes]


def read_routes(stored: Sequence[Mapping[str, Any]]) -> tuple[Route, ...]:
    """Routes out of their JSON. Raises ValueError for what a later release wrote, which cannot be followed half."""
    return tuple(_read(one) for one in stored)


def _written(route: Route) -> dict[str, Any]:
    found: dict[str, Any] = {name: list(values) for name in MATCHERS if (values := getattr(route, name))}
    if route.channels is not None:
        found["channels"] = list(route.channels)
    if route.go_on:
        found["go_on"] = True
    if route.routes:
        found["routes"] = written_routes(route.routes)
    return found


def _read(stored: Mapping[str, Any]) -> Route:
    unknown = stored.keys() - {field.name for field in fields(Route)}
    if unknown:
        raise ValueError(f"a route has unknown keys: {', '.join(sorted(unknown))}")
    values: dict[str, Any] = {name: tuple(stored.get(name, ())) for name in MATCHERS}
    values["priority"] = tuple(Priority(one) for one in values["priority"])
    channels = stored.get("channels")
    return Route(
        **values,
        channels=None if channels is None else tuple(channels),
        go_on=bool(stored.get("go_on", False)),
        routes=read_routes(stored.get("routes", ())),
    )
