"""Cuts from a page's tree what stands around and within an article, and never the article.

Navigation, boxes by their class or id, lines that are only a link. Whatever its name or tag, what holds the headline, most
of the paragraphs, or text that the feed or JSON-LD tells, stays: a lost article is a missed alert that nobody sees. Pure.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree
from lxml.html import HtmlElement

from core.text.legal import legal_characters
from ingest.parse.blocks import Block, Sums, blocks_of, sums_of
from ingest.parse.likeness import Shingles, share_of, shingles
from ingest.parse.words_alike import folded

NEVER_TEXT = ("script", "style", "svg", "button", "iframe", "math", "select", "textarea", "canvas", "object", "dialog")
# What seldom holds an article. By its tag: what tells of another story, of a picture, or of the site.
_AROUND = frozenset(("nav", "aside", "footer", "figure", "figcaption", "form", "noscript", "template"))
_OTHERS = (
    r"also-?read|read-?(?:also|more|next)|related|recommend\w*|most-?(?:read|popular|viewed)|popular|trending|ticker|news-?letter|"
    r"breadcrumbs?|tag-?list|next-?story|promo\w*|sponsor\w*|advert\w*|ad-?slot|outbrain|taboola|cookie\w*|comments?|more-?from"
)
# Names that publishers also give to an article or to a part of it.
_MAYBE = (
    r"breaking|subscri\w+|sign-?up|share|sharing|social|follow|topics?|tags?|keywords|explore|paywall|premium|regwall|"
    r"copyright|latest"
)
_OTHERS_NAME = re.compile(rf"(?:^|[_-])(?:{_OTHERS})(?:$|[_-])", re.IGNORECASE)
_MAYBE_NAME = re.compile(rf"(?:^|[_-])(?:{_MAYBE})(?:$|[_-])", re.IGNORECASE)
# Names that tell a state or a taxonomy, not what the element is: "has-share", "comments-open", "tag-north-korea".
_STATE = re.compile(
    r"^(?:has|is|with|without|no|not|show|hide|js|tag|tags|topic|category|cat|section|keyword|post_tag|page|single|template|format)[_-].+"
    r"|[_-](?:open|opened|closed|enabled|disabled|active|loaded|on|off|yes|no)$",
    re.IGNORECASE,
)
_TAXONOMY_LISTS = re.compile(
    r"^(?:tag|tags|topic|topics|keyword)[_-]?(?:list|s|links?|cloud|items?|container|wrap(?:per)?|box|section)?$",
    re.IGNORECASE,
)
_FIGURES = ("table", "blockquote", "pre", "ul", "ol")  # what editors put into a figure as well as pictures
_NO_BOXES = frozenset(("html", "body", "main", "article", "h1"))
_MOST_OF_THE_PAGE = 0.4  # of all paragraphs: what holds so much is the article, whatever it is called
_MOST_OF_ALL = 0.6
_ALMOST_NONE = 0.15
_TOLD = 0.6
_LEAST_TOLD = 40  # characters
_LEAST_PROSE = 120
_LEAST_HOME = 240
_LEAST_TEASERS = 3
_MOST_TEASER = 400
_LONG_CLASS = 2000  # characters
_LINK_LINE = 200
_LINES = ("p", "li", "h2", "h3", "h4", "h5")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MARKED = "cut"  # the name that an element is given which goes
_STRING = etree.XPath("string()", smart_strings=False)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an article before its page is cut: its headlines, and the runs of words that others tell of it."""

    headlines: frozenset[str] = frozenset()
    told: Shingles = field(default=frozenset())


NOTHING_KNOWN = Known()


def strip(page: HtmlElement, known: Known = NOTHING_KNOWN) -> None:
    """Cut navigation, boxes and lines that are nothing but a link; other stories below the article, too."""
    etree.strip_elements(page, *NEVER_TEXT, with_tail=False)
    for element in page.iter(*_NO_BOXES):
        _show(element)
    blocks = blocks_of(page)
    if known.headlines:
        others = [*_other_stories(page, blocks, known), *_teasers(page, blocks, known)]
        _cut(page, others)
        blocks = blocks_of(page) if others else blocks
    kinds = {element: kind for element in page.iter(etree.Element) if (kind := _kind(element))}
    if kinds:
        _cut_boxes(page, kinds, blocks, known)
    _cut(page, [line for line in page.iter(*_LINES) if _is_link(line)])


