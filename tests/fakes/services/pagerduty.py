"""PagerDuty's Events API v2, as its documentation says.

* "Send an Alert Event": `routing_key` of 32 characters, `event_action`, `dedup_key` up to 255, `payload` with `summary` (up to 1,024),
  `source` and `severity` (critical, error, warning, info); `links` have an `href`.
* "Event action behavior": a trigger opens an alert, or joins the open one with its `dedup_key`; acknowledge and resolve change
  that one, and are dropped where there is none. After a resolve the next trigger opens another.
* "Response codes": 202 with `status` `success`; 400 with `invalid event` and the errors; 429; 5xx. "Size limits": 512 KB.
* "Rate limits": about 120 events a minute for an integration key.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

import orjson

from core.model.outcome import FailureReason
from tests.fakes.services.service import Asked, Failing, FakeService, Said, Shown, said_json

_BYTES = 512 * 1024
_URL = re.compile(r"https?://\S+")


def _invalid(*errors: str) -> Said:
    return said_json(400, {"status": "invalid event", "message": "Event object is invalid", "errors": list(errors)})


@dataclass
class Incident:
    """`status`: triggered, acknowledged or resolved."""

    key: str
    status: str = "triggered"
    events: int = 1
    severity: str = ""


class FakePagerDuty(FakeService):
    """One service with one integration."""

    kind = "pagerduty"
    key = "8c1f0b62d57e4a3f9b2d6c7e8f901a2b"
    secrets = (key,)
    tells_gone = False
    tells_state = False
    failures = (
        Failing(
            _invalid("'routing_key' is missing or blank"),
            FailureReason.CLIENT_ERROR,
            retriable=False,
            words="'routing_key' is missing",
        ),
        Failing(
            said_json(
                429, {"status": "throttle exceeded", "message": "Requests for this service are arriving too quickly."}
            ),
            FailureReason.RATE_LIMITED,
            retriable=True,
            retry_after=30,
            holds_all=True,
        ),
        Failing(Said(413, ""), FailureReason.PAYLOAD_TOO_LARGE, retriable=False),
        Failing(Said(500, ""), FailureReason.SERVER_ERROR, retriable=True),
        Failing(
            said_json(202, {"status": "invalid event", "message": "Event object is invalid"}),
            FailureReason.REFUSED,
            retriable=True,
            words="invalid event",
        ),
    )

    def __init__(self) -> None:
        super().__init__()
        self.incidents: list[Incident] = []

    def settings(self) -> dict[str, object]:
        return {"url": self.url("v2/enqueue"), "routing_key": self.key}

    def forget(self, reference: str) -> None:
        """Somebody resolves it."""
        for incident in self.incidents:
            if incident.key == reference:
                incident.status = "resolved"

    def clear(self) -> None:
        super().clear()
        self.incidents.clear()

    def answer(self, asked: Asked) -> Said:
        if asked.path != "/v2/enqueue" or asked.method != "POST":
            return self.refuse(404, "Not Found", f"{asked.method} {asked.path}")
        if len(asked.body) > _BYTES:
            return self.refuse(413, "Request Entity Too Large", f"{len(asked.body)} bytes")
        try:
            event = asked.json
        except orjson.JSONDecodeError:
            event = None
        errors = wrong_event(event, self.key)
        if errors:
            self.refusals += errors
            return _invalid(*errors)
        key = event.get("dedup_key") or f"generated{len(self.incidents)}"
        self._happened(event, key)
        return said_json(202, {"status": "success", "message": "Event processed", "dedup_key": key})

    def _happened(self, event: dict[str, Any], key: str) -> None:
        at = next((n for n, one in enumerate(self.incidents) if one.key == key and one.status != "resolved"), None)
        action = event["event_action"]
        if action == "trigger" and at is None:
            self.incidents.append(Incident(key, severity=event["payload"]["severity"]))
            self.shown.append(shown_event(event, key))
        elif at is not None:
            incident = self.incidents[at]
            incident.events += 1
            if action != "trigger":
                incident.status = f"{action}d"
                self.shown = [
                    replace(one, text=f"{one.text}\n{incident.status}", edits=one.edits + 1)
                    if one.reference == key
                    else one
                    for one in self.shown
                ]


def wrong_event(event: Any, key: str) -> list[str]:
    """What the API says of it; nothing where it takes it."""
    if not isinstance(event, dict):
        return ["not JSON"]
    errors = []
    if event.get("routing_key") != key:
        errors.append("'routing_key' is invalid")
    action = event.get("event_action")
    if action not in ("trigger", "acknowledge", "resolve"):
        errors.append("'event_action' is invalid")
    if len(event.get("dedup_key", "")) > 255 or (action != "trigger" and not event.get("dedup_key")):
        errors.append("'dedup_key' is invalid")
    if action == "trigger":
        payload = event.get("payload", {})
        errors += [f"'payload.{one}' is missing or blank" for one in ("summary", "source") if not payload.get(one)]
        if len(payload.get("summary", "")) > 1_024:
            errors.append("Length of 'payload.summary' is too long (max 1024)")
        if payload.get("severity") not in ("critical", "error", "warning", "info"):
            errors.append("'payload.severity' is invalid")
        if not isinstance(payload.get("custom_details", {}), dict):
            errors.append("'payload.custom_details' is invalid")
        if not all(one.get("href", "").startswith("http") for one in event.get("links", [])):
            errors.append("'links' is invalid")
    return errors


def shown_event(event: dict[str, Any], key: str) -> Shown:
    """What people see of an alert: its details as a table, its links."""
    payload = event["payload"]
    texts: list[str] = [payload["summary"]]
    bold: list[str] = []

    def read(value: Any, name: str = "") -> None:
        if isinstance(value, dict):
            for inner, one in value.items():
                read(one, inner)
        elif isinstance(value, list):
            for one in value:
                read(one, name)
        else:
            texts.append(str(value))
            if name == "evidence":  # PagerDuty has no bold: what made the rule true stands in a field of its own
                bold.append(str(value))

    read(payload.get("custom_details", {}))
    links = [(one.get("text", ""), one["href"]) for one in event.get("links", [])]
    links += [("", url) for text in texts for url in _URL.findall(text)]
    return Shown(text="\n".join(texts), links=tuple(links), bold=tuple(bold), reference=key)
