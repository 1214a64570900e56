"""Which address names an article: what the page says of itself, where that can be believed.

A canonical address that is wrong makes many articles one, and all but the first are lost; one that is not believed makes
at worst two of one. So it counts where it differs from the page's own address as canonical ones do, or where the page
shows by other signs that it is its own.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from core.net.url import BadUrl, clean_url, domain_of, host_of, is_homepage
from ingest.parse.redirectors import target_of
from ingest.parse.words_alike import words_of

_PREFIX = re.compile(r"^(?:www\d?|m|mobile|mobil|amp|wap|touch|lite|print)\.")
_AMP_HOST = re.compile(r"^(?:amp|m)-")
_INDEX = re.compile(r"^(?:index|default|home)\.\w{3,5}$")
_EXTENSION = re.compile(r"\.(?:amp|print|mobile|html?|shtml|xhtml|php|aspx?|jsp|ece|cms|do|cfm|cgi)$")
_SCRIPT = re.compile(r"\.(?:php\d?|aspx?|jsp|do|cgi|cfm|pl|dll)$")
_VIEWS = frozenset(("amp", "amphtml", "print", "printable", "printview", "mobile", "m", "full"))  # of one article
# Parameters of a view, not of an article.
_NO_ARTICLE = frozenset(
    "amp amp_js_v usqp outputtype output print printable printview print_view view mode mobile m nomobile theme skin share "
    "platform format fullpage full single singlepage page_view noredirect nr redirect cb refresh reload embed ver version".split()
)
_IDENTIFIES = re.compile(r"(?:^|[_-])(?:p|q|id|no|nr|num|key|code|seq)$|(?:id|idx|no|sn|num|cd|code|seq|idxno|key)$|^(?:article|story|news|post|item|doc|a|n|s|nid|aid|sid|tid|page_?name|title|slug|url|path|u)$")  # fmt: skip
_TEMPLATE = re.compile(r"\{\{|\}\}|\$\{|<%|%>|\{[a-z_]*\}|%7B|%s\b|/%d|\[\[|(?:^|[/=])(?:undefined|null|none|nan|false|true|\[object)(?:$|[/?&#])", re.IGNORECASE)  # fmt: skip
_LISTS = frozenset(
    "tag tags topic topics thema themen category categories cat kategorie categoria categorie rubrik rubric rubrique section sections author authors autor people search suche page archive archives archiv label keyword keywords".split()
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_LEAST_SLUG_WORDS = 3
_LEAST_DIGITS = 4


class Claims(NamedTuple):
    """What a page says of its own address and headline. `own`: the address in the JSON-LD object of its article."""

    canonical: str | None = None
    og_url: str | None = None
    own: str | None = None
    headlines: tuple[str, ...] = ()


class _Key(NamedTuple):
    """What stays of an address when all is dropped in which addresses of one article differ."""

    host: str
    path: tuple[str, ...]
    query: tuple[tuple[str, str], ...]


def canonical_url(url: str, *claims: str | None) -> str:
    """The first claim of the same site that is no front page; else the address itself, cleaned.

    For an address that was chosen by `own_address`. Raises BadUrl when `url` is no web address.
    """
    own = clean_url(target_of(url))
    for said in _resolved(own, claims):
        if same_site(said, own) and not is_homepage(said):
            return said
    return own


def own_address(url: str, base: str | None, claims: Claims) -> str:
    """The address that names the page's article: a claim that can be believed; else its own, cleaned.

    `base`: what the page's relative addresses start from. Raises BadUrl when `url` is no web address.
    """
    own = clean_url(target_of(url))
    canonical, og_url, linked = (_claimed(own, base, said) for said in (claims.canonical, claims.og_url, claims.own))
    if is_homepage(own):
        return own
    for said, others in ((canonical, (og_url, linked)), (og_url, (linked,)), (linked, ())):
        if said and (_is_spelling(said, own) or _is_moved(said, own, others, claims.headlines)):
            return said
    return own


def is_same_page(one: str, other: str) -> bool:
    """Whether two addresses name one page, however they are spelled; a path alone is compared as such."""
    a, b = _key_or_none(one), _key_or_none(other)
    if a is None or b is None:
        return False
    if not a.host or not b.host:
        return a[1:] == b[1:] and bool(a.path)
    return a == b and bool(a.path or a.query)


def is_page_beside(one: str, other: str) -> bool:
    """Whether `one` is another page of the same site, and not its front page."""
    a, b = _key_or_none(one), _key_or_none(other)
    return a is not None and b is not None and a.host == b.host and bool(a.path or a.query) and a != b


def same_site(a: str, b: str) -> bool:
    """The same host, or one a sub-domain of the other (`www.`, `m.`, `amp.`)."""
    one, two = domain_of(a), domain_of(b)
    return one == two or one.endswith("." + two) or two.endswith("." + one)


def _claimed(own: str, base: str | None, claim: str | None) -> str | None:
    """A claim as an address of this site that could be an article's."""
    if not claim or not claim.strip() or _TEMPLATE.search(claim):
        return None
    for said in _resolved(base or own, (claim,)):
        if same_site(said, own) and not is_homepage(said):
            return said
    return None


