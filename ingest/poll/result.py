"""The result of a poll: the source's next state and a note for people. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from core.bounded import whole
from core.net.client import Fetched
from core.store.sources import DueSource, PollState
from ingest.intake.intake import Found
from ingest.parse.shapes import ParsedFeed, ParseFailure
from ingest.poll.health import stale_at
from ingest.poll.rhythm import observe
from ingest.poll.schedule import SUCCESSES, Polled, Schedule, paid_seconds

_MAX_AGE = re.compile(r"\bmax-age\s*=\s*\"?([0-9]+)")
_LONGEST_SECONDS = 999_999_999


@dataclass(frozen=True, slots=True)
class PollResult:
    """How a poll went, and what its body brought, if it is another than before."""

    polled: Polled
    error: str | None = None
    fetched: Fetched | None = None
    body_hash: str | None = None
    found: Found | None = None


def next_state(
    due: DueSource, result: PollResult, schedule: Schedule, now: datetime, chance: float, stretch: float = 1.0
) -> PollState:
    """The state that a poll leaves for the next one."""
    before, polled, fetched = due.state, result.polled, result.fetched
    after = schedule(before, polled, now, due.source, chance, stretch)
    state = replace(
        before,
        next_poll=after.at,
        interval_seconds=after.interval_seconds,
        memory=after.memory,
        rhythm=observe(before.rhythm, polled, now, first=before.last_success is None),
        last_attempt=now,
        outcome=polled.outcome,
        error=result.error,
    )
    if polled.outcome not in SUCCESSES or fetched is None:
        return replace(state, failures=before.failures + 1)
    new = 0 if result.found is None else len(result.found.entries.new)
    last_new = now if new else before.last_new
    state = replace(
        state,
        failures=0,
        last_success=now,
        last_new=last_new,
        stale_at=stale_at(last_new, after.memory),
        entries_seen_total=before.entries_seen_total + new,
    )
    if fetched.not_modified:
        return state
    if result.found is not None and result.found.entries.waiting:
        # An edit is due in a later window: the body must be looked at again, though it stays as it is.
        return replace(state, etag=None, last_modified=None, body_hash=None, full_get_at=now)
    return replace(
        state,
        etag=fetched.headers.get("ETag"),
        last_modified=fetched.headers.get("Last-Modified"),
        body_hash=result.body_hash,
        full_get_at=now,
    )


def hint_seconds(headers: Mapping[str, str]) -> float | None:
    """How long the publisher says the feed stays as it is: max-age less Age (RFC 9111); None without a wish."""
    match = _MAX_AGE.search(headers.get("Cache-Control", ""))
    if match is None:
        return None
    stays, age = (whole(text, _LONGEST_SECONDS) or 0 for text in (match[1], headers.get("Age")))
    return float(max(stays - age, 0)) or None


def note_of(fetched: Fetched) -> str | None:
    """What people should know of a poll that went well."""
    if fetched.moved_to:
        return f"the feed has moved for good to {fetched.moved_to}"
    return f"a redirect leads from https to {fetched.url}" if fetched.downgraded else None


def broken_note(feed: ParsedFeed) -> str | None:
    """What people should know of a feed whose characters were lost on the way."""
    return f"{feed.broken:,} of {len(feed.entries):,} entries have broken characters" if feed.broken else None


def cost_note(parsed: ParsedFeed | ParseFailure, detail: str | None) -> str | None:
    """What people should know of a feed that costs much CPU time, behind what is known of it otherwise."""
    wait = paid_seconds(parsed.cpu_seconds)
    if not wait:
        return detail
    note = f"parsing it took {parsed.cpu_seconds:.1f} s of CPU time, so it is left alone for {wait / 60:.0f} min"
    return note if detail is None else f"{detail}; {note}"
