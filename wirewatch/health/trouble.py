"""Lists troubles in words: the one judgement behind the page's headline, /readyz, the API and `check`. Pure.

Thresholds are those of the Prometheus rules where there is one, so that a page and a pager say the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from core.model.channel import Pause, channel_name
from core.store.deliveries import FRESH, ChannelFacts
from core.store.endpoints import EndpointRow
from wirewatch.health.spans import span

LAG_WARN_SECONDS = 60.0
LAG_BAD_SECONDS = 300.0  # NewsConsumerLag
SOURCES_BAD_SHARE = 0.2  # NewsFeedsFailing


class Severity(StrEnum):
    """`bad`: alerts are late, lost or missing now. `warn`: somebody should look."""

    BAD = "bad"
    WARN = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """`place`: the part of the status page that shows more."""

    severity: Severity
    name: str
    words: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`parts`: those of this process that fail, with their error; `warnings`: those that need somebody. `channels`: those that there are; None: not known here. `paused`: those through which somebody wants nothing sent for now.

    `set_aside`: dead letters of the log that wait for a decision. `feeds`: sources by state. `lag`: seconds by topic.
    """

    now: datetime
    parts: Mapping[str, str] = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)
    deliveries: Sequence[ChannelFacts] = ()
    channels: frozenset[str] | None = None
    paused: Mapping[str, Pause] = field(default_factory=dict)
    feeds: Mapping[str, int] = field(default_factory=dict)
    lag: Mapping[str, float] = field(default_factory=dict)
    set_aside: int = 0


def troubles(facts: Facts) -> tuple[Trouble, ...]:
    """Everything that is not well, the worst first."""
    found = [
        Trouble(severity=Severity.BAD, name=name, words=error, place="stages") for name, error in facts.parts.items()
    ]
    for name, text in facts.warnings.items():
        found.append(Trouble(severity=Severity.WARN, name=name, words=text, place="stages"))
    for channel in facts.deliveries:
        found += _of_channel(channel, facts)
    waiting = {channel.channel: channel.pending for channel in facts.deliveries}
    for name, pause in facts.paused.items():
        words = pause_words(pause, waiting.get(name, 0))
        severity = Severity.BAD if pause.because else Severity.WARN
        found.append(Trouble(severity=severity, name=f"channel {channel_name(name)}", words=words, place="deliveries"))
    found += _of_sources(facts.feeds)
    if facts.set_aside:
        records = "1 record waits" if facts.set_aside == 1 else f"{facts.set_aside} records wait"
        words = f"{records} that a stage could not handle; wirewatch deadletters list"
        found.append(Trouble(severity=Severity.WARN, name="dead letters", words=words, place="stages"))
    for topic, seconds in facts.lag.items():
        if seconds > LAG_WARN_SECONDS:
            severity = Severity.BAD if seconds > LAG_BAD_SECONDS else Severity.WARN
            words = f"what waits in {topic} is {span(seconds)} old"
            found.append(Trouble(severity=severity, name="lag", words=words, place="stages"))
    return tuple(sorted(found, key=lambda trouble: trouble.severity is not Severity.BAD))


def nothing_goes_out(facts: Facts) -> str | None:
    """Why no message leaves, where every channel that has something to say cannot; None: something can go out."""
    known = facts.channels
    # What a channel did that is configured no more, and for which nothing waits, says nothing of those that are.
    # Nor does one that is paused: that nothing leaves through it is what somebody wants.
    asked = [one for one in facts.deliveries if one.channel not in facts.paused or facts.paused[one.channel].because]
    counted = [one for one in asked if known is None or one.channel in known or one.pending]
    stopped = [_stopped(channel, facts) for channel in counted]
    reasons = [reason for reason in stopped if reason is not None]
    return "; ".join(reasons) if reasons and len(reasons) == len(stopped) else None


def _stopped(channel: ChannelFacts, facts: Facts) -> str | None:
    """Why the channel delivers nothing; None if it does, or nothing says that it does not."""
    pause = facts.paused.get(channel.channel)
    if pause is not None:
        return f"channel {channel_name(channel.channel)}: {pause_words(pause, channel.pending)}"
    waiting = replace(channel, dead=0)
    given_up = channel.dead_at is not None and channel.dead_at >= facts.now - FRESH  # else it may be mended long since
    trouble = [one for one in _of_channel(channel if given_up else waiting, facts) if one.severity is Severity.BAD]
    if not trouble:
        return None
    since = max((moment for moment in (channel.dead_at, channel.oldest) if moment is not None), default=None)
    works = channel.delivered is not None and since is not None and channel.delivered > since
    return None if works else f"{trouble[0].name}: {trouble[0].words}"


