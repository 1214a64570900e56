"""What PagerDuty tells us of an incident (v3 webhooks): that somebody acknowledged or resolved it there. Pure."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from alerts.pipeline.states import Verb
from core.bounded import rfc3339
from core.text.visible import one_line

_VERBS = {
    "incident.acknowledged": Verb.ACKNOWLEDGE,
    "incident.resolved": Verb.RESOLVE,
    "incident.unacknowledged": Verb.RELEASE,
    "incident.reopened": Verb.RELEASE,
}
_LONGEST_NAME = 80
_MOST_SIGNATURES = 10
_LONGEST_KEY = 255  # of theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was done to the incident of an alert. `by_person`: not by a rule of theirs, or by ourselves.

    `at`: when, where they say so.
    """

    verb: Verb
    alert_id: str
    by: str
    by_person: bool
    at: datetime | None


def is_signed(secrets: Sequence[str], header: str, body: bytes) -> bool:
    """Whether one of the signatures (`v1=HEX, v1=HEX`) is made with one of the secrets."""
    given = [part.strip().removeprefix("v1=") for part in header.split(",")[:_MOST_SIGNATURES] if "v1=" in part]
    ours = [hmac.new(secret.encode(), body, sha256).hexdigest() for secret in secrets]
    return any(hmac.compare_digest(one.encode("utf-8", "replace"), other.encode()) for one in given for other in ours)


def heard(body: bytes) -> Heard | None:
    """What a webhook tells of an alert; None: nothing that concerns one. Raises ValueError for what is no webhook of theirs."""
    event = _table(orjson.loads(body), "event")
    if not event:
        raise ValueError("no event")
    verb, data, agent = _VERBS.get(str(event.get("event_type"))), _table(event, "data"), _table(event, "agent")
    key = data.get("incident_key")
    if verb is None or not isinstance(key, str) or not 0 < len(key) <= _LONGEST_KEY:
        return None
    name = one_line(str(agent.get("summary") or ""))[:_LONGEST_NAME].strip()
    occurred = event.get("occurred_at")
    at = rfc3339(occurred) if isinstance(occurred, str) else None
    return Heard(
        verb=verb,
        alert_id=key,
        by=f"{name} (PagerDuty)" if name else "PagerDuty",
        by_person=str(agent.get("type") or "").startswith("user"),
        at=at if at is not None and at.tzinfo is not None else None,
    )


def _table(of: Any, key: str) -> dict[str, Any]:
    found = of.get(key) if isinstance(of, dict) else None
    return found if isinstance(found, dict) else {}
