"""Sources as pages show them and forms change them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.masking import masked_url
from core.model.source import Source, SourceKind
from ingest.poll.health import FeedState
from ingest.poll.span import span_words
from wirewatch.console.forms import Form
from wirewatch.console.toml_text import toml_item
from wirewatch.usecases.refusals import Invalid
from wirewatch.usecases.source_facts import NewSource
from wirewatch.usecases.sources import KnownSource

SIGNS = {
    FeedState.HEALTHY: "good",
    FeedState.DEGRADED: "warn",
    FeedState.STALE: "warn",
    FeedState.FAILING: "bad",
    FeedState.PAUSED: "off",
}
FIELDS = ("name", "url", "kind", "tags", "site", "country", "lang", "time_zone", "interval_seconds", "patience_seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A source in the list. `delay`: in words; empty where none is known."""

    known: KnownSource
    sign: str
    delay: str


def list_rows(found: Sequence[KnownSource]) -> list[SourceLine]:
    return [SourceLine(known=one, sign=SIGNS[one.health.state], delay=delay_words(one)) for one in found]


def delay_words(one: KnownSource) -> str:
    """ "4 minutes, at most 1 hour"."""
    p50, p95 = one.rhythm.delay_p50_seconds, one.rhythm.delay_p95_seconds
    if p50 is None or p95 is None:
        return ""
    return f"{seconds_words(p50)} / {seconds_words(p95)}"


def seconds_words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else span_words(timedelta(seconds=seconds))


def shown_facts(source: Source, sent: Form | None = None) -> dict[str, str]:
    """What the form of a source holds: what was typed, else what is so. `source` is without what is secret in its address."""
    facts = {
        "name": source.name,
        "url": source.url,
        "kind": source.kind.value,
        "tags": ", ".join(source.tags),
        "site": source.site or "",
        "country": source.country or "",
        "lang": source.lang or "",
        "time_zone": source.time_zone or "",
        "interval_seconds": "" if source.interval_seconds is None else f"{source.interval_seconds:g}",
        "patience_seconds": f"{source.patience_seconds:g}",
        "full_text": "on" if source.full_text else "",
    }
    if sent is None:
        return facts
    typed = {name: sent.text(name) for name in FIELDS}
    return {**typed, "full_text": "on" if sent.has("full_text") else ""}


def changed_facts(sent: Form, source: Source, *, masked: bool) -> dict[str, Any]:
    """What a form changes of a source. An address that is shown without its key changes only where another is typed.

    Raises Invalid with the field.
    """
    facts = _facts(sent)
    facts["full_text"] = sent.has("full_text")
    facts["patience_seconds"] = _number(sent, "patience_seconds") or 0.0
    url = sent.text("url")
    if url and not (masked and url == masked_url(source.url)) and url != source.url:
        facts["url"] = url
    return facts


def new_source(sent: Form, url: str) -> NewSource:
    """What the form of a new source says. Raises Invalid with the field."""
    facts = _facts(sent)
    facts.pop("kind", None)
    return NewSource(url=url, **facts)


def _facts(sent: Form) -> dict[str, Any]:
    kind = sent.text("kind") or SourceKind.AUTO.value
    if kind not in {one.value for one in SourceKind}:
        raise Invalid(f"expected one of {', '.join(one.value for one in SourceKind)}", "kind")
    empty = {name: sent.text(name) or None for name in ("site", "country", "lang", "time_zone")}
    return {
        "name": sent.text("name"),
        "kind": SourceKind(kind),
        "tags": tuple(tag for part in sent.text("tags").split(",") if (tag := part.strip())),
        "interval_seconds": _number(sent, "interval_seconds"),
        **empty,
    }


def _number(sent: Form, name: str) -> float | None:
    text = sent.text(name)
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not 0 <= number <= 1e9:
        raise Invalid("expected a number of seconds", name)
    return number


def facts_toml(source: Source) -> str:
    """The source as a table of a file."""
    facts: dict[str, Any] = {"name": source.name, "url": source.url}
    facts |= {"kind": source.kind.value} if source.kind is not SourceKind.AUTO else {}
    names = ("interval_seconds", "country", "lang", "time_zone", "since", "site")
    facts |= {name: value for name in names if (value := getattr(source, name)) is not None}
    facts |= {"tags": list(source.tags)} if source.tags else {}
    facts |= {} if source.full_text else {"full_text": False}
    return toml_item("sources", facts)
