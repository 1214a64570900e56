"""A channel that posts JSON to one address and reads its answer: what hooks of chats share. A kind adds its body and its judge."""

from alerts.channels.channel import Capabilities, Limits, Receipt, SendFailure, Sending
from alerts.channels.kind import ChannelTools
from alerts.channels.layout import View
from alerts.channels.message import Message
from alerts.channels.posting import Posted, post
from alerts.channels.settings import HttpChannelSettings


class OneAddressChannel:
    """One message at a time, as it is: such a hook edits nothing and answers below nothing."""

    kind: str
    limits: Limits
    capabilities: Capabilities
    limit_key = ""

    def __init__(self, settings: HttpChannelSettings, tools: ChannelTools) -> None:
        self.name = settings.name
        self._url = settings.receiver(tools.base_dir)
        self._timeout_seconds = settings.timeout_seconds
        self._poster = tools.poster
        self._view = settings.view(tools.base_dir)

    def body(self, message: Message, view: View) -> bytes:
        """What is posted."""
        raise NotImplementedError

    def judge(self, answer: Posted) -> Receipt | SendFailure | None:
        """What an answer means; None: its status says all."""
        raise NotImplementedError

    async def send(self, message: Message, sending: Sending) -> Receipt:
        return await post(
            self._poster,
            self._url,
            self.body(message, self._view),
            {"content-type": "application/json"},
            timeout_seconds=self._timeout_seconds,
            now=sending.now,
            judge=self.judge,
        )