def _resolved(base: str, claims: Iterable[str | None]) -> Iterable[str]:
    for claim in claims:
        if claim and claim.strip():
            try:
                yield clean_url(target_of(clean_url(claim.strip(), base)))
            except BadUrl:
                continue


def _is_spelling(said: str, own: str) -> bool:
    """Whether the claim is the page's address without noise: other parameters lost than those that tell articles apart."""
    a, b = _key(said), _key(own)
    if a.path != b.path or not _hosts_alike(a.host, b.host):
        return False
    lost, added = set(b.query) - set(a.query), set(a.query) - set(b.query)
    if added:
        return False
    told = _names_article(b.path) or (_identifies(a.query) and not any(_IDENTIFIES.search(name) for name, _ in lost))
    return not lost or (told and not any(_IDENTIFIES.search(name) and _is_number(value) for name, value in lost))


def _is_number(value: str) -> bool:
    """Whether a parameter's value is an article's number, and not a session's."""
    return _digits(value) >= _LEAST_DIGITS and _digits(value) == len(value)


def _is_moved(said: str, own: str, others: tuple[str | None, ...], headlines: tuple[str, ...]) -> bool:
    """Whether another path is the page's own: an article's, and tied to it by what else the page says."""
    a, b = _key(said), _key(own)
    if a.path == b.path or (a.path == b.path[: len(a.path)] and not a.query):
        return False  # another article of one script, or the section that it stands in
    if any(part in _LISTS for part in a.path):
        return False
    if a.path and b.path and a.path[-1] == b.path[-1] and _is_slug(a.path[-1]):
        return True  # in another section
    named = _shares_words(a.path, headlines, b.path)
    if not named and _shape(a.path) == _shape(b.path):
        return False  # the next one of its kind
    if not (named or _names_article(a.path) or _identifies(a.query)):
        return False  # a section
    if _identifies(b.query) and not _identifies(a.query) and not named:
        return False
    agreed = any(other is not None and _key(other) == a for other in others)
    return named or _shares_number(a, b) or (agreed and not _is_anothers(a.path, headlines))


def _shape(path: tuple[str, ...]) -> str:
    return re.sub(r"\d+", "0", "/".join(path))


def _is_anothers(path: tuple[str, ...], headlines: tuple[str, ...]) -> bool:
    """Whether the path tells words, and none of them is the headline's: the whole head was copied from another article."""
    slug = _slug_words(path)
    known = {word for line in headlines for word in words_of(line)}
    readable = any(word.isascii() and word.isalpha() for word in known)
    return len(slug) >= _LEAST_SLUG_WORDS and readable and not slug & known


