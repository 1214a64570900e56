"""A body that is no feed or page, named."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Unreadable(Protocol):
    """Why a body cannot be read; `outcome` is a word of the stage's closed set."""

    @property
    def outcome(self) -> str: ...
    @property
    def detail(self) -> str: ...
