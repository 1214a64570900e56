"""The article's own text out of a page: what surrounds it is cut from the tree, a library finds the text, lines are cleaned.

trafilatura in its precise mode leaks least of what was measured (docs/reading.md); where it keeps much less than its
default mode would, the default is taken.
"""

import re
from collections.abc import Iterable
from copy import deepcopy
from html import unescape

import trafilatura
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from core.text.legal import legal, legal_characters
from ingest.parse.clean import article_lines

_AROUND = (
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "nav",
    "footer",
    "aside",
    "button",
    "iframe",
    "figure",
    "figcaption",
)
# Class and id names of what stands around or within articles.
_BOX = re.compile(
    r"(?:^|[\s_-])(?:also-?read|read-?(?:also|more|next)|related|recommend\w*|most-?(?:read|popular|viewed)|popular|trending|ticker|"
    r"breaking|news-?letter|subscri\w+|sign-?up|share|sharing|social|follow|breadcrumbs?|topics?|tags?|tag-?list|keywords|explore|"
    r"next-?story|promo\w*|sponsor\w*|advert\w*|ad-?slot|outbrain|taboola|cookie\w*|paywall|comments?|copyright|latest|more-?from)(?:$|[\s_-])",
    re.IGNORECASE,
)
# What libraries cut one by one, each time copying the text before it; in a crowd it is cut beforehand, all at once.
_CUT_LATER = (
    "applet area audio blink canvas datalist dialog embed fencedframe fieldset frame frameset input label legend "
    "link map marquee math menu menuitem noindex object optgroup option output param picture progress rp "
    "rt rtc select source textarea title track use video"
).split()
_NO_BOXES = frozenset(("html", "body", "main", "article"))
_LINES = ("p", "li", "h2", "h3", "h4", "h5")
_BLOCKS = (
    *("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "div", "td", "pre", "dd", "dt"),
    *("ul", "ol", "table", "tr", "section", "article", "body"),
)
_STRING = etree.XPath("string()", smart_strings=False)
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_MOST_OF_THE_PAGE = 0.4  # a box that holds so much of the text is the article, whatever it is called
_LINK_LINE = 200
_CROWD = 1000
_MOST_COMPARED = 4000  # blocks, for a second opinion that costs their square
_INLINE = frozenset("a abbr b big cite code em font i ins label mark q s small span strike strong sub sup tt u".split())
_MARKED = "cut"  # the name that an element is given which goes
_LEAST_KEPT = 0.6  # precise against default mode
_TABLE_ROW = re.compile(r"^\|\s*(.*?)\s*\|?$")


def tree_of(html: bytes | str, encoding: str | None = None) -> HtmlElement | None:
    """The page as a tree; None if it has none."""
    if not html.strip():
        return None
    data = legal(html).encode("utf-8", "replace") if isinstance(html, str) else html
    charset = "utf-8" if isinstance(html, str) else encoding
    parser = HTMLParser(encoding=charset, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(data, parser=parser)
    except (etree.ParserError, ValueError):
        return None


def text_of_page(page: HtmlElement, title: str = "") -> str:
    """Paragraphs of the article, parted by blank lines; empty where the page has none. Changes the tree."""
    strip(page)
    few = sum(1 for _ in page.iter(*_BLOCKS)) <= _MOST_COMPARED
    found = _extracted(page, precise=True, compared=few)
    # The default mode keeps no more than all text, so it need not be run where the precise mode kept enough of that.
    if len(found) < _LEAST_KEPT * len(_text(page)):
        default = _extracted(page, precise=False, compared=few)
        if len(found) < _LEAST_KEPT * len(default):
            found = default
    return "\n\n".join(article_lines([_TABLE_ROW.sub(r"\1", line) for line in found.splitlines()], title))


def _extracted(page: HtmlElement, *, precise: bool, compared: bool) -> str:
    """`compared`: with what two other libraries find."""
    text = trafilatura.extract(
        deepcopy(page),
        favor_precision=precise,
        fast=not compared,
        include_comments=False,
        include_tables=True,
        deduplicate=False,
    )
    return text or ""


def thin_out(page: HtmlElement) -> None:
    """Of a page with thousands of elements side by side, cut at once what is no text. Metadata is lost: read it before."""
    if any(len(parent) > _CROWD for parent in page.iter(etree.Element)):
        etree.strip_elements(page, *_AROUND, *_CUT_LATER, with_tail=False)


def strip(page: HtmlElement) -> None:
    """Cut navigation, boxes and lines that are nothing but a link."""
    crowds = [parent for parent in page.iter(etree.Element) if len(parent) > _CROWD]
    etree.strip_elements(page, *_AROUND, *(("time",) if crowds else ()), with_tail=False)
    total = 0
    for boxes in (list(page.iter("form")), [one for one in page.xpath("//*[@class or @id]") if _is_box(one)]):
        total = total or (max(1, len(_text(page))) if boxes else 0)
        # Some publishers wrap the whole page in a form.
        _cut(page, [element for element in boxes if len(_text(element)) < _MOST_OF_THE_PAGE * total])
    _cut(page, [line for line in page.iter(*_LINES) if _is_link(line)])
    if crowds:
        _unwrap(page, crowds)


def _is_box(element: HtmlElement) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return element.tag not in _NO_BOXES and _BOX.search(names) is not None


def _is_link(line: HtmlElement) -> bool:
    """Whether a line is nothing but a link."""
    links = list(line.iter("a"))
    if not links:
        return False
    text = _text(line)
    return 0 < len(text) <= _LINK_LINE and sum(len(_text(link)) for link in links) >= 0.9 * len(text)


def text_of_fragment(html: str, title: str = "") -> str:
    """A feed's own HTML (or plain text) as paragraphs. Nothing is searched for: all of it is the article's, but for lines
    that never are."""
    if "<" not in html:
        html = unescape(html)  # plain text, or markup that was escaped once too often
    if "<" not in html:
        return "\n\n".join(article_lines(html.splitlines(), title))
    page = tree_of(html)
    if page is None:
        return ""
    strip(page)
    return "\n\n".join(article_lines(_paragraphs(page), title))


def _paragraphs(page: HtmlElement) -> list[str]:
    """The text of each innermost block, in order; `<br><br>` parts paragraphs as well. Changes the tree.

    Where a block begins and ends a blank line is put into the tree, which then tells its whole text in one call.
    """
    for br in page.iter("br"):
        br.tail = "\n" + _legal(br.tail)
    for block in page.iter(*_BLOCKS):
        block.text = "\n\n" + _legal(block.text)
        block.tail = "\n\n" + _legal(block.tail)
    return [paragraph for paragraph in _BLANK_LINE.split(_whole_text(page)) if paragraph.strip()]


def _text(element: HtmlElement) -> str:
    return " ".join(_whole_text(element).split())


def _whole_text(element: HtmlElement) -> str:
    return str(_STRING(element))


def _legal(text: str | None) -> str:
    """What lxml takes: it hands out more, where a page has that as bytes or as `&#1;`."""
    return legal_characters(text) if text else ""


def _unwrap(page: HtmlElement, crowds: Iterable[HtmlElement]) -> None:
    """Thousands of elements side by side: what of them is inline is unwrapped, and each run of text becomes one.

    No article has them, and who finds texts in a tree pays with the square of their number.
    """
    for parent in crowds:
        for child in parent:
            if child.tag in _INLINE:
                child.tag = _MARKED
    etree.strip_tags(page, _MARKED)
    for element in page.iter(etree.Element):
        if element.text:
            element.text = _legal(element.text)
        if element.tail:
            element.tail = _legal(element.tail)


def _cut(page: HtmlElement, elements: Iterable[HtmlElement]) -> None:
    """Take elements out and leave what follows them, all at once: one by one, each would copy the text before it."""
    for element in elements:
        if element is not page:
            element.tag = _MARKED
    etree.strip_elements(page, _MARKED, with_tail=False)
