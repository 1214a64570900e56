"""How much random tests try: once for each push, `WIREWATCH_TEST_EFFORT=20` for a night, 0.1 while one works."""

import os

from hypothesis import settings

EFFORT = max(float(os.environ.get("WIREWATCH_TEST_EFFORT", "1")), 0.01)


def scaled(count: int) -> int:
    """So many cases at effort 1, at least one."""
    return max(round(count * EFFORT), 1)


def tries(count: int) -> settings:
    """Hypothesis' settings of a test that tries so many examples at effort 1."""
    return settings(max_examples=scaled(count))


# What takes seconds of its own, besides what needs a service: marked `slow`, and left out by `make test FAST=1`.
SLOW = (
    "tests/e2e",
    "tests/alerts/management/test_translate.py::test_any_text",
    "tests/alerts/rules/native/test_machine.py",
    "tests/alerts/rules/test_linear_time.py",
    "tests/alerts/rules/test_lint.py::test_a_part_that_is_said",
    "tests/alerts/rules/test_lint.py::test_what_is_said_never",
    "tests/alerts/rules/test_parser.py::test_random_strings",
    "tests/alerts/rules/test_reference.py",
    "tests/alerts/rules/test_ruleset.py::test_random_rules",
    "tests/alerts/rules/test_ruleset.py::test_threads",
    "tests/alerts/stages/test_standing_crash.py",
    "tests/contract/test_released_schemas.py",
    "tests/contract/test_store_database.py::test_processes_that_start",
    "tests/core/pool/test_pool_heals.py",
    "tests/core/test_net_client.py::test_a_gzip_bomb",
    "tests/ingest/parse/test_linear.py",
    "tests/ingest/parse/test_parser.py",
    "tests/ingest/story/test_hostile_texts.py",
    "tests/ingest/story/test_memory.py::test_a_memory_that_is_read_back",
    "tests/ingest/story/test_memory.py::test_of_a_days_news",
    "tests/ingest/test_reading_scores.py",
    "tests/test_deploy.py",
    "tests/wirewatch/test_api_schema.py",
    "tests/wirewatch/cli/test_lean_commands.py",
    "tests/wirewatch/cli/test_run_command.py",
    "tests/wirewatch/test_poison.py::test_no_command_lets_others",
)
