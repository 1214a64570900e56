"""The headline of a page's article, out of all that claims to be it. Pure.

Readers see the heading, machines are told others: cut, with the name of the site, for search engines, or escaped once too
often. The heading counts where something else bears it out; else what most agree on. What names the site or a section is
cut off where other signs tell that it is no part of the headline.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from ingest.parse.linked_data import LinkedData, Thing, text_in, unescaped
from ingest.parse.scope import ancestors, in_scope, is_around, is_article, is_logo, names_of_element, visible_text
from ingest.parse.shapes import MOST_TITLE, title_of
from ingest.parse.words_alike import COMMON, folded, is_alike, words_of

_META = (
    "og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "dcterms.title", "cxenseparse:title",
    "citation_title", "hdl", "article:title", "title",
)  # fmt: skip
_SITE_META = ("og:site_name", "application-name", "apple-mobile-web-app-title", "al:ios:app_name", "al:android:app_name",
    "dc.publisher", "twitter:site", "publisher", "copyright")  # fmt: skip
_HEADLINE = re.compile(r"(?:^|[\s_-])(?:headline|(?:entry|post|article|story|news|page|content|single)[_-]{0,2}title|title[_-]{0,2}(?:article|post|news))(?:$|[\s_-])", re.IGNORECASE)  # fmt: skip
# Within a heading: what stands above or below the headline.
_BESIDE = re.compile(
    r"(?:^|[\s_-])(?:kicker|eyebrow|overline|overhead|roofline|dachzeile|surtitre|antetitulo|occhiello|label|badge|flag|category|"
    r"section|topic|sub-?(?:title|head\w*|line)|dek|standfirst|date|time|meta|byline|author|comments?|share|sr-only|screen-?reader\w*|"
    r"visually-?hidden|premium|plus|icon|anchor|permalink|header-?anchor|headerlink)(?:$|[\s_-])",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s+(?:[|｜¦‖•·»«>›‹<⋆★~/\\]|::|:|[-–—―]{1,3})\s+|\s*[|｜¦‖]\s*|:\s+| [-–—]{2} |(?<=[^\x00-\x7f])_(?=[^\x00-\x7f])"
)
_BARS = frozenset("|｜¦‖•·»›⋆★~:_")
_CUT = re.compile(r"\s*(?:\.{3,}|…|\[(?:\.{3}|…)\])\s*$")
_TAG = re.compile(
    r"</?(?:em|i|b|strong|span|br|p|u|s|small|sub|sup|font|a|mark|q|cite|wbr|h[1-6]|div)(?:\s[^<>]{0,300})?/?>",
    re.IGNORECASE,
)
_BORDER = re.compile(r"</?(?:br|p|div|h[1-6])\b", re.IGNORECASE)
# In the names of publishers, whose headlines nobody repeats here.
_NEWSY = re.compile(
    r"\b(?:news|newspaper|times|herald|post|daily|journal|tribune|gazette|chronicle|guardian|telegraph|press|observer|magazine|radio|tv|zeitung|"
    r"nachrichten|tagblatt|tageblatt|anzeiger|rundschau|kurier|presse|journal|diario|periódico|noticias|jornal|folha|gazzetta|corriere|giornale|krant|"
    r"tidende|avisen|gazeta|dziennik|haber|gazetesi|berita|báo)\b|новости|газета|известия|ведомости|뉴스|일보|신문|신문사|新聞|新闻|日报|日報|時報|时报|网$|ニュース|أخبار|صحيفة",
    re.IGNORECASE,
)
_EDGES = " |｜¦‖•·»⋆★~–—-"
_UNSHOWN = re.compile(r"(?:^|[\s_-])(?:sr-only|screen-?reader\w*|visually-?hidden)(?:$|[\s_-])", re.IGNORECASE)
_HEADING_TAG = re.compile(r"<h1\b[^<>]{0,1000}>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"<(/?)p\b", re.IGNORECASE)
_MOST_HEADING = 3000  # characters of markup
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff\u200e\u200f"))
_MOST_OF_NAME = 0.45  # of "Old Crows Antiques Mall in Littleton", which `oldcrowsantiques` names
_SECTION_WORDS = 2
_SITE_WORDS = 5  # a site's name or a section has no more
_MOST_HEADINGS = 50
_MOST_CANDIDATES = 12
_LEAST_CUT = 20  # characters that a cut headline still has
_LEAST_WORDS = 4
_LEAST_ALONE = 3  # words of a heading that nothing bears out


class Facts(NamedTuple):
    """What a title is read from, beside the tree. `fed`: the feed's headline; `common`: titles' parts that a host repeats."""

    url: str
    data: LinkedData
    own: Thing
    meta: Mapping[str, str]
    fed: str = ""
    common: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    origin: str
    text: str

    @property
    def key(self) -> str:
        return folded(self.text)


def headlines(page: HtmlElement, facts: Facts) -> tuple[str, ...]:
    """All that may be the headline as it stands there: what other objects are compared with."""
    said = [facts.meta.get(name, "") for name in _META[:3]]
    whole = page.findtext(".//title") or ""
    parts = [part for text in (*said, whole) for part in (text, *_SEPARATOR.split(text))]
    shown = [visible_text(one) for one in _headings(page)]
    return tuple(dict.fromkeys(filter(None, map(tidy, (facts.fed, *shown, *parts)))))


def title_of_page(page: HtmlElement, facts: Facts) -> str:
    """The headline; empty where the page has none."""
    sites = _Sites(_site_names(facts), facts.common)
    told = [_Candidate(name, sites.cut(text, ())) for name, text in _told(page, facts)]
    shown = [one for one in map(tidy, _shown(page, told, sites)) if one and not sites.is_site(one)]
    rest = tuple(filter(None, (*shown, facts.fed)))
    told = [one for one in (_Candidate(one.origin, sites.cut(one.text, rest)) for one in told) if one.text]
    told = [one for one in told if not sites.is_site(one.text)]
    return title_of(_whole(_chosen(shown, told), (*told, *(_Candidate("h1", one) for one in shown))))


def with_whole_headings(html: str) -> str:
    """Markup in which no paragraph ends a heading before its end: the parser would close it where a `<p>` begins."""
    pieces: list[str] = []
    done = 0
    for found in _HEADING_TAG.finditer(html):
        end = html.find("</h1", found.end(), found.end() + _MOST_HEADING)
        if end >= 0 and found.start() >= done and "<p" in (inner := html[found.end() : end]).lower():
            pieces += (html[done : found.end()], _PARAGRAPH.sub(r"<\1div", inner))
            done = end
    return "".join((*pieces, html[done:])) if pieces else html


def tidy(text: str) -> str:
    """A title as it is read: markup that was taken for text, soft hyphens and odd spaces are gone."""
    if "<" in text:
        text = _TAG.sub(lambda found: " " if _BORDER.match(found[0]) else "", text)
    return " ".join(text[: 4 * MOST_TITLE].translate(_UNSEEN).split())


def _told(page: HtmlElement, facts: Facts) -> Iterator[tuple[str, str]]:
    """What is told to machines, best first."""
    for key in ("headline", "name"):
        if said := text_in(facts.own, key):
            yield "linked", tidy(said)
    for name in _META:
        if said := facts.meta.get(name):
            yield name, tidy(unescaped(said))
    if whole := page.findtext(".//title"):
        yield "title", tidy(unescaped(whole))
    if facts.fed:
        yield "feed", tidy(facts.fed)


def _headings(page: HtmlElement, sites: "_Sites | None" = None) -> list[HtmlElement]:
    """All of the first rank; of lower ones those that are called the headline, where those of the first name the site."""
    found = [one for one, _ in zip(page.iter("h1"), range(_MOST_HEADINGS), strict=False)]
    if all(is_logo(one) or (sites is not None and sites.is_site(visible_text(one))) for one in found):
        named = [one for one, _ in zip(page.iter("h2", "h3"), range(_MOST_HEADINGS), strict=False)]
        found += [
            one
            for one in named
            if _HEADLINE.search(names_of_element(one)) or one.get("itemprop") in ("headline", "name")
        ]
    return found


def _shown(page: HtmlElement, told: Iterable[_Candidate], sites: "_Sites") -> list[str]:
    """The headings that readers see, without what stands beside the headline in them; the likeliest first."""
    keys = {one.key for one in told}
    ranked: list[tuple[int, int, str]] = []
    for place, heading in enumerate(_headings(page, sites)):
        text = "" if is_logo(heading) else _heading_text(heading, keys)
        if not text or (_is_hidden(heading) and folded(text) not in keys):
            continue
        rank = (
            4 * (folded(text) in keys)
            + 2 * _says_so(heading)
            + (not is_around(heading))
            + any(map(is_article, ancestors(heading)))
        )
        ranked.append((-rank, place, text))
    return [text for _, _, text in sorted(ranked)]


def _says_so(heading: HtmlElement) -> bool:
    if heading.get("itemprop") in ("headline", "name"):
        return in_scope(heading)
    return _HEADLINE.search(names_of_element(heading)) is not None and not is_around(heading)


def _is_hidden(heading: HtmlElement) -> bool:
    style = (heading.get("style") or "").replace(" ", "").lower()
    return (
        heading.get("hidden") is not None
        or "display:none" in style
        or _UNSHOWN.search(names_of_element(heading)) is not None
    )


def _heading_text(heading: HtmlElement, keys: set[str]) -> str:
    whole = visible_text(heading)
    if folded(whole) in keys:
        return whole
    beside = frozenset(
        one
        for one in heading.iterdescendants()
        if _BESIDE.search(names_of_element(one)) or one.tag in ("small", "time")
    )
    bare = visible_text(heading, beside) if beside else whole
    if bare and folded(bare) in keys:
        return bare
    if len(heading) > 1:  # one of its parts is what machines are told
        for child in heading:
            if isinstance(child.tag, str) and folded(part := visible_text(child)) in keys and len(words_of(part)) > 1:
                return part
    return bare or whole


class _Sites:
    """The names of a site, and what of a title is one of them."""

    def __init__(self, names: Iterable[str], common: Iterable[str]) -> None:
        self._keys = {key for name in names if (key := folded(name))}
        self._common = {key for part in common if (key := folded(part))}

    def is_site(self, part: str) -> bool:
        """Whether a part of a title, or a whole one, names the site."""
        key = folded(part)
        if not key or key in self._keys or key in self._common:
            return True
        if len(part.split()) > _SITE_WORDS + 3:
            return False
        bare = key.removeprefix("the").removesuffix("online").removesuffix("news").removesuffix("com")
        return any(
            (len(name) > COMMON and key.startswith(name) and len(name) >= _MOST_OF_NAME * len(key))
            or (len(name) > COMMON and len(key) > COMMON and key in name)
            or (bool(bare) and bare == name.removeprefix("the").removesuffix("news"))
            for name in self._keys
        )

    def cut(self, text: str, headlines: tuple[str, ...]) -> str:
        """The title without the site's name and sections before or behind it. `headlines`: what else may be the headline."""
        borders = [found.span() for found in _SEPARATOR.finditer(text[:MOST_TITLE])]
        if not borders:
            return text.strip(_EDGES) or text
        keys = {key for one in headlines if (key := folded(one))}
        for begin, end in [(0, b) for b, _ in reversed(borders)] + [(a, len(text)) for _, a in borders]:
            if folded(text[begin:end]) in keys:
                return text[begin:end].strip()
        return self._without_ends(text, borders)

    def _without_ends(self, text: str, borders: list[tuple[int, int]]) -> str:
        begin, end = 0, len(text)
        while borders:
            start, after = borders[-1]
            mark, tail = text[start:after].strip(), text[after:end]
            head = text[begin:start]
            if mark == ":" or not self._is_end(mark, head, tail):
                break
            end = start
            borders.pop()
        while borders:
            start, after = borders[0]
            head, tail = text[begin:start], text[after:end]
            section = begin > 0 and text[start:after].strip()[:1] in _BARS and len(head.split()) <= _SECTION_WORDS
            if not ((self._is_name(head) or section) and tail.strip()):
                break
            begin = after
            borders.pop(0)
        return text[begin:end].strip(_EDGES) or text

    def _is_end(self, mark: str, head: str, tail: str) -> bool:
        """Whether what stands behind a mark is the site or a section."""
        if not head.strip():
            return False
        if not tail.strip() or self.is_site(tail):
            return True
        short = len(tail.split()) <= _SITE_WORDS and (not tail.isascii() or len(tail) <= 40)
        longer = len(head) > len(tail) and (len(head.split()) >= _LEAST_WORDS - 1 or len(head) > 3 * len(tail))
        return ((mark[:1] in _BARS or _NEWSY.search(tail)) and short and longer) or (
            folded(tail) and folded(head).endswith(folded(tail)) and longer
        )  # type: ignore[return-value]

    def _is_name(self, part: str) -> bool:
        """As `is_site`, where a headline may begin with the word."""
        key = folded(part)
        return key in self._keys or key in self._common


