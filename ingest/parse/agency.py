"""Whose report an article is: agencies named in its byline, its dateline, its closing line and its JSON-LD. Pure.

Conservative: an agency counts only where reports name their origin, by a spelling of the closed table in core.text.agencies. A story about
an agency is not by it.
"""

import re
from collections.abc import Iterable, Iterator

from core.text.agencies import SPELLINGS
from ingest.parse.linked_data import LinkedData, Thing
from ingest.parse.words_alike import folded

_BY_KEY = {folded(form): name for name, forms in SPELLINGS.items() for form in (name, *forms)}
# Names that are words or other people's initials too: they count in brackets of a dateline and in agency fields alone.
_ONLY_LARGE = frozenset("AA ANI APA APP APS AGI BTA CNA CNS DHA IHA MAP MENA NAN PA PAP PNA QNA RIA SDA SID SPA STA STT TAP TNA TT UNI VNA WAM Beta Fars Petra AP SANA".split())  # fmt: skip
_FORMS = sorted({form for name, forms in SPELLINGS.items() for form in (name, *forms)}, key=len, reverse=True)
_NAME = rf"(?:{'|'.join(map(re.escape, _FORMS))})"
_NAMES = rf"(?P<names>{_NAME}(?:\s?(?:[/,&+、·・‧-]|and|und|et|y|e|with|mit)\s?{_NAME}){{0,4}})"
_PLACE = r"(?P<place>[^()\[\]{}<>«»\"“”!?]{0,70}?)"
_DASH = r"[-–—―:：.]"
_DATELINES = (
    re.compile(rf"^\W{{0,2}}{_PLACE}\s*[(（\[]\s*{_NAMES}\s*[)）\]]\s*(?:{_DASH}|/)"),  # SEOUL (Reuters) -
    re.compile(rf"^\W{{0,2}}{_PLACE}\s*[(（\[]\s*{_NAMES}\s*[)）\]](?P<loose>\s)"),  # SEOUL (AP) The
    re.compile(rf"^\W{{0,2}}{_PLACE}\s*/\s*{_NAMES}\s*/"),  # MOSCOW, January 15. /TASS/.
    re.compile(
        rf"^\s*[(（\[【〔［]\s*(?P<place>[^()（）\[\]【】〕]{{1,20}}?)\s*[=＝]?\s*{_NAMES}(?:[^)）\]】〕］]{{0,20}})\s*[)）\]】〕］]"
    ),  # (서울=연합뉴스)
    re.compile(
        rf"^\W{{0,2}}(?P<names>{_NAME})(?P<place>[^\W\d_]{{1,8}}\d{{1,2}}月\d{{1,2}}日)[电電]"
    ),  # 新华社北京1月15日电
    re.compile(rf"^\W{{0,2}}(?P<place>)(?P<names>{_NAME})[、,，]?\s?{_DASH}{{1,2}}\s"),  # AFP - Paris
    re.compile(
        rf"^(?P<place>[^()\[\]<>\"“”!?.:]{{2,50}}?)[,.]?\s+{_NAMES}\s?\.?[-–—]{{1,2}}\s"
    ),  # Madrid, 15 ene EFE.-
    re.compile(rf"^\W{{0,2}}(?P<place>.{{0,40}}?)\s*[-–—]\s*{_NAMES}\s*[-–—:.]\s"),  # BERLIN - dpa -
)
_CLOSING = re.compile(
    rf"(?:[(（\[]\s*(?:(?i:with|avec|mit|con|com|da)\s(?:(?:agency\s)?(?i:inputs?|material|information|informations|información|informações)\s(?:from|von|de|by)\s)?)?{_NAMES}\s*[)）\]]|(?:^|\s)[-–—]{{1,2}}\s?(?P<last>{_NAME}))[.\s]*$"
)
_SOURCE = re.compile(
    rf"^\W{{0,3}}(?:(?:sources?|quellen?|fuente|fonte|kilde|källa|bron|źródło|zdroj|forrás|sursa|kaynak|источник|джерело|ソース|出典|来源|來源|출처|المصدر|स्रोत|agency|agencia|agence|agenzia|agência|agentur)\s?[:：]\s?|(?:with|mit)\s(?:(?:agency )?(?:inputs?|material|reporting|files|information)\s)?(?:from|von|by)?\s?|avec\s|con informaci[oó]n de\s|con\s)(?:the\s)?{_NAMES}\W*$",
    re.IGNORECASE,
)
_FROM = re.compile(
    rf"(?:sources?|quelle|fuente|fonte|источник|来源|來源|出典|출처|المصدر)\s?[:：]\s?(?:the\s)?(?P<names>{_NAME})(?!\w)",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(rf"(?:©|\(c\)|\bcopyright\b|ⓒ|저작권자)[\s,:]{{0,3}}(?:copyright\s|©\s?|\(c\)\s?)?(?:by\s)?(?:(?:19|20)\d\d[,.]?\s)?(?:by\s)?(?:the\s)?(?P<names>{_NAME})(?!\w|\s?/)", re.IGNORECASE)  # fmt: skip
_COUNTRY = re.compile(r"(?<=\w) \[[A-Z][A-Za-z ]{1,30}\]")  # New Delhi [India], January 15 (ANI)
_AT_END = re.compile(rf"(?:\s+(?:and|und|et|y|e|with|mit|avec|con))?\s+(?:The\s+)?({_NAME})$")
_SMALL_WORDS = frozenset(
    "de la le les el los das den der die du of the and in am im y e und et i les san st al bin w v na ob".split()
)
_LATIN = re.compile(r"[A-Za-z]")
_MOST_PLACE_WORDS = 9
_LOOKED_AT = 220  # characters of a paragraph at either end
_KEYS = ("author", "creator", "provider", "copyrightHolder", "sourceOrganization", "publisher", "contributor")


def agency_of(text: str) -> str | None:
    """The agency that a whole name is one of; None for all else."""
    key = folded(text)
    found = _BY_KEY.get(key)
    if found in _ONLY_LARGE and len(key) <= 4 and text.strip().islower():
        return None
    return found


def parted(piece: str) -> tuple[str, str | None]:
    """A byline's piece without the agency at its end, and that agency: "Jane Doe Associated Press"."""
    found = _AT_END.search(piece)
    return (piece, None) if found is None else (piece[: found.start()], agency_of(found[1]))


def agencies_in(text: str) -> tuple[str, ...]:
    """The agencies of a byline such as "Reuters, AFP" or "dpa/AFP"; empty unless it names nothing else."""
    parts = [part for part in re.split(r"\s*(?:[/,;|+&、·・]|\band\b|\bund\b|\bet\b|\by\b)\s*", text.strip()) if part]
    found = [agency_of(part) for part in parts[:10]]
    return tuple(dict.fromkeys(name for name in found if name)) if found and all(found) else ()


def agencies_of(
    byline: Iterable[str], text: str, data: LinkedData, own: Thing, notes: Iterable[str] = ()
) -> tuple[str, ...]:
    """The agencies of an article: of its byline, JSON-LD, dateline, closing line and notes (copyright, source)."""
    found = [*byline]
    for key in _KEYS:
        for name in data.named(own, key):
            found += agencies_in(name)
    found += agencies_in_text(text)
    for note in notes:
        found += _noted(note)
    return tuple(dict.fromkeys(found))


def agencies_in_text(text: str) -> tuple[str, ...]:
    """The agencies that a text names as its origin: in its dateline, its closing line, a line about its source."""
    return tuple(dict.fromkeys(_in_text(text)))


def _in_text(text: str) -> Iterator[str]:
    if not text:
        return
    paragraphs = text.split("\n\n")
    for first in paragraphs[:2]:
        if names := _dateline(first[:_LOOKED_AT]):
            yield from names
            break
    for last in paragraphs[-3:]:
        tail = last[-_LOOKED_AT:]
        if found := _CLOSING.search(tail):
            yield from agencies_in(found["names"] or found["last"] or "")
    for last in (*paragraphs[:2], *paragraphs[-4:]):
        yield from _noted(last)


def _noted(line: str) -> tuple[str, ...]:
    if len(line) > _LOOKED_AT:
        return ()
    found = _SOURCE.match(line) or _COPYRIGHT.search(line) or _FROM.search(line)
    return agencies_in(found["names"]) if found else ()


def _dateline(line: str) -> tuple[str, ...]:
    line = _COUNTRY.sub("", line)
    for pattern in _DATELINES:
        found = pattern.match(line)
        if found is None or not _is_place(found["place"], loose="loose" in found.groupdict()):
            continue
        if names := agencies_in(
            found["names"].replace("-", "/") if agency_of(found["names"]) is None else found["names"]
        ):
            return names
    return ()


def _is_place(text: str, *, loose: bool) -> bool:
    """Whether what stands before the agency is a place and a day: no word of a sentence."""
    words = re.findall(r"[^\W\d_]+", text)
    if len(words) > _MOST_PLACE_WORDS:
        return False
    if not _LATIN.search(text):
        return not loose or not words or text.isupper()
    if loose:
        return bool(words) and words[0].isupper() and len(words[0]) > 1
    return all(word[0].isupper() or word.lower() in _SMALL_WORDS or _MONTH.match(word) for word in words) and bool(not words or words[0][0].isupper() or words[0].lower() in _SMALL_WORDS)  # fmt: skip


_MONTH = re.compile(r"(?:jan|feb|f[eé]v|mar|m[aä]r|a[bpv]r|ma[iyj]|jun|jui|jul|giu|lug|aug|ago|aoû|sep|set|oct|okt|ott|out|nov|dec|dez|dic|déc|ene|gen|mag|th$|st$|nd$|rd$)", re.IGNORECASE)  # fmt: skip
