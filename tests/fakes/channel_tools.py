"""What channels are built with in tests."""

from pathlib import Path

from alerts.channels.kind import ChannelTools
from alerts.channels.posting import Poster
from core.net.guard import AddressGuard


def tools(poster: Poster, base_dir: Path = Path()) -> ChannelTools:
    """Tools that may reach loopback."""
    return ChannelTools(poster=poster, base_dir=base_dir, guard=AddressGuard(["127.0.0.0/8"]))
