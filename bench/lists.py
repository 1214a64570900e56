"""Lists that rules share, on one core: what they cost compared with one rule, in a fresh process for each engine.

    python -m bench.lists [--names 10000] [--rules 1000]

The rules name one alias of so many names (two words each, made of the words of real articles), each beside a word of its own.
Columns: seconds until the rules are compiled, the megabytes that this takes (the list in the first row), seconds until one more
rule takes effect, milliseconds an article, and with the evidence put together. Ends with 1 where all rules cost an article over
three times what one costs, or where memory grows with rules times names.
"""

import argparse
import gc
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from alerts.rules.aliases import AliasSet
from alerts.rules.ruleset import RuleSet
from core.model.article import Article
from core.text.document import Document
from tests.reference_articles import articles

COLUMNS = ("engine", "rules", "names", "compiled s", "MB", "changed s", "ms", "with evidence", "hits")
_MOST_MB_A_MILLION = 5  # of rules times names
_MOST_TIMES = 3.0  # what one rule costs an article


def names(many: int, words: Sequence[str]) -> list[str]:
    """Names that are hardly ever met, and one in a hundred that is."""
    rng = random.Random(7)
    rare = [f"{rng.choice(words)} {rng.choice(words)}" for _ in range(many - many // 100)]
    places = [rng.randrange(len(words) - 1) for _ in range(many // 100)]
    return [*rare, *(f"{words[at]} {words[at + 1]}" for at in places)]


def megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def milliseconds(rules: RuleSet, every: Sequence[Article], *, evidence: bool) -> tuple[float, float]:
    """An article, the best of three passes; and how many rules it matches."""
    best, hits = float("inf"), 0
    for _ in range(3):
        began, hits = time.perf_counter(), 0
        for one in every:
            for hit in rules.match(one):
                hits += 1
                if evidence:
                    _ = hit.evidence
        best = min(best, time.perf_counter() - began)
    return 1000 * best / len(every), hits / len(every)


def texts(many: int, words: Sequence[str]) -> list[tuple[str, str]]:
    """Rules that name the list, each with a word of its own."""
    kinds = ("@names AND {}", "@names NEAR/5 {}", "title:@names AND {}", "ATLEAST/2(@names) AND {}")
    return [(f"r{k}", kinds[k % len(kinds)].format(words[k])) for k in range(many)]


def measure(engine: str, rules: int, listed: int) -> None:
    os.environ["WIREWATCH_MATCHER"] = engine
    every = articles(100, characters=4000)
    words = [word for one in every for word in Document(one).body.tokens.words if len(word) > 3 and word.isalpha()]
    aliases = {"names": tuple(names(listed, words))}
    own = sorted(set(words))
    random.Random(3).shuffle(own)
    RuleSet.of([("warm", "up")]).match(every[0])
    costs = []
    for count in (1, rules):
        some = texts(count, own) if count > 1 else [("one", "@names")]
        gc.collect()
        before, began = megabytes(), time.perf_counter()
        made = RuleSet.of(some, aliases)
        compiled = time.perf_counter() - began
        gc.collect()
        memory, began = megabytes() - before, time.perf_counter()
        made.with_rules(1, [("new", "@names NEAR/5 arms")], (), AliasSet.of(aliases.items()))
        changed = time.perf_counter() - began
        plain, hits = milliseconds(made, every, evidence=False)
        whole, _ = milliseconds(made, every, evidence=True)
        figures = (f"{compiled:.2f}", f"{memory:.0f}", f"{changed:.3f}", f"{plain:.3f}", f"{whole:.3f}", f"{hits:.1f}")
        print("| " + " | ".join(map(str, (engine, count, listed, *figures))) + " |", flush=True)
        costs.append((plain, memory))
    (one, memory_of_one), (all_of_them, memory) = costs
    if all_of_them > _MOST_TIMES * one:
        sys.exit(f"{rules} rules cost an article {all_of_them / one:.1f} times what one costs")
    if memory > memory_of_one + _MOST_MB_A_MILLION * rules * listed / 1e6:
        sys.exit(f"{memory:.0f} MB: memory grows with rules times names")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=10_000)
    parser.add_argument("--rules", type=int, default=1000)
    parser.add_argument("--engine", help="measure this one, in this process")
    args = parser.parse_args()
    if args.engine:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        measure(args.engine, args.rules, args.names)
        return
    print("| " + " | ".join(COLUMNS) + " |\n|" + " ---: |" * len(COLUMNS))
    for engine in ("interpreter", "compiled"):
        command = [sys.executable, "-m", "bench.lists", "--engine", engine, "--names", str(args.names)]
        subprocess.run([*command, "--rules", str(args.rules)], check=True)


if __name__ == "__main__":
    main()
