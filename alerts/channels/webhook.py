"""kind = "webhook": a signed JSON POST (Standard Webhooks); docs/webhook.md and webhook.schema.json describe the body."""

import ssl
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import orjson
from pydantic import AfterValidator, Field, SecretStr

from alerts.channels.channel import Capabilities, Limits, Receipt, Sending
from alerts.channels.clamp import clamp_text, fit
from alerts.channels.kind import ChannelTools, Kind
from alerts.channels.message import Links, Message, MessageArticle, MessageMatch, MessageStory
from alerts.channels.posting import post
from alerts.channels.request_headers import Headers, HeadersFiles, named_twice, read_headers
from alerts.channels.secret_places import words_of
from alerts.channels.settings import HttpChannelSettings, all_right, only_one, secret_text
from alerts.channels.signing import Key, keys_of, signed_headers
from alerts.channels.tls import tls_context, tls_problem
from core.errors import ConfigError
from core.model.alert import StandingReason
from core.model.alert_state import OPEN, AlertState
from core.model.outcome import Event

_MAX_BYTES = 20_000  # Standard Webhooks: payloads should stay small; many receivers refuse more than 20 kB
_OUTLETS, _NAME, _TEXT = 20, 100, 500  # outlets of a story, and characters of a name and of what people wrote
_OPTIONS = orjson.OPT_UTC_Z
_LIMITS = Limits(max_bytes=_MAX_BYTES, in_flight=8)
_CAPABILITIES = Capabilities(idempotent=True)


def _readable(secret: SecretStr) -> SecretStr:
    keys_of(secret.get_secret_value())
    return secret


class WebhookSettings(HttpChannelSettings):
    """`secret` as in Standard Webhooks (`whsec_` or `whsk_`, and base64), several parted by a blank while it is rotated."""

    meanings: ClassVar[Mapping[str, str]] = {
        "url": "the receiver, http(s), without user and password",
        "secret": "to sign with: whsec_ and base64 (24 to 64 bytes), or whsk_ and base64 (an ed25519 key); several separated by a space during a rotation; unsigned without it",
        "headers": 'more headers, whose values are secrets: { "X-Team" = "asia" }; not those that wirewatch sets',
    }

    kind: Literal["webhook"]
    secret: Annotated[SecretStr, AfterValidator(_readable)] | None = None
    secret_file: str | None = None
    headers: Headers = Field(default={})
    headers_files: HeadersFiles = Field(default={})
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None

    def clashes(self) -> Iterator[str]:
        yield from super().clashes()
        yield from only_one(self, "secret", "secret_file")
        told = (
            named_twice(self.headers, self.headers_files),
            tls_problem(cert_file=self.cert_file, key_file=self.key_file),
        )
        yield from filter(None, told)

    def check_files(self, base_dir: Path) -> None:
        checks = (super().check_files, self.keys, self.own_headers, self.tls)
        all_right(*(partial(check, base_dir) for check in checks))

    def keys(self, base_dir: Path) -> tuple[Key, ...]:
        """The keys to sign with; none where no secret is set. Raises ConfigError."""
        where = f"channel {self.name}: secret_file"
        secret = secret_text(self.secret, self.secret_file, where=where, base_dir=base_dir)
        if secret is None:
            return ()
        try:
            return keys_of(secret)
        except ValueError as error:
            raise ConfigError([f"{where}: {error}"]) from error

    def own_headers(self, base_dir: Path) -> dict[str, str]:
        """What the receiver wants beside ours. Raises ConfigError."""
        return read_headers(self.headers, self.headers_files, where=f"channel {self.name}", base_dir=base_dir)

    def tls(self, base_dir: Path) -> ssl.SSLContext | None:
        """None: as the system has it. Raises ConfigError."""
        return tls_context(
            ca_file=self.ca_file,
            cert_file=self.cert_file,
            key_file=self.key_file,
            where=f"channel {self.name}",
            base_dir=base_dir,
        )


class WebhookChannel:
    """Posts to any receiver. Several sends at once: a receiver orders by story and time, not by arrival."""

    kind = "webhook"
    limits = _LIMITS
    capabilities = _CAPABILITIES
    limit_key = ""

    def __init__(self, settings: WebhookSettings, tools: ChannelTools) -> None:
        self.name = settings.name
        self._url = settings.receiver(tools.base_dir)
        self._keys = settings.keys(tools.base_dir)
        self._headers = settings.own_headers(tools.base_dir)
        self._secrets = frozenset(self._headers.values()).union(*map(words_of, self._headers.values()))
        self._tls = settings.tls(tools.base_dir)
        self._timeout_seconds = settings.timeout_seconds
        self._poster = tools.poster

    async def send(self, message: Message, sending: Sending) -> Receipt:
        body = webhook_body(message, attempt=sending.attempt)
        headers = {
            **self._headers,
            "content-type": "application/json",
            **signed_headers(self._keys, notification_id=sending.notification_id, timestamp=sending.now, body=body),
        }
        return await post(
            self._poster,
            self._url,
            body,
            headers,
            timeout_seconds=self._timeout_seconds,
            now=sending.now,
            secrets=self._secrets,
            tls=self._tls,
        )


