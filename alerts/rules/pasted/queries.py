"""What stands round a rule in other programs, and conditions of SQL and Lucene: SELECT ... WHERE, LIKE, IN, [a TO b]."""

import re
from collections.abc import Iterator

from alerts.rules.lexer import tokens_of
from alerts.rules.pasted.draft import Edit, Kind
from alerts.rules.problem import Code
from alerts.rules.scanner import FIELDS, as_read
from alerts.rules.scanner import Kind as Tokens
from alerts.rules.synonyms import field_meant

_ROUND = Kind(Code.OTHER_SPELLING, "{} is no part of a rule")
_RANGE = Kind(Code.OTHER_SPELLING, "{} is how other systems write a range; here it is two comparisons")
_CONDITION = Kind(Code.OTHER_SPELLING, "{} names a field; here a colon follows the name, as in title:Kim")
_VALUES = Kind(Code.OTHER_SPELLING, "{}: several values are joined by OR, as in lang:(en OR de)")
_HEAD = re.compile(
    r"\s*(?:select\b[^;]{0,500}?\bwhere\s|(?:boolean\s+)?(?:query|search|rule|string|suche|recherche|consulta|запрос)\s*[:=]\s)\s*",
    re.IGNORECASE,
)
_JSON = re.compile(
    r'\s*\{?\s*"(?:query|q|rule|search|query_string)"\s*:\s*"((?:[^"\\]|\\.)*)"\s*,?\s*\}?\s*', re.DOTALL
)
_TO = re.compile(r"([A-Za-z_]+)\s*:\s*([\[{])\s*([^\s\[\]{}]+)\s+TO\s+([^\s\[\]{}]+)\s*([\]}])")
_SQL = re.compile(
    r"([A-Za-z_]+)\s*(?::?={1,3}|!=|<>|\b(?:not\s+)?(?:i?like|contains|in|is)\b(?=\s*['\"(%]))\s*", re.IGNORECASE
)
_PARTED = re.compile(r"(lang|country|source|domain|agency):([^\s()\"|]+(?:\|[^\s()\"|]+)+)(?=[\s()]|$)", re.IGNORECASE)
_NO_FIELD = Kind(Code.UNKNOWN_FIELD, "{}: no article has that, so it is left out")
_ELSEWHERE = re.compile(
    r"(?<!\S)-?(?:filter|is|has|filetype|ext|engagement|reach|source_?type|page_?type|media_?type|doc_?type|min_(?:faves|retweets|replies)"
    r"|min_\w+|sentiment|followers|verified|retweets_of|conversation_id|geocode|place_country|rst|numresults|cache|related)"
    r"[:=]\s?(?:\"[^\"]*\"|\([^()\"]*\)|[^\s()\"]+)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"(['\"])%?([^'\"%]+)%?\1")


def is_of_elsewhere(text: str) -> bool:
    """Whether a text is a condition of another system that no article meets: `sentiment:positive`."""
    return _ELSEWHERE.fullmatch(text) is not None


def heads(text: str) -> Iterator[Edit]:
    """`Query: ...`, `{"query": "..."}`, `SELECT * FROM articles WHERE ...`."""
    if (json := _JSON.fullmatch(text)) is not None:
        yield Edit(0, json.start(1), "", _ROUND, (0, len(text)))
        for escape in re.finditer(r"\\(.)", json[1]):
            start = json.start(1) + escape.start()
            yield Edit(start, start + 2, {"n": "\n", "t": "\t"}.get(escape[1], escape[1]), None)
        yield Edit(json.end(1), len(text), "", None)
    elif (head := _HEAD.match(text)) is not None and head.end() < len(text):
        yield Edit(0, head.end(), "", _ROUND)


def ranges(text: str) -> Iterator[Edit]:
    """published:[2026-01-01 TO 2026-02-01], wc:{100 TO *}."""
    for found in _TO.finditer(text):
        name = field_meant(found[1].lower()) or found[1].lower()
        if name not in ("published", "wc"):
            continue
        ends = [
            f"{name}{sign}{value.strip(chr(34))}"
            for sign, value in (
                (">=" if found[2] == "[" else ">", found[3]),
                ("<=" if found[5] == "]" else "<", found[4]),
            )
            if value != "*"
        ]
        whole = not text[: found.start()].strip() and not text[found.end() :].strip()
        if ends:
            joined = " AND ".join(ends)
            yield Edit(*found.span(), joined if whole or len(ends) == 1 else f"({joined})", _RANGE)


def conditions(text: str) -> Iterator[Edit]:
    """title = 'Kim', hd=Kim, title LIKE '%Kim%', title IN ('Kim', 'Xi'), title != Kim, lang:en|de."""
    shut = [(t.start, t.end) for t in tokens_of(text) if t.kind in (Tokens.PHRASE, Tokens.REGEX)]
    inside = iter(shut)
    span = next(inside, None)
    for found in _SQL.finditer(text):
        while span is not None and span[1] <= found.start():
            span = next(inside, None)
        glued = text[found.start() - 1 : found.start()]
        if (span is not None and span[0] < found.start()) or not (glued in ("", "(") or glued.isspace()):
            continue
        name = found[1].lower()
        field = name if name in FIELDS else field_meant(name) if len(name) > 1 else None
        sign = as_read(found[0][len(found[1]) :]).strip().lower()
        if field is None or field in ("published", "wc") or text[found.end() : found.end() + 1] in ("", ")", "="):
            continue
        negated = sign in ("!=", "<>") or sign.startswith("not")
        yield Edit(*found.span(), f"{'NOT ' if negated else ''}{field}:", _CONDITION)
        if "like" in sign and (value := _QUOTED.match(text, found.end())) is not None:
            yield Edit(*value.span(), f'"{value[2]}"', None)
    for parted in _PARTED.finditer(text):
        if not any(start < parted.start() < end for start, end in shut):
            yield Edit(*parted.span(), f"{parted[1].lower()}:({' OR '.join(parted[2].split('|'))})", _VALUES)


def dropped(text: str) -> Iterator[Edit]:
    """-filter:retweets, has:links, filetype:pdf, rst=tnwp: what no article has, with the operator before it."""
    shut = [(t.start, t.end) for t in tokens_of(text) if t.kind in (Tokens.PHRASE, Tokens.REGEX)]
    for found in _ELSEWHERE.finditer(text):
        rest = text[: found.start()] + text[found.end() :]
        if rest.strip() and not any(start < found.start() < end for start, end in shut):
            yield Edit(*found.span(), "", _NO_FIELD)