def _hosts_alike(a: str, b: str) -> bool:
    return a == b or a.endswith("." + b) or b.endswith("." + a)


def _slug_words(path: tuple[str, ...]) -> set[str]:
    """The words of the segment that tells most."""
    best: list[str] = []
    for segment in path[-3:]:
        words = [word for word in words_of(segment.replace("_", "-")) if len(word) > 1 and not word.isdigit()]
        best = words if len(words) >= len(best) else best
    return set(best)


def _shares_words(path: tuple[str, ...], headlines: tuple[str, ...], own: tuple[str, ...]) -> bool:
    """Whether the slug is made of the headline's words; a single one counts if it is in the page's own address, too."""
    slug = {word for word in _slug_words(path) if len(word) > 2}
    shared = slug & {word for line in headlines for word in words_of(line)}
    if len(shared) == 1 and len(slug) == 1:
        return shared <= set(words_of("-".join(own[-1:])))
    return len(shared) > 1 and len(shared) * 2 >= len(slug)


def _is_slug(segment: str) -> bool:
    """Whether a segment tells one article from all of the site."""
    return (
        len([word for word in re.split(r"[-_+. ]+", segment) if word]) >= _LEAST_SLUG_WORDS
        or _digits(segment) > _LEAST_DIGITS
    )


def _shares_number(a: _Key, b: _Key) -> bool:
    """Whether both carry the article's number: of six digits or more, and no date."""
    one, other = ({*re.findall(r"\d{6,}", "/".join((*key.path, *(value for _, value in key.query))))} for key in (a, b))
    return any(re.fullmatch(r"(?:19|20)\d\d(?:0\d|1[012])(?:[0-3]\d)?", number) is None for number in one & other)


def _names_article(path: tuple[str, ...]) -> bool:
    """Whether a path alone tells an article from its like: a slug of several words, or a number that is no date's."""
    if not path:
        return False
    last = path[-1]
    is_script = _SCRIPT.search(last) is not None
    bare = _EXTENSION.sub("", last)
    if _is_slug(bare):
        return True
    if is_script or (bare.isdigit() and (_YEAR.fullmatch(bare) or (len(path) > 1 and _YEAR.fullmatch(path[-2])) or (len(path) > 2 and _YEAR.fullmatch(path[-3])))):  # fmt: skip
        return False
    if _digits(bare) or not bare.isascii():
        return True
    return any(_YEAR.fullmatch(part) for part in path[:-1]) and len(path) > 2


def _identifies(query: tuple[tuple[str, str], ...]) -> bool:
    return any(_IDENTIFIES.search(name) for name, _ in query)


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)


def _key_or_none(url: str) -> _Key | None:
    try:
        if url.strip().startswith("/") and not url.strip().startswith("//"):
            return _key(clean_url("http://x.invalid" + url.strip()))._replace(host="")
        return _key(clean_url(url.strip()))
    except BadUrl:
        return None


@lru_cache(maxsize=1024)
def _key(url: str) -> _Key:
    """`url` is clean."""
    host = _AMP_HOST.sub("", _PREFIX.sub("", host_of(url)))
    rest = url.split("://", 1)[1]
    where, _, query = rest.partition("?")
    path = [part for part in unquote(where.partition("/")[2]).casefold().split("/") if part]
    if path and _INDEX.match(path[-1]):
        path.pop()
    for place in (-1, 0):
        if len(path) > 1 and path[place] in _VIEWS:
            path.pop(place)
    if path:
        path[-1] = _PRINTED.sub("", path[-1])
    pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=None)
    kept = sorted((name.casefold(), value) for name, value in pairs[:100] if name.casefold() not in _NO_ARTICLE)
    return _Key(host, tuple(path), tuple(kept))


_PRINTED = re.compile(r"(?:[.-](?:amp|print|printable|mobile))?(?:\.(?:amp|print|html?|shtml|xhtml))*$")
