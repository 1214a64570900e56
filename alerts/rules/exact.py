"""Exact fields: the one spelling of a value, and whether an article has it.

A value is compared without regard to case. A host and an address are compared in the spelling of core.text.addresses, so that
`domain:пример.рф` and `domain:xn--e1afmkfd.xn--p1ai` are one, and a place copied out of a browser is found as it was copied.
"""

import unicodedata
from collections.abc import Collection, Iterator

from alerts.rules.scanner import as_read
from alerts.rules.syntax import ExactField, FieldTest
from core.text.addresses import address_form, host_form, path_of, without_www
from core.text.document import Document
from core.text.language_code import language_code
from core.text.names import name_key

# Everything from there: a rule may ask for nothing else. `lang:` and `country:` alone are no place.
PLACES = frozenset((ExactField.DOMAIN, ExactField.SOURCE, ExactField.URL, ExactField.AGENCY))
Key = tuple[ExactField, str]


def written_value(written: str) -> str:
    """What stands between quotes, or all of it where there are none."""
    read = as_read(written)
    return written[1 : read.rindex('"')].strip() if read[:1] == '"' and '"' in read[1:] else written


def exact_value(field: ExactField, written: str) -> str:
    """The value of an exact field, written with or without quotes, as it is compared and printed."""
    value = written_value(written)
    match field:
        case ExactField.DOMAIN:
            return _domain(value) or value.casefold()
        case ExactField.URL:
            return address_form(value) or value.casefold()
        case ExactField.LANG:
            return language_code(value)
        case ExactField.COUNTRY:
            return value.casefold()
        case ExactField.SOURCE | ExactField.AGENCY:
            return name_key(value)


def _domain(value: str) -> str:
    """Its port is left out: a host has one domain, whichever port is asked. What is no host is kept, to be told."""
    if any(sign in value for sign in "/*@? "):
        return unicodedata.normalize("NFC", value).casefold()
    name, colon, port = value.rpartition(":")
    return without_www(host_form(name if colon and (port.isdigit() or not port) and ":" not in name else value))


def has_value(node: FieldTest, document: Document) -> bool:
    """Whether an exact field has the value."""
    article, value = document.article, node.value
    match node.field:
        case ExactField.DOMAIN:
            return any(host == value or host.endswith(f".{value}") for host in document.hosts)
        case ExactField.URL:
            address = document.address
            return (path_of(address) if value.startswith("/") else address).startswith(value)
        case ExactField.SOURCE:
            return name_key(article.source_name) == value
        case ExactField.LANG:
            return language_code(article.lang) == value
        case ExactField.COUNTRY:
            return (article.country or "").casefold() == value
        case ExactField.AGENCY:
            return any(name_key(agency) == value for agency in article.agencies)


def implies(one: FieldTest, other: FieldTest) -> bool:
    """Whether every article that has the one value has the other: a sub-domain, a longer address."""
    if one.field is not other.field:
        return False
    if one.field is ExactField.DOMAIN:
        return one.value == other.value or one.value.endswith(f".{other.value}")
    if one.field is ExactField.URL:
        path = path_of(one.value) if other.value.startswith("/") else one.value
        return path.startswith(other.value)
    return one.value == other.value


def place_keys(document: Document, lengths: Collection[int]) -> Iterator[Key]:
    """All values of PLACES that `has_value` is true of, for a look-up instead of a test of each. `lengths`: of values of `url:`
    that are looked for."""
    article = document.article
    for host in document.hosts:
        labels = host.split(".")
        for place in range(len(labels)):
            yield ExactField.DOMAIN, ".".join(labels[place:])
    yield ExactField.SOURCE, name_key(article.source_name)
    for agency in article.agencies:
        yield ExactField.AGENCY, name_key(agency)
    address = document.address if lengths else ""
    path = path_of(address)
    for length in lengths:
        if length <= len(address):
            yield ExactField.URL, address[:length]
        if length <= len(path):
            yield ExactField.URL, path[:length]
