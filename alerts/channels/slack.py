"""kind = "slack": an incoming webhook. The headline as a link, outlet, age, rule and the hit sentence with its evidence.

An incoming webhook cannot edit what it posted (ecosystem: `chat.update` needs a bot), so an update is a new message.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import orjson

from alerts.channels.channel import Limits, Receipt
from alerts.channels.clamp import clamp_text, left_out
from alerts.channels.message import Message, MessageArticle, MessageStory
from alerts.channels.posting import Posted, Poster, post
from alerts.channels.settings import HttpChannelSettings
from core.model.outcome import Event, Priority, Reason
from core.text.highlight import highlight
from core.text.visible import one_line

# Slack documents 50 blocks of 3,000 characters, and refuses payloads far below that (slackapi/bolt-js#2867, #2509).
_MAX_BYTES = 15_000
_MAX_CHARACTERS = 9_000
_MAX_BLOCKS = 50
_SECTION_CHARACTERS = 2_900  # 3,000 documented
_URL_CHARACTERS = 1_000
_TITLE_CHARACTERS = 150
_SOURCE_CHARACTERS = 80
_SNIPPET_CHARACTERS = 300

_ZERO_WIDTH_SPACE = "\u200b"
_OPENS, _CLOSES = "\ufdd0", "\ufdd1"  # no characters: Unicode keeps these two for such a use, so no text has them
_EDGES = re.compile(f"(?<=([^\\W_])){_OPENS}|{_CLOSES}(?=([^\\W_]|{_OPENS}))|{_OPENS}|{_CLOSES}")

_REASONS = {
    Reason.FIRST: "",
    Reason.UPDATE: "The story was updated",
    Reason.DIGEST: "Digest",
    Reason.QUIET_HOURS_OVER: "Held during quiet hours",
    Reason.REDRIVE: "Sent again",
}


class SlackSettings(HttpChannelSettings):
    """`url` is the incoming webhook's address, which is a secret."""

    kind: Literal["slack"]


class SlackChannel:
    """One message at a time: Slack takes about one a second a channel and answers 429 with Retry-After above that."""

    kind = "slack"
    limits = Limits(max_bytes=_MAX_BYTES, in_flight=1)

    def __init__(self, settings: SlackSettings, poster: Poster, base_dir: Path) -> None:
        self.name = settings.name
        self._url = settings.receiver(base_dir)
        self._timeout_seconds = settings.timeout_seconds
        self._poster = poster

    async def send(
        self,
        message: Message,
        *,
        notification_id: str,  # noqa: ARG002 - Slack takes no idempotency id
        attempt: int,  # noqa: ARG002 - messages do not show attempts
        now: datetime,
    ) -> Receipt:
        body = slack_body(message)
        headers = {"content-type": "application/json"}
        return await post(
            self._poster, self._url, body, headers, timeout_seconds=self._timeout_seconds, now=now, taken=_posted
        )


def _posted(answer: Posted) -> bool:
    """Whether it says `ok` or {"ok": true}. One that breaks off counts: the status was success, and Slack drops no repeat."""
    text = answer.body.strip()
    if not answer.whole or text == "ok":
        return True
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return isinstance(said, dict) and said.get("ok") is True


def slack_body(message: Message) -> bytes:
    """The JSON of one post, within Slack's documented and undocumented limits; headline and link always stay."""
    return _fitted(message)[0]


def slack_cut(message: Message) -> tuple[str, ...]:
    """What of the message does not fit, for people."""
    _, shown = _fitted(message)
    lengths = (("title", _TITLE_CHARACTERS), ("snippet", _SNIPPET_CHARACTERS))
    ends = tuple(
        f"the end of {count} {name}{'s' if count > 1 else ''}"
        for name, most in lengths
        if (count := sum(len(getattr(article, name)) > most for article in message.articles[:shown]))
    )
    return (*left_out(len(message.articles) - shown, len(message.articles)), *ends)


