"""URLs as identities: two spellings of one address become one, and what can be no web page is refused."""

import re
from functools import lru_cache
from urllib.parse import quote, unquote

from yarl import URL

from core.errors import WirewatchError

MAX_URL_CHARACTERS = 4096
_REMEMBERED = 1024  # an article's address is asked for several times within seconds

_EDGES = "".join(map(chr, range(33)))  # WHATWG URL: C0 controls and space are cut off at both ends
_INSIDE = re.compile(r"[\t\r\n]")  # and these are dropped wherever they stand

_MAPPED = re.compile(r"(?<=^\[::ffff:)(\d+)\.(\d+)\.(\d+)\.(\d+)(?=\]$)")  # as Python writes it from 3.13 on

# Parameters that say how a reader came, never what is shown.
_TRACKING = frozenset(
    """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid igshid igsh li_fat_id epik rb_clickid srsltid
    mc_cid mc_eid mkt_tok vero_id vero_conv oly_anon_id oly_enc_id hsctatracking _ga _gl _openstat spm scid s_cid ncid
    cmpid cmp icid ocid xtor ito smid smtyp sref srnd taid leadsource cndid mbid soc_src soc_trk tsrc hootpostid
    guccounter guce_referrer guce_referrer_sig traffic_source wt_mc wt_zmc wt.mc_id wt.mc_ev fb_action_ids
    fb_action_types fb_source fb_ref sr_share ns_mchannel ns_source ns_campaign ns_linkname ns_fee
    ref_src ref_url syn-25a6b1a6 dicbo sh_kit
    """.split()
)
_TRACKING_PREFIXES = ("utm_", "utm-", "_hs", "__hs", "mtm_", "pk_", "piwik_", "matomo_", "at_custom", "at_campaign", "at_medium", "at_link")  # fmt: skip
_CAME_FROM = frozenset({"ref", "source", "src", "from", "origin", "via"})  # tracking only when they say "from a feed"
_FEED_WORDS = frozenset({"rss", "feed", "rss_feed", "rss-feed", "feeds", "atom", "rssfeed"})

