"""Markup that is there in order to cost: what a parser pays for with the square of its length, taken out beforehand. Pure.

Each step looks at the text once. What a publisher might mean stays: the bounds lie far above anything that is news.
"""

import re
from itertools import islice

MOST_ATTRIBUTES = 200
MOST_TAGS = 200  # categories of one entry
_LONG_TAG = re.compile(r"<(/?[A-Za-z][\w:.-]*+)([^<>]{2000,})>?")
_OPENERS = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))
_CATEGORY = re.compile(r"<(/?)((?:\w+:)?(?:item|entry|category|subject|keywords|tag))(?=[\s>/])", re.IGNORECASE)
_PERSON = re.compile(
    r"(<(?:\w+:)?(?:author|creator|contributor|managingEditor|webMaster|publisher|owner|name|email|rights|copyright)\b[^<>]{0,2000}>"
    r"\s{0,100}+(?:<!\[CDATA\[)?[^<\]]{500})[^<\]]+",
    re.IGNORECASE,
)
_BASE = re.compile(r"\bxml:base\s*=", re.IGNORECASE)
_MOST_BASES = 1100  # one for each entry, and some
_SPACE = re.compile(r"\bxmlns:([\w.-]{1,1000}+)(?=\s*+=)")
_MOST_SPACES = 200  # prefixes: feedparser goes through all of them at each element


def without_long_tags(text: str) -> str:
    """Elements with hundreds of attributes lose them all: their number is squared wherever they are told apart."""
    return _LONG_TAG.sub(_bare, text)


def _bare(tag: re.Match[str]) -> str:
    if tag[2].count("=") <= MOST_ATTRIBUTES and len(tag[2].split(None, MOST_ATTRIBUTES * 4)) <= MOST_ATTRIBUTES * 4:
        return tag[0]
    return f"<{tag[1]}{'/' if tag[2].endswith('/') else ''}>"


def without_unclosed(text: str) -> str:
    """Without marks that open what is never closed: from each of them a parser looks for the end of the text."""
    for start, end in _OPENERS:
        last = text.rfind(end) + len(end) if end in text else 0
        if start in text[last:]:
            text = text[:last] + text[last:].replace(start, "")
    return text


def without_feed_floods(text: str) -> str:
    """A feed's text, fit for feedparser."""
    text = without_unclosed(without_long_tags(text))
    if text.count("xml:base") > _MOST_BASES:
        text = _BASE.sub("no-base=", text)
    if text.count("xmlns:") > _MOST_SPACES:
        text = _fewer_spaces(text)
    return _fewer_tags(_PERSON.sub(r"\1", text))


def _fewer_spaces(text: str) -> str:
    """Declarations of the first prefixes; the others are attributes that nobody knows."""
    known = set(islice(dict.fromkeys(found[1] for found in _SPACE.finditer(text)), _MOST_SPACES))
    return _SPACE.sub(lambda found: found[0] if found[1] in known else f"no-{found[1]}", text)


def _fewer_tags(text: str) -> str:
    """Each entry's tags up to MOST_TAGS; the others are elements that nobody knows."""
    if len(text) < MOST_TAGS * len("<tag/>"):
        return text
    kept: list[str] = []
    place = count = 0
    for tag in _CATEGORY.finditer(text):
        if tag[2].rpartition(":")[2].lower() in ("item", "entry"):
            count = 0
        elif not tag[1]:
            count += 1
        if count > MOST_TAGS:
            kept += (text[place : tag.start()], f"<{tag[1]}left-out")
            place = tag.end()
    return "".join((*kept, text[place:]))
