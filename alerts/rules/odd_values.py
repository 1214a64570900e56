"""Values of exact fields that no article can have: what is wrong with one, and what may be meant.

Only a warning: in a rule such a value is never true, in a NOT it excludes nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache

from alerts.rules.exact import exact_value, written_value
from alerts.rules.names import RARE, countries_meant, is_country, is_language, languages_meant
from alerts.rules.printer import print_rule
from alerts.rules.problem import Code, Fix, Problem, replaced
from alerts.rules.syntax import ExactField, FieldTest
from core.text.addresses import address_form, host_of_form
from core.text.agencies import SPELLINGS
from core.text.fold import fold
from core.text.invisible import without_invisible
from core.text.names import name_key

# Hosts without a dot: those of a whole country or kind, and those of a machine or a test.
_ALONE = frozenset(
    "com org net gov edu int mil info biz name pro news press media online site tv agency africa asia eus cat arpa aero coop"
    " museum jobs mobi post tel travel london paris berlin moscow tokyo nyc app dev blog live today world report network"
    " localhost local test example invalid onion".split()
)
_NO_ADDRESS = re.compile(r"[a-z]+:/*|/{2,}|www\.?")
_MACHINES = frozenset("localhost local test example invalid onion".split())
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_HOST_AS_NAME = re.compile(
    r"(?:www\.|(?=\S*\.(?:com|org|net|info|gov|edu|news|tv|[a-z]{2})$))[a-z0-9-]+(?:\.[a-z0-9-]+)+"
)
_OTHER_SCHEME = re.compile(
    r"(?:mailto|tel|sms|javascript|data|ftps?|sftp|file|feed|about|blob|magnet|news|irc|ssh|urn|chrome|view-source):"
)
_STARS = re.compile(r"[*?]")
_VISIT = re.compile(r"(?<=[?&])(?:utm_\w+|fbclid|gclid|igshid|msclkid|mc_cid|mc_eid)=[^&#]*(?:&|$)")


@dataclass(frozen=True, slots=True)
class Odd:
    """What is wrong, and the tests that may be meant."""

    message: str
    meant: tuple[FieldTest, ...] = ()


def odd_value(node: FieldTest, text: str) -> Iterator[Problem]:
    """The warning for a value, if it is one that no article has. `text`: the rule's."""
    written = text[node.span[0] : node.span[1]].partition(":")[2]
    found = _other_scheme(node, written) or _CHECKS[node.field](node) or _other_code(node, text)
    if node.field is ExactField.SOURCE and written != written.lower() and _HOST_AS_NAME.fullmatch(node.value):
        return  # Lenta.ru is a name
    if found is not None:
        yield Problem(Code.ODD_VALUE, *node.span, found.message, tuple(_fixes(node, found.meant, text)))


def meant_value(field: ExactField, value: str) -> tuple[FieldTest, ...]:
    """What is meant by the value of another system's field: itself where an article may have it."""
    node = FieldTest(field, exact_value(field, value))
    found = _CHECKS[field](node)
    return (node,) if found is None else found.meant


def _fixes(node: FieldTest, meant: tuple[FieldTest, ...], text: str) -> Iterator[Fix]:
    """In a list such as `lang:(en OR de)` a value stands alone, and so does what replaces it."""
    start, end = node.span
    alone = not text[start:end].casefold().startswith(f"{node.field.value}:")
    for one in meant:
        shown = print_rule(one)
        if alone and one.field is not node.field:
            continue
        shown = shown.partition(":")[2] if alone else shown
        yield Fix(shown, replaced(text, start, end, shown))


def _lang(node: FieldTest) -> Odd | None:
    if is_language(node.value):
        return None
    meant = languages_meant(node.value)
    message = f"lang: takes a code of ISO 639-1, of two letters; no article has {node.value}"
    if (rare := RARE.get(node.value)) is not None:
        message = f"{node.value} is the code of {rare}, in which hardly an article is marked"
    return Odd(message, tuple(replace(node, value=code) for code in meant))


