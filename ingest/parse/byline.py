"""Who wrote an article, out of JSON-LD, meta elements and the line near its headline: names alone. Pure.

"By Jane Doe and John Roe, Staff Writers, in Seoul | jane@herald.example" is Jane Doe and John Roe; agencies stand apart.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from lxml.html import HtmlElement

from ingest.parse.agency import agencies_in, agency_of, parted
from ingest.parse.linked_data import LinkedData, Thing, unescaped
from ingest.parse.place import Place
from ingest.parse.scope import AROUND, in_scope, is_around, names_of_element, visible_text
from ingest.parse.shapes import names_of
from ingest.parse.title import tidy
from ingest.parse.words_alike import folded

_META = (
    "author", "article:author", "og:article:author", "byl", "byline", "dc.creator", "dcterms.creator", "sailthru.author",
    "parsely-author", "cxenseparse:author", "article:author_name", "citation_author", "rnews:author", "authors",
    "twitter:data1",
)  # fmt: skip
_AGENCY_META = ("agency", "newsagency", "news_agency", "article:agency", "source", "dc.source", "dc.publisher", "dcterms.rightsholder", "copyright", "news:source")  # fmt: skip
# Before a name. A capital follows, so that no name that begins so is cut ("Da Silva" stays where a name stands before).
_BY = re.compile(
    r"^\W*(?:(?:(?:written|posted|published|reported|report|reporting|story|words|article|edited|compiled|reviewed|photographs?|photos?|analysis|opinion|comment|commentary|perspective|review|interview|essay|column)\s+by|by|from|author|authors|"
    r"von|autor(?:in|en)?|text|par|auteure?|por|autora?|redacción|texto|di|a cura di|autore|da|door|auteur|tekst|av|af|skriven av|"
    r"przez|przygotował|автор(?:ы|ка)?|текст|autor|napsal|szerző|írta|de către|scris de|yazan|haber|kirjoittanut|toimittaja|toimittanut|"
    r"oleh|penulis|reporter|tác giả|theo|ที่มา|โดย|द्वारा|लेखक|كتب|كتبت|بقلم|تحرير|المصدر|نویسنده|מאת|συντάκτης|της?|του|글|기자|記者|记者|作者|文|撰文|責任編集|取材|編輯|编辑)\b\s*[:：/／|]?\s*)+(?=\S)",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"^.{0,60}\b(?:written|posted|published|reported|words|story|text)\s+by\b\s*:?\s*", re.IGNORECASE)
_TITLE_WORD = re.compile(
    r"\b(?:staff|senior|chief|reporters?|writers?|correspondents?|editors?|journalists?|columnists?|contributors?|producers?|analysts?|photographers?|bureau|"
    r"desk|intern|fellow|manager|director|specialist|expert|officer|founder|redakteur(?:in)?|korrespondent(?:in)?|journalist(?:in|e)?|"
    r"rédact(?:eur|rice)|correspondant|envoyée? spéciale?|periodista|corresponsal|redactora?|enviado especial|giornalista|inviato|repórter|jornalista|"
    r"корреспондент|обозреватель|редактор|журналист|redaktor|dziennikarz|muhabir|gazeteci|verslaggever|redacteur|reporterka|journalisten)\b",
    re.IGNORECASE,
)  # fmt: skip
_SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|iv|m\.?d|ph\.?\s?d|m\.?a|b\.?a|b\.?sc?|m\.?sc?|m\.?p\.?h|r\.?n|r\.?d|j\.?d|esq|c\.?p\.?a|cfa|cfp|dds|dvm|do|np|pa-?c|mba|ms|rdn|ld|cpt|lcsw)\.?$", re.IGNORECASE)  # fmt: skip
_CLUTTER = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}|(?:^|(?<=[\s(|,;]))@\w{1,40}|"
    r"\b\d{1,2}[:.h]\d{2}\b(?:\s?[ap]\.?m\.?)?.{0,12}|\b\d{4}-\d\d-\d\d\S*|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|"
    r"\b(?:published|updated|posted|modified|last updated|(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b.*$|"
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s\d{1,2},?\s\d{4}.*$|\b\d{1,2}\s(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s\d{4}.*$|"
    r"\(\d+ (?:articles|posts)\)",
    re.IGNORECASE,
)  # fmt: skip
_WHERE = re.compile(
    r"\s+(?:in|reports? from|reporting from|for|from|aus|à|en|em|desde|depuis|из|в|på)\s+(?:the\s)?[A-ZÀ-ÞА-Я][^\d]{1,60}$"
)
_PARTS = re.compile(r"\s*[,;|/·•・、，；\n]\s*|\s+[-–—]\s+|\s*[()（）\[\]]\s*")
_AND = re.compile(
    r"\s*(?:&|\+)\s*|\s+(?:and|und|et|y|e|en|och|og|ja|i|и|та|și|és|ve|dan|và|with|mit|avec|con|com)\s+|\s*(?:与|和|및|と)\s*"
)
_KOREAN = re.compile(r"\s*(?:선임|수습|인턴|전문|논설)?\s?(?:기자|특파원|앵커|논설위원|위원|PD|에디터)$")
_CHINESE = re.compile(
    r"^(?:本报|本報|新华社|中新社|见习|實習|实习|特约|特約)?(?:记者|記者|作者|编辑|編輯|撰文|文)\s*[:：/／]?\s*|\s*(?:记者|記者|编辑|編輯|編集委員|論説委員|支局長|特派員)$"
)
_INSTITUTION = re.compile(r"\b(?:ministry|department|institute|university|press|news|times|post|team|agency|association|committee|office|council|board|company|inc|ltd|llc|group|magazine|health|society|center|centre|foundation)\b", re.IGNORECASE)  # fmt: skip
_PERSON = re.compile(r"[^\W\d_][\w.'’\-]*(?:\s+[^\W\d_][\w.'’\-]*){0,5}")
_BYLINE = re.compile(r"(?:^|[\s_-])(?:byline\w*|author(?:s|-?name|-?link|-?title)?|(?:post|entry|article|story)-?author|writer|vcard|autor|auteur|reporter|contributors?)(?:$|[\s_-])", re.IGNORECASE)  # fmt: skip
_BIO = re.compile(
    r"(?:^|[\s_-])(?:author-?(?:bio|box|info|description|about|card)|about-?(?:the-?)?author|bio)(?:$|[\s_-])",
    re.IGNORECASE,
)
_PROFILE = re.compile(r"/(?:authors?|profiles?|staff|people|journalists?|reporters?|contributors?|writers?|by|autor(?:en|es)?|auteurs?|redaktion)/[^/?#]+/?(?:[?#].*)?$", re.IGNORECASE)  # fmt: skip
_AROUND = AROUND - {"aside"}  # in which some put the byline
_NOBODY = frozenset("admin administrator editor staff guest user webmaster author authors unknown none null undefined by na anonymous editorial root redaktion redaction redacción redazione редакция 기자 관리자".split())  # fmt: skip
_INITIAL = re.compile(r"(?:[A-Z]\. ?){1,3}[A-Z][a-z]+$")  # A. Writer
_EDGES = " ,:;-–—|*\"'“”•"
_JUNIOR = re.compile(r"\b(?:Jr|Sr)\.\s*$")
_MOST_LINE = 160
_MOST_NAME_WORDS = 7
_MOST_ELEMENTS = 3000


class Byline(NamedTuple):
    """Who wrote it, and which agencies are named among them."""

    names: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()


def authors_of(place: Place, data: LinkedData, own: Thing, meta: Mapping[str, str], fed: Iterable[str] = ()) -> Byline:
    """The authors by the first source that names any, and all agencies that those sources name. `fed`: the feed's."""
    agencies: list[str] = []
    names: tuple[str, ...] = ()
    for texts in chain(_sources(place, data, own, meta), (fed,)):
        found = split_byline(texts)
        agencies += found.agencies
        names = names or found.names
        if names:
            break
    for name in _AGENCY_META:
        agencies += agencies_in(unescaped(meta.get(name, "")))
    return Byline(names_of(names), tuple(dict.fromkeys(agencies)))


