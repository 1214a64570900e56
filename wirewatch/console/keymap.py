"""The keys of the console, in one table: the help page, `aria-keyshortcuts` and docs/console.md are made of it.

A key does what a control of the page does (`data-key`), so whatever a key can do a mouse can, too. Keys are off while somebody
types, and wherever the page's switch has turned them off.
"""

from dataclasses import dataclass
from enum import StrEnum


class Where(StrEnum):
    """On which pages a key means something."""

    EVERYWHERE = "on every page"
    LISTS = "in lists"
    ALERTS = "in the inbox and on an alert's page"


@dataclass(frozen=True, slots=True)
class Key:
    """`key`: as the browser names it (KeyboardEvent.key)."""

    key: str
    does: str
    where: Where


KEYS = (
    Key("j", "go to the next one", Where.LISTS),
    Key("k", "go to the one before", Where.LISTS),
    Key("o", "open it", Where.LISTS),
    Key("x", "select it, for what is done with all that are selected", Where.LISTS),
    Key("a", "acknowledge it, or what is selected", Where.ALERTS),
    Key("m", "mark it as not relevant", Where.ALERTS),
    Key("s", "snooze it", Where.ALERTS),
    Key("i", "assign it", Where.ALERTS),
    Key("c", "comment on it", Where.ALERTS),
    Key("/", "search", Where.EVERYWHERE),
    Key("?", "show or hide this help", Where.EVERYWHERE),
)
