"""Microseconds to write and to read a record of each type, on one core.

python -m bench.records [--rounds 200]
"""

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from time import process_time

from core.model.codec import decode, encode
from tests.core.record_samples import samples

LOOPS = 20


def microseconds(do: Callable[[object], object], arguments: Sequence[object], rounds: int) -> float:
    """CPU time of one call, in the best round."""
    best = float("inf")
    for _ in range(rounds):
        start = process_time()
        for _ in range(LOOPS):
            for one in arguments:
                do(one)
        best = min(best, process_time() - start)
    return 1e6 * best / LOOPS / len(arguments)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    print("| record | bytes | write µs | read µs |\n|---|---:|---:|---:|")
    for kind, sampled in samples().items():
        data = [encode(one) for one in sampled]
        writing = microseconds(encode, sampled, rounds)
        reading = microseconds(partial(decode, kind=kind), data, rounds)
        print(f"| {kind.__name__} | {sum(map(len, data)) // len(data):,} | {writing:.1f} | {reading:.1f} |")


if __name__ == "__main__":
    main()