def _other_code(node: FieldTest, text: str) -> Odd | None:
    """`lang:eng`, `lang:iw` and `lang:pt-BR` are read as the code that articles have."""
    if node.field is not ExactField.LANG:
        return None
    written = without_invisible(text[slice(*node.span)]).casefold()
    written = written.partition(":")[2].strip() if written.startswith("lang:") else written
    written = written_value(written).strip()
    if written == node.value:
        return None
    return Odd(f"lang: compares the code of two letters alone; {written} is read as {node.value}", (node,))


def _country(node: FieldTest) -> Odd | None:
    if is_country(node.value):
        return None
    meant = countries_meant(node.value)
    message = f"country: takes a code of ISO 3166-1, of two letters; no source has {node.value}"
    if node.value == "eu":
        message = "the EU is no country of ISO 3166-1; name its countries, or use lang:"
    return Odd(message, tuple(replace(node, value=code) for code in meant))


def _source(node: FieldTest) -> Odd | None:
    if "*" in node.value:
        return Odd(
            "source: is the whole name of a source; a wildcard is not supported there, so it is a part of the name"
        )
    if "://" in node.value:
        host = host_of_form(address_form(node.value) + "/")
        meant = () if host is None else (FieldTest(ExactField.DOMAIN, exact_value(ExactField.DOMAIN, host), node.span),)
        return Odd("source: is the name of a source, not an address", meant)
    if node.value.startswith("@"):
        return Odd(f"source: is the name of a source, not an account; no source has {node.value}")
    if _HOST_AS_NAME.fullmatch(node.value):
        return Odd(
            "source: is the name of a source, as in source:Reuters; a host is written with domain:",
            (FieldTest(ExactField.DOMAIN, exact_value(ExactField.DOMAIN, node.value), node.span),),
        )
    return None


@cache
def _agencies() -> dict[str, str]:
    return {fold(form): name for name, forms in SPELLINGS.items() for form in (name, *forms)}


def _agency(node: FieldTest) -> Odd | None:
    if any(node.value == name_key(name) for name in SPELLINGS):
        return None
    key = fold(node.value).removeprefix("the ")
    known = _agencies()
    near = [key] if key in known else get_close_matches(key, known, n=1, cutoff=0.8) if len(key) < 64 else []
    message = f"agency: takes an agency's usual short name (AP, Reuters, dpa); no article has {node.value}"
    return Odd(message, tuple(replace(node, value=known[one]) for one in near))


def _domain(node: FieldTest) -> Odd | None:
    value = node.value
    if "/" in value or "?" in value:
        return _domain_of_address(node)
    if "@" in value:
        return Odd("domain: is a host, not an e-mail address", _domains(node, value.rpartition("@")[2]))
    if "*" in value:
        whole = value.removeprefix("*").strip(".")
        message = "domain: includes all sub-domains, and takes no wildcard"
        return Odd(message, _domains(node, whole) if "." in whole and "*" not in whole else ())
    if " " in value or "%20" in value:
        return Odd(
            "domain: is a host such as example.com; this is a name", (FieldTest(ExactField.SOURCE, value, node.span),)
        )
    if "#" in value or ("[" not in value and ":" in value):
        return Odd("domain: is the host alone, without what follows it", _domains(node, re.split("[#:]", value)[0]))
    if "." not in value and not _may_stand_alone(value):
        return Odd(f"domain: is a host such as example.com; no host ends in .{value}")
    return None if _may_be_host(value) else Odd(f"domain: is a host such as example.com; no host is written {value}")


def _may_be_host(value: str) -> bool:
    """RFC 1123: labels of 1 to 63 characters, none with a hyphen at its end; of digits alone, an address of IPv4."""
    labels = value.split(".")
    if value.startswith("[") or not value.isascii():
        return True
    if labels[-1].isdigit():
        return len(labels) == 4 and all(label.isdigit() and len(label) < 4 and int(label) < 256 for label in labels)
    return len(value) < 254 and all(_LABEL.fullmatch(label) for label in labels)


