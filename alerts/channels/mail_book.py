"""What an e-mail channel keeps between sends: who has a message already, and who wants none any more."""

from collections.abc import Mapping
from typing import Protocol


class MailBook(Protocol):
    """Recipients are bare addresses; those who unsubscribed are in small letters."""

    async def handed_over(self, notification_id: str) -> Mapping[str, str]:
        """Who has this message, and what the server said."""
        ...

    async def note(self, notification_id: str, recipient: str, said: str) -> None:
        """Somebody has it now."""
        ...

    async def unsubscribed(self, channel: str) -> frozenset[str]:
        """Who wants nothing of this channel any more."""
        ...

    async def unsubscribe_address(self, channel: str, recipient: str) -> str:
        """Where one recipient unsubscribes from one channel; empty where nobody could reach it."""
        ...


class NoMailBook:
    """Of a trial: nothing is kept."""

    async def handed_over(self, notification_id: str) -> Mapping[str, str]:  # noqa: ARG002
        return {}

    async def note(self, notification_id: str, recipient: str, said: str) -> None:
        pass

    async def unsubscribed(self, channel: str) -> frozenset[str]:  # noqa: ARG002
        return frozenset()

    async def unsubscribe_address(self, channel: str, recipient: str) -> str:  # noqa: ARG002
        return ""
