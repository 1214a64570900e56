"""TLS as a channel's settings ask for it: authorities of one's own in place of the system's, and a certificate of ours for the receiver."""

import ssl
from pathlib import Path

from core.errors import ConfigError


def tls_problem(*, cert_file: str | None, key_file: str | None) -> str | None:
    """What is wrong with a pair of settings of which each is right."""
    if key_file is not None and cert_file is None:
        return "`key_file` needs `cert_file`"
    return None


def tls_context(
    *, ca_file: str | None, cert_file: str | None, key_file: str | None, where: str, base_dir: Path
) -> ssl.SSLContext | None:
    """The context, from PEM files relative to `base_dir`; None: the system's authorities, no certificate. Raises ConfigError.

    `cert_file` may hold its key too.
    """
    if ca_file is None and cert_file is None:
        return None
    try:
        context = ssl.create_default_context(cafile=None if ca_file is None else str(base_dir / ca_file))
    except (OSError, ssl.SSLError) as error:
        raise ConfigError([f"{where}: ca_file: {_told(error, str(ca_file))}"]) from None
    if cert_file is not None:
        try:
            key = None if key_file is None else str(base_dir / key_file)
            context.load_cert_chain(str(base_dir / cert_file), key, password=_no_password)
        except (OSError, ssl.SSLError, _Locked) as error:
            raise ConfigError(
                [f"{where}: cert_file: {_told(error, ' and '.join(filter(None, (cert_file, key_file))))}"]
            ) from None
    return context


class _Locked(Exception):
    """The key is encrypted."""


def _no_password() -> str:
    raise _Locked  # else the library asks at the terminal, where nobody sits


def _told(error: Exception, files: str) -> str:
    if isinstance(error, _Locked):
        return f"the key in {files} has a password; expected one without"
    reason = "certificate and key do not belong together" if "MISMATCH" in str(error) else None
    if reason is None:
        reason = error.strerror if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) else "no PEM file"
    return f"{files} cannot be used: {reason}"
