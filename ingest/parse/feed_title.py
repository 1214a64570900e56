"""Titles and names of feeds as text: whatever markup and escaping a publisher put into them. Pure."""

import html
import re

from ingest.parse.shapes import title_of

_MOST_MARKUP = 20_000  # characters of a title with its markup
_INLINE = "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|nobr|q|s|samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr"  # fmt: skip
_PARTING = "address|article|aside|blockquote|br|center|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr|img|li|ol|p|pre|section|table|tbody|td|th|tr|ul"  # fmt: skip
_TAG = re.compile(rf"<(/?)({_INLINE}|{_PARTING})(?=[\s/>])[^<>]*>", re.IGNORECASE)
_MARKS = re.compile(r"^\s*<!\[CDATA\[|\]\]>\s*$")  # of CDATA that was escaped itself
_COMMENT = re.compile(r"<!--[^>]{0,500}-->")
_IS_INLINE = re.compile(_INLINE, re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#[0-9]{1,8}|#[xX][0-9A-Fa-f]{1,7}|[A-Za-z][A-Za-z0-9]{1,31});")
_BRACKETS = frozenset(("&lt;", "&gt;", "&#60;", "&#62;", "&#x3c;", "&#x3e;", "&LT;", "&GT;"))
_MOST_ROUNDS = 3  # that a publisher escapes a text once too often


def plain(markup: str | None) -> str:
    """A title or name that may hold markup, as text. What only looks like markup (`Vector<int> wins`) stays."""
    text = _MARKS.sub("", (markup or "")[:_MOST_MARKUP])
    if "<" in text:
        text = _without_tags(text)
    return of_text(_REFERENCE.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text)


def of_text(text: str | None) -> str:
    """A title or name that is text by its publisher's word; one that he escaped once too often is unescaped.

    `&lt;b&gt;` is how a text speaks of markup: it stays.
    """
    text = (text or "")[:_MOST_MARKUP]
    for _ in range(_MOST_ROUNDS):
        if "&" not in text:
            break
        text = _REFERENCE.sub(
            lambda found: found[0] if found[0].lower() in _BRACKETS else html.unescape(found[0]), text
        )
    return title_of(text)


def _without_tags(text: str) -> str:
    """Without the tags of elements that HTML has; those of an element that is opened and never closed are text."""
    text = _COMMENT.sub("", text)
    closed = {found[2].lower() for found in _TAG.finditer(text) if found[1]}

    def replaced(found: re.Match[str]) -> str:
        name = found[2].lower()
        if _IS_INLINE.fullmatch(name) is None:
            return " "
        return "" if name in closed or name == "wbr" else found[0]

    return _TAG.sub(replaced, text)
