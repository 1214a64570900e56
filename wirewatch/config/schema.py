"""The tables of a configuration file as pydantic sees them. Unknown keys and wrong types are refused."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)

from alerts.rules.term_list import exclusions
from alerts.rules.term_table import Layout, a_delimiter
from core.log.kafka_options import sign_in_problem
from core.model.naming import a_tag
from core.model.retention import Retention
from core.model.sending import aware
from core.model.source import MOST_TAGS
from core.model.team import DEFAULT_TEAM
from core.net.guard import AddressGuard
from wirewatch import __version__
from wirewatch.config.hints import country_hint, language_hint, zone_hint
from wirewatch.config.host_names import host_name
from wirewatch.config.oidc import OidcSection
from wirewatch.config.section import Name, Section, WebAddress

_KEEP = Retention()
_CENTURY_DAYS = 36_525


def _within(most: float) -> AfterValidator:
    """Beyond a century no calendar holds the times that come of it."""

    def checked(value: float) -> float:
        if value > most:
            raise ValueError(f"expected at most a century, {most}")
        return value

    return AfterValidator(checked)


Positive = Annotated[float, Field(gt=0, allow_inf_nan=False), _within(_CENTURY_DAYS * 86400)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False), _within(_CENTURY_DAYS * 86400)]
Days = Annotated[float, Field(gt=0, allow_inf_nan=False), _within(_CENTURY_DAYS)]


def _networks(values: list[str]) -> list[str]:
    AddressGuard(values)  # ValueError names the one that is no network
    return values


def _listen(value: str) -> str:
    host, colon, port = value.rpartition(":")
    if value and (not colon or not host or re.fullmatch("[0-9]{1,5}", port) is None or int(port) > 65535):
        hint = f'; did you mean "127.0.0.1:{value.strip(":")}"?' if re.fullmatch(":?[0-9]{1,5}", value) else ""
        raise ValueError(f'expected "host:port" such as "127.0.0.1:8080", or "" to listen nowhere{hint}')
    return value


def _host_names(values: list[str]) -> list[str]:
    for value in values:
        if host_name(value) is None:
            raise ValueError(f'expected names of hosts such as "news.example", got {value[:100]!r}')
    return values


def time_zone(value: str) -> str:
    """An IANA zone. Raises ValueError."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'expected an IANA time zone such as "Asia/Kolkata"{zone_hint(value)}') from None
    return value


_zone_name = time_zone  # in the tables below the name is a key's


def country_code(value: str) -> str:
    """ISO 3166-1 alpha-2 in capital letters. Raises ValueError."""
    if not re.fullmatch(r"[A-Za-z]{2}", value):
        raise ValueError(f'expected two letters of ISO 3166-1, such as "IN"{country_hint(value)}')
    return value.upper()


def language_code(value: str) -> str:
    """ISO 639-1 in small letters. Raises ValueError."""
    if not re.fullmatch(r"[A-Za-z]{2}", value):
        raise ValueError(f'expected two letters of ISO 639-1, such as "en"{language_hint(value)}')
    return value.lower()


def alias_name(value: str) -> str:
    """What a rule can write after `@`. Raises ValueError."""
    if not re.fullmatch(r"[\w-]{1,100}", value):
        hint = "; leave out the @, which only rules write" if value.startswith("@") else ""
        raise ValueError(f"expected 1 to 100 letters, digits, _ and -{hint}")
    return value


_OURS = frozenset(
    "host connection content-length transfer-encoding accept-encoding if-none-match if-modified-since user-agent".split()
)


def _headers(values: dict[str, SecretStr]) -> dict[str, SecretStr]:
    for name, value in values.items():
        if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name) or name.lower() in _OURS:
            raise ValueError(f"{name[:100]!r} is no header that can be set")
        if not re.fullmatch(r"[\x20-\x7e]+", value.get_secret_value()):
            raise ValueError(f"the value of {name} is no line of printable ASCII")
    return values


class ServerSection(Section):
    listen: Annotated[str, AfterValidator(_listen)] = "127.0.0.1:8080"
    public_url: WebAddress | None = None
    hosts: Annotated[list[str], AfterValidator(_host_names)] = []
    trusted_proxies: Annotated[list[str], AfterValidator(_networks)] = []
    allow_exec: bool = False
    token_requests_per_minute: Annotated[float, Field(gt=0, le=1_000_000)] = 600.0
    token_requests_at_once: Annotated[int, Field(ge=1, le=100_000)] = 100


