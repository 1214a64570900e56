"""The word index over stored articles: FTS5 on SQLite, tsvector with GIN on PostgreSQL, the same answers from both.

Words come folded from core.text and are taken as they are: neither database's own idea of words, stems or stop words
has a say. What no index takes (spaces, very long words) is replaced and cut alike in articles and in questions, so an
answer may hold too many articles, never too few.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, Text, TextClause, bindparam, text

from core.db.connection import Connection
from core.db.types import Instant, storable

NEWEST = 2**62  # below it all numbers lie

_LONGEST = 64
_NO_WORD = re.compile(r"[\x00-\x20\x7f]")

_ADD_SQLITE = text("INSERT INTO article_words (rowid, words) VALUES (:number, :words)")
_ADD_POSTGRESQL = text(
    "INSERT INTO article_words (number, accepted, words) VALUES (:number, :accepted, array_to_tsvector(:words))"
).bindparams(bindparam("accepted", type_=Instant), bindparam("words", type_=ARRAY(Text)))
_REMOVE_SQLITE = text("DELETE FROM article_words WHERE rowid = :number")
# The planner takes it to be cheap to read the table or walk its primary key and look into every article's words; it
# does not see that each has to be unpacked first. The word index alone answers without touching them.
_PLAN_POSTGRESQL = text(
    "SELECT set_config('enable_seqscan', :others, true), set_config('enable_indexscan', :others, true)"
)
# Of a piece of the articles: SQLite walks from its newest on; PostgreSQL has a word for each block of numbers, and with it
# looks at no posting outside of the piece.
_BETWEEN_SQLITE = text(
    "SELECT rowid FROM article_words WHERE article_words MATCH :asked AND rowid >= :low AND rowid < :below"
    " ORDER BY rowid DESC LIMIT :most"
)
_BETWEEN_POSTGRESQL = text(
    "SELECT number FROM article_words WHERE words @@ CAST(CAST(:asked AS text) AS tsquery)"
    " AND number >= :low AND number < :below ORDER BY number DESC LIMIT :most"
)
_SMALL, _LARGE = 12, 16  # bits: numbers of a small and of a large block
# In a question. GIN goes by the rarest words: of many small blocks it would look at every article, of a few large ones at those of the
# rarest word that is asked for.
_MOST_BLOCKS = {_SMALL: 9, _LARGE: 200}
_REPLACE_SQLITE = text("UPDATE article_words SET words = :words WHERE rowid = :number AND words <> :words")
_REPLACE_POSTGRESQL = text(
    "UPDATE article_words SET words = array_to_tsvector(:words) WHERE number = :number AND words <> array_to_tsvector(:words)"
).bindparams(bindparam("words", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True)
class Indexed:
    """An article to be indexed."""

    number: int
    accepted: datetime
    words: Sequence[str]
    facts: Sequence[str] = ()  # as core.store.facts says them


async def add(conn: Connection, rows: Sequence[Indexed]) -> None:
    """Index articles that are stored already."""
    await _write(conn, rows, _ADD_SQLITE, _ADD_POSTGRESQL)


async def replace(conn: Connection, rows: Sequence[Indexed]) -> None:
    """Index articles anew that an earlier release has indexed otherwise. Nothing is written where that changes nothing."""
    await _write(conn, rows, _REPLACE_SQLITE, _REPLACE_POSTGRESQL)


async def _write(conn: Connection, rows: Sequence[Indexed], sqlite: TextClause, postgresql: TextClause) -> None:
    if not rows:
        return
    distinct = [(row, [*_distinct(row.words), *map(_word, row.facts)]) for row in rows]
    if conn.dialect.name == "postgresql":
        values = [
            {"number": row.number, "accepted": row.accepted, "words": [*words, *_blocks_of(row.number)]}
            for row, words in distinct
        ]
        await conn.execute(postgresql, values)
    else:
        await conn.execute(sqlite, [{"number": row.number, "words": " ".join(words)} for row, words in distinct])


async def remove(conn: Connection, numbers: Sequence[int]) -> None:
    """Take articles out; on PostgreSQL they go with the article's row (ON DELETE CASCADE)."""
    if numbers and conn.dialect.name != "postgresql":
        await conn.execute(_REMOVE_SQLITE, [{"number": number} for number in numbers])


Groups = Sequence[Sequence[Sequence[str]]]  # of each group one member must be there with all its words


async def between(conn: Connection, groups: Groups, low: int, below: int, most: int, *, blocks: bool) -> list[int]:
    """Numbers from `low` until before `below` of the newest articles with what every group asks, highest first.

    `blocks`: all of them are indexed with their facts, and so with the blocks of their numbers.
    """
    values = {"low": low, "below": below, "most": most}
    if conn.dialect.name != "postgresql":
        asked = _asked(groups, _token, " AND ", " OR ")
        return list((await conn.execute(_BETWEEN_SQLITE, {"asked": asked, **values})).scalars())
    groups = [*groups, *_blocks_between(low, below)] if blocks else groups
    asked = _asked(groups, _lexeme, " & ", " | ")
    await conn.execute(_PLAN_POSTGRESQL, {"others": "off"})
    numbers = list((await conn.execute(_BETWEEN_POSTGRESQL, {"asked": asked, **values})).scalars())
    await conn.execute(_PLAN_POSTGRESQL, {"others": "on"})
    return numbers


def _blocks_of(number: int) -> tuple[str, str]:
    return f"small={number >> _SMALL}", f"large={number >> _LARGE}"


def _blocks_between(low: int, below: int) -> list[list[list[str]]]:
    """A group for PostgreSQL: words of the blocks that the numbers lie in; none, where they are too many."""
    for name, bits in (("small", _SMALL), ("large", _LARGE)):
        first, last = low >> bits, (below - 1) >> bits
        if last - first < _MOST_BLOCKS[bits]:
            return [[[f"{name}={block}"] for block in range(first, last + 1)]]
    return []


def _asked(groups: Groups, quote: Callable[[str], str], both: str, either: str) -> str:
    each = (either.join(f"({both.join(map(quote, member))})" for member in group) for group in groups)
    return both.join(f"({group})" for group in each)


def _distinct(words: Sequence[str]) -> list[str]:
    """The words as the index takes them, each once."""
    each = dict.fromkeys(words)
    if "" not in each and "".join(each).isalnum() and max(map(len, each)) <= _LONGEST:
        return list(each)  # nearly always; a call for each word costs more than all the rest here
    return list(dict.fromkeys(_word(word) for word in each if word))


def _word(word: str) -> str:
    if len(word) <= _LONGEST and word.isalnum():
        return word
    return _NO_WORD.sub("_", storable(word))[:_LONGEST]


def _split(word: str) -> tuple[str, bool]:
    prefix = word.endswith("*") and len(word) > 1
    return _word(word[:-1] if prefix else word), prefix


def _lexeme(word: str) -> str:
    plain, prefix = _split(word)
    quoted = plain.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'" + (":*" if prefix else "")


def _token(word: str) -> str:
    plain, prefix = _split(word)
    quoted = plain.replace('"', '""')
    return f'"{quoted}"' + (" *" if prefix else "")
