"""What is probably not meant in a tree of routes: those that nothing reaches, and those that lead nowhere. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alerts.pipeline.routing import RuleFacts, like
from core.model.route import MATCHERS, Route

_PATTERNS = ("rule", "source")
_ONE_EACH = (
    "team",
    "priority",
    "country",
    "lang",
)  # an alert has one of these, so two routes that differ cannot both fit
_SIGNS = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Doubt:
    """`place`: the route's, by places among its siblings, from 0. `key`: the matcher that it is about, or empty."""

    place: tuple[int, ...]
    key: str
    message: str


def doubts(routes: Sequence[Route], rules: Sequence[RuleFacts]) -> Iterator[Doubt]:
    """Everything that is probably not meant, in the order of the routes. `rules`: those that are known; none: any may be."""
    yield from _doubts(routes, (), (), rules)


def _doubts(
    routes: Sequence[Route], above: tuple[Route, ...], place: tuple[int, ...], rules: Sequence[RuleFacts]
) -> Iterator[Doubt]:
    for number, route in enumerate(routes):
        here = (*place, number)
        taker = next((n for n, one in enumerate(routes[:number]) if not one.go_on and _covers(one, route)), None)
        if taker is not None:
            name = ".".join(str(one + 1) for one in (*place, taker))
            yield Doubt(
                here, "", f"it is never reached: route {name} before it takes all that it would, and has no `continue`"
            )
            continue
        against = next((key for key in _ONE_EACH if _contradicts(key, route, above)), None)
        if against is not None:
            yield Doubt(here, against, f"it is never reached: the route above it takes another {against}")
            continue
        yield from _of_rules(here, route, rules)
        if route.channels is None and all(one.channels is None for one in above) and not route.routes:
            message = "it names no channel, and none above it does; write channels = [] if nobody is to be told"
            yield Doubt(here, "", message)
        yield from _doubts(route.routes, (*above, route), here, rules)


def _of_rules(place: tuple[int, ...], route: Route, rules: Sequence[RuleFacts]) -> Iterator[Doubt]:
    """Matchers that no known rule fits."""
    if not rules:
        return
    for pattern in route.rule:
        fits = like(pattern)
        if not any(fits(rule.name) for rule in rules):
            yield Doubt(place, "rule", f"no rule is named like {pattern!r}")
    for key, known in (
        ("tag", {tag.casefold() for rule in rules for tag in rule.tags}),
        ("team", {rule.team.casefold() for rule in rules}),
    ):
        for value in getattr(route, key):
            if value.casefold() not in known:
                yield Doubt(place, key, f"no rule has the {key} {value!r}")


def _covers(first: Route, second: Route) -> bool:
    """Whether the first surely takes all that the second takes."""
    return all(_wider(name, getattr(first, name), getattr(second, name)) for name in MATCHERS)


def _wider(name: str, first: Sequence[str], second: Sequence[str]) -> bool:
    if not first:
        return True
    return bool(second) and all(any(_takes(name, one, other) for one in first) for other in second)


def _takes(name: str, one: str, other: str) -> bool:
    if name not in _PATTERNS:
        return one.casefold() == other.casefold()
    if one == "*" or one.casefold() == other.casefold():
        return True
    return not _SIGNS & set(other) and like(one)(other)


def _contradicts(key: str, route: Route, above: Sequence[Route]) -> bool:
    mine = {str(value).casefold() for value in getattr(route, key)}
    for one in above:
        theirs = {str(value).casefold() for value in getattr(one, key)}
        if mine and theirs and not mine & theirs:
            return True
    return False
