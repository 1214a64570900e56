"""All operations of the API."""

from wirewatch.api import (
    account,
    alerts,
    alias_lists,
    aliases,
    apply,
    articles,
    audit,
    channels,
    dead_letters,
    deliveries,
    documents,
    rule_text,
    rules,
    silences,
    source_lists,
    sources,
    status,
    stream,
    system,
    teams,
    tokens,
    users,
    views,
)
from wirewatch.api.operation import Operation
from wirewatch.api.published import Published

_NOUNS: tuple[Operation, ...] = (
    *status.OPERATIONS,
    *system.OPERATIONS,
    *alerts.OPERATIONS,
    *stream.OPERATIONS,
    *views.OPERATIONS,
    *articles.OPERATIONS,
    *rule_text.OPERATIONS,  # before those whose path takes any name
    *rules.OPERATIONS,
    *aliases.OPERATIONS,
    *alias_lists.OPERATIONS,
    *sources.OPERATIONS,
    *source_lists.OPERATIONS,
    *channels.OPERATIONS,
    *deliveries.OPERATIONS,
    *dead_letters.OPERATIONS,
    *silences.OPERATIONS,
    *account.OPERATIONS,
    *users.OPERATIONS,
    *teams.OPERATIONS,
    *tokens.OPERATIONS,
    *audit.OPERATIONS,
    *apply.OPERATIONS,
    *documents.OPERATIONS,
)

PUBLISHED = Published(_NOUNS)
OPERATIONS = (*_NOUNS, PUBLISHED.operation)
