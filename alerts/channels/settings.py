"""Settings that all kinds of channel share. Secrets are SecretStr: they never show in a repr or an error."""

import hashlib
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from alerts.channels.layout import View
from alerts.channels.template import Template
from alerts.channels.template_markup import BrokenTemplate
from core.environment_text import from_environment
from core.errors import ConfigError
from core.model.naming import a_name
from core.model.outcome import Priority
from core.model.sending import Zone
from core.named_file import read_named, reason

Name = Annotated[str, AfterValidator(partial(a_name, longest=64))]


def _http_url(value: SecretStr) -> SecretStr:
    problem = url_problem(value.get_secret_value())
    if problem:
        raise ValueError(problem)
    return value


def url_problem(url: str) -> str | None:
    """What is wrong with a receiver's URL, without the URL, which may be a secret."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "not a URL; expected https://host/path"
    if "://" not in url and host is None:
        return "expected an http:// or https:// URL with a host; begin it with https://"
    if parts.scheme not in {"http", "https"} or not host:
        return "expected an http:// or https:// URL with a host"
    if parts.username or parts.password:
        return "a URL may not hold a user or password"
    return None


_LEAST_SECRET = 6
HttpUrl = Annotated[SecretStr, AfterValidator(_http_url)]


def _api_url(value: str) -> str:
    problem = url_problem(value)
    if problem:
        raise ValueError(problem)
    return value.rstrip("/")


CLASH = "clash"  # the type of the error that holds what `clashes` told

# A number is a number and text is text, but TOML has no word for a member of a closed set.
UrgentFirst = Annotated[Priority, Field(strict=False)]
ApiUrl = Annotated[str, AfterValidator(_api_url)]  # where a service's API begins: no secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What decides, beside its settings, whether a channel may be used.

    `kafka_log`: the event log is Kafka. `allow_exec`: the main file lets channels run programs. `in_file`: the channel stands
    in a file, and was not added by command. `remote`: whoever gives its settings is not at this machine.
    """

    kafka_log: bool
    allow_exec: bool = False
    in_file: bool = True
    remote: bool = False


class ChannelSettings(BaseModel):
    """A channel's settings; each kind adds its own in its own file. Unknown keys are refused.

    `leads`: keys that say who gets what is sent. `open_files`: keys that end with `_file` and name no secret. `meanings`: what each key is for, as docs/channels.md says it.
    """

    meanings: ClassVar[Mapping[str, str]] = {
        "name": "its name in rules; 1 to 64 characters",
        "kind": "one of the kinds above",
        "team": "1 to 200 characters: its team, see Teams",
        "timeout_seconds": "for one send, above 0 and up to 60",
        "max_per_hour": "1 to 1000000: at most so many messages an hour; the rest is told in one",
        "cap_flash": "whether the cap holds for rules of priority flash, too",
        "fallback": "1 to 64 characters: the channel that gets its messages while it fails for long",
        "fallback_after_seconds": "above 0 and up to 604800: for how long it must have failed",
        "time_zone": "IANA zone of the times in its messages; each is shown with its offset",
        "mentions": 'who is pinged, by priority, in the kind\'s own words: { flash = "<!channel>" }',
        "template": "the words of its messages, see Templates",
    }

    leads: ClassVar[frozenset[str]] = frozenset({"url", "api_url", "servers", "bootstrap"})
    open_files: ClassVar[frozenset[str]] = frozenset({"template_file", "ca_file", "cert_file"})

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    name: Name
    kind: str
    timeout_seconds: float = Field(default=15.0, gt=0, le=60)
    time_zone: Zone = "UTC"
    mentions: dict[UrgentFirst, str] = {}
    max_per_hour: int | None = Field(default=None, ge=1, le=1_000_000)
    cap_flash: bool = False
    fallback: Name | None = None
    fallback_after_seconds: float = Field(default=600.0, gt=0, le=604_800)
    template: str | None = None
    template_file: str | None = None

    def check_files(self, base_dir: Path) -> None:
        """See that what stands in the `_file` twins can be used. Raises ConfigError."""

    def reaches(self, base_dir: Path) -> str | None:  # noqa: ARG002 - for kinds that read it from a file
        """The http(s) address that a send connects to; None where there is none. Raises ConfigError."""
        return None

    def connects(self, base_dir: Path) -> Sequence[tuple[str, int, ssl.SSLContext | None]]:  # noqa: ARG002 - as above
        """Host, port and TLS from the first byte of each server that a send may use, where it is no HTTP. Raises ConfigError."""
        return ()

    def uses(self, base_dir: Path) -> tuple[str, str | None] | None:  # noqa: ARG002 - for kinds that reach nobody
        """What of this machine a send uses, and what is wrong with that; None: it asks a server."""
        return None

    def unfit(self, around: Surroundings) -> tuple[str, str] | None:  # noqa: ARG002 - for kinds that are not fit for every place
        """The key, and what is wrong with it where the channel stands."""
        return None

    def see_fit(self, around: Surroundings) -> None:
        """Return where it may be used there. Raises ConfigError."""
        if problem := self.unfit(around):
            raise ConfigError([": ".join(problem)])

    def tls(self, base_dir: Path) -> ssl.SSLContext | None:  # noqa: ARG002 - for kinds that have certificates
        """How a send proves who is who; None: as the system has it. Raises ConfigError."""
        return None

    @model_validator(mode="before")
    @classmethod
    def _from_environment(cls, data: Any) -> Any:
        return from_environment(data, cls) if isinstance(data, dict) else data

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        told = list(self.clashes())
        if told:
            raise PydanticCustomError(CLASH, "settings that do not go together", {"told": told})
        return self

    def clashes(self) -> Iterator[str]:
        """What is wrong with settings of which each is right, a sentence each."""
        yield from only_one(self, "template", "template_file")

    def view(self, base_dir: Path, *, defuse: bool = True) -> View:
        """How people want its messages to look. A template that cannot be used is left out, and named."""
        template, broken = None, ""
        try:
            template = self.read_template(base_dir)
        except BrokenTemplate as error:
            import structlog  # noqa: PLC0415 - few channels have a broken one

            broken = str(error)
            structlog.get_logger(__name__).warning("template_broken", channel=self.name, problem=broken)
        return View(
            time_zone=self.time_zone, mentions=dict(self.mentions), template=template, broken=broken, defuse=defuse
        )

    def read_template(self, base_dir: Path) -> Template | None:
        """The template, from its file (relative to `base_dir`) where it stands there; None: there is none.

        Raises BrokenTemplate.
        """
        source = self.template
        if self.template_file is not None:
            try:
                source = read_named(base_dir / self.template_file).decode()
            except (OSError, UnicodeDecodeError) as error:
                raise BrokenTemplate(f"cannot read {self.template_file}: {reason(error)}") from None
        return None if source is None else Template.read(source)


