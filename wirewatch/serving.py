"""The context that handlers of pages and API get with each request."""

from dataclasses import dataclass

from aiohttp import web

from wirewatch.health.collector import Collector
from wirewatch.health.parts import Health
from wirewatch.usecases.acting import Acting


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """`visitor`: the acting visitor for use cases; `health` and `collector`: this process's view of itself."""

    visitor: Acting
    health: Health
    collector: Collector


SERVING = web.RequestKey("serving", Serving)
