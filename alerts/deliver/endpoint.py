"""Judges an endpoint by its last answers: healthy, in doubt, or in back-off. Pure.

well ==(failure)==> in doubt: one message at a time ==(failure)==> left alone, longer each time ==(one message)==> ...
  ^                                                                                                 |
  +------------------------------- the first success: all that waits goes at once ------------------+
"""

from dataclasses import dataclass, field, replace
from http import HTTPStatus

from alerts.channels.channel import SendFailure
from core.model.outcome import FailureReason
from core.retry import Backoff

LATEST_SECONDS = 86_400.0  # no next try is later; a receiver that asks for more is asked again after a day

# Nothing of the message got through, or the receiver says that it did not look at it.
_UNTAKEN = frozenset(
    {
        FailureReason.DNS,
        FailureReason.TLS,
        FailureReason.CONNECT,
        FailureReason.RATE_LIMITED,
        FailureReason.SSRF_BLOCKED,
    }
)
UNWELL = _UNTAKEN | {FailureReason.TIMEOUT, FailureReason.DISCONNECTED, FailureReason.SERVER_ERROR}


def is_unwell(failure: SendFailure) -> bool:
    """Whether it says more of the endpoint than of the message: the next message would probably fare no better."""
    return failure.retriable and failure.reason in UNWELL


def may_have_arrived(reason: FailureReason, status: int | None) -> bool:
    """Whether the receiver may have had the message all the same, so that each try of it may be one too many."""
    return reason not in _UNTAKEN and status != HTTPStatus.SERVICE_UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Times are monotonic seconds: a clock that is set back holds nothing up.

    `failures`: of different messages in a row. `until`: left alone until then; `asked_until`: since the receiver asked.
    """

    failures: int = 0
    until: float = 0.0
    asked_until: float = 0.0

    @property
    def in_doubt(self) -> bool:
        """One message at a time."""
        return self.failures > 0

    def seconds_left(self, now: float) -> float:
        """For how long it is left alone from now on."""
        return max(self.until - now, self.asked_until - now, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointPolicy:
    """How long an endpoint is left alone: a twentieth longer each time, so that it is found well again a twentieth of its outage late.

    `blocked_seconds`: the least where our own guard refuses it.
    """

    backoff: Backoff = field(default_factory=lambda: Backoff(first_seconds=5.0, max_seconds=600.0, factor=1.05))
    blocked_seconds: float = 60.0

    def after_failure(
        self,
        endpoint: Endpoint,
        failure: SendFailure,
        *,
        seen: Endpoint,
        tried_before: bool,
        now: float,
        chance: float,
    ) -> Endpoint:
        """`seen`: how it stood when the send began; what it became since, the send says nothing of. `tried_before`: the message
        failed before, so that it may be the message. `chance` in [0, 1).

        An answer, or none in time, may be about this one message: the next one is tried at once, and fails only where it is
        the endpoint. One message that fails again and again is not taken for a failing endpoint.
        """
        if not is_unwell(failure):
            return endpoint
        asked = endpoint.asked_until
        if failure.retry_after_seconds is not None:
            asked = max(asked, now + min(failure.retry_after_seconds, LATEST_SECONDS))
        if seen is not endpoint:
            return replace(endpoint, asked_until=asked)
        of_message = may_have_arrived(failure.reason, failure.status)
        failures = endpoint.failures if of_message and tried_before else endpoint.failures + 1
        certain = failures > 1 if of_message else True
        seconds = self.backoff.delay_seconds(failures, chance) if certain else 0.0
        if failure.reason is FailureReason.SSRF_BLOCKED:
            seconds = max(seconds, self.blocked_seconds)
        return Endpoint(failures=failures, until=now + seconds, asked_until=asked)


def after_success(endpoint: Endpoint) -> Endpoint:
    """Well again; only what the receiver asked for stays."""
    return Endpoint(asked_until=endpoint.asked_until) if endpoint.in_doubt else endpoint
