"""The closed set of permissions that use cases need. The edge decides who holds which."""

from enum import StrEnum


class Permission(StrEnum):
    """One a noun and a kind of use. The value is the word that people read, grant and find in a refusal."""

    READ_ALERTS = "alerts:read"
    CHANGE_ALERTS = "alerts:change"
    READ_ARTICLES = "articles:read"
    READ_CHANNELS = "channels:read"
    CHANGE_CHANNELS = "channels:change"
    TEST_CHANNELS = "channels:test"
    READ_DEAD_LETTERS = "deadletters:read"
    CHANGE_DEAD_LETTERS = "deadletters:change"
    READ_DELIVERIES = "deliveries:read"
    REDRIVE_DELIVERIES = "deliveries:redrive"
    READ_RULES = "rules:read"
    CHANGE_RULES = "rules:change"
    READ_SILENCES = "silences:read"
    CHANGE_SILENCES = "silences:change"
    READ_SOURCES = "sources:read"
    CHANGE_SOURCES = "sources:change"
    READ_STATUS = "status:read"


EVERYTHING = frozenset(Permission)
READING = frozenset(permission for permission in Permission if permission.value.endswith(":read"))
