"""Where a channel stands: what of the configuration decides whether a kind may be used."""

from alerts.channels.settings import Surroundings


def surroundings(log_url: str, *, allow_exec: bool, in_file: bool = True) -> Surroundings:
    """Of the main file's `log.url` and `server.allow_exec`."""
    return Surroundings(kafka_log=log_url.startswith("kafka:"), allow_exec=allow_exec, in_file=in_file)
