"""OPML (2.0, and what programs make of it): feeds in outlines, folders as their tags. Pure, and safe with hostile files.

No entity expands, nothing is fetched, and nesting and size are bounded. A `&` that nobody escaped stays part of its address.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lxml import etree

from core.text.legal import legal
from core.text.visible import references
from ingest.lists.listed import MOST_LISTED, Fact, Listed, NoList, listed, split_tags
from ingest.parse.floods import without_long_tags, without_unclosed
from ingest.parse.sniff import without_doctype

SPACE = "urn:wirewatch:source"  # of the attributes that OPML has no name for
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,8}|#[xX][0-9A-Fa-f]{1,7});)")
_DECLARATION = re.compile(r"\s*<\?xml\s[^<>]{0,300}\?>")
_ADDRESS = ("xmlurl", "feedurl", "rssurl")
_NAME = ("title", "text")
_MOST_DEPTH = 50
_OURS = {fact: f"{{{SPACE}}}{fact}" for fact in Fact}


def read_opml(text: str) -> list[Listed]:
    """The feeds of an OPML document, in its order. Raises NoList."""
    body = _DECLARATION.sub("", without_doctype(legal(text)), count=1)
    body = _AMPERSAND.sub("&amp;", without_unclosed(without_long_tags(body)))
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(body.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise NoList(f"the OPML cannot be read: {str(error)[:200]}") from None
    if root is None or _name_of(root) != "opml":
        raise NoList("expected an <opml> document")
    found = list(_feeds(root))
    if not found:
        raise NoList("the OPML names no feed: expected <outline xmlUrl=...> in its <body>")
    return found


def _feeds(root: etree._Element) -> Iterator[Listed]:
    folders: list[str] = []
    place = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if _name_of(element) != "outline":
            continue
        if event == "end":
            folders.pop()
            continue
        attributes = {str(name).lower(): str(value) for name, value in element.attrib.items()}
        url = next((attributes[name] for name in _ADDRESS if attributes.get(name)), "")
        if url:
            place += 1
            if place > MOST_LISTED:
                raise NoList(f"the list names more than {MOST_LISTED:,} sources; bring it in parts")
            yield _listed(place, url, element, attributes, folders[:_MOST_DEPTH])
        # A feed may have others beneath it; then its own name is no folder.
        folders.append("" if url else _name(attributes))


def _listed(
    place: int, url: str, element: etree._Element, attributes: Mapping[str, str], folders: Sequence[str]
) -> Listed:
    facts = {fact: str(element.attrib[name]) for fact, name in _OURS.items() if name in element.attrib}
    facts |= {Fact.URL: url, Fact.NAME: _name(attributes)}
    facts.setdefault(Fact.SITE, attributes.get("htmlurl", ""))
    facts.setdefault(Fact.LANG, attributes.get("language", ""))
    paths = (part for category in split_tags(attributes.get("category", "")) for part in category.split("/"))
    return listed(place, facts, [*filter(None, folders), *filter(None, paths)])


def _name_of(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()  # of a comment it is a function


def _name(attributes: Mapping[str, str]) -> str:
    return next((attributes[name] for name in _NAME if attributes.get(name, "").strip()), "")


def write_opml(sources: Iterable[Mapping[Fact, str]], title: str) -> str:
    """The document: a folder for each first tag, by name, then what has none. A fact that is not given has its default."""
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"wirewatch": SPACE})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = legal(title)
    body = etree.SubElement(root, "body")
    parted: dict[str, list[Mapping[Fact, str]]] = {}
    for source in sources:
        parted.setdefault(next(iter(split_tags(source.get(Fact.TAGS, ""))), ""), []).append(source)
    for folder in sorted(parted, key=lambda name: (not name, name.casefold(), name)):
        above = etree.SubElement(body, "outline", {"text": folder, "title": folder}) if folder else body
        for source in parted[folder]:
            etree.SubElement(above, "outline", dict(_attributes(source)))
    written = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="utf-8").decode()
    return references(written, "&#x{:x};")  # what steers a terminal is in attributes alone


def _attributes(source: Mapping[Fact, str]) -> Iterator[tuple[str, str]]:
    name = legal(source[Fact.NAME])
    yield from (("type", "rss"), ("text", name), ("title", name), ("xmlUrl", legal(source[Fact.URL])))
    if site := source.get(Fact.SITE):
        yield "htmlUrl", legal(site)
    if lang := source.get(Fact.LANG):
        yield "language", lang
    if tags := source.get(Fact.TAGS):
        yield "category", legal(tags)
    shown = (Fact.NAME, Fact.URL, Fact.SITE, Fact.LANG)
    yield from ((_OURS[fact], legal(text)) for fact, text in source.items() if fact not in shown and text)