def text_in(element: HtmlElement) -> str:
    return " ".join(str(_STRING(element)).split())


def legal(text: str | None) -> str:
    """What lxml takes: it hands out more, where a page has that as bytes or as `&#1;`."""
    return legal_characters(text) if text else ""


def _show(element: HtmlElement) -> None:
    for name in ("hidden", "aria-hidden", "style"):
        element.attrib.pop(name, None)


def _is_hidden(element: HtmlElement) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    style = element.get("style")
    return style is not None and _HIDDEN.search(style[:_LONG_CLASS]) is not None


def _kind(element: HtmlElement) -> str:
    """ "others", "maybe" or a tag's name for an element that is a box; empty for one that is none."""
    if element.tag in _NO_BOXES or (element.tag == "figure" and next(element.iter(*_FIGURES), None) is not None):
        return ""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:_LONG_CLASS].split()
    kind = ""
    if names and not {"hentry", "type-post"} & set(names):
        for name in names:
            if _STATE.search(name) and not _TAXONOMY_LISTS.match(name):
                continue
            if _OTHERS_NAME.search(name):
                return "others"
            if _MAYBE_NAME.search(name):
                kind = "maybe"
    return kind or (element.tag if element.tag in _AROUND else "hidden" if _is_hidden(element) else "")


def _cut_boxes(page: HtmlElement, kinds: Mapping[HtmlElement, str], blocks: list[Block], known: Known) -> None:
    held = sums_of(page, blocks)
    total = held[page].prose
    groups = _prose_by_kind(page, blocks, kinds)
    free = groups.get("", 0)
    told = _holders_of_told(blocks, known)
    headed = _holders_of_headline(page, known)
    going = []
    for element, kind in kinds.items():
        here = held[element]
        most = total > 0 and here.prose >= _MOST_OF_THE_PAGE * total
        stays = element in told or (element in headed and (here.prose > _LEAST_PROSE or kind not in ("nav", "others")))
        if kind == "others":
            stays = stays or (most and free < _ALMOST_NONE * total)
        elif kind != "nav":
            group = groups.get(kind, 0) if kind not in ("footer", "form") else 0
            stays = stays or most or (free < _ALMOST_NONE * total and group >= _MOST_OF_ALL * total)
            stays = stays or (kind in ("maybe", "hidden") and _is_part_of_the_text(element, held))
        if stays and here.text:
            _rename(element)
        else:
            going.append(element)
    _cut(page, going)


def _rename(element: HtmlElement) -> None:
    """Libraries go by names as well: what stays gets a plain one, and is shown."""
    _show(element)
    for name in ("class", "id", "role"):
        element.attrib.pop(name, None)
    if element.tag != "figcaption" and element.tag in _AROUND:
        element.tag = "div"
    elif element.tag == "figcaption":
        element.tag = "p"


def _prose_by_kind(page: HtmlElement, blocks: Iterable[Block], kinds: Mapping[HtmlElement, str]) -> dict[str, int]:
    """How many characters of paragraphs stand in boxes of each kind (by the outermost box), and under "" in none."""
    outermost: dict[HtmlElement, str] = {}
    for element in page.iter(etree.Element):
        outer = element.getparent()
        outermost[element] = (outermost[outer] if outer is not None and element is not page else "") or kinds.get(
            element, ""
        )
    found: dict[str, int] = {}
    for block in blocks:
        if block.is_prose:
            kind = outermost[block.element]
            found[kind] = found.get(kind, 0) + len(block.text)
    return found


def _holders_of_told(blocks: Iterable[Block], known: Known) -> set[HtmlElement]:
    """What holds a paragraph that the feed or JSON-LD tells."""
    found: set[HtmlElement] = set()
    for block in blocks if known.told else ():
        if len(block.text) >= _LEAST_TOLD and share_of(shingles(block.text), known.told) >= _TOLD:
            _add_with_outer(found, block.element)
    return found


def _add_with_outer(found: set[HtmlElement], element: HtmlElement | None) -> None:
    """The element and what it stands in; each is looked at once."""
    while element is not None and element not in found:
        found.add(element)
        element = element.getparent()


def _holders_of_headline(page: HtmlElement, known: Known) -> set[HtmlElement]:
    found: set[HtmlElement] = set()
    firsts = list(page.iter("h1"))
    for heading in [*firsts, *page.iter("h2")] if known.headlines else firsts[:1]:
        # A list of other stories names this one as a link to itself.
        if (not known.headlines or folded(text_in(heading)) in known.headlines) and not _within_link(heading):
            _add_with_outer(found, heading.getparent())
    if not found and len(firsts) == 1:
        _add_with_outer(found, firsts[0].getparent())
    return found


