"""URLs as identities: two spellings of one address become one, and what can be no web page is refused."""

import re
from functools import lru_cache
from urllib.parse import unquote

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
    """The one spelling of `url` that identities are derived from (RFC 3986 section 6.2, and what news sites add).

    Scheme and host lower case, host in ASCII (IDNA), no default port, no user name, dot segments resolved, percent
    escapes normalised, fragment and tracking parameters dropped; order of parameters kept. Idempotent. Raises BadUrl.
    """
    parsed = web_url(url, base).with_user(None)
    pairs = parsed.raw_query_string.split("&") if parsed.raw_query_string else []
    kept = [pair for pair in pairs if pair and not _tracks(pair)]
    path = parsed.raw_path or "/"
    host = _MAPPED.sub(_in_hexadecimal, (parsed.host_subcomponent or "").lower())
    port = "" if parsed.is_default_port() else f":{parsed.port}"
    query = f"?{'&'.join(kept)}" if kept else ""
    return f"{parsed.scheme}://{host}{port}{path}{query}"


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