def _site_names(facts: Facts) -> Iterator[str]:
    for name in _SITE_META:
        if said := facts.meta.get(name):
            yield unescaped(said).lstrip("@")
    for key in ("publisher", "provider", "sourceOrganization"):
        yield from facts.data.named(facts.own, key)
    for thing in facts.data.by_id.values():
        if "WebSite" in str(thing.get("@type")):
            yield text_in(thing, "name") or ""
    host = (urlsplit(facts.url).hostname or "").removeprefix("www.")
    labels = host.split(".")
    yield host
    yield from (label for label in labels[:-1] if len(label) > 3)


def _chosen(shown: list[str], told: list[_Candidate]) -> str:
    """The heading that something bears out; else what most agree on; else the first there is."""
    votes = Counter(one.key for one in told)
    for heading in shown:
        if folded(heading) in votes:
            return _best_spelling(heading, told)
    agreed = [one for one in told if votes[one.key] > 1]
    for heading in shown:
        if any(is_alike(heading, one.text) for one in told) and not (agreed and _is_part(heading, agreed[0].text)):
            return heading
    if agreed:
        return agreed[0].text
    if shown and (not told or len(words_of(shown[0])) >= _LEAST_ALONE):
        return shown[0]
    return told[0].text if told else ""


def _is_part(one: str, other: str) -> bool:
    """Whether a heading is a word or two out of a headline: that of a part of the text."""
    a, b = folded(one), folded(other)
    return a in b and len(a) * 3 < len(b)


def _best_spelling(heading: str, told: list[_Candidate]) -> str:
    """The heading, or what reads alike where the heading glues words or shouts."""
    for one in told:
        if one.key == folded(heading) and (
            len(one.text.split()) > len(heading.split()) or (heading.isupper() and not one.text.isupper())
        ):
            return one.text
    return heading


def _whole(title: str, candidates: tuple[_Candidate, ...]) -> str:
    """The title, or the longer one of which it is the beginning."""
    cut = _CUT.sub("", title)
    if cut == title:
        return title
    key = folded(cut)
    longer = [
        one.text
        for one in candidates
        if len(key) >= _LEAST_CUT // 2 and one.key.startswith(key) and not _CUT.search(one.text)
    ]
    return min(longer, key=len, default=title)
