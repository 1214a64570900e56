"""How much later healthy sources' alerts come while hostile feeds do their worst, in one run.

    python -m bench.hostile [--stories 200]

One `wirewatch run`; two healthy feeds, polled every second, show two stories a second. In the first half nothing else
happens; in the second five hostile feeds wake up: 1,000 links to hosts that drip, documents of 20,000 unclosed openings,
noise, dates and Retry-After that no number holds, and pages that refuse.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path
from statistics import median

from tests.e2e.chaos import chaos


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(chaos.attack(Path(folder), options.stories))
    for name, seconds in (("calm", found.calm), ("under attack", found.attacked)):
        print(f"{name}: {len(seconds)} alerts, median {median(seconds):.2f} s, p95 {chaos.p95(seconds):.2f} s")
    print(f"factor of the p95: {found.factor:.2f}")


if __name__ == "__main__":
    main()
