"""Closed sets: the metric's label, the log's field, the word on the screen and the answer to "why" are one word."""

from enum import StrEnum
from typing import Self


class Stage(StrEnum):
    """The six stages, in the order of the data."""

    POLL = "poll"
    READ = "read"
    STORY = "story"
    MATCH = "match"
    ALERT = "alert"
    DELIVER = "deliver"


class PollOutcome(StrEnum):
    """How one poll of a source ended."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    SAME_BODY = "same_body"
    BAD_URL = "bad_url"
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    RATE_LIMITED = "rate_limited"
    REDIRECT_LOOP = "redirect_loop"
    TIMEOUT = "timeout"
    DNS = "dns"
    TLS = "tls"
    CONNECT = "connect"
    BLOCKED_ADDRESS = "blocked_address"
    ROBOTS = "robots"
    TOO_LARGE = "too_large"
    BAD_ENCODING = "bad_encoding"
    NOT_A_FEED = "not_a_feed"
    PARSE = "parse"


class ArticleOutcome(StrEnum):
    """What became of one entry on its way to an article."""

    ACCEPTED = "accepted"
    HEADLINE_ONLY = "headline_only"  # an article, too: its headline, and what little else its feed said
    DUPLICATE_URL = "duplicate_url"
    TOO_SHORT = "too_short"
    NO_TEXT = "no_text"
    HOMEPAGE = "homepage"
    SECTION_FRONT = "section_front"  # the link leads to a list of articles
    WALL_CONSENT = "wall_consent"  # the page asks for consent
    WALL_LOGIN = "wall_login"  # it asks to log in or to subscribe
    WALL_CHALLENGE = "wall_challenge"  # it checks the browser
    SOFT_404 = "soft_404"  # it says that there is nothing, with status 200
    ERROR_PAGE = "error_page"  # it tells of a fault of its server, with status 200
    TOO_OLD = "too_old"
    BACK_NUMBER = "back_number"  # there before its source was polled, or shown before under another address: no news
    TOO_LARGE = "too_large"
    BAD_URL = "bad_url"
    BAD_ENCODING = "bad_encoding"
    NOT_HTML = "not_html"
    PARSE = "parse"
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    RATE_LIMITED = "rate_limited"
    REDIRECT_LOOP = "redirect_loop"
    TIMEOUT = "timeout"
    DNS = "dns"
    TLS = "tls"
    CONNECT = "connect"
    BLOCKED_ADDRESS = "blocked_address"
    ROBOTS = "robots"
    RETRIED = "retried"  # not available yet; requested again
    BACKLOG = "backlog"  # its source had more to read than its share of the readers, for too long


class WorkerEnd(StrEnum):
    """Why a process of a pool was replaced."""

    NOT_STARTED = "not_started"  # it never came to be ready
    DIED = "died"  # by itself, or killed by somebody else
    TIMEOUT = "timeout"  # its job took too long
    STALLED = "stalled"  # it stood still: stopped by somebody, or the machine gave it no time
    MADE_ROOM = "made_room"  # its job was slow and others waited; it is done later
    MEMORY = "memory"  # its job needed too much
    SERVED = "served"  # it did as many as one does


class StoryVerdict(StrEnum):
    """What an article is to its story."""

    NEW = "new"
    COPY = "copy"
    UPDATE = "update"


class MatchOutcome(StrEnum):
    """What matching found for one article."""

    MATCHED = "matched"
    NO_RULE = "no_rule"


class AlertOutcome(StrEnum):
    """What became of a match."""

    CREATED = "created"
    GROUPED = "grouped"
    UPDATED = "updated"
    CORRECTED = "corrected"  # an edit took words of the evidence away, or the rule holds no more
    SPREADING = "spreading"  # the story reached as many outlets as the rule asks for: told once more
    BEFORE_SOURCE = "before_source"  # its source showed it at the first poll, published before the source was added
    BEFORE_RULE = "before_rule"  # published, and its story seen, before the rule was made
    REPEATED = "repeated"  # the story has had its alert; a copy raises no second one
    NOT_REACHED = "not_reached"  # of a rule with a standing condition (frequency, spike, ...) that does not hold
    THROTTLED = "throttled"
    COOLING_DOWN = "cooling_down"  # the rule rests after a message
    INHIBITED = "inhibited"  # another rule has told this story, and holds this rule's alert back
    SILENCED = "silenced"
    QUIET_HOURS = "quiet_hours"
    DIGESTED = "digested"
    RULE_GONE = "rule_gone"  # the rule was removed or disabled after the match
    NO_CHANNEL = "no_channel"  # kept and shown, sent to nobody


# What holds an alert back until a timer of that kind is due.
HOLDING = (AlertOutcome.GROUPED, AlertOutcome.QUIET_HOURS, AlertOutcome.DIGESTED)


# What was there before somebody asked for it: kept and shown, and no metric rule counts it.
BEFORE = (AlertOutcome.BEFORE_SOURCE, AlertOutcome.BEFORE_RULE)


class AlertStatus(StrEnum):
    """Where an alert stands with its readers."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"  # somebody looks into it: nothing of it escalates
    SNOOZED = "snoozed"  # open again at a time
    RESOLVED = "resolved"
    NOT_RELEVANT = "not_relevant"


