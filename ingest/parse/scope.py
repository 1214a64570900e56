"""Which part of a page belongs to its article, by where an element stands and what its ancestors are called. Pure.

For facts alone: the text has its own, more careful search (`extract`).
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from lxml.html import HtmlElement

_MOST_ANCESTORS = 60
AROUND: AbstractSet[str] = frozenset(("nav", "footer", "aside", "form", "dialog", "template", "noscript"))
_BOX = re.compile(
    r"(?:^|[\s_-])(?:related|recommend\w*|also-?read|read-?(?:also|more|next)|most-?(?:read|popular|viewed)|popular|trending|"
    r"latest|ticker|breaking|comments?|comment-?list|respond|disqus|sidebar|widget\w*|teasers?|promo\w*|sponsor\w*|advert\w*|outbrain|"
    r"taboola|newsletter|footer|nav|navbar|navigation|menu|breadcrumbs?|clock|today|current-?(?:date|time)|date-?today|weather|"
    r"more-?(?:from|on|stories|news)|up-?next|next-?(?:story|article)|prev-?(?:story|article)|carousel|slider|playlist|"
    r"(?:news|post|article|story|item)s?-?list|cards?-?(?:list|grid|deck)|site-?header|masthead|top-?bar|cookie\w*|consent|modal|popup)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_LOGO = re.compile(r"(?:^|[\s_-])(?:logo\w*|brand\w*|site-?(?:title|name|logo|branding|header)|masthead|navbar|nav|menu)(?:$|[\s_-])", re.IGNORECASE)  # fmt: skip
_ARTICLE_SCOPE = re.compile(r"(?:Article|Report|Posting|NewsStory)\W*$", re.IGNORECASE)
_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li "
    "main nav ol p pre section table tbody td th tr ul".split()
)
_CLOSEST, _FEW = 4, 6  # ancestors; elements looked at in each
_HEADLINE_WORDS = 4
_UNSEEN = frozenset(("script", "style", "svg", "template", "button", "noscript"))


def names_of_element(element: HtmlElement) -> str:
    """Its class and id."""
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def ancestors(element: HtmlElement) -> Iterator[HtmlElement]:
    """The element itself and what it stands in, up to the body."""
    here = element
    for _ in range(_MOST_ANCESTORS):
        if here is None or here.tag in ("body", "html"):
            return
        yield here
        here = here.getparent()


def is_around(
    element: HtmlElement, holders: AbstractSet[HtmlElement] = frozenset(), around: AbstractSet[str] = AROUND
) -> bool:
    """Whether it stands in what surrounds an article: navigation, a list of others, comments, the page's own header.

    `holders`: what the headline stands in, which surrounds no article, whatever it is called.
    """
    seen_article = False
    for one in ancestors(element):
        if one in holders:
            return False
        if _BOX.search(names_of_element(one)) or (
            one.tag in around and not (one.tag == "footer" and _within_article(one))
        ):
            return True
        seen_article = seen_article or is_article(one) or one.tag == "main"
        if one.tag == "header" and not seen_article and not _within_article(one):
            return one.find(".//h1") is None or _LOGO.search(names_of_element(one)) is not None
    return False


def is_teaser(element: HtmlElement, holders: AbstractSet[HtmlElement]) -> bool:
    """Whether it stands beside the headline of another article: a heading or a long link in what is closest around it."""
    for one, _ in zip(ancestors(element), range(_CLOSEST), strict=False):
        if one in holders or one.tag in ("article", "main"):
            return False
        others = (inner for inner, _ in zip(one.iter("a", "h2", "h3", "h4", "h5"), range(_FEW), strict=False))
        if any(len(visible_text(inner, most=_FEW).split()) >= _HEADLINE_WORDS for inner in others):
            return True
    return False


def is_box(element: HtmlElement) -> bool:
    """Whether an element is called what surrounds articles; never the page as a whole."""
    return element.tag not in ("html", "body") and _BOX.search(names_of_element(element)) is not None


def is_article(element: HtmlElement) -> bool:
    """Whether an element is an article as a whole, by its name or its microdata."""
    return element.tag == "article" or _ARTICLE_SCOPE.search(element.get("itemtype") or "") is not None


def is_logo(heading: HtmlElement) -> bool:
    """Whether a heading is the site's name: it says so, or leads to the front page."""
    if any(_LOGO.search(names_of_element(one)) for one in ancestors(heading)):
        return True
    links = [link.get("href") or "" for link in heading.iter("a")]
    parent = heading.getparent()
    if parent is not None and parent.tag == "a":
        links.append(parent.get("href") or "")
    return any(
        re.fullmatch(r"(?:https?:)?(?://[^/]+)?/?(?:[a-z]{2}/?)?", link.strip()) and link.strip() for link in links
    )


def in_scope(
    element: HtmlElement, holders: AbstractSet[HtmlElement] = frozenset(), around: AbstractSet[str] = AROUND
) -> bool:
    """Whether a microdata property is the page's article's, and not of an object within or beside it."""
    for one in ancestors(element):
        if one.get("itemscope") is not None and one is not element:
            return _ARTICLE_SCOPE.search(one.get("itemtype") or "") is not None and not is_around(one, holders, around)
        if one.get("itemscope") is not None and not is_article(one) and one.get("itemprop") is None:
            return False
    return not is_around(element, holders, around)


def visible_text(element: HtmlElement, without: frozenset[HtmlElement] = frozenset(), most: int = 500) -> str:
    """Its text as one line: a border of a block is a space, one of an inline element is none. `most`: elements read."""
    pieces: list[str] = []
    depth = 0  # of what is not seen
    for (event, one), _ in zip(_walk(element), range(2 * most), strict=False):
        hides = one.tag in _UNSEEN or one in without or not isinstance(one.tag, str)
        if event == "start":
            depth += hides
            if one.tag in _BLOCKS:
                pieces.append(" ")
            if not depth and one.text:
                pieces.append(one.text)
        else:
            depth -= hides
            if one.tag in _BLOCKS:
                pieces.append(" ")
            if not depth and one is not element and one.tail:
                pieces.append(one.tail)
    return " ".join("".join(pieces).split())


def _walk(element: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    stack: list[tuple[str, HtmlElement]] = [("start", element)]
    while stack:
        event, one = stack.pop()
        yield event, one
        if event == "start":
            stack.append(("end", one))
            stack.extend(("start", child) for child in reversed(one))


def _within_article(element: HtmlElement) -> bool:
    return any(is_article(one) or one.tag == "main" for one in ancestors(element))
