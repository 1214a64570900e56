"""Errors that cross a part's border.

WirewatchError
  + UserError          the user can fix it: shown as a message, never as a traceback
  |   + ConfigError    a problem in the configuration file or environment
  |   + Damaged        a file of ours is damaged; no retry helps
  + Unavailable        a service we need did not answer; the role is restarted with back-off
  + Busy               another process owns what we need (the data directory)
  + RecordError        a record cannot be read; it is dead-lettered, the stage goes on
  + Fenced             another owner has replaced this one; its role restarts behind the other
  + EndedUnasked       work that should run until it is stopped ended by itself
  + StageBroken        the records of most sources fail: the code is at fault, nothing more is dead-lettered
      + UpgradeFirst   a record of a later release: this process cannot read it, and a later one can
"""

from collections.abc import Sequence


class WirewatchError(Exception):
    """Root of all errors raised on purpose."""


class UserError(WirewatchError):
    """A message for people: what is wrong, where, what was expected and how to fix it."""


class ConfigError(UserError):
    """All problems of a configuration at once, one line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Damaged(UserError):
    """A file of ours is damaged: it says which, what was found, and the way back."""


class Unavailable(WirewatchError):
    """A service did not answer; trying again later may help."""


class Busy(UserError):
    """Another process owns the resource."""


class RecordError(WirewatchError):
    """A record cannot be processed, now or later. `reason` is a DeadLetterReason."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Fenced(WirewatchError):
    """Another owner has replaced this one; its work no longer counts."""


class EndedUnasked(WirewatchError):
    """Work that should run until it is stopped ended by itself; its role is restarted."""


class StageBroken(WirewatchError):
    """The records of most sources fail, so the fault is in the code or its surroundings, not in the records."""


class UpgradeFirst(StageBroken):
    """A record that a later release wrote. The stage waits uncommitted; the upgraded process goes on with this record."""

    def __init__(self, detail: str, place: str = "a record") -> None:
        super().__init__(f"{place} is of a later release ({detail}); upgrade this process first")
        self.detail = detail
