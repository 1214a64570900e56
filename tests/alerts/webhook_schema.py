"""The JSON Schema of the webhook's body, shipped with the package so that receivers and tests use the same one."""

from importlib.resources import files

import orjson


def webhook_schema() -> dict[str, object]:
    """The schema (JSON Schema 2020-12)."""
    schema: dict[str, object] = orjson.loads((files("alerts.channels") / "webhook.schema.json").read_bytes())
    return schema
