"""All pages of the console that need nothing but the request."""

from wirewatch.console import (
    account_pages,
    alert_pages,
    alias_pages,
    article_pages,
    audit_pages,
    channel_pages,
    dead_letter_pages,
    delivery_pages,
    inbox_pages,
    people_pages,
    rule_edit_pages,
    rule_pages,
    rule_tool_pages,
    silence_pages,
    source_list_pages,
    source_pages,
    static,
    system_pages,
    theme,
    tokens_pages,
)
from wirewatch.routing import Route

PAGES: tuple[Route, ...] = (
    *inbox_pages.ROUTES,
    *alert_pages.ROUTES,
    *account_pages.ROUTES,
    *people_pages.ROUTES,
    *tokens_pages.ROUTES,
    *audit_pages.ROUTES,
    *article_pages.ROUTES,
    *rule_tool_pages.ROUTES,
    *rule_edit_pages.ROUTES,
    *rule_pages.ROUTES,  # their paths take any name, so they come last
    *alias_pages.ROUTES,
    *channel_pages.ROUTES,
    *delivery_pages.ROUTES,
    *dead_letter_pages.ROUTES,
    *silence_pages.ROUTES,
    *source_list_pages.ROUTES,
    *source_pages.ROUTES,
    *system_pages.ROUTES,
    *theme.ROUTES,
    *static.ROUTES,
)
