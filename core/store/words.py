"""The word index over stored articles: FTS5 on SQLite, tsvector with GIN on PostgreSQL, the same answers from both.

Words come folded from core.text and are taken as they are: neither database's own idea of words, stems or stop words
has a say. What no index takes (spaces, very long words) is replaced and cut alike in articles and in questions, so an
answer may hold too many articles, never too few.
"""

import re
from collections.abc import Sequence

from sqlalchemy import ARRAY, Text, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.types import storable

_LONGEST = 64
_NO_WORD = re.compile(r"[\x00-\x20\x7f]")

_ADD_SQLITE = text("INSERT INTO article_words (rowid, words) VALUES (:number, :words)")
_ADD_POSTGRESQL = text(
    "INSERT INTO article_words (number, words) VALUES (:number, array_to_tsvector(:words))"
).bindparams(bindparam("words", type_=ARRAY(Text)))
_REMOVE_SQLITE = text("DELETE FROM article_words WHERE rowid = :number")
_FIND_SQLITE = text("SELECT rowid FROM article_words WHERE article_words MATCH :q AND rowid BETWEEN :low AND :high")
_FIND_POSTGRESQL = text(
    "SELECT number FROM article_words WHERE words @@ CAST(CAST(:q AS text) AS tsquery) AND number BETWEEN :low AND :high"
)


async def add(conn: AsyncConnection, rows: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Index articles by number."""
    if not rows:
        return
    distinct = [(number, sorted({_word(word) for word in words if word})) for number, words in rows]
    if conn.dialect.name == "postgresql":
        await conn.execute(_ADD_POSTGRESQL, [{"number": number, "words": words} for number, words in distinct])
    else:
        await conn.execute(_ADD_SQLITE, [{"number": number, "words": " ".join(words)} for number, words in distinct])


async def remove(conn: AsyncConnection, numbers: Sequence[int]) -> None:
    """Take articles out; on PostgreSQL they go with the article's row (ON DELETE CASCADE)."""
    if numbers and conn.dialect.name != "postgresql":
        await conn.execute(_REMOVE_SQLITE, [{"number": number} for number in numbers])


def find(conn: AsyncConnection, anyof: Sequence[Sequence[str]], low: int, high: int) -> TextClause:
    """A sub-select of the numbers from `low` to `high` of articles with all words of any member."""
    if conn.dialect.name == "postgresql":
        query = " | ".join("(" + " & ".join(map(_lexeme, member)) + ")" for member in anyof)
        return _FIND_POSTGRESQL.bindparams(q=query, low=low, high=high)
    query = " OR ".join("(" + " AND ".join(map(_token, member)) + ")" for member in anyof)
    return _FIND_SQLITE.bindparams(q=query, low=low, high=high)


def _word(word: str) -> str:
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