def _may_stand_alone(value: str) -> bool:
    return value in _ALONE or len(value) == 2 or not value.isascii() or value.startswith("xn--") or ":" in value


def _domain_of_address(node: FieldTest) -> Odd:
    """`domain:https://example.com/`, `domain:example.com/world`: the first is the host, the second an address."""
    form = _STARS.sub("", address_form(node.value)) if node.value.endswith("*") else address_form(node.value)
    host, path = host_of_form(f"{form}/"), form.partition("/")[2]
    if host is None or "." not in host or "*" in form:
        return Odd("domain: is a host such as example.com; an address is written with url:")
    if not path:
        return Odd("domain: is the host alone, without https:// and slashes", _domains(node, host))
    return Odd(
        "domain: is the host alone; an address is written with url:", (FieldTest(ExactField.URL, form, node.span),)
    )


def _domains(node: FieldTest, host: str) -> tuple[FieldTest, ...]:
    return (replace(node, value=exact_value(ExactField.DOMAIN, host)),)


def _url(node: FieldTest) -> Odd | None:
    value = node.value
    if "*" in value:
        return _url_with_stars(node)
    if (kept := _VISIT.sub("", value)) != value:
        return Odd("addresses are kept without what says how a reader came", (replace(node, value=kept.rstrip("?&")),))
    if "#" in value and not re.search(r"#!?/", value):
        return Odd("addresses are kept without what follows #", (replace(node, value=value.partition("#")[0]),))
    if _NO_ADDRESS.fullmatch(value):
        return Odd(
            "url: takes the beginning of an address, such as example.com/world; nothing follows the slashes here"
        )
    host = value.partition("/")[0]
    if value.startswith("/") or "." in host or ":" in host or host in _MACHINES:
        return None
    if "%20" in host:
        return Odd("url: takes the beginning of an address; no address has a space")
    message = "url: takes the beginning of an address, such as example.com/world, or of a path, such as /world"
    return Odd(message, (replace(node, value=f"/{value.rstrip('/')}"),))


def _other_scheme(node: FieldTest, written: str) -> Odd | None:
    """`url:mailto:desk@example.com`, whose value is read as the address behind it."""
    other = _OTHER_SCHEME.match(written.strip().strip('"').lower()) if node.field is ExactField.URL else None
    if other is None:
        return None
    host = written.partition("?")[0].rpartition("@")[2].strip().strip('"') if other[0] == "mailto:" else ""
    meant = FieldTest(ExactField.DOMAIN, exact_value(ExactField.DOMAIN, host), node.span)
    message = f"url: is the address of an article's page, and none begins with {other[0]}"
    return Odd(message, (meant,) if _may_be_host(meant.value) and "." in meant.value else ())


def _url_with_stars(node: FieldTest) -> Odd:
    """A star at the end is needless; `*.example.com/*` is a domain, `*/world/*` a path."""
    message = "url: takes the beginning of an address or of a path, to which anything may follow; it takes no wildcard"
    inner = node.value.rstrip("*")
    if "*" not in inner:
        return Odd(message, (replace(node, value=inner),) if inner.strip("/") else ())
    begun = inner.lstrip("*")
    if "*" in begun:
        return Odd(message)
    if begun.startswith("/") and begun.strip("/"):
        return Odd(message, (replace(node, value=begun),))
    host = begun.strip("./")
    if "/" not in host and "." in host:
        return Odd(message, (FieldTest(ExactField.DOMAIN, exact_value(ExactField.DOMAIN, host), node.span),))
    return Odd(message)


_CHECKS = {
    ExactField.LANG: _lang,
    ExactField.COUNTRY: _country,
    ExactField.SOURCE: _source,
    ExactField.AGENCY: _agency,
    ExactField.DOMAIN: _domain,
    ExactField.URL: _url,
}
