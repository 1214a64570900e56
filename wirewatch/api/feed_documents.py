"""Outgoing feeds as documents: Atom (RFC 4287) and JSON Feed 1.1. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import orjson

from core.model.feed import FeedEntry
from core.text.legal import legal_characters

ATOM_TYPE = "application/atom+xml"
JSON_TYPE = "application/feed+json"
_ATOM = "http://www.w3.org/2005/Atom"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDocument:
    """`feed_id`: stable and no secret. `url`: its own address. `home`: the console's."""

    feed_id: str
    title: str
    url: str
    home: str
    entries: Sequence[FeedEntry]

    @property
    def updated(self) -> datetime:
        """When an entry changed last."""
        return max((entry.updated for entry in self.entries), default=_EPOCH)


def atom(feed: FeedDocument) -> bytes:
    """The feed in Atom."""
    root = ET.Element("feed", {"xmlns": _ATOM})
    _add(root, "id", feed.feed_id)
    _add(root, "title", feed.title)
    _add(root, "updated", _time(feed.updated))
    ET.SubElement(root, "link", {"rel": "self", "type": ATOM_TYPE, "href": feed.url})
    if feed.home:
        ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.home})
    _add(ET.SubElement(root, "author"), "name", "wirewatch")
    _add(root, "generator", "wirewatch")
    for entry in feed.entries:
        _atom_entry(ET.SubElement(root, "entry"), entry)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _atom_entry(node: ET.Element, entry: FeedEntry) -> None:
    shown = entry.content
    _add(node, "id", _id(entry))
    _add(node, "title", shown["title"])
    _add(node, "published", _time(entry.published))
    _add(node, "updated", _time(entry.updated))
    if shown["url"]:
        ET.SubElement(node, "link", {"rel": "alternate", "href": legal_characters(shown["url"])})
    if shown["author"]:
        _add(ET.SubElement(node, "author"), "name", shown["author"])
    for tag in shown["tags"]:
        ET.SubElement(node, "category", {"term": legal_characters(tag)})
    content = ET.SubElement(node, "content", {"type": "html"})
    content.text = shown["html"]
    if shown["lang"]:
        content.set(_XML_LANG, shown["lang"])


def _add(node: ET.Element, name: str, text: str) -> None:
    ET.SubElement(node, name).text = legal_characters(text)


def json_feed(feed: FeedDocument) -> bytes:
    """The feed in JSON Feed 1.1."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "feed_url": feed.url,
        "items": [_item(entry) for entry in feed.entries],
    }
    if feed.home:
        document["home_page_url"] = feed.home
    return orjson.dumps(document)


def _item(entry: FeedEntry) -> dict[str, object]:
    shown = entry.content
    item: dict[str, object] = {
        "id": _id(entry),
        "title": shown["title"],
        "content_html": shown["html"],
        "date_published": _time(entry.published),
        "date_modified": _time(entry.updated),
        "tags": shown["tags"],
    }
    if shown["url"]:
        item["url"] = shown["url"]
    if shown["author"]:
        item["authors"] = [{"name": shown["author"]}]
    if shown["lang"]:
        item["language"] = shown["lang"]
    return item


def _id(entry: FeedEntry) -> str:
    return f"urn:wirewatch:{entry.entry_id}"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
