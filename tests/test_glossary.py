"""The glossary says what the code and the metrics say, and nobody uses a word that it has given up."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.metrics import Metrics
from tests.docs_checks import code_words, tables

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("core", "ingest", "alerts", "wirewatch")
PAGE = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")

# Words of metrics that are no terms of ours: units, statistics, what every Prometheus exporter says, and plain English.
PLAIN = set(
    "news seconds bytes size length duration count max oldest last free time timestamp successful size open pending "
    "in inflight memory up start put aside without over restarts update merge cpu build disk database file log config "
    "clock jumps python process gc objects collected collections uncollectable fds resident virtual".split()
)


def rows(header: str) -> Iterator[dict[str, str]]:
    """The rows of all tables that begin with this header."""
    for head, body in tables(PAGE):
        if head[0] == header:
            for cells in body:
                yield dict(zip(head, cells, strict=True))


def public_names() -> dict[str, str]:
    """Public classes and functions, and modules: name -> where."""
    found: dict[str, str] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            where = str(path.relative_to(ROOT))
            if "versions" in path.parts:
                continue
            found.setdefault(path.stem, where)
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                    found.setdefault(node.name, where)
    return {name: where for name, where in found.items() if not name.startswith("_")}


def words_of(name: str) -> set[str]:
    """`HostRateLimit` and `host_rate_limit` are the words host, rate, limit."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def metric_words() -> dict[str, str]:
    return {word: family.name for family in Metrics().registry.collect() for word in family.name.split("_")}


NAMES = public_names()


@pytest.mark.parametrize("row", list(rows("term")), ids=lambda row: row["term"])
def test_the_names_of_a_term_exist(row: dict[str, str]) -> None:
    assert [name for name in code_words(row["in code"]) if name not in NAMES] == []
    said = set(row["in metrics"].replace(",", " ").split())
    assert said - set(metric_words()) == set()


def test_no_term_is_explained_twice() -> None:
    terms = [row["term"] for row in rows("term")]
    assert len(terms) == len(set(terms))


def test_every_record_is_explained() -> None:
    told = {name for row in rows("term") for name in code_words(row["in code"])}
    records = {name for name, where in NAMES.items() if where.startswith("core/model/") and name[0].isupper()}
    assert records - told - {"TimeConfidence", "StandingReason"} == set()


def test_every_word_of_a_metric_is_explained() -> None:
    told = {word for row in rows("term") for word in row["in metrics"].replace(",", " ").split()}
    assert {word: name for word, name in metric_words().items() if word not in told | PLAIN} == {}


@pytest.mark.parametrize("row", list(rows("not")), ids=lambda row: row["not"])
def test_a_word_that_was_given_up_is_not_used(row: dict[str, str]) -> None:
    found = {name: where for name, where in NAMES.items() if row["not"] in words_of(name)}
    assert {name: where for name, where in found.items() if not where.startswith("wirewatch/demo/")} == {}


def test_the_words_of_a_name() -> None:
    assert words_of("HostRateLimit") == words_of("host_rate_limit") == {"host", "rate", "limit"}
    assert words_of("URLGuard") == {"url", "guard"}
