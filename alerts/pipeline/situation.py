"""Everything a decision about one match depends on, gathered before deciding."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerts.pipeline.metric_rule import Counted
from alerts.pipeline.routing import NOWHERE, ArticleFacts, Router, facts_of
from core.model.match import Match
from core.model.metric_rule import MetricRule
from core.model.outcome import AlertOutcome, Priority
from core.model.rule import RuleSettings
from core.model.silence import Silence
from core.model.team import DEFAULT_TEAM


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricCondition:
    """A condition over more than one article. `since_version`, `known_since`: from when on the rule has its text."""

    condition: MetricRule
    since_version: int
    known_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePolicy:
    """How the rule's alerts go out, as the rule stands now (not as it stood when it matched). `channels`: the keys of those
    that it names itself; `router`: leads to others. `since`: what was published before then is no news to the rule; None: everything is.
    """

    send: RuleSettings
    standing: MetricCondition | None = None
    router: Router = NOWHERE
    since: datetime | None = None

    @property
    def channels(self) -> tuple[str, ...]:
        return self.send.channels

    def channels_for(self, articles: Iterable[ArticleFacts]) -> tuple[str, ...]:
        """The keys of the channels that an alert with these articles goes to: the rule's own, and those of its routes."""
        return tuple(dict.fromkeys((*self.channels, *self.router.channels(articles))))

    @property
    def priority(self) -> Priority:
        return self.send.priority


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierAlert:
    """The alert that this story already has from this rule.

    `notified`: somebody was or will be notified of it. `articles`: id and revision of those in it. `outlets`: their sources.
    `facts`: what routes look at of them.
    `before`: all in it was there before its source or the rule was.
    """

    created: datetime
    notified: bool
    articles: frozenset[tuple[str, str]]
    outlets: frozenset[str] = frozenset()
    facts: tuple[ArticleFacts, ...] = ()
    before: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """`until`: when the rule may send again. `seconds`: how long it rests now. `held_back`: stories since its last message."""

    until: datetime
    seconds: float
    held_back: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """A rule or a source that gave nothing for a whole window."""

    rule: str
    source: str | None
    because: str
    team_id: str = DEFAULT_TEAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One match (or its absence), and what was known when it was decided. `policy` None: the rule was removed or disabled.

    `silences`: those in force at `now`. `notified_at`: when messages of the rule went out, as far back as its throttle looks.
    `flush_at`: when the rule's last group went out or its present one will. `counted`: only of a rule with a standing
    condition. `rest`: of a rule with a cool-down, since its last message. `inhibited_by`: the name of a rule that has told the
    story and holds back this one; empty: none.
    """

    match: Match | Nothing
    policy: RulePolicy | None
    earlier: EarlierAlert | None
    silences: tuple[Silence, ...]
    notified_at: tuple[datetime, ...]
    flush_at: datetime | None
    now: datetime
    counted: Counted | None = None
    rest: Rest | None = None
    inhibited_by: str = ""

    @property
    def rule_name(self) -> str:
        return self.match.rule if isinstance(self.match, Nothing) else self.match.rule.name

    @property
    def team_id(self) -> str:
        return self.match.team_id if isinstance(self.match, Nothing) else self.match.rule.team_id

    @property
    def source_name(self) -> str:
        """Whose article, or whose silence it is; empty where nothing of any source matched."""
        return (self.match.source or "") if isinstance(self.match, Nothing) else self.match.article.source_name

    @property
    def channels(self) -> tuple[str, ...]:
        """The keys of the channels that its message would go to."""
        return () if self.policy is None else self.policy.channels_for(self._facts())

    def _facts(self) -> tuple[ArticleFacts, ...]:
        if isinstance(self.match, Nothing):
            return (ArticleFacts(source=self.source_name),)
        known = () if self.earlier is None else self.earlier.facts
        return (*known, facts_of(self.match.article, self.match.evidence))

    @property
    def is_update(self) -> bool:
        """Whether the alert would be an update of one already sent."""
        return self.earlier is not None and self.earlier.notified


class Action(StrEnum):
    """The action on a match."""

    TELL = "tell"  # the alert is kept and its message goes out now
    HOLD = "hold"  # the alert is kept and its message waits for `release`
    KEEP = "keep"  # the alert is kept and shown, but not sent
    ADD = "add"  # the article joins the alert that is there
    DROP = "drop"  # only the finding is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The decision about a match, and the sentence that gives the reason."""

    outcome: AlertOutcome
    action: Action
    because: str
    release: datetime | None = None
    silence_id: str | None = None


def shown(moment: datetime) -> str:
    """A time in a sentence."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
