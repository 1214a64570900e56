"""The closed set of permissions that use cases need, and the roles that hold them."""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """One a noun and a kind of use. The value is the word that people read, grant and find in a refusal."""

    OWN_ACCOUNT = "account:own"  # password, sessions, zone and views of oneself
    READ_ALERTS = "alerts:read"
    CHANGE_ALERTS = "alerts:change"
    READ_ARTICLES = "articles:read"
    PUSH_ARTICLES = "articles:push"
    READ_AUDIT = "audit:read"
    READ_CHANNELS = "channels:read"
    CHANGE_CHANNELS = "channels:change"
    TEST_CHANNELS = "channels:test"
    READ_DEAD_LETTERS = "deadletters:read"
    CHANGE_DEAD_LETTERS = "deadletters:change"
    READ_DELIVERIES = "deliveries:read"
    REDRIVE_DELIVERIES = "deliveries:redrive"
    READ_PEOPLE = "people:read"
    CHANGE_PEOPLE = "people:change"
    READ_RULES = "rules:read"
    OWN_RULES = "rules:own"  # make rules, and change those that one has made
    CHANGE_RULES = "rules:change"  # change anybody's
    READ_SILENCES = "silences:read"
    CHANGE_SILENCES = "silences:change"
    READ_SOURCES = "sources:read"
    CHANGE_SOURCES = "sources:change"
    READ_STATUS = "status:read"
    RELOAD = "status:reload"
    OWN_TOKENS = "tokens:own"
    CHANGE_TOKENS = "tokens:change"  # see and revoke anybody's


class Role(StrEnum):
    """What a user is here for."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    EDITOR = "editor"
    ADMIN = "admin"


_OF_PEOPLE = frozenset({Permission.READ_AUDIT, Permission.READ_PEOPLE})  # about others: not for every reader
EVERYTHING = frozenset(Permission)
READING = frozenset(permission for permission in Permission if permission.value.endswith(":read")) - _OF_PEOPLE
_VIEWER = READING | {Permission.OWN_ACCOUNT, Permission.OWN_TOKENS}
_ANALYST = _VIEWER | {Permission.CHANGE_ALERTS, Permission.OWN_RULES, Permission.CHANGE_SILENCES}
_EDITOR = _ANALYST | {
    Permission.CHANGE_RULES,
    Permission.CHANGE_SOURCES,
    Permission.CHANGE_CHANNELS,
    Permission.TEST_CHANNELS,
    Permission.REDRIVE_DELIVERIES,
    Permission.CHANGE_DEAD_LETTERS,
    Permission.PUSH_ARTICLES,
    Permission.RELOAD,
}
HELD: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: _VIEWER,
    Role.ANALYST: _ANALYST,
    Role.EDITOR: _EDITOR,
    Role.ADMIN: EVERYTHING,
}
