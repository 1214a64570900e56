"""What pages and API answer from, handed to their handlers with each request."""

from dataclasses import dataclass

from aiohttp import web

from core.clock import Clock
from core.db.engine import Database
from wirewatch.collector import Collector
from wirewatch.config import Config
from wirewatch.health import Health


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    config: Config
    db: Database
    health: Health
    collector: Collector
    clock: Clock


SERVING = web.RequestKey("serving", Serving)
