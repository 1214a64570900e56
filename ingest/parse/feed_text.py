"""The text of an article in its feed, and whether that is the whole article. Pure."""

import re
from html import unescape

from core.model.source import Entry

FULL_CHARACTERS = 800  # a feed's content from this length on is the article, unless it ends like a teaser

_FLASH = 280  # characters
_MEASURED = 20_000  # characters; measuring megabytes would hold up everybody else
_TAGS = re.compile(r"<[^<>]*>")
_TEASER = re.compile(
    r"(\[?(\.\.\.|…|&hellip;|&#8230;)\]?|read (more|on)\W*|continue reading\b.{0,120}|weiterlesen\W*|lire la suite\W*|"
    r"читать далее\W*|leer más\W*)\s*$",
    re.IGNORECASE,
)


def needs_page(entry: Entry) -> bool:
    """Whether the article's page has to be fetched: it has one, the feed does not carry the article, and `full_text` is on."""
    if not (entry.source.full_text and entry.has_page):
        return False
    if len(entry.content) < FULL_CHARACTERS or len(plain(entry.content)) < FULL_CHARACTERS:
        return True
    return _TEASER.search(plain(entry.content[-_MEASURED:])[-200:]) is not None


def is_flash(text: str) -> bool:
    """Whether a text is so short that it may be the beginning of one."""
    return len(text) < _FLASH


def plain(html: str) -> str:
    """Roughly the words of the beginning, to measure them."""
    return " ".join(unescape(_TAGS.sub(" ", html[:_MEASURED])).split())