class KafkaSection(Section):
    client_id: str = "wirewatch"
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "PLAIN"
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    sasl_password_file: str | None = None
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    replication_factor: Annotated[int, Field(ge=1, le=100)] = 1
    topic_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{0,100}$")] = ""
    session_seconds: Annotated[float, Field(ge=1, le=300)] = 10.0

    @model_validator(mode="after")
    def _one_password(self) -> Self:
        passwords = sum(one is not None for one in (self.sasl_password, self.sasl_password_file))
        if problem := sign_in_problem(self.security_protocol, self.sasl_username, passwords):
            raise ValueError(problem)
        return self


class LogSection(Section):
    url: str = "sqlite:"
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "json", "console"] = "auto"
    kafka: KafkaSection = KafkaSection()


class DatabaseSection(Section):
    url: SecretStr | None = None
    url_file: str | None = None

    @model_validator(mode="after")
    def _one_url(self) -> Self:
        if self.url is not None and self.url_file is not None:
            raise ValueError("only one of `url` and `url_file` may be set")
        return self


class FetchSection(Section):
    allow_networks: Annotated[list[str], AfterValidator(_networks)] = []
    min_interval_seconds: Positive = 60.0
    max_interval_seconds: Positive = 86400.0
    max_bytes: Annotated[int, Field(ge=1024)] = 10 * 1024 * 1024
    user_agent: Annotated[str, StringConstraints(min_length=1, pattern=r"^[\x20-\x7e]+$")] = f"wirewatch/{__version__}"
    host_interval_seconds: NotNegative = 1.0
    retry_seconds: Annotated[list[Positive], Field(max_length=10)] = [30.0, 120.0, 600.0, 3600.0, 21_600.0]
    host_concurrency: Annotated[int, Field(ge=1, le=64)] = 2
    timeout_seconds: Positive = 60.0
    back_numbers: bool = False
    polls_per_minute: Positive = 1200.0
    parser_processes: Annotated[int, Field(ge=1, le=64)] = 2

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_interval_seconds > self.max_interval_seconds:
            raise ValueError("`min_interval_seconds` is above `max_interval_seconds`")
        return self


class RetentionSection(Section):
    articles_days: Days = _KEEP.articles
    entries_days: Days = _KEEP.entries
    traces_days: Days = _KEEP.traces
    findings_days: Days = _KEEP.findings
    alerts_days: Days = _KEEP.alerts
    notifications_days: Days = _KEEP.notifications
    silences_days: Days = _KEEP.silences
    dead_letters_days: Days = _KEEP.dead_letters
    audit_days: Days = _KEEP.audit
    stats_days: Days = _KEEP.stats
    raw_pages_days: NotNegative = _KEEP.raw_pages


class SourceTable(Section):
    name: Name
    team: Name = DEFAULT_TEAM
    url: WebAddress
    kind: Literal["auto", "feed", "sitemap", "page"] = "auto"
    interval_seconds: Positive | None = None
    full_text: bool = True
    patience_seconds: NotNegative = 28_800.0
    since: Annotated[datetime, AfterValidator(aware)] | None = None
    country: Annotated[str, AfterValidator(country_code)] | None = None
    lang: Annotated[str, AfterValidator(language_code)] | None = None
    time_zone: Annotated[str, AfterValidator(_zone_name)] | None = None
    tags: Annotated[list[Annotated[str, AfterValidator(a_tag)]], Field(max_length=MOST_TAGS)] = []
    site: WebAddress | None = None
    paused: bool = False
    username: str | None = None
    password: SecretStr | None = None
    password_file: str | None = None
    headers: Annotated[dict[str, SecretStr], AfterValidator(_headers)] = {}

    @model_validator(mode="after")
    def _one_password(self) -> Self:
        if self.password is not None and self.password_file is not None:
            raise ValueError("only one of `password` and `password_file` may be set")
        return self


def _file_name(name: str) -> str:
    if "\0" in name:
        raise ValueError("expected the name of a file; no file's name holds a character 0, leave it out")
    return name


FileName = Annotated[str, StringConstraints(min_length=1, max_length=1000), AfterValidator(_file_name)]
ColumnName = Annotated[int, Field(ge=1, le=1000)] | Annotated[str, StringConstraints(min_length=1, max_length=200)]


