"""Addresses as they may be shown: passwords, keys and signatures in them are cut out.

https://ann:pw@news.example/feed?apikey=8f3a&page=2  ->  https://ann:[secret]@news.example/feed?apikey=[secret]&page=2
"""

import base64
import html
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

HIDDEN = "[secret]"

# Parameters that carry a right and not a choice, whatever stands around the word: `x-amz-signature`, `client_secret`.
_WORDS = (
    "apikey api-key api_key authkey auth_key auth-key accesskey access_key access-key token secret passw pwd signature"
    " credential authorization bearer passphrase passkey jwt hmac sessionid session_id"
).split()
_WHOLE = "key sig auth pass pw session sid code_verifier rsskey feedkey userkey license licence hash otp pin".split()
_NAME = (
    rf"(?:[\w.~%\[\]-]{{0,40}}(?:{'|'.join(map(re.escape, _WORDS))})[\w.~%\[\]-]{{0,40}}"
    rf"|{'|'.join(map(re.escape, _WHOLE))}|[\w.-]{{0,40}}[._-](?:key|sig|auth|hash))"
)
_PARAMETER = re.compile(r"(?<=[?&;#])([\w.~%\[\]-]{1,120})=([^&;#\s\"'<>]+)")
_PASSWORD = re.compile(r"(?<=://)([^\s/?#@:\"'<>]{0,300}):[^\s/?#\"'<>]{1,500}@")
_USER_ALONE = re.compile(r"(?<=(?:http|ttps)://)[^\s/?#@:\"'<>]{1,500}@")  # for many services a token
# A part of a path that is a secret by its looks: long, of letters and digits mixed as no word or date is.
_RANDOM = re.compile(
    r"(?<=/)(?:[0-9a-fA-F]{32,}|(?=[\w-]{0,200}[a-z])(?=[\w-]{0,200}[A-Z])(?=[\w-]{0,200}[0-9])\w{24,})(?=[/?#.\s]|$)"
)
_NAME_ALONE = re.compile(_NAME, re.IGNORECASE)
_LEAST = 4  # characters of a secret that is looked for in other text; shorter ones would cut words up
_LEAST_PATH = 8
_LEAST_PART = 6  # of a secret that is cut off at the end of a text
_URL_SAFE = str.maketrans("+/", "-_")
_SEGMENT = re.compile(r"(?=.*[0-9]|.*[a-z].*[A-Z]|.*[A-Z].*[a-z]).{8,}")  # of a hook's path; `services` is a word


def masked(text: str) -> str:
    """The text, in which every address has lost its user and password and its secret parameters."""
    if "=" not in text and "@" not in text:
        return text
    return _PARAMETER.sub(_parameter, _userinfo(text))


def _parameter(found: re.Match[str]) -> str:
    """Names and addresses within addresses may be percent-encoded: `api%5Fkey=`, `url=https%3A%2F%2Fann%3Apw%40...`."""
    if _NAME_ALONE.fullmatch(unquote(found[1])):
        return f"{found[1]}={HIDDEN}"
    inner = unquote(found[2]) if "%" in found[2] else ""
    return f"{found[1]}={HIDDEN}" if inner and _holds_secret(inner) else found[0]


def _holds_secret(text: str) -> bool:
    return _userinfo(text) != text or any(_NAME_ALONE.fullmatch(one[1]) for one in _PARAMETER.finditer(text))


def _userinfo(text: str) -> str:
    return _USER_ALONE.sub(rf"{HIDDEN}@", _PASSWORD.sub(rf"\1:{HIDDEN}@", text))


def masked_url(url: str) -> str:
    """An address of a source or receiver, which may also hold a secret in its path."""
    return _RANDOM.sub(HIDDEN, masked(url))


def secrets_in(url: str, *, path: bool = False) -> frozenset[str]:
    """What in an address is secret, to be looked for in other text; `path`: its path too, as a hook's is."""
    try:
        parts = urlsplit(url)
        user, password = parts.username, parts.password
    except ValueError:
        return frozenset()
    found = {password, user if password is None else None}
    for name, value in parse_qsl(parts.query) if not path else ():
        found.add(value if _NAME_ALONE.fullmatch(name) else None)
    if path:
        found |= {value for _, value in parse_qsl(parts.query)}
        found |= {pair.partition("=")[2] for pair in parts.query.split("&")}  # as they stand there, encoded
        found |= {part for part in parts.path.split("/") if _SEGMENT.fullmatch(part)}
        found |= {parts.path if len(parts.path) > _LEAST_PATH else None, url}
    whole = {one for one in found if one is not None and len(one) >= _LEAST}
    return frozenset(whole | {unquote(one) for one in whole})


def without(text: str, secrets: Iterable[str]) -> str:
    """The text without these secrets, however somebody who was told them writes them down: as they are, percent-encoded, as
    HTML, JSON, hexadecimal or base64 (also inside of something longer), and the beginning of one at which the text ends.
    """
    wanted = frozenset(one for one in secrets if len(one) >= _LEAST)
    if wanted:
        whole, begun = _echoes(wanted)
        text = begun.sub(HIDDEN, whole.sub(HIDDEN, text))
    return masked(text)


@lru_cache(maxsize=256)
def _echoes(secrets: frozenset[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What finds them whole, the longest first, and what finds the beginning of one at the end of a text that was cut."""
    forms = sorted({form for one in secrets for form in _forms(one)}, key=lambda form: (-len(form), form))
    parts = {one[:length] for one in secrets if "://" not in one for length in range(_LEAST_PART, len(one))}
    begun = "|".join(map(re.escape, sorted(parts, key=len, reverse=True))) or r"(?!)"
    return (
        re.compile("|".join(map(re.escape, forms)), re.IGNORECASE),
        re.compile(rf"(?:{begun})(?=[.\u2026]{{0,3}}$)", re.IGNORECASE),
    )


def _forms(secret: str) -> set[str]:
    data = secret.encode("utf-8", "surrogatepass")
    escaped = json.dumps(secret)[1:-1]
    forms = {
        secret,
        unquote(secret),
        quote(data, safe=""),
        quote(data),
        quote_plus(data),
        html.escape(secret),
        html.escape(secret, quote=False),
        escaped,
        escaped.replace("/", "\\/"),
        data.hex(),
    }
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data).decode()
        sure = encoded[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]  # what no neighbour has a part in
        forms |= {sure, sure.translate(_URL_SAFE)}
    return {form for form in forms if len(form) >= _LEAST}
