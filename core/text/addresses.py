"""Hosts and addresses in the one spelling that rules compare (RFC 3986, RFC 3987, IDNA 2008 with the mapping of UTS 46).

`пример.рф` and `xn--e1afmkfd.xn--p1ai` are one host, `/мир` and `/%D0%BC%D0%B8%D1%80` one path. Each function gives what it has
given once more for what it gave.
"""

import re
import unicodedata
from functools import lru_cache

from core.text.fold import plain

_REMEMBERED = 4096
_LONGEST_HOST = 1024  # what is longer is none, and is not worked on
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_TO_READ = re.compile(r"[\x00-\x20\x7f\"%]")
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
_BEGINNING = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//")
_END_OF_HOST = re.compile(r"[/?#]")
_NO_HOST = re.compile(r"[\x00-,/:-@\[-^`{-\x7f]")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_PORT = re.compile(r":(\d*)$")
_USUAL_PORTS = ("", "80", "443")
_RESERVED = frozenset("/?#&=+%")  # a sign and its escape are two things: the sign parts what the escape is a letter of


@lru_cache(maxsize=_REMEMBERED)
def ascii_host(host: str) -> str:
    """As it stands in addresses: small letters of ASCII, no dot at either end. What can be no host: in small letters."""
    small = host.lower()
    if len(small) > _LONGEST_HOST or _NO_HOST.search(small):
        return small
    small = small.strip(".。．｡")
    return small if small.isascii() else _in_ascii(small) or small


def _in_ascii(host: str) -> str | None:
    import idna  # noqa: PLC0415 - tables that hosts of ASCII do not need

    try:
        found = idna.encode(host, uts46=True).decode()
    except UnicodeError:  # IDNAError is one
        try:
            found = host.encode("idna").decode().lower()  # IDNA 2003: signs that are letters of no script
        except UnicodeError:
            return None
    return found if _HOST.fullmatch(found) else None


@lru_cache(maxsize=_REMEMBERED)
def host_form(host: str) -> str:
    """As people read it: in its own script, in small letters, no dot at either end."""
    spelled = ascii_host(host)
    if "xn--" not in spelled or len(spelled) > _LONGEST_HOST:
        return spelled
    import idna  # noqa: PLC0415 - tables that other hosts do not need

    try:
        read = idna.decode(spelled)
    except UnicodeError:
        return spelled
    return read if ascii_host(read) == spelled else spelled


@lru_cache(maxsize=_REMEMBERED)
def address_form(address: str) -> str:
    """An address without its scheme, `www.` and the usual ports, or the beginning of one: `www.Example.com/%6d` is `example.com/m`.
    What begins with a slash is a path."""
    text = address.strip()
    begun = _BEGINNING.match(text)
    if begun is None and text.startswith("/"):
        return path_form(text)
    rest = text[begun.end() :] if begun else text
    ended = _END_OF_HOST.search(rest)
    where, path = (rest, "") if ended is None else (rest[: ended.start()], rest[ended.start() :])
    where = where.rpartition("@")[2]
    port = _PORT.search(where)
    name = where if port is None else where[: port.start()]
    if not name.strip(".。．｡") or (":" in name and not name.startswith("[")):
        return path_form(text)  # no host
    shown = "" if port is None or port[1] in _USUAL_PORTS else port[0]
    return without_www("".join(map(_escaped, host_form(name)))) + shown + path_form(path)


def path_of(form: str) -> str:
    """The path, and what follows it, of an address in this form."""
    place = form.find("/")
    return form[place:] if place >= 0 else ""


def host_of_form(form: str) -> str | None:
    """The whole host of an address in this form; None where more of it may follow."""
    found = _END_OF_HOST.search(form)
    return _PORT.sub("", form[: found.start()]) or None if found is not None else None


@lru_cache(maxsize=_REMEMBERED)
def path_form(path: str) -> str:
    """Escapes decoded, but for signs that mean something and for bytes that are no UTF-8; NFC, without regard to case."""
    if path.isascii() and not _TO_READ.search(path):
        return path.lower()
    read = _ESCAPES.sub(_decoded, _STRAY.sub("%25", path))
    return "".join(map(_escaped, _caseless(read)))


def without_www(host: str) -> str:
    """A host as it is copied out of a browser, without its `www.`; `www.com` stays."""
    rest = host.removeprefix("www.")
    return rest if "." in rest else host


def _caseless(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())


def _decoded(found: re.Match[str]) -> str:
    read = bytes.fromhex(found[0].replace("%", "")).decode("utf-8", "surrogateescape")
    return "".join(f"%{ord(c) - 0xDC00:02X}" if "\udc80" <= c <= "\udcff" else _kept(c) for c in read)


def _kept(char: str) -> str:
    return _percent(char) if char in _RESERVED else char


def _escaped(char: str) -> str:
    """What would end a value, or could not be seen in one, as an escape."""
    hidden = char.isspace() or char < " " or char == "\x7f" or plain(char) == '"' or char == "＂"
    return _percent(char) if hidden else char


def _percent(char: str) -> str:
    return "".join(f"%{byte:02x}" for byte in char.encode("utf-8", "surrogatepass"))
