"""All operations of the API."""

from wirewatch.api import (
    account,
    alerts,
    aliases,
    articles,
    channels,
    deliveries,
    documents,
    rule_text,
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
    *rule_text.OPERATIONS,  # before those whose path takes any name
    *rules.OPERATIONS,
    *aliases.OPERATIONS,
    *sources.OPERATIONS,
    *channels.OPERATIONS,
    *deliveries.OPERATIONS,
    *silences.OPERATIONS,
    *account.OPERATIONS,
    *users.OPERATIONS,
    *teams.OPERATIONS,
    *documents.OPERATIONS,
)
