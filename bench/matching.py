"""Matching alone: rules against articles, on one core, in a fresh process for each number of rules.

    python -m bench.matching [--rules 100,1000,10000,100000,1000000] [--workload DIR] [--check 200]

DIR holds rules.jsonl ({"id", "query"}) and articles.jsonl ({"id", "title", "text"}), with at least as many rules as are asked
for; without it the shared workload generator makes one from real articles. Columns: milliseconds an article until all hits
are known with their rows of evidence, and until the evidence is put together as well; the best of three passes after the
first. `changed`: seconds until one added rule takes effect; `merged`: until all are one layer again.
WIREWATCH_MATCHER=interpreter or =compiled measures that engine whatever the number of rules.
`--check N` also evaluates N random pairs of rule and article in plain Python and counts those that differ.
"""

import argparse
import gc
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from alerts.rules.explain import explain
from alerts.rules.parser import parse
from alerts.rules.ruleset import RuleSet
from core.model.article import Article
from core.text.document import Document
from tests.reference_articles import article

SHARED = Path(__file__).resolve().parents[2] / "shared"
COLUMNS = (
    "rules",
    "ms",
    "with evidence",
    "candidates",
    "hits",
    "compiled s",
    "changed s",
    "merged s",
    "peak MB",
    "differ",
)


@dataclass(frozen=True)
class Row:
    rule_id: str
    query: str


def texts(path: Path, count: int) -> Iterator[tuple[str, str]]:
    with path.open("rb") as lines:
        for line in islice(lines, count):
            rule = orjson.loads(line)
            yield rule["id"], rule["query"]


def read_articles(path: Path) -> list[Article]:
    with path.open("rb") as lines:
        found = list(map(orjson.loads, lines))
    return [article(k, one["title"], one["text"]) for k, one in enumerate(found)]


def passes(rules: RuleSet, articles: list[Article], *, evidence: bool) -> float:
    """Milliseconds an article, the best of three passes."""
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        for one in articles:
            for hit in rules.match(one):
                if evidence:
                    _ = hit.evidence
        best = min(best, time.perf_counter() - began)
    return 1000 * best / len(articles)


def differing(rules: RuleSet, all_texts: dict[str, str], articles: list[Article], pairs: int) -> int:
    """Random pairs, and all that were found of those articles, in plain Python."""
    rng, wrong = random.Random(1), 0
    for one in rng.sample(articles, min(10, len(articles))):
        document = Document(one)
        found = {hit.key for hit in rules.match(one)}
        for key in {*rng.sample(sorted(all_texts), min(pairs // 10, len(all_texts))), *found}:
            tree = parse(all_texts[key]).tree
            assert tree is not None
            wrong += explain(tree, document).true != (key in found)
    return wrong


def measure(workload: Path, count: int, check: int) -> dict[str, Any]:
    articles = read_articles(workload / "articles.jsonl")
    RuleSet.of([("warm", "up")]).match(articles[0])
    began = time.perf_counter()
    rules = RuleSet.of(texts(workload / "rules.jsonl", count))
    compiled = time.perf_counter() - began
    hits = sum(len(rules.match(one)) for one in articles) / len(articles)
    candidates = rules.effort().candidates / len(articles)
    gc.collect()
    gc.freeze()  # as `wirewatch run` has it
    gc.set_threshold(5_000, 20, 50)
    plain, whole = passes(rules, articles, evidence=False), passes(rules, articles, evidence=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    rules.updated([Row("new", '"North Korea" AND arms')], (), {}).match(articles[0])
    changed = time.perf_counter() - began
    began = time.perf_counter()
    rules.updated([Row("new", '"North Korea" AND arms')], (), {}).merged()
    merged = time.perf_counter() - began
    differ = differing(rules, dict(texts(workload / "rules.jsonl", count)), articles, check) if check else 0
    values = (count, plain, whole, candidates, hits, compiled, changed, merged, peak, differ)
    return dict(zip(COLUMNS, values, strict=True))


def make_workload(rules: int, to: Path) -> None:
    generator = SHARED / "bench" / "matching" / "make_workload.py"
    source = SHARED / "data" / "stories" / "articles.jsonl"
    command = [sys.executable, generator, "--articles", source, "--rules", str(rules), "--out", to]
    subprocess.run([str(part) for part in command], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", default="100,1000,10000,100000,1000000")
    parser.add_argument("--workload", type=Path)
    parser.add_argument("--check", type=int, default=0)
    parser.add_argument("--one", action="store_true", help="measure in this process and print JSON")
    args = parser.parse_args()
    counts = [int(count) for count in args.rules.split(",")]
    if args.one:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        print(json.dumps(measure(args.workload, counts[0], args.check)))
        return
    with tempfile.TemporaryDirectory(prefix="wirewatch-bench-") as folder:
        workload = args.workload or Path(folder)
        if args.workload is None:
            make_workload(max(counts), workload)
        print("| " + " | ".join(COLUMNS) + " |\n|" + " ---: |" * len(COLUMNS))
        for count in counts:
            command = [
                sys.executable,
                "-m",
                "bench.matching",
                "--one",
                "--rules",
                str(count),
                "--check",
                str(args.check),
            ]
            done = subprocess.run([*command, "--workload", str(workload)], check=True, capture_output=True, text=True)
            found = json.loads(done.stdout)
            print(
                "| " + " | ".join(f"{found[c]:,}" if c == "rules" else f"{found[c]:.3g}" for c in COLUMNS) + " |",
                flush=True,
            )


if __name__ == "__main__":
    main()
