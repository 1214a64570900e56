"""The JSON Schema of the webhook's body, shipped with the package so that receivers and tests use the same one."""

import orjson

from alerts.channels.published import SCHEMA, published


def webhook_schema() -> dict[str, object]:
    """The schema (JSON Schema 2020-12)."""
    schema: dict[str, object] = orjson.loads(published(SCHEMA))
    return schema
