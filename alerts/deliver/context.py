"""Shared by all channels of a deliver stage, with its settings."""

from collections.abc import Callable
from dataclasses import dataclass, field

from alerts.channels.message import Links, no_links
from alerts.deliver.endpoint import EndpointPolicy
from alerts.deliver.pace import SendPaces
from alerts.deliver.recheck import SecondLook
from alerts.deliver.retry_policy import RetryPolicy
from core.clock import Clock
from core.db.engine import Database
from core.metrics import Metrics
from core.model.alert import Alert
from core.wake_up import WakeUp


def no_owner() -> str:
    """Nobody is told of channels that are gone, but by pages and logs."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverSettings:
    """`poll_seconds`: how late work left by another process may be found. `console_url`: the console, for links.

    `lease_seconds`: how long what is claimed is kept from other processes; renewed while sends go on, so that what a dead
    process had claimed is soon sent by another. No send begins after it ran out. `stop_seconds`: how long a stop waits for
    sends that are under way. `claim`: the most that a channel claims at once. `edit_seconds`: how late a message is looked at
    that may not be up to date.
    """

    retry: RetryPolicy = field(default_factory=RetryPolicy)
    endpoint: EndpointPolicy = field(default_factory=EndpointPolicy)
    poll_seconds: float = 1.0
    lease_seconds: float = 6.0
    send_seconds: float = 60.0
    tend_seconds: float = 5.0
    stop_seconds: float = 5.0
    claim: int = 128
    edit_seconds: float = 4.0
    console_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the workers of all channels share. `owner_channel`: the key of the channel that hears of channels that are gone."""

    db: Database
    clock: Clock
    metrics: Metrics
    chance: Callable[[], float]
    owner: str
    wake_up: WakeUp
    settings: DeliverSettings
    second_look: SecondLook = field(default_factory=SecondLook)
    paces: SendPaces = field(default_factory=SendPaces)
    links: Callable[[Alert], Links | None] = no_links
    owner_channel: Callable[[], str] = no_owner