def webhook_body(message: Message, *, attempt: int, max_bytes: int = _MAX_BYTES) -> bytes:
    """The JSON body: the same bytes for the same message and attempt."""
    return fit(message, lambda part, left_out: _encode(part, attempt, left_out), max_bytes).body


def webhook_cut(message: Message, max_bytes: int = _MAX_BYTES) -> tuple[str, ...]:
    """What of the message does not fit, for people."""
    return fit(message, lambda part, left_out: _encode(part, 1, left_out), max_bytes).cut


def _encode(message: Message, attempt: int, left_out: int) -> bytes:
    rule = message.rule
    data: dict[str, object] = {
        "version": 1,
        "event": message.event,
        "reason": message.reason,
        "attempt": attempt,
        "rule": {
            "id": rule.rule_id,
            "version": rule.version,
            "name": rule.name,
            "priority": rule.priority,
            "url": rule.url,
        },
        "story": _story(message.stories[0]),
        "articles": [_article(article) for article in message.articles],
        "truncated": left_out,
    }
    if message.because:
        data["because"] = clamp_text(message.because, _TEXT)
    if message.held_back:
        data["held_back"] = clamp_text(message.held_back, _TEXT)
    if message.links is not None:
        data["links"] = _links(message.links)
    if message.state != OPEN:
        data["state"] = _state(message.state)
    if message.maybe_sent is not None:
        data["possible_repeat"] = True
    if message.standing is not None:
        data["standing"] = _standing(message.standing)
    if message.event is Event.DIGEST:
        data["stories"] = [_story(story) for story in _shown(message.stories, message.articles)]
    return _as_json(data)


def _as_json(data: dict[str, object]) -> bytes:
    """UTF-8 cannot carry half a character: where a text holds one, a mark stands for it."""
    try:
        return orjson.dumps(data, option=_OPTIONS)
    except orjson.JSONEncodeError:
        return orjson.dumps(_whole(data), option=_OPTIONS)


def _whole(value: object) -> object:
    match value:
        case StrEnum() | datetime():
            return value
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case dict():
            return {key: _whole(inner) for key, inner in value.items()}
        case list():
            return [_whole(inner) for inner in value]
        case _:
            return value


def _links(links: Links) -> dict[str, object]:
    named = {"alert": links.alert, "acknowledge": links.acknowledge, "silence": links.silence, "why": links.why}
    return {name: url for name, url in named.items() if url}


def _state(state: AlertState) -> dict[str, object]:
    data: dict[str, object] = {"status": state.status}
    if state.by:
        data["by"] = clamp_text(state.by, _NAME)
    if state.at is not None:
        data["at"] = state.at
    if state.comment:
        data["comment"] = clamp_text(state.comment, _TEXT)
    if state.until is not None:
        data["until"] = state.until
    return data


def _standing(standing: StandingReason) -> dict[str, object]:
    data = {
        "kind": standing.kind,
        "because": standing.because,
        "window_seconds": standing.window_seconds,
        "stories": standing.stories,
    }
    optional = {"usual": standing.usual, "since": standing.since, "source": standing.source}
    return {**data, **{name: value for name, value in optional.items() if value is not None}}


def _shown(stories: Sequence[MessageStory], articles: Sequence[MessageArticle]) -> list[MessageStory]:
    shown = {article.story_id for article in articles}
    return [story for story in stories if story.story_id in shown]


def _story(story: MessageStory) -> dict[str, object]:
    data: dict[str, object] = {"id": story.story_id, "size": story.size, "first_seen": story.first_seen}
    if story.alert_id:
        data["alert"] = story.alert_id
    outlets = [clamp_text(outlet, _NAME) for outlet in story.outlets[:_OUTLETS]]
    return {**data, "outlets": outlets} if outlets else data


def _article(article: MessageArticle) -> dict[str, object]:
    data: dict[str, object] = {
        "id": article.article_id,
        "story": article.story_id,
        "url": article.url,
        "title": article.title,
        "source": article.source,
        "lang": article.lang,
        "published": article.published,
        "seen": article.seen,
        "snippet": article.snippet,
        "matches": [_match(match) for match in article.matches],
    }
    return {**data, "correction": True} if article.correction else data


def _match(match: MessageMatch) -> dict[str, object]:
    return {
        "clause": clamp_text(match.clause, _TEXT),  # it may be as long as a rule, and there are five places of each
        "field": match.field,
        "start": match.start,
        "end": match.end,
        "text": match.text,
    }


KIND = Kind(
    what="any tool that takes a signed JSON POST (Standard Webhooks)",
    settings=WebhookSettings,
    make=WebhookChannel,
    limits=_LIMITS,
    capabilities=_CAPABILITIES,
    cut=webhook_cut,
    worded=False,
)
