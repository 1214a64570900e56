"""`wirewatch routes`: where alerts go that their rules name no channel for, and why."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from alerts.pipeline.routing import ArticleFacts, when_text
from core.model.route import Route
from wirewatch.cli import output
from wirewatch.cli.opened import act, config_option, json_option
from wirewatch.usecases import routes
from wirewatch.usecases.routes import Destination, Routing

_COLUMNS = ("route", "when", "channels", "then")
_SHOWN = ("channel", "because", "when", "state")


@click.group("routes")
def command() -> None:
    """List the routes, and show where a rule's alerts go."""


@command.command("list")
@config_option
@json_option
def list_routes(path: Path, *, as_json: bool) -> None:
    """List the routes in force in their order, those within others below them."""
    rows = list(_rows(act(path, routes.list_all), (), None))
    empty = "No route is stored: alerts go to the channels that their rules name. `wirewatch run` stores [[routes]]."
    output.show(rows, _COLUMNS, as_json=as_json, empty=empty)


@command.command("show")
@click.argument("rule")
@click.option("--source", default=None, help="Of alerts about an article of this source.")
@click.option("--lang", default=None, help="Of articles in this language, such as en.")
@click.option("--country", default=None, help="Of articles of sources in this country, such as IN.")
@click.option("--words", "texts", multiple=True, help="Of articles in which the rule found this; repeatable.")
@config_option
@json_option
def show(rule: str, path: Path, *, as_json: bool, **described: Any) -> None:
    """Show where a rule's alerts go and why; of any article, or of one as described."""
    asked = any(described.values())
    article = ArticleFacts(**{**described, "source": described["source"] or ""}) if asked else None
    found = act(path, lambda me: routes.of_rule(me, rule, article))
    if as_json:
        output.print_json(_json(found))
        return
    rows = [_row(one, asked=asked) for one in found.destinations]
    empty = "Nobody: the rule names no channel, and no route leads to one; its alerts are kept and shown."
    output.show(rows, _SHOWN, as_json=False, empty=empty)
    for led in found.taken:
        if not led.channels:
            output.say(f"route {led} tells nobody")


def _rows(
    tree: Sequence[Route], above: tuple[int, ...], inherited: tuple[str, ...] | None
) -> Iterator[dict[str, object]]:
    for number, route in enumerate(tree, 1):
        here = (*above, number)
        channels = inherited if route.channels is None else route.channels
        yield {
            "route": ".".join(map(str, here)),
            "when": when_text(route),
            "channels": channels or "nobody",
            "then": "the next is tried too" if route.go_on else "",
        }
        yield from _rows(route.routes, here, channels)


def _row(one: Destination, *, asked: bool) -> dict[str, object]:
    because = "the rule names it" if one.by is None else f"route {one.by}"
    if one.by is not None and not one.by.own:
        because += ", with the channels of the route above it"
    when = "always" if one.certain and not asked else "so" if asked else "some articles"
    return {"channel": one.channel, "because": because, "when": when, "state": one.trouble or "ready"}


def _json(found: Routing) -> dict[str, object]:
    return {
        "rule": found.rule.name,
        "channels": [
            {
                "channel": one.channel,
                "named_by": "rule" if one.by is None else "route",
                "route": None if one.by is None else ".".join(map(str, one.by.path)),
                "path": () if one.by is None else one.by.whens,
                "certain": one.certain,
                "problem": one.trouble or None,
            }
            for one in found.destinations
        ],
        "taken": [".".join(map(str, led.path)) for led in found.taken],
    }