def split_byline(texts: Iterable[str]) -> Byline:
    """The names and agencies in lines such as "By Jane Doe and John Roe, Reuters"."""
    names: list[str] = []
    agencies: list[str] = []
    for text in texts:
        if whole := agencies_in(text):
            agencies += whole
            continue
        parts = list(_parts(text))
        named = [agency for part in parts if (agency := agency_of(part)) is not None]
        agencies += named
        read = (name for part in parts if agency_of(part) is None and (name := _name(part)))
        names += (
            name for name in read if not named or len(name.split()) > 1 or not name.isascii()
        )  # "PTI, Washington"
    return Byline(tuple(_once(names)), tuple(dict.fromkeys(agencies)))


def _once(names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if (key := folded(name)) and key not in seen:
            seen.add(key)
            yield name


def _parts(text: str) -> Iterator[str]:
    """A line in pieces that are one name, role or agency each."""
    line = _CLUTTER.sub(" | ", tidy(unescaped(text))[:1000])
    line = _BY.sub("", line) if _BY.match(line) and agency_of(line) is None else line
    if found := _WITHIN.search(line):
        line = line[found.end() :]
    for raw in _PARTS.split(line):
        piece, agency = parted(raw.strip(_EDGES if _JUNIOR.search(raw) else _EDGES + "."))
        if agency is not None:
            yield agency
        halves = [half for half in _AND.split(piece) if half]
        if len(halves) > 1 and (all(map(_is_person, halves)) or any(agency_of(half) for half in halves)):
            yield from halves
        elif piece:
            yield piece


def _is_person(text: str) -> bool:
    """Whether a piece reads as the name of one person: two to four words, none of them an institution's."""
    bare = _WHERE.sub("", text.strip())
    words = bare.split()
    if _INSTITUTION.search(bare) or any(char.isdigit() for char in bare):
        return False
    if not bare.isascii() and not any(char.isupper() or char.islower() for char in bare):
        return 1 < len(bare) <= 12  # scripts without case
    return 1 < len(words) <= 5 and words[0][0].isupper() and words[-1][0].isupper()


def _name(piece: str) -> str | None:
    """The person or institution that a piece names; None where it is a role, a place or clutter."""
    name = _CHINESE.sub("", _KOREAN.sub("", piece.strip()))
    name = _BY.sub("", name) if re.match(r"(?:by|von|par|por|di|door|av|af|från)\s", name, re.IGNORECASE) else name
    if len(name.split()) > 2:
        name = _WHERE.sub("", name)
    name = name.strip(_EDGES if _JUNIOR.search(name) else _EDGES + ".")
    if not name or folded(name) in _NOBODY or _SUFFIX.match(name) or not any(map(str.isalpha, name)):
        return None
    if len(name.split()) > _MOST_NAME_WORDS or (
        _TITLE_WORD.search(name) and not _INITIAL.match(name) and not _keeps(name)
    ):
        return None
    if re.match(r"(?:in|aus|à|at|special to|for|from|with)\s", name, re.IGNORECASE):
        return None
    return name


def _keeps(name: str) -> bool:
    """Whether a name with a role's word in it is a newsroom's own ("Herald Staff"), which is all that is known."""
    words = name.split()
    return len(words) > 1 and re.search(r"\b(?:staff|desk|team|bureau|newsroom)\b", name, re.IGNORECASE) is not None and not re.search(r"\bwriters?|reporters?|correspondents?\b", name, re.IGNORECASE) and words[0].lower() not in ("staff", "senior", "news")  # fmt: skip


def _sources(place: Place, data: LinkedData, own: Thing, meta: Mapping[str, str]) -> Iterator[Iterable[str]]:
    """Texts that name authors, by source; best first."""
    linked = [name for key in ("author", "creator") for name in data.named(own, key)]
    yield [name for name in linked if not _is_address(name)]
    for name in _META:
        said = meta.get(name, "")
        if said and not _is_address(said) and (name != "twitter:data1" or _is_person(said)):
            yield [said]
    yield from _shown(place)


def _shown(place: Place) -> Iterator[list[str]]:
    """What readers are shown: marked up as the author, then called so, then a line that begins with "By"."""
    marked: list[str] = []
    linked: list[str] = []
    called: list[str] = []
    for element in place.elements(_MOST_ELEMENTS):
        rank = _rank(element, place)
        if rank is None or is_around(element, place.holders, _AROUND) or not place.holds(element):
            continue
        text = _author_text(element)
        if 0 < len(text) <= _MOST_LINE:
            (marked, linked, called)[rank].append(text)
    yield marked
    yield linked
    yield called[:1]
    yield list(_by_lines(place))[:1]


def _rank(element: HtmlElement, place: Place) -> int | None:
    if element.get("itemprop") in ("author", "creator"):
        return 0 if in_scope(element, place.holders, _AROUND) else None
    if "author" in (element.get("rel") or "").lower().split():
        return 1
    if element.tag == "a" and _PROFILE.search(element.get("href") or "") and _is_person(visible_text(element, most=20)):
        return 2
    name = names_of_element(element)
    return 2 if _BYLINE.search(name) and not _BIO.search(name) else None


def _author_text(element: HtmlElement) -> str:
    if element.tag == "meta":
        return element.get("content") or ""
    inner = next((one for one in element.iter() if one is not element and one.get("itemprop") == "name"), element)
    return inner.get("content") or visible_text(inner, most=60)


def _by_lines(place: Place) -> Iterator[str]:
    for element in place.elements(600):
        if element.tag in ("p", "div", "span", "address") and len(element) <= 4 and place.holds(element):
            line = visible_text(element, most=20)
            if (
                len(line) <= _MOST_LINE // 2
                and (found := _BY.match(line))
                and found[0].strip(" :").lower() in ("by", "von", "par", "por", "written by", "автор", "door", "av")
                and not is_around(element, place.holders)
            ):
                rest = line[found.end() :]
                if _is_person(_PARTS.split(rest)[0]) or any(map(_is_person, _AND.split(_PARTS.split(rest)[0]))):
                    yield line


def _is_address(text: str) -> bool:
    return text.strip().lower().startswith(("http://", "https://", "www.", "//"))
