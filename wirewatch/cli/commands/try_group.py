"""`wirewatch try`: production code of one stage by hand, without a log, a database or a configuration."""

import click

from wirewatch.cli.lazy import LazyGroup

COMMANDS = {
    "rule": ("try_rule", "One rule against articles, with the evidence."),
    "rules": ("try_rules", "Many rules against articles."),
    "check": ("try_check", "What is wrong with rules, and how they are read."),
    "feed": ("try_feed", "Feeds, JSON Feeds and news sitemaps as wirewatch reads them."),
    "page": ("try_page", "Articles' pages as wirewatch reads them."),
    "date": ("try_date", "Times as publishers write them."),
    "stories": ("try_stories", "Which articles are copies or updates of one story."),
    "schedule": ("try_schedule", "When the schedule would poll."),
}


@click.command("try", cls=LazyGroup, lazy=COMMANDS)
def command() -> None:
    """Run one stage of the production code by hand.

    Inputs are files, or - for standard input. Output is JSON Lines on standard output, in the order of the input; progress,
    totals and what is wrong with the input stand on standard error.
    """
