"""The context that handlers of pages and API get with each request."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from aiohttp import web

from core.log.log import EventLog
from wirewatch.health.collector import Collector
from wirewatch.health.parts import Health
from wirewatch.streams import Streams
from wirewatch.token_access import TokenPace
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.permission import Role
from wirewatch.usecases.source_web import SourceWeb


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """`visitor`: whoever has not signed in, without any permission. `health` and `collector`: this process's view of itself.

    `streams`: who watches alerts. `pace`: of API tokens. `log`: None in a process that needs none.
    `web`: what it shares with those of its roles that poll and read; None where it has none.
    """

    visitor: Acting
    health: Health
    collector: Collector
    streams: Streams
    pace: TokenPace
    log: EventLog | None = None
    web: SourceWeb | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whom a page is for. `name` None: nobody has signed in. `theme`: light, dark, or empty for that of the system.

    `team`: the name of the one that the user works in; None: all.
    """

    name: str | None = None
    role: Role | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    theme: str = ""
    team: str | None = None


SERVING = web.RequestKey("serving", Serving)
ACTING = web.RequestKey("acting", Acting)  # who asks, with the permission of the route checked
READER = web.RequestKey("reader", Reader)
