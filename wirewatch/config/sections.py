"""The sections of the configuration as the application uses them."""

from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit

from core.log.kafka_options import KafkaOptions, bootstrap_of
from wirewatch.config.host_names import host_name, is_loopback
from wirewatch.config.schema import FetchSection, MainFile


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """`listen`: host and port, or None to listen nowhere. `public_url`: where people reach the pages.

    `names`: what a request may call us in its Host header, beside loopback and the address that it came in on.
    `allow_exec`: channels in files may run programs. `token_requests_per_minute`: of each API token, so many of them
    `token_requests_at_once`. `trusted_proxies`: those whose word on where a request comes from is taken.
    """

    listen: tuple[str, int] | None
    public_url: str
    names: frozenset[str] = frozenset({"localhost"})
    allow_exec: bool = False
    token_requests_per_minute: float = 600.0
    token_requests_at_once: int = 100
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()

    @property
    def on_loopback(self) -> bool:
        """Whether only programs of this machine reach the pages."""
        return self.listen is None or is_loopback(self.listen[0])

    @property
    def lacks_public_url(self) -> bool:
        """People at other machines could not follow a link: `public_url` is only what we listen on."""
        if self.listen is None or self.on_loopback:
            return False
        host = f"[{self.listen[0]}]" if ":" in self.listen[0] else self.listen[0]
        return self.public_url == f"http://{host}:{self.listen[1]}"


@dataclass(frozen=True, slots=True)
class LogConfig:
    """`level` and `format` are of what the process says, the others of the event log."""

    url: str
    kafka: KafkaOptions
    level: str = "info"
    format: str = "auto"


@dataclass(frozen=True, slots=True)
class DatabaseConfig:
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchConfig:
    """Bounds of what is asked of publishers; see docs/configuration.md."""

    allow_networks: tuple[str, ...]
    min_interval_seconds: float
    max_interval_seconds: float
    max_bytes: int
    user_agent: str
    host_interval_seconds: float
    retry_seconds: tuple[float, ...]
    host_concurrency: int
    timeout_seconds: float
    parser_processes: int
    back_numbers: bool
    polls_per_minute: float


def server_of(top: MainFile) -> ServerConfig:
    """Where the server listens, and the host names that it serves."""
    host, _, port = top.server.listen.rpartition(":")
    listen = (host.strip("[]"), int(port)) if top.server.listen else None
    public_url = top.server.public_url or (f"http://{top.server.listen}" if listen else "")
    named = [*top.server.hosts, top.server.listen, urlsplit(public_url).netloc.rpartition("@")[2]]
    names = {"localhost", *(name for text in named if (name := host_name(text)) is not None)}
    return ServerConfig(
        listen,
        public_url.rstrip("/"),
        frozenset(names),
        top.server.allow_exec,
        top.server.token_requests_per_minute,
        top.server.token_requests_at_once,
        tuple(ip_network(text, strict=False) for text in top.server.trusted_proxies),
    )


def fetch_of(section: FetchSection) -> FetchConfig:
    """As the pipeline has it."""
    return FetchConfig(
        **{
            **section.model_dump(),
            "allow_networks": tuple(section.allow_networks),
            "retry_seconds": tuple(section.retry_seconds),
        }
    )


def log_kafka(log: LogConfig) -> KafkaOptions:
    """How the event log's cluster is reached; without brokers where the log is embedded."""
    return replace(log.kafka, bootstrap=bootstrap_of(log.url) if log.url.startswith("kafka:") else "")