class AliasTable(Section):
    name: Annotated[str, AfterValidator(alias_name)]
    team: Name = DEFAULT_TEAM
    terms: Annotated[list[str], Field(min_length=1)] | None = None
    terms_file: FileName | None = None
    column: ColumnName | None = None
    columns: Annotated[list[ColumnName], Field(min_length=1, max_length=50)] | None = None
    delimiter: Annotated[str, AfterValidator(a_delimiter)] | None = None
    exclude: list[str] = []
    exclude_file: FileName | None = None

    @model_validator(mode="after")
    def _of_one_table(self) -> Self:
        if self.column is not None and self.columns is not None:
            raise ValueError("only one of `column` and `columns` may be set")
        of_table = self.column is not None or self.columns is not None or self.delimiter is not None
        if of_table and self.terms_file is None and self.exclude_file is None:
            raise ValueError("`column`, `columns` and `delimiter` are of a table; name it with `terms_file`")
        return self

    @property
    def own_terms(self) -> tuple[str, ...]:
        """The terms and exclusions that stand in the table itself."""
        return (*(self.terms or ()), *exclusions(self.exclude))

    @property
    def layout(self) -> Layout:
        """Where the terms of its files stand."""
        columns = self.columns or ([] if self.column is None else [self.column])
        return Layout(tuple(columns), self.delimiter)


class ThrottleTable(Section):
    max: Annotated[int, Field(ge=1, le=1_000_000)]
    per_seconds: Positive


class RuleTable(Section):
    name: Name
    id: Name | None = None
    team: Name = DEFAULT_TEAM
    query: str | None = None
    channels: list[str] = []
    priority: Literal["flash", "normal", "low"] = "normal"
    group_wait_seconds: NotNegative = 0.0
    group_interval_seconds: NotNegative = 300.0
    throttle: ThrottleTable | None = None
    quiet_hours: dict[str, Any] | None = None
    digest: dict[str, Any] | None = None
    escalate: list[dict[str, Any]] | None = None
    cooldown: dict[str, Any] | None = None
    inhibits: list[Name] = []
    tags: list[Name] = []
    spread_outlets: list[Annotated[int, Field(ge=2, le=10_000)]] = []
    template: Annotated[str, StringConstraints(max_length=10_000)] = ""
    since: Annotated[datetime, AfterValidator(aware)] | None = None
    standing: dict[str, Any] | None = None
    comment: str = ""


def _one_or_more(value: Any) -> Any:
    """A value that stands for a list of one."""
    return [value] if isinstance(value, str) else value


Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Texts = Annotated[list[Text], BeforeValidator(_one_or_more), Field(min_length=1)]
Countries = Annotated[
    list[Annotated[str, AfterValidator(country_code)]], BeforeValidator(_one_or_more), Field(min_length=1)
]
Languages = Annotated[
    list[Annotated[str, AfterValidator(language_code)]], BeforeValidator(_one_or_more), Field(min_length=1)
]
Priorities = Annotated[list[Literal["flash", "normal", "low"]], BeforeValidator(_one_or_more), Field(min_length=1)]
_DEEPEST = 8


class RouteTable(Section):
    """One route, with those below it."""

    rule: Texts | None = None
    team: Texts | None = None
    tag: Texts | None = None
    priority: Priorities | None = None
    source: Texts | None = None
    country: Countries | None = None
    lang: Languages | None = None
    words: Texts | None = None
    channels: Annotated[list[Text], BeforeValidator(_one_or_more)] | None = None
    go_on: bool = Field(default=False, alias="continue")
    routes: list["RouteTable"] = []

    @model_validator(mode="after")
    def _not_too_deep(self) -> Self:
        if self.depth > _DEEPEST:
            raise ValueError(f"routes stand within each other at most {_DEEPEST} deep")
        return self

    @property
    def depth(self) -> int:
        return 1 + max((route.depth for route in self.routes), default=0)


class AlertsSection(Section):
    owner_channel: Name | None = None


class IncludedFile(Section):
    """The keys of a file named by `include`. Channels are read by their own kind's settings."""

    sources: list[SourceTable] = []
    aliases: list[AliasTable] = []
    rules: list[RuleTable] = []
    channels: list[dict[str, Any]] = []
    routes: list[RouteTable] = []


class MainFile(IncludedFile):
    """The keys of the file given to `--config`."""

    data_dir: Annotated[str, StringConstraints(min_length=1)] = "data"
    include: list[str] = []
    server: ServerSection = ServerSection()
    log: LogSection = LogSection()
    database: DatabaseSection = DatabaseSection()
    fetch: FetchSection = FetchSection()
    alerts: AlertsSection = AlertsSection()
    oidc: OidcSection | None = None
    retention: RetentionSection = RetentionSection()
