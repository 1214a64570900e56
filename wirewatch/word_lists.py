"""The word lists of `forms(...)`, made before the first rule asks for them: by the set-up, by an image's build, by a start.

`python -m wirewatch.word_lists`
"""

import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from alerts.rules.forms.kept_lists import is_kept, word_list
from alerts.rules.forms.languages import LISTS


def make(codes: Iterable[str] = LISTS) -> int:
    """Make the lists that are not kept yet, on all processors; how many that were."""
    missing = [code for code in codes if not is_kept(code)]
    if missing:
        with ProcessPoolExecutor(min(len(missing), os.cpu_count() or 1), get_context("spawn")) as pool:
            for made in [pool.submit(_make, code) for code in missing]:
                made.result()
    return len(missing)


def _make(code: str) -> None:
    word_list(code)


if __name__ == "__main__":
    make()
