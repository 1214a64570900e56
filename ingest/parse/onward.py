"""Where a page leads a reader on: to another address in place of it, or to the next page of its article. Pure.

<meta http-equiv=refresh>, a script's location -> `leads_to`, where the page shows no article of its own
rel=next, "2", "Page 2", "weiter"             -> `pages`, whose addresses are the page's own with a number of a page
"""

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from ingest.parse.paging import MOST_PAGES, host_and_path, may_be_page, page_of_article
from ingest.parse.refresh import Onward, address_at, elsewhere, refresh_target
from ingest.parse.shapes import PageLink

_MOST_SCRIPTS = 3000  # characters: a page that only leads on has little script
_MOST_TEXT = 40  # of a link to a page
_MOST_LINKS = 2000
_FEW_LINKS = 20  # a page that only leads on has few
_LOCATION = re.compile(
    r"\blocation(?:\.href)?\s{0,20}=\s{0,20}(?P<quote>['\"`])(?P<set>[^'\"`\s]{1,4096})(?P=quote)\s{0,20}(?!\s|\+)"
    r"|\blocation\s{0,20}\.\s{0,20}(?:replace|assign)\s{0,20}\(\s{0,20}(?P<mark>['\"`])(?P<called>[^'\"`\s]{1,4096})(?P=mark)\s{0,20}\)"
)
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))")
# What a link to another page of an article reads like: "2", "[2]", "2/3", "Page 2", "Seite 2 von 3".
_NUMBER = re.compile(r"\W{0,5}(?:[^\W\d]{1,12}\W{1,3})?\d{1,2}(?:\W{1,3}(?:[^\W\d]{1,12}\W{1,3})?\d{1,2})?\W{0,5}")
_NEXT = re.compile(
    r"\W*(next( page)?|continue( reading)?|older|weiter(lesen)?|n.chste( seite)?|(page )?suivante?|lire la suite|(p.gina )?siguiente|"
    r"(p.gina )?(pr.xima|seguinte)|(pagina )?(successiva|seguente)|avanti|далее|(следующая|наступна)( страница| сторінка)?|вперед|"
    r"nast.pna( strona)?|dalej|volgende( pagina)?|n.sta( sida)?|neste( side)?|n.ste( side)?|seuraava( sivu)?|dal..( strana)?|"
    r"k.vetkez.( oldal)?|sonraki( sayfa)?|(pagina )?urm.toare|trang (sau|tiếp)|(halaman )?(selanjutnya|berikutnya)|επόμενη( σελίδα)?|"
    r"次へ|次の?ページ(へ)?|下一[页頁]|다음( 페이지)?|التالي|الصفحة التالية|הבא|העמוד הבא|अगला( पेज| पृष्ठ)?|ถัดไป|หน้าถัดไป)?\W*",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"comment|disqus|respond|replies|kommentar", re.IGNORECASE)


def onward_of(page: HtmlElement, url: str, base: str) -> Onward:
    """What a page says of where to go on. `base`: what its relative addresses start from."""
    at_once = otherwise = ""
    for meta in page.iter("meta"):
        if (meta.get("http-equiv") or "").strip().lower() != "refresh":
            continue
        target = refresh_target(meta.get("content") or "", url, base)
        if any(above.tag == "noscript" for above in meta.iterancestors()):
            otherwise = otherwise or target
        else:
            at_once = at_once or target
    otherwise = otherwise or _by_script(page, url, base)
    is_linked = bool(otherwise) and any(
        address_at(href, base) == otherwise for _, href in islice(_hrefs(page), _FEW_LINKS)
    )
    return Onward(at_once, otherwise, is_linked, _pages(page, url, base))


def _by_script(page: HtmlElement, url: str, base: str) -> str:
    """The one address that the scripts of a page go to."""
    targets: set[str] = set()
    left = _MOST_SCRIPTS
    for script in page.iter("script"):
        text = script.text or ""
        left -= len(text)
        if left < 0:
            return ""
        for one in _LOCATION.finditer(text):
            targets.add(elsewhere(_ESCAPED.sub(_character, one["set"] or one["called"]), url, base))
    return targets.pop() if len(targets) == 1 else ""


def _character(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else escape[3]


def _hrefs(page: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Elements that link elsewhere, with where."""
    left = _MOST_LINKS
    for element in page.iter("a", "link"):
        href = element.get("href")
        if href:
            left -= 1
            if left < 0:
                return
            yield element, href


def _pages(page: HtmlElement, url: str, base: str) -> tuple[PageLink, ...]:
    """Links that may lead to other pages of the article: the address must fit, a bare number must also be shown as one."""
    own = host_and_path(url)
    found: dict[str, PageLink] = {}
    for element, href in _hrefs(page):
        if not may_be_page(href):
            continue
        address = address_at(href, base)
        which = page_of_article(url, address) if address and host_and_path(address)[0] == own[0] else None
        if which is None or len(found) > 2 * MOST_PAGES or _is_of_comments(element, href):
            continue
        is_next = _says_next(element)
        if which.is_worded or is_next or _NUMBER.fullmatch(_shown(element)):
            known = found.get(address)
            found[address] = PageLink(address, is_next=is_next or (known is not None and known.is_next))
    return tuple(found.values())


def _says_next(element: HtmlElement) -> bool:
    if "next" in (element.get("rel") or "").lower().split():
        return True
    shown = _shown(element) or (element.get("aria-label") or element.get("title") or "")[:_MOST_TEXT].strip()
    found = _NEXT.fullmatch(shown)
    return found is not None and (found[1] is not None or any(sign in shown for sign in "»›→>▶"))


def _shown(element: HtmlElement) -> str:
    """What a link reads like; "" for one that is longer than a number of a page."""
    text = " ".join(part for part in element.itertext())[: 4 * _MOST_TEXT]
    shown = " ".join(text.split())
    return shown if len(shown) <= _MOST_TEXT else ""


def _is_of_comments(element: HtmlElement, href: str) -> bool:
    if _COMMENTS.search(href):
        return True
    above = (element, *(one for one, _ in zip(element.iterancestors(), range(6), strict=False)))
    return any(
        _COMMENTS.search(f"{one.get('class') or ''} {one.get('id') or ''}"[:500])
        for one in above
        if one.tag not in ("body", "html")
    )