class HttpChannelSettings(ChannelSettings):
    """A channel behind one URL, which is a secret for most services, so it has its `_file` twin too."""

    url: HttpUrl | None = None
    url_file: str | None = None

    def clashes(self) -> Iterator[str]:
        yield from super().clashes()
        yield from exactly_one(self, "url", "url_file")

    def check_files(self, base_dir: Path) -> None:
        self.receiver(base_dir)

    def reaches(self, base_dir: Path) -> str | None:
        return self.receiver(base_dir)

    def receiver(self, base_dir: Path) -> str:
        """The URL, read from `url_file` (relative to `base_dir`) where it stands there. Raises ConfigError."""
        url = secret_text(self.url, self.url_file, where=f"channel {self.name}: url_file", base_dir=base_dir)
        problem = url_problem(url or "")
        if url is None or problem:
            raise ConfigError([f"channel {self.name}: url_file: {problem}"])
        return url


def only_one(settings: ChannelSettings, one: str, other: str) -> Iterator[str]:
    """Of two settings that stand for each other."""
    if getattr(settings, one) is not None and getattr(settings, other) is not None:
        yield f"only one of `{one}` and `{other}` may be set"


def exactly_one(settings: ChannelSettings, one: str, other: str) -> Iterator[str]:
    """The same where one is needed."""
    if (getattr(settings, one) is None) == (getattr(settings, other) is None):
        yield f"exactly one of `{one}` and `{other}` is needed"


def all_right(*checks: Callable[[], object]) -> None:
    """Make every check. Raises ConfigError with the problems of all of them, each once."""
    problems: dict[str, None] = {}
    for check in checks:
        try:
            check()
        except ConfigError as error:
            problems |= dict.fromkeys(error.problems)
    if problems:
        raise ConfigError(tuple(problems))


def secret_text(value: SecretStr | None, file: str | None, *, where: str, base_dir: Path) -> str | None:
    """A secret, or the first lines of its `_file` twin without surrounding blanks; None where neither is set."""
    if value is not None:
        return value.get_secret_value()
    if file is None:
        return None
    try:
        return read_named(base_dir / file).decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{where}: cannot read {file}: {reason(error)}"]) from error


def needed_secret(value: SecretStr | None, file: str | None, *, where: str, base_dir: Path) -> str:
    """A secret that goes into an address or a header: visible ASCII without blanks, and long enough to be cut out of other
    text. Raises ConfigError, without it."""
    secret = secret_text(value, file, where=f"{where}_file", base_dir=base_dir) or ""
    if len(secret) < _LEAST_SECRET or not (secret.isascii() and secret.isprintable()) or " " in secret:
        place = where if file is None else f"{where}_file"
        raise ConfigError([f"{place}: expected a token of at least {_LEAST_SECRET} characters, without blanks"])
    return secret


def limit_key(kind: str, secret: str) -> str:
    """What channels of one kind with the same secret share; it tells nothing of the secret."""
    return f"{kind}:{hashlib.sha256(secret.encode()).hexdigest()[:16]}"
