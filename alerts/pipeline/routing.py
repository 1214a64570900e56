"""Where alerts go that their rules name no channels for: the tree of routes, from the first to the one that takes it. Pure.

routes in their order -> the first that takes the article; with `continue` the next ones are tried too
                              |-> of the routes below it likewise; where one takes it, its channels count instead
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import translate

from core.model.alert import Alert
from core.model.channel import channel_key
from core.model.match import ArticleBrief, Evidence
from core.model.outcome import Priority
from core.model.route import MATCHERS, Route
from core.model.team import DEFAULT_TEAM
from core.text.language_code import language_code
from core.text.names import name_key
from core.text.tokens import words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFacts:
    """What routes look at of a rule. `team`: its name."""

    name: str
    team: str = DEFAULT_TEAM
    team_id: str = DEFAULT_TEAM
    tags: tuple[str, ...] = ()
    priority: Priority = Priority.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFacts:
    """What routes look at of an article. `texts`: its evidence. An alert about silence has only the source that was missed."""

    source: str = ""
    country: str | None = None
    lang: str | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """A route that takes an alert, with those above it. `path`: their places among their siblings, from 1.

    `whens`: the matchers of each. `channels`: as the rule's team calls them; `own`: whether the route names them itself.
    `certain`: of those that are possible, one that every article takes.
    """

    path: tuple[int, ...]
    whens: tuple[str, ...]
    channels: tuple[str, ...]
    own: bool
    certain: bool = False

    def __str__(self) -> str:
        """`2.1 (team energy > country KR)`."""
        return f"{'.'.join(map(str, self.path))} ({' > '.join(self.whens)})"


Test = Callable[[ArticleFacts], bool]


@dataclass(frozen=True, slots=True)
class _Node:
    """A route that the rule may take. `tests`: what is left to ask of the article."""

    led: Led
    tests: tuple[Test, ...]
    go_on: bool
    below: tuple["_Node", ...]


class Router:
    """The routes of one rule: those left that it can take at all."""

    def __init__(self, nodes: tuple[_Node, ...] = (), team_id: str = DEFAULT_TEAM) -> None:
        self._nodes = nodes
        self._team_id = team_id

    def __bool__(self) -> bool:
        return bool(self._nodes)

    def leads(self, article: ArticleFacts) -> tuple[Led, ...]:
        """The routes that take an alert about this article."""
        return tuple(_taken(self._nodes, article))

    def possible(self) -> tuple[Led, ...]:
        """The routes that some article takes, in their order."""
        return tuple(_all(self._nodes))

    def channels(self, articles: Iterable[ArticleFacts]) -> tuple[str, ...]:
        """The keys of the channels that an alert with these articles goes to, each once."""
        if not self._nodes:
            return ()
        named = [name for article in articles for led in self.leads(article) for name in led.channels]
        return tuple(channel_key(self._team_id, name) for name in dict.fromkeys(named))


NOWHERE = Router()


def router_of(routes: Sequence[Route], rule: RuleFacts) -> Router:
    """What the routes are to one rule."""
    return Router(tuple(_nodes(routes, rule, None)), rule.team_id)


def facts_of(brief: ArticleBrief, evidence: Iterable[Evidence]) -> ArticleFacts:
    """What routes look at of an article in a match or an alert."""
    texts = dict.fromkeys(one.text for one in evidence)
    return ArticleFacts(source=brief.source_name, country=brief.country, lang=brief.lang, texts=tuple(texts))


def facts_of_alert(alert: Alert) -> tuple[ArticleFacts, ...]:
    """Those of all its articles; of one about silence those of the source that was missed."""
    if not alert.articles:
        missed = None if alert.standing is None else alert.standing.source
        return (ArticleFacts(source=missed or ""),)
    return tuple(dict.fromkeys(facts_of(one.brief, one.evidence) for one in alert.articles))


def when_text(route: Route) -> str:
    """A route's matchers in words; `any alert` where it has none."""
    parts = [f"{name} {' or '.join(map(str, values))}" for name in MATCHERS if (values := getattr(route, name))]
    return ", ".join(parts) or "any alert"


def _nodes(routes: Sequence[Route], rule: RuleFacts, above: Led | None) -> Iterator[_Node]:
    for place, route in enumerate(routes, 1):
        if not _fits(route, rule):
            continue
        inherited = () if above is None else above.channels
        led = Led(
            path=(*(() if above is None else above.path), place),
            whens=(*(() if above is None else above.whens), when_text(route)),
            channels=inherited if route.channels is None else route.channels,
            own=route.channels is not None,
        )
        tests = tuple(_tests(route))
        yield _Node(led, tests, route.go_on, tuple(_nodes(route.routes, rule, led)))
        if not tests and not route.go_on:
            return  # it takes all: none behind it is asked


def _taken(nodes: Sequence[_Node], article: ArticleFacts) -> Iterator[Led]:
    for node in nodes:
        if all(test(article) for test in node.tests):
            below = tuple(_taken(node.below, article))
            yield from below or (node.led,)
            if not node.go_on:
                return


def _all(nodes: Sequence[_Node], *, certain: bool = True) -> Iterator[Led]:
    """`certain`: every article comes as far as here."""
    for node in nodes:
        here = certain and not node.tests
        yield from _all(node.below, certain=here)
        if not any(not child.tests for child in node.below):
            yield replace(node.led, certain=here and not node.below)
        certain = certain and (node.go_on or not node.tests)


def _fits(route: Route, rule: RuleFacts) -> bool:
    return (
        (not route.rule or any(like(pattern)(rule.name) for pattern in route.rule))
        and (not route.team or rule.team in route.team)
        and (not route.tag or bool(_folded(route.tag) & _folded(rule.tags)))
        and (not route.priority or rule.priority in route.priority)
    )


def _tests(route: Route) -> Iterator[Test]:
    if route.source:
        patterns = tuple(like(name_key(pattern)) for pattern in route.source)
        yield lambda article: any(matches(name_key(article.source)) for matches in patterns)
    if route.country:
        countries = _folded(route.country)
        yield lambda article: (article.country or "").casefold() in countries
    if route.lang:
        languages = frozenset(map(language_code, route.lang))
        yield lambda article: language_code(article.lang) in languages
    if route.words:
        phrases = tuple(_phrase(text) for text in route.words)
        yield lambda article: any(_holds(_phrase(text), phrase) for text in article.texts for phrase in phrases)


def like(pattern: str) -> Callable[[str], bool]:
    """Whether a name is like the pattern (`*`, `?`, `[...]`); letter case does not matter."""
    found = re.compile(translate(pattern.casefold()))
    return lambda name: found.match(name.casefold()) is not None


def _folded(values: Iterable[str]) -> frozenset[str]:
    return frozenset(value.casefold() for value in values)


def _phrase(text: str) -> str:
    """Its folded words, so that one phrase stands in another where this text does."""
    return f" {' '.join(words_of(text))} "


def _holds(text: str, phrase: str) -> bool:
    return phrase.strip() != "" and phrase in text


def places_naming(routes: Sequence[Route], channel: str, team: str) -> Iterator[str]:
    """The routes that name a channel of a team, by their places: `2.1`."""
    for place, route in enumerate(routes, 1):
        if not route.team or team in route.team:
            if channel in (route.channels or ()):
                yield str(place)
            yield from (f"{place}.{below}" for below in places_naming(route.routes, channel, team))
