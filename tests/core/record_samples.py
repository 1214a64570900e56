"""Records as each release wrote them: the same samples as bytes of the log and of columns, kept under tests/data/records.

`python -m tests.core.record_samples NAME` writes a folder of the present code's bytes: once for each release whose records
differ, named after its newest migration. A later release must read them all for ever. Never write a folder anew.
"""

import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from core.model.alert import Alert, AlertArticle, Notification, StandingReason
from core.model.article import Article, TimeConfidence
from core.model.codec import encode
from core.model.deadletter import DeadLetter
from core.model.match import Evidence, Match
from core.model.outcome import DeadLetterReason, Event, Priority, Reason, StoryVerdict
from core.model.pushed import PushedArticle
from core.model.source import Entry, Source, SourceKind
from core.model.story import StoryArticle
from core.store.payload import pack
from tests.fakes import records

FOLDER = Path(__file__).parents[1] / "data" / "records"
INDIA = timezone(timedelta(hours=5, minutes=30))
EARLY = datetime(2026, 3, 1, 23, 59, 59, 999_999, tzinfo=timezone(-timedelta(hours=3, minutes=30)))
LATE = datetime(2026, 3, 2, 14, 30, tzinfo=INDIA)
STRANGE = "«Łódź» \t 北朝鮮 \u2028 \U0001f680 \"'\\/ \x7f \x01 <b>&amp;"


# Those that the first release knew: the bytes of a release hold one notification for each.
_RELEASED_REASONS = (Reason.FIRST, Reason.UPDATE, Reason.DIGEST, Reason.QUIET_HOURS_OVER, Reason.REDRIVE)


def samples() -> Mapping[type, Sequence[object]]:
    """Each record type with its fields at rest, and with all of them set; every word of a closed set at least once."""
    return {
        Source: _sources(),
        Entry: _entries(),
        Article: _articles(),
        StoryArticle: _story_articles(),
        Match: _matches(),
        AlertArticle: _alert_articles(),
        Alert: _alerts(),
        Notification: _notifications(),
        DeadLetter: _dead_letters(),
        PushedArticle: _pushed_articles(),
    }


def log_bytes(release: str, kind: type) -> list[bytes]:
    """What the release wrote to the log, in the order of the samples."""
    return _lines(FOLDER / release / f"{kind.__name__}.log.jsonl")


def column_bytes(release: str, kind: type) -> list[bytes]:
    """What the release wrote into a `record` column."""
    return [b64decode(line) for line in _lines(FOLDER / release / f"{kind.__name__}.column.base64")]


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().removesuffix(b"\n").split(b"\n")


def _sources() -> list[Source]:
    every = [
        Source(
            source_id=f"s-{kind.value}", name=STRANGE, url="https://news.example/ж?q=1#f", kind=kind,
            interval_seconds=300.5, full_text=False, country="IN", lang="hi", time_zone="Asia/Kolkata",
        )
        for kind in SourceKind
    ]  # fmt: skip
    return [records.a_source(), *every]


def _entries() -> list[Entry]:
    least = Entry(entry_id="e", source=records.a_source(), url="https://news.example/1", seen=records.WHEN)
    full = Entry(
        entry_id="e2", source=_sources()[-1], url="https://news.example/2", title=STRANGE, guid="urn:2", authors=("A", ""),
        tags=("arms", "trade"), lang="en", published=EARLY, updated=LATE, summary="<p>short</p>", content="long " * 300,
        seen=LATE,
    )  # fmt: skip
    return [least, full]


def _pushed_articles() -> list[PushedArticle]:
    least = PushedArticle(url="https://news.example/1", title="Ships left")
    full = PushedArticle(
        url="https://news.example/2", title=STRANGE, text=f"{STRANGE}\n\nMore.", source="The Paper", lang="en", country="IN",
        published=EARLY, updated=LATE, authors=("A",), section="World", tags=("x",), team="sport", by="crawler", seen=LATE,
    )  # fmt: skip
    return [least, full]


def _articles() -> list[Article]:
    full = [
        replace(
            records.an_article(), title=STRANGE, text=f"{STRANGE}\n\nA second paragraph. " * 40, authors=("A", "B"),
            section="World", tags=("x",), lang="en", country="IN", published=EARLY, updated=LATE, published_confidence=one,
        )
        for one in TimeConfidence
    ]  # fmt: skip
    return [replace(records.an_article(), revision="", published=None), *full]


def _story_articles() -> list[StoryArticle]:
    return [
        records.a_story_article(),
        *(
            replace(
                records.a_story_article(text="Long. " * 200), verdict=verdict, story_size=12, copy_of="a-1",
                correction=True, judged=LATE, story_first_seen=EARLY,
            )
            for verdict in StoryVerdict
        ),
    ]  # fmt: skip


def _matches() -> list[Match]:
    full = [
        replace(
            records.a_match(), rule=replace(records.a_rule_ref(priority=priority), group_wait_seconds=30.0, version=7),
            verdict=StoryVerdict.UPDATE, evidence=_evidence(), accepted=EARLY, matched=LATE,
        )
        for priority in Priority
    ]  # fmt: skip
    return [replace(records.a_match(), evidence=()), *full]


def _evidence() -> tuple[Evidence, ...]:
    return (records.EVIDENCE, Evidence(0, 2**40, "title", 5, 6, STRANGE))


def _alert_articles() -> list[AlertArticle]:
    brief = replace(records.a_brief(), lang=None, published=None, snippet=STRANGE, revision="r", correction=True)
    return [
        AlertArticle(brief=records.a_brief(), evidence=()),
        AlertArticle(brief=brief, evidence=_evidence(), rule_version=3),
    ]


def _alerts() -> list[Alert]:
    standing = StandingReason(
        kind="silence", because="nothing for an hour", window_seconds=3600.0, stories=0, usual=2.25, others=("a", "b"),
        since=EARLY, source="Example World",
    )  # fmt: skip
    return [
        records.an_alert(),
        replace(records.an_alert(group="IN"), articles=tuple(_alert_articles()), story_size=40, standing=standing),
        replace(records.an_alert(), articles=(), standing=replace(standing, usual=None, since=None, source=None)),
    ]


def _notifications() -> list[Notification]:
    every = [(event, reason) for event in Event for reason in _RELEASED_REASONS]
    return [
        replace(records.a_notification(), event=event, reason=reason, sequence=number, alerts=tuple(_alerts()[:2]))
        for number, (event, reason) in enumerate(every)
    ]


def _dead_letters() -> list[DeadLetter]:
    words = ("unreadable", "newer_schema", "wrong_type", "failed")  # those of release 0004
    return [
        DeadLetter(
            topic="entries", partition=3, offset=2**40 + number, key=STRANGE, value_base64="AP8=" if number else None,
            reason=DeadLetterReason(word), detail=STRANGE, at=datetime(2026, 3, 1, 12, number, tzinfo=UTC),
        )
        for number, word in enumerate(words)
    ]  # fmt: skip


def _write(release: str) -> None:
    folder = FOLDER / release
    folder.mkdir(parents=True)
    for kind, sampled in samples().items():
        name = kind.__name__
        (folder / f"{name}.log.jsonl").write_bytes(b"".join(encode(one) + b"\n" for one in sampled))
        (folder / f"{name}.column.base64").write_bytes(b"".join(b64encode(pack(one)) + b"\n" for one in sampled))


if __name__ == "__main__":
    _write(sys.argv[1])