def _fitted(message: Message) -> tuple[bytes, int]:
    """The fullest body, and how many articles are in it."""
    shown = len(message.articles)
    while True:
        body, characters, blocks = _encode(message, shown)
        if shown <= 1 or (len(body) <= _MAX_BYTES and characters <= _MAX_CHARACTERS and blocks <= _MAX_BLOCKS):
            return body, shown
        shown -= max(shown // 8, 1)


def _encode(message: Message, shown: int) -> tuple[bytes, int, int]:
    stories = {story.story_id: story for story in message.stories}
    texts = [_heading(message)]
    lead_of: set[str] = set()
    for article in message.articles[:shown]:
        texts.append(_article(article, stories[article.story_id], message, lead=article.story_id not in lead_of))
        lead_of.add(article.story_id)
    more = len(message.articles) - shown
    if more:
        texts.append(f"and {more} more")
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": text}} for text in texts]
    data = {
        "text": escape(clamp_text(f"{message.rule.name}: {message.subject}", _TITLE_CHARACTERS)),
        "blocks": blocks,
        "unfurl_links": False,  # previews of every link bury the channel
        "unfurl_media": False,
    }
    return orjson.dumps(data), sum(map(len, texts)), len(blocks)


def _heading(message: Message) -> str:
    urgent = ":rotating_light: " if message.rule.priority is Priority.FLASH else ""
    name = f"*{escape(clamp_text(message.rule.name, _TITLE_CHARACTERS))}*"
    if message.rule.url.startswith("http"):
        name = f"*<{_link(message.rule.url)}|{escape(clamp_text(message.rule.name, _TITLE_CHARACTERS))}>*"
    why = _REASONS[message.reason]
    if message.reason is Reason.UPDATE and message.articles[0].correction:
        why = "The story was corrected"
    if message.event is Event.TEST:
        why = "Test message"
    stories = f"{len(message.stories)} stories" if len(message.stories) > 1 else ""
    standing = "" if message.standing is None else escape(message.standing.because)
    # Slack cannot drop a repeat, so the message says that it may be one.
    again = "" if message.maybe_sent is None else f"may have been posted before, at {message.maybe_sent:%H:%M} UTC"
    return urgent + " · ".join(part for part in (name, standing, why, "" if standing else stories, again) if part)


def _article(article: MessageArticle, story: MessageStory, message: Message, *, lead: bool) -> str:
    headline = _headline(article)
    facts = [escape(clamp_text(article.source, _SOURCE_CHARACTERS)), _when(article, message.created)]
    if article.correction:
        facts.append("correction")
    if lead and story.size > 1:
        facts.append(f"{story.size} articles in this story")
    snippet = clamp_text(article.snippet, _SNIPPET_CHARACTERS)
    quote = _bold(snippet, [match.text for match in article.matches])
    lines = [headline, " · ".join(fact for fact in facts if fact)]
    if quote and sum(map(len, lines)) + len(quote) <= _SECTION_CHARACTERS:
        lines.append(f"> {quote}")
    return "\n".join(lines)


def _bold(snippet: str, texts: Sequence[str]) -> str:
    """The snippet with the texts in bold. Slack's asterisks work only beside a blank or punctuation, so in scripts without
    spaces a zero-width one is put on their outer sides.
    """
    marked = highlight(snippet, texts, mark=lambda text: f"{_OPENS}*{text}*{_CLOSES}", plain=escape)
    return _EDGES.sub(lambda edge: _ZERO_WIDTH_SPACE if edge[1] or edge[2] else "", marked)


def _headline(article: MessageArticle) -> str:
    title = escape(clamp_text(article.title or article.url, _TITLE_CHARACTERS))
    url = _link(article.url)
    return f"*<{url}|{title}>*" if len(url) <= _URL_CHARACTERS else f"*{title}*"


def _when(article: MessageArticle, now: datetime) -> str:
    if article.published is None:
        return ""
    age = now - article.published
    if age < timedelta(minutes=1):
        return "just now"
    if age < timedelta(hours=1):
        return f"{age // timedelta(minutes=1)} min ago"
    if age < timedelta(days=1):
        return f"{age // timedelta(hours=1)} h ago"
    return f"{article.published:%Y-%m-%d}"


def escape(text: str) -> str:
    """A chat's line: no line end or unseen character of others in it, and the three characters that Slack's mrkdwn reads
    as its own escaped (docs: formatting, "escaping text"). All that others wrote goes through here."""
    return one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _link(url: str) -> str:
    return escape(url).replace("|", "%7C")
