"""A kind of channel, as its file describes it: all that `check`, commands, pages, documentation and schema know of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from alerts.channels.channel import Capabilities, Channel, Limits
from alerts.channels.feed_book import FeedBook, NoFeedBook
from alerts.channels.kafka_producers import KafkaProducers
from alerts.channels.mail_book import MailBook, NoMailBook
from alerts.channels.message import Message
from alerts.channels.posting import Poster
from alerts.channels.settings import ChannelSettings
from core.net.guard import AddressGuard

S = TypeVar("S", bound=ChannelSettings)


def unwatched(verb: str, where: str, headers: Mapping[str, str], body: bytes) -> None:
    """Nobody looks on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTools:
    """What a channel is built with. `poster`: guarded HTTP. `guard`: for connections that are not HTTP.

    `base_dir`: where relative paths of its settings start. `mail_book`: what e-mail keeps between sends. `feed_book`: the entries
    of feeds. `producers`: to Kafka.
    `watch`: hears what goes out on ways that are not HTTP (a verb, where to, headers, the body), for a trial to show.
    """

    poster: Poster
    base_dir: Path
    guard: AddressGuard
    mail_book: MailBook = field(default_factory=NoMailBook)
    feed_book: FeedBook = field(default_factory=NoFeedBook)
    producers: KafkaProducers = field(default_factory=KafkaProducers)
    watch: Callable[[str, str, Mapping[str, str], bytes], None] = unwatched


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[S]):
    """`cut`: what of a message the kind's limits leave out, in words for people. `what`: the kind in a few words.

    `worded`: its messages are laid out for people, so that a template says something. `note`: what whoever runs wirewatch should know of every channel of the kind.
    """

    what: str
    settings: type[S]
    make: Callable[[S, ChannelTools], Channel]
    limits: Limits
    capabilities: Capabilities
    cut: Callable[[Message], tuple[str, ...]]
    worded: bool = True
    note: str = ""
