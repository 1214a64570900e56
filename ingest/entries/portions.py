"""What a source tells at once in portions: thousands of new entries must not stand on the log before those of others. Pure.

The first go on the log; what is more, and has a page to be asked for, is put aside at once and read as its turn comes.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from core.log.log import MAX_RECORD_BYTES, Record
from core.model.codec import encode
from core.model.outcome import ArticleOutcome, Stage
from core.net.url import authority_of
from core.store.put_aside import PutAside
from core.store.traces import TraceRow
from ingest.entries.feed_text import needs_page
from ingest.entries.new_entries import Candidate, Ended, News, shortened

AT_ONCE = 50  # of one poll, whose pages are to be asked for
MOST_PUT_ASIDE = 5000  # of one source
_MOST_BODY_CHARACTERS = MAX_RECORD_BYTES // 8  # a character may take several bytes, and more once escaped


@dataclass(frozen=True, slots=True)
class Portion:
    """`first`: for the log; `later`: for the table of what is put aside. `news`: all of it, with those that were too many."""

    news: News
    first: tuple[Candidate, ...]
    later: tuple[PutAside, ...] = ()

    def traces(self, now: datetime) -> list[TraceRow]:
        """Why the later ones are late."""
        return [
            TraceRow(
                subject=one.entry.entry_id,
                stage=Stage.READ,
                outcome=ArticleOutcome.RETRIED,
                at=now,
                detail=f"backlog: its feed told of more than {AT_ONCE} at once; read as its turn comes",
            )
            for one in self.later
        ]


def is_long(news: News) -> bool:
    """Whether it needs more than one portion."""
    return len(news.fresh) > AT_ONCE and sum(needs_page(one.entry) for one in news.fresh) > AT_ONCE


def portion(news: News, waiting: int, now: datetime) -> Portion:
    """`waiting`: how many of the source are put aside already."""
    first: list[Candidate] = []
    later: list[Candidate] = []
    asking = 0
    for one in news.fresh:
        asking += (asks := needs_page(one.entry))
        (later if asks and asking > AT_ONCE else first).append(one)
    fitting = max(MOST_PUT_ASIDE - waiting, 0)
    detail = f"{MOST_PUT_ASIDE} of its source wait already"
    over = [Ended(one.entry.entry_id, ArticleOutcome.BACKLOG, detail) for one in later[fitting:]]
    rows = [
        PutAside(
            entry=shortened(one.entry, _MOST_BODY_CHARACTERS), due=now, since=now, reason=ArticleOutcome.BACKLOG.value
        )
        for one in later[:fitting]
    ]
    told = replace(news, fresh=(*first, *later[:fitting]), ended=(*news.ended, *over))
    return Portion(told, tuple(first), tuple(rows))


def record_of(candidate: Candidate) -> Record:
    """The entry as a record; one with more text than a record holds goes on with less, one that is no text without.

    What needs no page asks nothing of its host and need not wait in the host's line.
    """
    entry = shortened(candidate.entry, _MOST_BODY_CHARACTERS)
    return Record(authority_of(entry.url) if needs_page(entry) else entry.entry_id, encode(entry))
