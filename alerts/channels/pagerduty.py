"""kind = "pagerduty": an alert of PagerDuty (Events API v2) for each of ours; what is acknowledged or resolved here is so there.

The id of the alert is the `dedup_key`: a repeat and an update join the incident that is there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import orjson
from pydantic import AfterValidator, Field, SecretStr

from alerts.channels.channel import Capabilities, Confirmation, Limits, Rate, Receipt, SendFailure, Sending
from alerts.channels.clamp import clamp_text
from alerts.channels.json_answer import broke_off, json_of, text_at
from alerts.channels.kind import ChannelTools, Kind
from alerts.channels.layout import Laid, Layout, Longest, View, fit
from alerts.channels.message import Message
from alerts.channels.posting import Posted, held_up, is_success, post, refused
from alerts.channels.rich_text import line_text
from alerts.channels.settings import (
    ChannelSettings,
    UrgentFirst,
    all_right,
    exactly_one,
    limit_key,
    needed_secret,
    only_one,
    secret_text,
    url_problem,
)
from core.errors import ConfigError
from core.model.outcome import AlertStatus, Event, Priority
from core.text.visible import one_line

_MAX_BYTES = 500_000  # 512 kB documented
_SUMMARY_CHARACTERS = 1_024
_ARTICLES = 50  # more than anybody reads who was woken
_PAUSE_SECONDS = 30.0  # "each request being 30 seconds apart" (docs: rate limits); a 429 does not say
_LIMITS = Limits(max_bytes=_MAX_BYTES, in_flight=2, shared_rate=Rate(count=120, seconds=60.0))  # of an integration key
_CAPABILITIES = Capabilities(edit=True, idempotent=True, buttons=True, confirms=Confirmation.ACCEPTED)
_LONGEST = Longest(title=_SUMMARY_CHARACTERS, source=200, snippet=1_000, rule=200)
_SEVERITY = {Priority.FLASH: "critical", Priority.NORMAL: "warning", Priority.LOW: "info"}
_ACTIONS = {
    AlertStatus.ACKNOWLEDGED: "acknowledge",
    AlertStatus.SNOOZED: "acknowledge",  # the nearest that an event can say: it pages nobody
    AlertStatus.RESOLVED: "resolve",
    AlertStatus.NOT_RELEVANT: "resolve",
}

Severity = Literal["critical", "error", "warning", "info"]


def _events_url(url: str) -> str:
    if problem := url_problem(url):
        raise ValueError(problem)
    return url


EventsUrl = Annotated[str, AfterValidator(_events_url)]


class PagerDutySettings(ChannelSettings):
    """`routing_key`: the integration key of a service. `url`: the Events API of its region.

    `webhook_secret`: of the webhook subscription by which PagerDuty tells us what was done there; two while it is replaced.
    """

    meanings: ClassVar[Mapping[str, str]] = {
        "routing_key": "the integration key",
        "url": "the Events API of the region",
        "severity": "critical, error, warning or info by priority; else flash is critical, normal a warning, low for information",
        "webhook_secret": "of a webhook subscription, see below; two with a blank between them while it is replaced",
    }

    kind: Literal["pagerduty"]
    routing_key: SecretStr | None = None
    routing_key_file: str | None = None
    url: EventsUrl = "https://events.pagerduty.com/v2/enqueue"
    severity: dict[UrgentFirst, Severity] = Field(default={})
    webhook_secret: SecretStr | None = None
    webhook_secret_file: str | None = None

    def clashes(self) -> Iterator[str]:
        yield from super().clashes()
        yield from exactly_one(self, "routing_key", "routing_key_file")
        yield from only_one(self, "webhook_secret", "webhook_secret_file")

    def reaches(self, base_dir: Path) -> str | None:  # noqa: ARG002 - it stands in no file
        return self.url

    def check_files(self, base_dir: Path) -> None:
        all_right(partial(self.key, base_dir), partial(self.hook_secrets, base_dir))

    def hook_secrets(self, base_dir: Path) -> tuple[str, ...]:
        """What their webhooks may be signed with; none where they tell us nothing. Raises ConfigError."""
        where = f"channel {self.name}: webhook_secret_file"
        text = secret_text(self.webhook_secret, self.webhook_secret_file, where=where, base_dir=base_dir)
        if text is not None and not text.split():
            raise ConfigError([f"{where.removesuffix('_file') if self.webhook_secret else where}: it is empty"])
        return tuple((text or "").split())

    def key(self, base_dir: Path) -> str:
        """The routing key. Raises ConfigError."""
        where = f"channel {self.name}: routing_key"
        return needed_secret(self.routing_key, self.routing_key_file, where=where, base_dir=base_dir)


class PagerDutyChannel:
    """Two events at a time; they are joined by their key, not by their order."""

    kind = "pagerduty"
    limits = _LIMITS
    capabilities = _CAPABILITIES

    def __init__(self, settings: PagerDutySettings, tools: ChannelTools) -> None:
        self.name = settings.name
        self._key = settings.key(tools.base_dir)
        self.limit_key = limit_key(self.kind, self._key)
        self._url = settings.url
        self._severity = {**_SEVERITY, **settings.severity}
        self._timeout_seconds = settings.timeout_seconds
        self._poster = tools.poster
        self._view = settings.view(tools.base_dir)

    async def send(self, message: Message, sending: Sending) -> Receipt:
        key = dedup_key(message, sending)
        receipt = await self._post(trigger_body(message, self._view, self._key, key, self._severity), sending)
        return replace(receipt, reference=key)

    async def edit(self, message: Message, reference: str, sending: Sending) -> Receipt:
        """What was acknowledged or resolved is so there too. Nothing else is told: it would open again what they resolved."""
        action = _ACTIONS.get(message.state.status)
        if action is None:
            return Receipt(Confirmation.ACCEPTED, detail="nothing that PagerDuty shows", reference=reference)
        event = {"routing_key": self._key, "event_action": action, "dedup_key": reference}
        return await self._post(orjson.dumps(event), sending)

    async def _post(self, body: bytes, sending: Sending) -> Receipt:
        return await post(
            self._poster,
            self._url,
            body,
            {"content-type": "application/json"},
            timeout_seconds=self._timeout_seconds,
            now=sending.now,
            judge=partial(_judge, now=sending.now),
            secrets=frozenset({self._key}),
        )


def dedup_key(message: Message, sending: Sending) -> str:
    """The alert's id; of several alerts in one message, and of a test, which must not touch an incident, the message's."""
    ids = {story.alert_id for story in message.stories}
    own = message.event is not Event.TEST and len(ids) == 1 and all(ids)
    return next(iter(ids)) if own else sending.notification_id


def _judge(answer: Posted, now: datetime) -> Receipt | SendFailure | None:
    if not is_success(answer.status):
        return held_up(answer, now, seconds=_PAUSE_SECONDS)
    said = json_of(answer)
    if text_at(said, "status") == "success" or (said is None and broke_off(answer)):
        return Receipt(Confirmation.ACCEPTED)
    return refused(answer)


def trigger_body(message: Message, view: View, routing_key: str, key: str, severity: dict[Priority, str]) -> bytes:
    """The event that opens an incident or joins the one that is there."""
    return orjson.dumps(_fitted(message, view, routing_key, key, severity).rendered)


def _fitted(
    message: Message, view: View, routing_key: str, key: str, severity: dict[Priority, str]
) -> Laid[dict[str, Any]]:
    source = one_line(message.articles[0].source) if message.articles else ""

    def render(layout: Layout) -> dict[str, Any]:
        return {
            "routing_key": routing_key,
            "event_action": "trigger",
            "dedup_key": key,
            "client": "wirewatch",
            **({"client_url": message.links.alert} if message.links and message.links.alert else {}),
            "payload": {
                "summary": clamp_text(layout.title, _SUMMARY_CHARACTERS),
                "source": clamp_text(source, _LONGEST.source) or "wirewatch",
                "severity": severity[message.rule.priority],
                "timestamp": message.created,
                "component": layout.rule.text,
                "class": message.reason,
                "custom_details": _details(layout),
            },
            "links": _links(layout),
        }

    return fit(message, view, _LONGEST, render, _fits)


def _fits(event: dict[str, Any]) -> bool:
    return len(event["links"]) <= _ARTICLES and len(orjson.dumps(event)) <= _MAX_BYTES


def _details(layout: Layout) -> dict[str, Any]:
    if layout.body:
        text = [line_text(line, plain=str, bold=str, link=lambda text, url: f"{text} {url}") for line in layout.body]
        return {"message": "\n".join(text), **_beside(layout)}
    return {
        "rule": layout.rule.text,
        "why": list(layout.why),
        "articles": [
            {
                "headline": block.headline,
                "url": one_line(block.url),
                "facts": " · ".join(block.facts),
                "quote": "".join(span.text for span in block.quote),
                "evidence": [span.text for span in block.quote if span.bold],
            }
            for block in layout.articles
        ],
        **({"more": f"and {layout.more} more"} if layout.more else {}),
        **_beside(layout),
    }


def _beside(layout: Layout) -> dict[str, Any]:
    """What stands beside a template too."""
    return {
        **({"state": layout.state} if layout.state else {}),
        **({"notes": list(layout.notes)} if layout.notes else {}),
    }


def _links(layout: Layout) -> list[dict[str, str]]:
    articles = [(block.url, block.headline) for block in layout.articles]
    buttons = [(button.url, button.label) for button in layout.buttons]
    return [{"href": one_line(url), "text": text} for url, text in (*articles, *buttons) if url.startswith("http")]


KIND = Kind(
    what="incidents of a PagerDuty service (Events API v2)",
    settings=PagerDutySettings,
    make=PagerDutyChannel,
    limits=_LIMITS,
    capabilities=_CAPABILITIES,
    cut=lambda message: _fitted(message, View(), "", "", _SEVERITY).cut,
)
