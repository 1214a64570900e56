"""What a message shows, as a digest: to tell whether what is known by now is more than that. Pure."""

from dataclasses import replace
from hashlib import blake2b

from alerts.channels.message import Message


def shown(message: Message) -> str:
    """The same for messages that read the same; links expire and are signed anew, and a repeat says so once."""
    plain = replace(message, links=None, maybe_sent=None)
    return blake2b(repr(plain).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