def _within_link(heading: HtmlElement) -> bool:
    return heading.find(".//a") is not None or any(outer.tag == "a" for outer in heading.iterancestors("a"))


def _is_part_of_the_text(element: HtmlElement, held: Mapping[HtmlElement, Sums]) -> bool:
    """Whether a box holds paragraphs that go on what stands beside it: sentences, almost without links and inputs."""
    here, outer = held[element], element.getparent()
    if here.prose < _LEAST_PROSE or outer is None or held[outer].prose - here.prose < _LEAST_PROSE:
        return False
    if here.sentences < 0.7 * here.text or here.links > 0.15 * here.text:
        return False
    return next(element.iter("input", "h1"), None) is None


def _other_stories(page: HtmlElement, blocks: list[Block], known: Known) -> list[HtmlElement]:
    """Further stories on an endless page: each stands with a heading of the first rank in an element like this one's."""
    headings = [heading for heading in page.iter("h1") if text_in(heading)]
    first = next((heading for heading in headings if folded(text_in(heading)) in known.headlines), None)
    if first is None or len(headings) < 2:
        return []
    held, around = sums_of(page, blocks), set(first.iterancestors())
    going: list[HtmlElement] = []
    for heading in headings[headings.index(first) + 1 :]:
        outermost = _below(heading, around)
        own = next((one for one in (first, *first.iterancestors()) if one.getparent() is outermost.getparent()), None)
        if (
            own is None
            or own.tag != outermost.tag
            or (own.tag != "article" and own.get("class") != outermost.get("class"))
        ):
            continue
        if min(held[outermost].prose, held[own].prose) >= _LEAST_PROSE:
            going.append(outermost)
    return going


def _teasers(page: HtmlElement, blocks: list[Block], known: Known) -> list[HtmlElement]:
    """Lists of other stories beside a short article: three or more elements of one kind, each a heading and a sentence or two."""
    first = next((heading for heading in page.iter("h1") if folded(text_in(heading)) in known.headlines), None)
    if first is None:
        return []
    outer = (heading.getparent() for heading in page.iter("h2", "h3", "h4", "h5"))
    lists = [one for one in dict.fromkeys(item.getparent() for item in outer if item is not None) if _is_list(one)]
    if not lists:
        return []
    held = sums_of(page, blocks)
    home = next((one for one in first.iterancestors() if held[one].prose >= _LEAST_HOME), None)
    if home is None:
        return []
    near = {*home.iter(), *home.iterancestors()}
    return [one for one in lists if one not in near and all(_is_teaser(item, held) for item in one)]


def _is_list(element: HtmlElement | None) -> bool:
    """Three or more elements of one kind, and nothing else."""
    if element is None or len(element) < _LEAST_TEASERS:
        return False
    return len({(one.tag, one.get("class")) for one in element}) == 1


def _is_teaser(element: HtmlElement, held: Mapping[HtmlElement, Sums]) -> bool:
    """A heading with a sentence or two; a post of a live page has its time, too."""
    if next(element.iter("time"), None) is not None or held[element].text > _MOST_TEASER:
        return False
    return any(next(element.iter(name), None) is not None for name in ("h2", "h3", "h4", "h5"))


def _below(heading: HtmlElement, around: set[HtmlElement]) -> HtmlElement:
    """The outermost element that holds a heading and nothing of what is around another."""
    outermost = heading
    for element in heading.iterancestors():
        if element in around:
            break
        outermost = element
    return outermost


def _is_link(line: HtmlElement) -> bool:
    """Whether a line is nothing but a link."""
    links = [link for link in line.iter("a") if (link.get("href") or "#")[0] != "#"]  # a heading is often an anchor
    if not links:
        return False
    text = text_in(line)
    return 0 < len(text) <= _LINK_LINE and sum(len(text_in(link)) for link in links) >= 0.9 * len(text)


def _cut(page: HtmlElement, elements: Iterable[HtmlElement]) -> None:
    """Take elements out and leave what follows them, all at once: one by one, each would copy the text before it."""
    for element in elements:
        if element is not page:
            element.tag = _MARKED
    etree.strip_elements(page, _MARKED, with_tail=False)
