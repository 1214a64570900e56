"""A command loads what it needs and no more: a start in a fraction of a second is a matter of what is not loaded.

Counted in modules, not in seconds, which depend on the machine; seconds stand in docs/performance.md.
"""

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

# What takes long to load, and what it is for: the matcher, fetching, parsing, serving, pretty tables, migrating.
HEAVY = frozenset(
    "numba numpy llvmlite aiohttp aiokafka alembic asyncpg babel dateparser feedparser htmldate jinja2 lxml prometheus_client "
    "rich.console structlog trafilatura uvloop sqlalchemy.orm sqlalchemy.ext.asyncio".split()
)
NAMES = frozenset({"babel", "dateparser"})  # of months and zones: what times are read with
DATABASE = frozenset({"sqlalchemy"})
CONFIGURATION = frozenset({"pydantic"})
SCRIPT = """
import runpy, sys
sys.argv = ["wirewatch", *sys.argv[1:]]
try:
    runpy.run_module("wirewatch.cli.main", run_name="__main__")
except SystemExit as done:
    print("exit", done.code, file=sys.stderr)
print("LOADED", *sorted(sys.modules), file=sys.stderr)
"""
LEAN = [
    (["--version"], HEAVY | DATABASE | CONFIGURATION),
    (["--help"], HEAVY | DATABASE | CONFIGURATION),
    (["ruls"], HEAVY | DATABASE | CONFIGURATION),
    (["sources", "--help"], HEAVY),
    (["try", "--help"], HEAVY | DATABASE | CONFIGURATION),
    (["try", "check", "@rules.jsonl"], HEAVY | DATABASE | CONFIGURATION),
    (["try", "date", "@dates.jsonl"], HEAVY - NAMES | DATABASE | CONFIGURATION),
    (["try", "rule", "arms", "@articles.jsonl"], HEAVY | DATABASE | CONFIGURATION),
    (["reload", "@@"], HEAVY | DATABASE),
    (["check", "--offline", "@@"], HEAVY | DATABASE),
    (["sources", "list", "@@"], HEAVY),
    (["sources", "show", "A", "@@"], HEAVY),
    (["rules", "list", "@@"], HEAVY),
    (["rules", "show", "r", "@@"], HEAVY),
    (["aliases", "list", "@@"], HEAVY),
    (["alerts", "list", "@@"], HEAVY),
    (["deliveries", "list", "@@"], HEAVY),
    (["silences", "list", "@@"], HEAVY),
    (["users", "list", "@@"], HEAVY),
    (["trace", "https://a.example/1", "@@"], HEAVY),
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a configuration, a database that is made, and inputs."""
    made = tmp_path_factory.mktemp("lean")
    (made / "wirewatch.toml").write_text(
        '[[sources]]\nname = "A"\nurl = "https://a.example/"\n[[rules]]\nname = "r"\nquery = "arms"\n'
        '[[channels]]\nname = "d"\nkind = "webhook"\nurl = "https://chat.example/hook"\n',
        encoding="utf-8",
    )
    article = {"id": "1", "title": "t", "text": "arms", "published": "2026-03-01T12:00:00Z", "source": "s"}
    for name, value in {"rules": {"id": "r", "query": "arms"}, "dates": {"raw": "2026"}, "articles": article}.items():
        (made / f"{name}.jsonl").write_bytes(orjson.dumps(value) + b"\n")
    loaded(["sources", "list", "@@"], made)  # makes the database, for which it may load what migrates
    return made


def loaded(words: list[str], folder: Path) -> set[str]:
    """The modules that are loaded when the command has ended."""
    call = [str(folder / word[1:]) if word.startswith("@") and word != "@@" else word for word in words if word != "@@"]
    call += ["--config", str(folder / "wirewatch.toml")] if "@@" in words else []
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("WIREWATCH_", "COV"))}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *call], capture_output=True, text=True, check=False, env=environ, timeout=120
    )
    assert "Traceback" not in done.stderr, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("LOADED ")]
    return set(line.split()[1:])


@pytest.mark.parametrize(("words", "without"), LEAN, ids=[" ".join(words) for words, _ in LEAN])
def test_a_command_loads_only_what_it_needs(words: list[str], without: frozenset[str], folder: Path) -> None:
    assert sorted(loaded(words, folder) & without) == []
