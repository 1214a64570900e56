"""All operations of the API."""

from wirewatch.api import (
    account,
    alerts,
    articles,
    channels,
    deliveries,
    documents,
    rules,
    silences,
    sources,
    status,
    teams,
    users,
)
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
    *account.OPERATIONS,
    *users.OPERATIONS,
    *teams.OPERATIONS,
    *documents.OPERATIONS,
)
