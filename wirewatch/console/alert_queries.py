"""The filters of the inbox as its address has them, and as its form shows them. Pure.

What cannot be read is told at its field and does not narrow the list.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from core.model.outcome import AlertStatus, Priority
from wirewatch.console import times
from wirewatch.usecases.alert_filters import AlertFilter

ANY = "any"
FIELDS = ("state", "q", "rule", "source", "priority", "assignee", "team", "since", "until", "hushed")
STATES = {
    "open": "Open",
    "acknowledged": "Acknowledged",
    "snoozed": "Snoozed",
    "resolved": "Resolved",
    "not_relevant": "Not relevant",
    ANY: "All",
}
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """`typed`: the fields as they stand in the address; `problems`: what is wrong with one, by its name."""

    wanted: AlertFilter
    typed: Mapping[str, str]
    problems: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """What stands in a field of the form."""
        return self.typed.get(name, "")

    @property
    def narrowed(self) -> bool:
        """Whether anything but the state narrows the list."""
        return any(self.typed.get(name) for name in FIELDS if name != "state")

    @property
    def state(self) -> str:
        """The state that is shown; `open` where the address names none."""
        return self.typed.get("state") or AlertStatus.OPEN.value

    def address(self, path: str = "/", **change: str | None) -> str:
        """The address of the list with these fields changed; None: without it."""
        fields = {**{name: self.typed.get(name, "") for name in FIELDS}, **change}
        query = urlencode({name: value for name, value in fields.items() if value})
        return f"{path}?{query}" if query else path

    @property
    def query(self) -> str:
        """The filters, as in the address."""
        return self.address("")[1:]


def asked(query: Mapping[str, str], zone: ZoneInfo) -> Asked:
    """What an address asks for. Times without an offset are those of the reader's zone."""
    typed = {name: query[name].strip()[:_LONGEST] for name in FIELDS if query.get(name, "").strip()}
    problems: dict[str, str] = {}
    state = typed.get("state", AlertStatus.OPEN.value)
    if state not in STATES:
        problems["state"] = f"expected one of {', '.join(STATES)}"
    priority = typed.get("priority")
    if priority is not None and priority not in list(Priority):
        problems["priority"] = f"expected one of {', '.join(Priority)}"
    since, until = (_moment(typed, name, zone, problems) for name in ("since", "until"))
    if since and until and since >= until:
        problems["until"] = "expected a time after the first one"
        until = None
    wanted = AlertFilter(
        rule=typed.get("rule"),
        source=typed.get("source"),
        priority=None if priority is None or "priority" in problems else Priority(priority),
        status=None if state == ANY or "state" in problems else AlertStatus(state),
        assignee=typed.get("assignee"),
        team=typed.get("team"),
        since=since,
        until=until,
        text=typed.get("q", ""),
        hushed=None if typed.get("hushed") else False,
    )
    return Asked(wanted, typed, problems)


def _moment(typed: Mapping[str, str], name: str, zone: ZoneInfo, problems: dict[str, str]) -> datetime | None:
    text = typed.get(name)
    if text is None:
        return None
    try:
        return times.typed(text, zone)
    except ValueError:
        problems[name] = "expected a day or a time: 2026-03-01, or 2026-03-01T14:30"
        return None
