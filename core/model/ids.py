"""Ids of records are derived from what they name, so a repeat changes nothing; what people name has a random id, so that it
can be renamed."""

import secrets
from hashlib import blake2b

_PIECE = 2047  # bytes; of more at once hashlib lets other threads run first, for longer than the hashing itself takes
_SIZE = 12  # bytes; 96 bits: no collision to be expected below 10^13 ids


def derived_id(kind: str, *parts: str | int) -> str:
    """24 hexadecimal digits, the same for the same kind and parts on every machine and in every year."""
    h = blake2b(digest_size=_SIZE, person=kind.encode()[:16])
    for part in parts:
        data = str(part).encode()
        h.update(len(data).to_bytes(4, "big"))
        for start in range(0, len(data), _PIECE):
            h.update(data[start : start + _PIECE])
    return h.hexdigest()


def new_id() -> str:
    """24 hexadecimal digits that nothing else has: of a rule, an alias, a source, a channel, a team."""
    return secrets.token_hex(_SIZE)


def url_key(clean_url: str) -> str:
    """What stands for a source's address where a URL is too long for an index. Sources of the first schemas have it as id."""
    return derived_id("source", clean_url)


def article_id(canonical_url: str) -> str:
    return derived_id("article", canonical_url)


def story_id(first_article_id: str) -> str:
    return derived_id("story", first_article_id)


def match_id(rule: str, version: int, article: str, revision: str = "") -> str:
    """`revision` tells an edited article from a repeated record, so that an edit can match anew."""
    return derived_id("match", rule, version, article, revision)


def alert_id(rule: str, story: str, group: str) -> str:
    return derived_id("alert", rule, story, group)


def notification_id(alert: str, channel: str, sequence: int) -> str:
    return derived_id("notification", alert, channel, sequence)
