"""A rule and an alias as they are kept: versions, settings, author."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from core.model.channel import channel_key
from core.model.escalation import EscalationStep
from core.model.match import RuleRef
from core.model.metric_rule import Flatline, MetricRule
from core.model.outcome import Priority
from core.model.sending import Cooldown, Digest, QuietHours, Throttle
from core.model.team import DEFAULT_TEAM

JsonObject = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSettings:
    """How a rule's alerts go out, and the condition over more than one article of a metric rule (`standing`).

    `group_wait_seconds`: how long the first alert waits for others of the rule; 0: nothing is grouped.
    `group_interval_seconds`: the least time from one group of the rule to the next. `unreadable`: a sentence for each stored
    setting that could not be read; the rule goes on without it. `inhibits`: names of rules (with * and ?) whose alerts about a
    story that this rule told are held back. `spread_outlets`: numbers of outlets at which a told story is told again. `tags`:
    what routes know the rule by. `since`: what was published from then on alerts; None: from when the rule was made.
    """

    channels: tuple[str, ...] = ()
    priority: Priority = Priority.NORMAL
    group_wait_seconds: float = 0.0
    group_interval_seconds: float = 300.0
    throttle: Throttle | None = None
    cooldown: Cooldown | None = None
    inhibits: tuple[str, ...] = ()
    spread_outlets: tuple[int, ...] = ()
    template: str = ""
    since: datetime | None = None
    quiet_hours: QuietHours | None = None
    digest: Digest | None = None
    escalate: tuple[EscalationStep, ...] | None = None
    standing: MetricRule | None = None
    tags: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()

    @property
    def watched_source(self) -> str | None:
        """The source whose articles are missed by the rule, which has no query then."""
        return self.standing.source if isinstance(self.standing, Flatline) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft:
    """A rule to be stored. `author`: a person, or `file:NAME` for a rule managed as code.

    `key`: the `id` that a file gives it, by which it is known whatever its name. `rule_id`: of a new rule; None: a random one.
    `team`: the name of the team that a file gives it to. `owner`: the user who makes it, of a new rule; None: nobody that signed in.
    """

    name: str
    team: str = DEFAULT_TEAM
    key: str | None = None
    rule_id: str | None = None
    owner: str | None = None
    query: str
    canonical: str
    settings: RuleSettings = field(default_factory=RuleSettings)
    author: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """One version of a rule. `origin`: `file` or `db`; `revision`: of the last change to the rule; `key` and `owner`: as of a draft.

    `query` is empty where the rule watches a source for silence: it matches no article.
    """

    rule_id: str
    name: str
    version: int
    query: str
    canonical: str
    settings: RuleSettings
    origin: str
    enabled: bool
    author: str
    comment: str
    created: datetime
    revision: int
    key: str | None = None
    team_id: str = DEFAULT_TEAM
    owner: str | None = None

    @property
    def channels(self) -> tuple[str, ...]:
        return self.settings.channels

    @property
    def channel_keys(self) -> tuple[str, ...]:
        """What the outbox calls its channels, which are those of its team."""
        return self._keys(self.channels)

    @property
    def keyed_settings(self) -> RuleSettings:
        """Its settings, with channels as the outbox calls them."""
        steps = self.settings.escalate
        keyed = tuple(replace(step, channels=self._keys(step.channels)) for step in steps or ())
        return replace(self.settings, channels=self.channel_keys, escalate=keyed or None)

    @property
    def escalation_keys(self) -> tuple[str, ...]:
        """What the outbox calls the channels that its alerts go on to."""
        named = dict.fromkeys(name for step in self.settings.escalate or () for name in step.channels)
        return self._keys(named)

    def _keys(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(channel_key(self.team_id, name) for name in names)

    @property
    def priority(self) -> Priority:
        return self.settings.priority

    def ref(self) -> RuleRef:
        """What its matches and alerts keep of it."""
        return RuleRef(
            rule_id=self.rule_id,
            version=self.version,
            name=self.name,
            query=self.query,
            channels=self.channels,
            priority=self.priority,
            group_wait_seconds=self.settings.group_wait_seconds,
            team_id=self.team_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasDraft:
    """A list of terms to be stored under a name. `team`: the name of the team that a file gives it to."""

    name: str
    team: str = DEFAULT_TEAM
    terms: tuple[str, ...]
    author: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasRow:
    """One version of an alias."""

    name: str
    version: int
    terms: tuple[str, ...]
    origin: str
    enabled: bool
    author: str
    comment: str
    created: datetime
    revision: int
    alias_id: str = ""
    team_id: str = DEFAULT_TEAM


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasBrief:
    """One version of an alias with its first terms; `count`: how many it has."""

    name: str
    version: int
    terms: tuple[str, ...]
    count: int
    origin: str
    enabled: bool
    author: str
    comment: str
    created: datetime
    team_id: str = DEFAULT_TEAM
