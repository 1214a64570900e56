"""What pages and API answer from, handed to their handlers with each request."""

from dataclasses import dataclass

from aiohttp import web

from core.clock import Clock
from core.db.engine import Database
from wirewatch.config.loading import Config
from wirewatch.health.collector import Collector
from wirewatch.health.parts import Health


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    config: Config
    db: Database
    health: Health
    collector: Collector
    clock: Clock


SERVING = web.RequestKey("serving", Serving)
