"""What `check` says of the routes of the files: those that nothing reaches, and rules whose alerts nobody gets."""

from collections.abc import Iterator

from alerts.pipeline.route_checks import doubts
from alerts.pipeline.routing import Router, RuleFacts, router_of
from core.config import Problem, nearest
from wirewatch.config.loading import Config, RuleConfig


def route_warnings(config: Config) -> Iterator[Problem]:
    """What is probably not meant so, of routes and of where rules' alerts go."""
    facts = [_facts(rule) for rule in config.rules]
    known = {
        "rule": [rule.name for rule in facts],
        "tag": sorted({tag for rule in facts for tag in rule.tags}),
        "team": sorted({rule.team for rule in facts}),
    }
    for doubt in doubts(config.routes, facts):
        first, *below = doubt.place
        keys = [part for place in below for part in ("routes", place)]
        value = doubt.message.rpartition("'")[0].rpartition("'")[2]
        hint = nearest(value, known[doubt.key]) if doubt.key in known and value else ""
        named = [doubt.key] if doubt.key else []
        yield config.route_places[first]((*keys, *named), f"{doubt.message}{hint}")
    yield from _of_rules(config)


def _of_rules(config: Config) -> Iterator[Problem]:
    of_team: dict[str, set[str]] = {}
    for one in config.channels:
        of_team.setdefault(one.team, set()).add(one.settings.name)
    elsewhere = {(one.team, one.name) for one in config.other_channels} | {
        (rule.team, one.name) for rule in config.rules for one in config.other_channels if one.team is None
    }
    for rule in config.rules:
        router = router_of(config.routes, _facts(rule))
        anywhere = bool(config.channels or config.routes)  # else nobody has asked to be told of anything yet
        if anywhere and not rule.settings.channels and not _leads_somewhere(router):
            message = f"rule {rule.name!r} names no channel, and no route leads to one: its alerts are sent to nobody"
            yield rule.place("channels", message)
        for led in router.possible():
            for channel in led.channels:
                if channel not in of_team.get(rule.team, ()) and (rule.team, channel) not in elsewhere:
                    yield rule.place(
                        "name", f"route {led} leads to {channel!r}, which the team {rule.team!r} does not have"
                    )


def _leads_somewhere(router: Router) -> bool:
    return any(led.channels for led in router.possible())


def _facts(rule: RuleConfig) -> RuleFacts:
    settings = rule.settings
    return RuleFacts(name=rule.name, team=rule.team, tags=settings.tags, priority=settings.priority)
