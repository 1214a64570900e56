"""A rule that matched an article, with the evidence."""

from dataclasses import dataclass

from core.model.instant import Instant
from core.model.outcome import Priority, StoryVerdict
from core.model.team import DEFAULT_TEAM


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRef:
    """The rule version that matched, and how its alerts go out."""

    rule_id: str
    version: int
    name: str
    query: str
    channels: tuple[str, ...] = ()
    priority: Priority = Priority.NORMAL
    group_wait_seconds: float = 0.0
    team_id: str = DEFAULT_TEAM  # of the rule, and so of its matches, alerts and notifications


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place that shows why a clause is true.

    `clause_start`, `clause_end`: characters in the rule's text; `start`, `end`: characters in the original field.
    """

    clause_start: int
    clause_end: int
    field: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleBrief:
    """What an alert shows of an article."""

    article_id: str
    url: str
    title: str
    source_name: str
    lang: str | None
    published: Instant | None
    seen: Instant
    snippet: str
    revision: str = ""  # the article's: an edit of it is news, the same text again is not
    source_added: Instant | None = None  # it stood in its source at the first poll, and is no news before that time
    correction: bool = False  # the article says of itself that it corrects an earlier one
    country: str | None = None  # of its source, ISO 3166-1 alpha-2


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What an edit of an article took from a rule that had an alert of it.

    `holds`: the rule is still true. `gone`: words of the alert's evidence that stand nowhere in the article any more.
    """

    holds: bool
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Topic `matches`, key: the rule's id. With a `correction` that does not hold it says that the rule matches no more."""

    match_id: str
    rule: RuleRef
    story_id: str
    verdict: StoryVerdict
    story_size: int
    story_first_seen: Instant
    article: ArticleBrief
    evidence: tuple[Evidence, ...]
    accepted: Instant  # when the article was read
    matched: Instant
    correction: Correction | None = None
