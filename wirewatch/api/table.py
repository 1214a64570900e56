"""All operations of the API."""

from wirewatch.api import alerts, articles, channels, deliveries, documents, rules, silences, sources, status
from wirewatch.api.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *status.OPERATIONS,
    *alerts.OPERATIONS,
    *articles.OPERATIONS,
    *rules.OPERATIONS,
    *sources.OPERATIONS,
    *channels.OPERATIONS,
    *deliveries.OPERATIONS,
    *silences.OPERATIONS,
    *documents.OPERATIONS,
)
