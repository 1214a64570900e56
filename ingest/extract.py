"""The article's own text out of a page: what surrounds it is cut from the tree, a library finds the text, lines are cleaned.

trafilatura in its precise mode leaks least of what was measured (docs/reading.md); where it keeps much less than its
default mode would, the default is taken.
"""

import re
from copy import deepcopy
from html import unescape

import trafilatura
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from ingest.clean import article_lines

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
_NO_BOXES = frozenset(("html", "body", "main", "article"))
_LINES = ("p", "li", "h2", "h3", "h4", "h5")
_BLOCKS = (
    *("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "div", "td", "pre", "dd", "dt"),
    *("ul", "ol", "table", "tr", "section", "article", "body"),
)
_STRING = etree.XPath("string()", smart_strings=False)
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
# lxml hands these out where a page has them, as bytes or as `&#1;`, but takes none back.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MOST_OF_THE_PAGE = 0.4  # a box that holds so much of the text is the article, whatever it is called
_LINK_LINE = 200
_LEAST_KEPT = 0.6  # precise against default mode
_TABLE_ROW = re.compile(r"^\|\s*(.*?)\s*\|?$")


def tree_of(html: bytes | str, encoding: str | None = None) -> HtmlElement | None:
    """The page as a tree; None where there is none to be had."""
    if not html.strip():
        return None
    data = html.encode("utf-8", "replace") if isinstance(html, str) else html
    charset = "utf-8" if isinstance(html, str) else encoding
    parser = HTMLParser(encoding=charset, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(data, parser=parser)
    except (etree.ParserError, ValueError):
        return None


def text_of_page(page: HtmlElement, title: str = "") -> str:
    """Paragraphs of the article, parted by blank lines; empty where the page has none. Changes the tree."""
    strip(page)
    found = _extracted(page, precise=True)
    # The default mode keeps no more than all text, so it need not be run where the precise mode kept enough of that.
    if len(found) < _LEAST_KEPT * len(_text(page)):
        default = _extracted(page, precise=False)
        if len(found) < _LEAST_KEPT * len(default):
            found = default
    return "\n\n".join(article_lines([_TABLE_ROW.sub(r"\1", line) for line in found.splitlines()], title))


def _extracted(page: HtmlElement, *, precise: bool) -> str:
    text = trafilatura.extract(
        deepcopy(page), favor_precision=precise, include_comments=False, include_tables=True, deduplicate=False
    )
    return text or ""


def strip(page: HtmlElement) -> None:
    """Cut navigation, boxes and lines that are nothing but a link."""
    for element in list(page.iter(*_AROUND)):
        _cut(element)
    boxes = [*page.iter("form"), *(element for element in page.xpath("//*[@class or @id]") if _is_box(element))]
    if boxes:
        total = max(1, len(_text(page)))
        for element in boxes:
            if len(_text(element)) < _MOST_OF_THE_PAGE * total:  # some publishers wrap the whole page in a form
                _cut(element)
    for element in list(page.iter(*_LINES)):
        if _is_link(element):
            _cut(element)


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
    return _NO_TEXT.sub("", text) if text else ""


def _cut(element: HtmlElement) -> None:
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail
    if tail and tail.strip():
        before = element.getprevious()
        if before is not None:
            before.tail = _legal(before.tail) + _legal(tail)
        else:
            parent.text = _legal(parent.text) + _legal(tail)
    parent.remove(element)