class EscalationOutcome(StrEnum):
    """What became of one step of an escalation, or of the end of a snooze."""

    ESCALATED = "escalated"
    REOPENED = "reopened"  # the time that it was snoozed for is over, and it was told again
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    NOT_RELEVANT = "not_relevant"
    SILENCED = "silenced"
    RULE_GONE = "rule_gone"
    NO_CHANNEL = "no_channel"  # the rule names none
    NO_STEP = "no_step"  # the rule has no such step any more


class NotificationState(StrEnum):
    """Where a notification stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    SILENCED = "silenced"  # a silence came into force before it was sent
    RULE_GONE = "rule_gone"  # the rule was removed or disabled before it was sent
    NO_CHANNEL = "no_channel"  # the rule no longer names the channel
    FALLBACK = "fallback"  # its channel has failed for so long that its fall-back has it instead
    RETURNED = "returned"  # it stood for another channel's message, which waits for that again
    CAPPED = "capped"  # more than the channel takes in an hour; told in a summary
    TAKEN = "taken"  # somebody acknowledged or settled the alert before it was sent on


class FailureReason(StrEnum):
    """Why a send failed."""

    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    AUTH_ERROR = "auth_error"
    RATE_LIMITED = "rate_limited"
    TIMEOUT = "timeout"
    DNS = "dns"
    TLS = "tls"
    CONNECT = "connect"
    DISCONNECTED = "disconnected"  # the connection broke after it was made: the message may have arrived
    REDIRECT = "redirect"
    SSRF_BLOCKED = "ssrf_blocked"
    PAYLOAD_TOO_LARGE = "payload_too_large"
    GONE = "gone"
    CHANNEL_MISSING = "channel_missing"
    REFUSED = "refused"  # the status was success, but the body reported a refusal
    INTERRUPTED = "interrupted"  # the process died in the send, or before it could write its end down
    OTHER = "other"

    @classmethod
    def _missing_(cls, _: object) -> Self:
        """A later release's word: it is only shown."""
        return cls.OTHER


class EditOutcome(StrEnum):
    """How bringing a sent message up to date ended."""

    EDITED = "edited"
    UNCHANGED = "unchanged"  # it shows what is known already
    FAILED = "failed"  # it is tried again
    GONE = "gone"  # somebody deleted it at the service
    GIVEN_UP = "given_up"  # until its alert changes again


class LookupOutcome(StrEnum):
    """What a service said that was asked for a message whose answer got lost."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    FAILED = "failed"


class DeadLetterReason(StrEnum):
    """Why a record was dead-lettered."""

    UNREADABLE = "unreadable"  # the bytes are no record
    NEWER_SCHEMA = "newer_schema"  # written by a later version of wirewatch
    WRONG_TYPE = "wrong_type"  # a record of another stage
    FAILED = "failed"  # the stage's code raised on it
    OTHER = "other"  # a reason that a later release gave: it is only shown

    @classmethod
    def _missing_(cls, _: object) -> Self:
        return cls.OTHER


class Reason(StrEnum):
    """Why a notification is sent (the webhook's `reason`)."""

    FIRST = "first"
    UPDATE = "update"
    DIGEST = "digest"
    QUIET_HOURS_OVER = "quiet-hours-over"
    REDRIVE = "redrive"
    CORRECTION = "correction"  # an edit after which the rule, or a clause of it, no longer holds
    SPREADING = "spreading"  # the story has reached as many outlets as the rule asks for
    ESCALATION = "escalation"  # nobody acknowledged it in time
    SNOOZE_OVER = "snooze-over"
    SUMMARY = "summary"  # how many more there were than the channel takes in an hour
    FALLBACK = "fallback"  # the channel that it was meant for has failed for too long


class Event(StrEnum):
    """What a notification tells (the webhook's `event`)."""

    ALERT_CREATED = "alert.created"
    ALERT_UPDATED = "alert.updated"
    DIGEST = "digest"
    TEST = "test"


class Priority(StrEnum):
    """How urgent a rule is."""

    FLASH = "flash"
    NORMAL = "normal"
    LOW = "low"


class SignInOutcome(StrEnum):
    """What became of a sign-in, with a password or with the provider."""

    OK = "ok"
    WRONG = "wrong"
    THROTTLED = "throttled"


class ReloadOutcome(StrEnum):
    """What became of a changed configuration."""

    APPLIED = "applied"
    REFUSED = "refused"