def _of_channel(channel: ChannelFacts, facts: Facts) -> list[Trouble]:
    """At most one sentence about what waits, and one about what was given up.

    What waits for a failing endpoint for a short while only is told as a warning: it may be back in a moment.
    """
    last = f" (last: {channel.problem})" if channel.problem else ""
    given_up = f" (last: {channel.dead_problem})" if channel.dead_problem else ""
    alone = "" if channel.endpoint is None else f"; {left_alone(channel.endpoint, facts.now)}"
    waiting = _waiting(channel.pending)
    said = []
    if channel.channel in facts.paused:
        pass  # shown with who paused it
    elif channel.pending and facts.channels is not None and channel.channel not in facts.channels:
        said.append(f"{waiting} for this channel, which is not configured here")
    elif channel.blocked:
        said.append(f"our own address guard refuses it, and {waiting}{last}{alone}")
    elif channel.stuck and channel.oldest is not None:
        age = span((facts.now - channel.oldest).total_seconds())
        said.append(f"{waiting}, the oldest for {age}{last}{alone}")
    if channel.dead:
        said.append(
            f"{channel.dead} given up within 24 hours{given_up}; to send them again: wirewatch deliveries redrive --all"
        )
    name = f"channel {channel_name(channel.channel)}"
    found = [Trouble(severity=Severity.BAD, name=name, words=words, place="deliveries") for words in said]
    if not said and channel.channel not in facts.paused and (words := fails(channel, facts.now)):
        found.append(Trouble(severity=Severity.WARN, name=name, words=words, place="deliveries"))
    return found


def fails(channel: ChannelFacts, now: datetime) -> str | None:
    """What waits for a channel that fails now, in words; None: nothing says that it does."""
    if channel.pending and channel.endpoint is not None:
        return waits_for(channel.endpoint, channel.pending, now)
    if channel.failed:
        last = f" (last: {channel.problem})" if channel.problem else ""
        return f"{_waiting(channel.pending)}, {channel.failed} of them failed more than once{last}"
    return None


def left_alone(endpoint: EndpointRow, now: datetime) -> str:
    """Why what waits for it is not sent now, and until when: one message is tried then, and the others follow it."""
    left = (endpoint.left_alone_until - now).total_seconds()
    asked = endpoint.asked_until is not None and endpoint.asked_until > max(endpoint.until, now)
    day = "" if endpoint.left_alone_until.date() == now.date() else f"{endpoint.left_alone_until:%Y-%m-%d} "
    when = f"is left alone until {day}{endpoint.left_alone_until:%H:%M:%S} UTC" if left > 0 else "is tried again now"
    since = f"it has failed since {endpoint.since:%Y-%m-%d %H:%M} UTC"
    return f"the endpoint {when}" + (", as it asked for" if asked else f"; {since}")


def waits_for(endpoint: EndpointRow, waiting: int, now: datetime) -> str:
    """Of a channel whose endpoint fails."""
    return f"{_waiting(waiting)}; {left_alone(endpoint, now)} ({endpoint.reason}: {endpoint.detail})"


def pause_words(pause: Pause, waiting: int) -> str:
    """Of a channel through which somebody wants nothing sent for now, or that is gone."""
    because = f", because {pause.because}" if pause.because else ""
    return f"paused by {pause.by} since {pause.since:%Y-%m-%d %H:%M} UTC{because}; {_waiting(waiting)}"


def _waiting(count: int) -> str:
    return "1 message waits" if count == 1 else f"{count or 'no'} messages wait"


def _of_sources(feeds: Mapping[str, int]) -> list[Trouble]:
    watched = sum(count for state, count in feeds.items() if state != "paused")
    failing, stale = feeds.get("failing", 0), feeds.get("stale", 0)
    found = []
    if failing:
        severity = Severity.BAD if failing + stale > SOURCES_BAD_SHARE * watched else Severity.WARN
        words = f"{failing} of {watched} fail"
        found.append(Trouble(severity=severity, name="sources", words=words, place="sources"))
    if stale:
        words = f"{stale} of {watched} went silent, against their own rhythm"
        found.append(Trouble(severity=Severity.WARN, name="sources", words=words, place="sources"))
    return found
