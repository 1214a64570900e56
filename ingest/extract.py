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
_BLOCKS = "p|li|h1|h2|h3|h4|h5|h6|blockquote|div|td|pre|dd|dt"
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
    for element in page.xpath("|".join(f"//{name}" for name in _AROUND)):
        _cut(element)
    total = max(1, len(_text(page)))
    for element in page.xpath("//form"):
        if len(_text(element)) < _MOST_OF_THE_PAGE * total:  # some publishers wrap the whole page in a form
            _cut(element)
    for element in page.xpath("//*[@class or @id]"):
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if element.tag in ("html", "body", "main", "article") or not _BOX.search(names):
            continue
        if len(_text(element)) < _MOST_OF_THE_PAGE * total:
            _cut(element)
    for element in page.xpath("//p|//li|//h2|//h3|//h4|//h5"):
        text = _text(element)
        links = sum(len(_text(link)) for link in element.xpath(".//a"))
        if text and len(text) <= _LINK_LINE and links >= 0.9 * len(text):
            _cut(element)


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
    lines: list[str] = []
    _collect(page, lines)
    return "\n\n".join(article_lines(lines, title))


def _collect(element: HtmlElement, lines: list[str]) -> None:
    """The text of each innermost block, in order; `<br><br>` parts paragraphs as well."""
    for br in element.xpath(".//br"):
        br.tail = "\n" + (br.tail or "")
    pieces: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        block = isinstance(node.tag, str) and node.tag in _BLOCK_NAMES
        if block:
            pieces.append("\n\n")
        if event == "start":
            pieces.append(node.text or "")
        else:
            pieces.append(node.tail or "")
    paragraphs = re.split(r"\n[^\S\n]*\n\s*", "".join(pieces))
    lines.extend(" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.strip())


_BLOCK_NAMES = frozenset(_BLOCKS.split("|")) | {"ul", "ol", "table", "tr", "section", "article", "body"}


def _text(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


def _cut(element: HtmlElement) -> None:
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail
    if tail and tail.strip():
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
    parent.remove(element)
