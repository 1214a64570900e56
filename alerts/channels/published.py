"""What is published of the webhook for those who build a receiver: its JSON Schema and its AsyncAPI document, as text."""

from functools import cache
from importlib.resources import files

SCHEMA, ASYNCAPI = "webhook.schema.json", "asyncapi.yaml"


@cache
def published(name: str) -> str:
    """The text of `SCHEMA` or `ASYNCAPI`."""
    return (files("alerts.channels") / name).read_text(encoding="utf-8")