# Parameters that say whose visit it is. The first are nothing else anywhere; the others only with a value made by chance,
# and where something else of the address tells the article: `sid` is also a story's number, `s` a search.
_SESSIONS = frozenset("phpsessid phpsessionid jsessionid asp.net_sessionid oscsid zenid cfid cftoken cgisessid".split())
_SESSION_PREFIXES = ("aspsessionid", "jservsession")
_MAYBE_SESSIONS = frozenset("sessionid session_id session-id sessid sess_id sess session sesskey sessionkey session_key sid s".split())  # fmt: skip
_BY_CHANCE = re.compile(r"(?=(?:[^0-9]*[0-9]){2})(?=[0-9_-]*[A-Za-z])[0-9A-Za-z_-]{16,128}")
# Parameters against caches, and the time of the request.
_UNCACHED = frozenset("rnd rand random nocache no_cache no-cache cachebuster cachebust cache_buster cb bust nonce _ _dc zx".split())  # fmt: skip
_ANY_NUMBER = re.compile(r"[01]?\.[0-9]{4,}|[0-9]{4,}|[0-9a-f-]{8,}", re.IGNORECASE)
_CLOCKS = frozenset("ts _ts timestamp time t _t now".split())
_CLOCK = re.compile(r"1[0-9]{9}(?:[0-9]{3}|\.[0-9]+)?")  # seconds or milliseconds since 1970, from 2001 on
_PATH_SESSION = re.compile(r"(?:;|%3b)(?:j?sessionid|phpsessid|jsession|session|sid)(?:=|%3d)[^/;?#]*", re.IGNORECASE)
_PATH_TICKETS = re.compile(r"/\((?:[A-Z]\([0-9A-Za-z_~.-]+\))+\)(?=/|$)")  # as ASP.NET writes it: /(S(...))/
# What tells one article from another: a number or three words at the end of the path, or a parameter with a number.
_SLUG = re.compile(r"[0-9]|(?:%[0-9A-F]{2}){3}|[^-_]+[-_]+[^-_]+[-_]+[^-_]")
_EXTENSION = re.compile(r"\.[a-z0-9]{1,6}$", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{3}")
_ID = re.compile(r"(?:^|[a-z_-])(?:id|no|num|nr|idx|key|slug)$|^[pna]$")

_NO_PART = re.compile(  # of a page: fragments that name all of it, or say how a reader came
    r"(?:top|main|content|comments?|comment-?form|add-?comment|respond|reply|replies|disqus_thread|rss|feed|atom|xml|more(?:-\d+)?"
    r"|share|article|story|text|body|header|photos?|gallery|video|echobox=.*|link_time=.*|intcid=.*|xtor.*|ftag.*|ref|:~:.*|\..*|)",
    re.IGNORECASE,
)
_ROUTE = re.compile(r"!?/.*[0-9A-Za-z%].*")  # of a page that a script draws: #!/news/7, #/news/7
_MOST_FRAGMENT = 200  # characters; a longer one is a state, not a name

# Second levels under which names are registered in many countries (co.uk, com.au, ne.jp); no public suffix list: the
# domain is for people and for rough grouping, nothing is allowed or refused by it.
_SECOND_LEVELS = frozenset(
    "ac co com ed edu gen go gob gouv gov govt gub ltd mil mod ne net nhs nic nom or org plc sch web".split()
)


class BadUrl(WirewatchError, ValueError):
    """The text is no http(s) URL that could be fetched."""


@lru_cache(maxsize=_REMEMBERED)
def web_url(url: str, base: str | None = None) -> URL:
    """`url` (resolved against `base`) as it is asked for: fragment dropped, host in ASCII, nothing else lost.

    Raises BadUrl: another scheme than http and https, no host, over MAX_URL_CHARACTERS.
    """
    text = _INSIDE.sub("", url.strip(_EDGES))
    if len(text) > MAX_URL_CHARACTERS:
        raise BadUrl(f"a URL of {len(text):,} characters; at most {MAX_URL_CHARACTERS:,}")
    try:
        # Read once more after joining: yarl leaves the letters of a joined path as they are.
        parsed = URL(text) if base is None else URL(str(URL(base).join(URL(text))))
        host = (parsed.raw_host or "").removesuffix(".")
        if host and host != parsed.raw_host:
            parsed = parsed.with_host(host)
        port = parsed.port
    except (ValueError, TypeError) as e:  # UnicodeError (IDNA) is a ValueError
        raise BadUrl(f"no URL: {text[:100]!r} ({e})") from e
    if parsed.scheme not in ("http", "https"):
        raise BadUrl(f"expected http:// or https://, got {text[:100]!r}")
    if "%" in host or not all(0 < len(label) < 64 for label in host.split(".")) or not port:
        raise BadUrl(f"no host and port that could be asked in {text[:100]!r}")
    return parsed.with_fragment(None)


@lru_cache(maxsize=_REMEMBERED)
def clean_url(url: str, base: str | None = None) -> str:
    """The one spelling of `url` that identities of articles are derived from: as feed_url has it, and without the ids of
    sessions and the numbers that defeat caches. Idempotent. Raises BadUrl.
    """
    parsed = web_url(url, base).with_user(None)
    path = _PATH_TICKETS.sub("", _PATH_SESSION.sub("", parsed.raw_path)) or "/"
    return _spelled(parsed, path, _without_visit(path, _kept(parsed)))


@lru_cache(maxsize=_REMEMBERED)
def feed_url(url: str, base: str | None = None) -> str:
    """The one spelling of `url` that sources are known by (RFC 3986 section 6.2, and what news sites add).

    Scheme and host lower case, host in ASCII (IDNA), no default port, no user name, dot segments resolved, percent
    escapes normalised, fragment and tracking parameters dropped; order of parameters kept. Idempotent. Raises BadUrl.
    """
    parsed = web_url(url, base).with_user(None)
    return _spelled(parsed, parsed.raw_path or "/", _kept(parsed))


def _kept(parsed: URL) -> list[str]:
    pairs = parsed.raw_query_string.split("&") if parsed.raw_query_string else []
    return [pair for pair in pairs if pair and not _tracks(pair)]


def _spelled(parsed: URL, path: str, pairs: list[str]) -> str:
    host = _MAPPED.sub(_in_hexadecimal, (parsed.host_subcomponent or "").lower())
    port = "" if parsed.is_default_port() else f":{parsed.port}"
    query = f"?{'&'.join(pairs)}" if pairs else ""
    return f"{parsed.scheme}://{host}{port}{path}{query}"


def _without_visit(path: str, pairs: list[str]) -> list[str]:
    """Without what differs from visit to visit. What only looks like it stays where nothing else tells the article."""
    surely = [pair for pair in pairs if not _is_session(pair)]
    stable = [pair for pair in surely if not _may_differ(pair)]
    return stable if tells_article(path) or any(map(_identifies, stable)) else surely


def tells_article(path: str) -> bool:
    """Whether a path's last part is more than a script or a word for many articles."""
    last = path.rstrip("/").rpartition("/")[2]
    return _SLUG.search(_EXTENSION.sub("", last)) is not None


def _identifies(pair: str) -> bool:
    return _NUMBER.search(pair.partition("=")[2]) is not None or _ID.search(_name(pair)) is not None


def _is_session(pair: str) -> bool:
    name = _name(pair)
    return name in _SESSIONS or name.startswith(_SESSION_PREFIXES)


def _may_differ(pair: str) -> bool:
    name, value = _name(pair), unquote(pair.partition("=")[2])
    if name in _MAYBE_SESSIONS:
        return _BY_CHANCE.fullmatch(value) is not None
    if name in _UNCACHED:
        return _ANY_NUMBER.fullmatch(value) is not None
    return name in _CLOCKS and _CLOCK.fullmatch(value) is not None


def _name(pair: str) -> str:
    return unquote(pair.partition("=")[0]).lower().lstrip(";")


def part_of(url: str) -> str:
    """The fragment of `url` that may name a part of the page or another page, normalised; empty where it names neither."""
    fragment = unquote(url.partition("#")[2].strip(_EDGES), errors="replace")
    if len(fragment) > _MOST_FRAGMENT or _NO_PART.fullmatch(fragment) or ("=" in fragment and _tracks(fragment)):
        return ""
    if fragment[0] in "!/" and _ROUTE.fullmatch(fragment) is None:
        return ""
    return quote(fragment, safe="!$&'()*+,;=:@/?~", errors="replace")


def is_route(part: str) -> bool:
    """Whether a fragment names a page of its own, which a script draws."""
    return _ROUTE.fullmatch(part) is not None


def other_spellings(url: str) -> tuple[str, ...]:
    """The addresses that lead to the same page on almost every server: http and https, with and without `www.` and with
    and without a slash at the end. `url` is clean, and may have a fragment.
    """
    where, hash_mark, part = url.partition("#")
    scheme, _, rest = where.partition("://")
    bare, question, query = rest.removeprefix("www.").partition("?")
    stem = bare.rstrip("/")
    ends = ("", "/") if "/" in stem else ("/",)
    named = not stem.partition("/")[0].replace(".", "").replace(":", "").isdigit() and not stem.startswith("[")
    found = [
        f"{one}://{www}{stem}{end}{question}{query}{hash_mark}{part}"
        for one in (scheme, "http" if scheme == "https" else "https")
        for www in (("", "www.") if named else ("",))
        for end in ends
    ]
    return tuple(one for one in found if one != url)


def _in_hexadecimal(found: re.Match[str]) -> str:
    """The last 32 bits of an address: no release of Python may change what identities are derived from."""
    first, second, third, fourth = map(int, found.groups())
    return f"{first << 8 | second:x}:{third << 8 | fourth:x}"


def host_of(url: str) -> str:
    """The host in lower-case ASCII, without its port; raises BadUrl."""
    return (web_url(url).raw_host or "").lower()


def authority_of(url: str) -> str:
    """Host and, where it is not the scheme's own, port; raises BadUrl. One server, which is what requests are spaced for."""
    parsed = web_url(url)
    host = (parsed.host_subcomponent or "").lower()
    return host if parsed.is_default_port() else f"{host}:{parsed.port}"


def domain_of(url: str) -> str:
    """About the registrable domain (`news.bbc.co.uk` -> `bbc.co.uk`), for people and statistics; raises BadUrl."""
    host = host_of(url)
    labels = host.split(".")
    if len(labels) <= 2 or ":" in host or labels[-1].isdigit():
        return host
    country_with_second_level = len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVELS
    return ".".join(labels[-3:] if country_with_second_level else labels[-2:])


def is_homepage(url: str) -> bool:
    """A site's front page rather than an article: nothing in path and query. `url` is clean."""
    parsed = URL(url)
    return parsed.path.strip("/").lower() in ("", "index.html", "index.php") and not parsed.raw_query_string


def _tracks(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = unquote(name).lower()
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    return name in _CAME_FROM and value.lower() in _FEED_WORDS
