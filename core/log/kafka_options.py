"""The options of every Kafka client of ours."""

import ssl
from dataclasses import dataclass, field

from core.errors import UserError

_SECURED = {"SSL", "SASL_SSL"}
_PROTOCOLS = {"PLAINTEXT", "SASL_PLAINTEXT", *_SECURED}


def bootstrap_of(url: str) -> str:
    """`host:port,host2:port` of `kafka://host:port,host2:port`."""
    return url.removeprefix("kafka://").partition("?")[0].rstrip("/")


def sign_in_problem(protocol: str, username: str | None, passwords: int) -> str | None:
    """What is wrong with how a client signs in; `passwords`: in how many ways one is given, as text or in a file."""
    if passwords > 1:
        return "only one of `sasl_password` and `sasl_password_file` may be set"
    if protocol.startswith("SASL") and (username is None or not passwords):
        return f"{protocol} needs `sasl_username` and `sasl_password` or `sasl_password_file`"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaOptions:
    """Names as in Kafka's own documentation. `replication_factor` is that of topics that wirewatch makes.

    `sasl_mechanism`: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512. Files are PEM.
    """

    bootstrap: str = ""  # host:port, more of them with commas
    client_id: str = "wirewatch"
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str = "PLAIN"
    sasl_username: str | None = None
    sasl_password: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    replication_factor: int = 1
    topic_prefix: str = ""  # before the names of our topics and groups, where a cluster is shared
    session_seconds: float = 10.0  # a consumer that was silent for so long is taken for dead
    seat: str | None = None  # of this process (core.seat): members of its earlier holder are dead, and are removed

    @property
    def member_client_id(self) -> str:
        """The client id of members of our groups."""
        return self.client_id if self.seat is None else f"{self.client_id}-{self.seat}"

    def client(self) -> dict[str, object]:
        """Arguments of every aiokafka client; raises UserError for what cannot work."""
        if self.security_protocol not in _PROTOCOLS:
            raise UserError(
                f"kafka security_protocol {self.security_protocol!r}: expected one of {', '.join(sorted(_PROTOCOLS))}"
            )
        arguments: dict[str, object] = {
            "bootstrap_servers": self.bootstrap,
            "client_id": self.client_id,
            "security_protocol": self.security_protocol,
            "request_timeout_ms": 30_000,
        }
        if self.security_protocol in _SECURED:
            arguments["ssl_context"] = self._ssl()
        if self.security_protocol.startswith("SASL"):
            if self.sasl_username is None or self.sasl_password is None:
                raise UserError(
                    f"kafka security_protocol {self.security_protocol}: sasl_username and sasl_password are missing"
                )
            arguments |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.sasl_username,
                "sasl_plain_password": self.sasl_password,
            }
        return arguments

    def _ssl(self) -> ssl.SSLContext:
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
            if self.cert_file is not None:
                context.load_cert_chain(self.cert_file, self.key_file)
        except (OSError, ssl.SSLError) as e:
            files = ", ".join(name for name in (self.ca_file, self.cert_file, self.key_file) if name)
            raise UserError(f"kafka certificates ({files}) cannot be read: {e}") from e
        return context
