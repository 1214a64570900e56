"""kind = "teams": a Power Automate workflow that posts an Adaptive Card to a channel or chat of Microsoft Teams.

The text runs of a card are no Markdown, so nothing needs to be escaped. A workflow answers 202 before it posts, and tells nobody
when it fails later (MicrosoftDocs/msteams-docs#4145): its success is accepted, never delivered.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import orjson
from pydantic import AfterValidator, Field

from alerts.channels.channel import Capabilities, Confirmation, Limits, Rate, Receipt, SendFailure
from alerts.channels.json_answer import broke_off, json_of
from alerts.channels.kind import Kind
from alerts.channels.layout import ArticleBlock, Laid, Layout, Longest, View, fit
from alerts.channels.message import Message
from alerts.channels.one_address import OneAddressChannel
from alerts.channels.posting import Posted, is_success, refused
from alerts.channels.rich_text import Line, Span
from alerts.channels.settings import HttpChannelSettings, UrgentFirst
from core.model.outcome import Priority
from core.text.visible import one_line

_MAX_BYTES = 20_000  # about 28 kB documented; refused from 21 kB on by some tenants
_LIMITS = Limits(max_bytes=_MAX_BYTES, in_flight=1, rate=Rate(count=4, seconds=1.0))
_CAPABILITIES = Capabilities(buttons=True, confirms=Confirmation.ACCEPTED)
_LONGEST = Longest(title=300, source=80, snippet=400, rule=150)
_MOST_ACTIONS = 6  # Teams shows no more
_LONGEST_URL = 8_000  # a longer one would leave no room for the text
_USER = re.compile(r"[^@<>]+@[^@<>.]+(\.[^@<>.]+)+|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CARD = "application/vnd.microsoft.card.adaptive"


def _users(mention: str) -> str:
    named = _named(mention)
    strange = [name for name in named if not _USER.fullmatch(name)]
    if strange or not named:
        what = f"{strange[0][:100]!r} is nobody" if strange else "it names nobody"
        raise ValueError(f"{what}; expected addresses or object IDs of users, such as ann@desk.example")
    return mention


class TeamsSettings(HttpChannelSettings):
    """`url` is the workflow's address, whose signature is a secret."""

    meanings: ClassVar[Mapping[str, str]] = {
        "url": "the workflow's address, which is a secret",
    }

    kind: Literal["teams"]
    mentions: dict[UrgentFirst, Annotated[str, AfterValidator(_users)]] = Field(default={})


class TeamsChannel(OneAddressChannel):
    """One message at a time."""

    kind = "teams"
    limits = _LIMITS
    capabilities = _CAPABILITIES

    def body(self, message: Message, view: View) -> bytes:
        return teams_body(message, view)

    def judge(self, answer: Posted) -> Receipt | SendFailure | None:
        """A workflow answers 202 and nothing, or its run as JSON. A sentence or a page is somebody else's, or a refusal."""
        if not is_success(answer.status):
            return None
        said = json_of(answer)
        ran = said is not None and "error" not in said
        taken = ran or broke_off(answer) or answer.body.strip() in ("", "1")
        return Receipt(Confirmation.ACCEPTED) if taken else refused(answer)


def teams_body(message: Message, view: View) -> bytes:
    """The JSON of one card within its budget; headline and link always stay."""
    return _fitted(message, view).rendered


def _fitted(message: Message, view: View) -> Laid[bytes]:
    return fit(message, view, _LONGEST, _encode, lambda body: len(body) <= _MAX_BYTES)


def _named(mention: str) -> list[str]:
    """Whom it names: users, by their addresses or object IDs."""
    return [name for name in re.split(r"[,;\s]+", mention) if name]


def _encode(layout: Layout) -> bytes:
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "fallbackText": layout.title,
        "msteams": {"width": "Full"},
        "body": _body(layout),
    }
    names = _named(layout.mention)
    if names:
        marks = [f"<at>{name}</at>" for name in names]
        card["msteams"]["entities"] = [
            {"type": "mention", "text": mark, "mentioned": {"id": name, "name": name}}
            for name, mark in zip(names, marks, strict=True)
        ]
        card["body"].insert(0, {"type": "TextBlock", "text": " ".join(marks), "wrap": True})
    if layout.buttons:
        card["actions"] = [
            {"type": "Action.OpenUrl", "title": button.label, "url": one_line(button.url)}
            for button in layout.buttons[:_MOST_ACTIONS]
        ]
    return orjson.dumps(
        {"type": "message", "attachments": [{"contentType": _CARD, "contentUrl": None, "content": card}]}
    )


def _body(layout: Layout) -> list[dict[str, Any]]:
    if layout.body:
        told = [_text(line) for line in layout.body if line]
    else:
        told = [_heading(layout)]
        for block in layout.articles:
            told += _article(block)
        if layout.more:
            told.append(_text((Span(f"and {layout.more} more"),), subtle=True))
    rest = [*layout.notes, *([layout.state] if layout.state else [])]
    return [*told, *(_text((Span(text),), subtle=True) for text in rest)]


def _heading(layout: Layout) -> dict[str, Any]:
    urgent = (Span("🚨 "),) if layout.priority is Priority.FLASH else ()
    why = tuple(Span(f" · {part}") for part in layout.why)
    return _text((*urgent, layout.rule, *why))


def _article(block: ArticleBlock) -> list[dict[str, Any]]:
    parts = [_text((Span(block.headline, bold=True, url=block.url),), size="Medium", separator=True)]
    if block.facts:
        parts.append(_text((Span(" · ".join(block.facts)),), subtle=True))
    if block.quote:
        parts.append(_text(block.quote))
    return parts


def _text(line: Line, *, subtle: bool = False, size: str = "Default", separator: bool = False) -> dict[str, Any]:
    block: dict[str, Any] = {
        "type": "RichTextBlock",
        "inlines": [_run(span, subtle=subtle, size=size) for span in line],
    }
    return {**block, "separator": True} if separator else block


def _run(span: Span, *, subtle: bool, size: str) -> dict[str, Any]:
    run: dict[str, Any] = {"type": "TextRun", "text": span.text}
    if span.bold:
        run["weight"] = "Bolder"
    if subtle:
        run["isSubtle"] = True
    if size != "Default":
        run["size"] = size
    if span.url and len(span.url) <= _LONGEST_URL:
        run |= {"color": "Accent", "selectAction": {"type": "Action.OpenUrl", "url": one_line(span.url)}}
    return run


KIND = Kind(
    what="a channel or chat of Microsoft Teams, by a Power Automate workflow",
    settings=TeamsSettings,
    make=TeamsChannel,
    limits=_LIMITS,
    capabilities=_CAPABILITIES,
    cut=lambda message: _fitted(message, View()).cut,
)
