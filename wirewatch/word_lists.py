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
    wanted = missing(codes)
    if wanted:
        with ProcessPoolExecutor(min(len(wanted), os.cpu_count() or 1), get_context("spawn")) as pool:
            for made in [pool.submit(_make, code) for code in wanted]:
                made.result()
    return len(wanted)


def missing(codes: Iterable[str] = LISTS) -> list[str]:
    """The lists that are not kept yet."""
    return [code for code in codes if not is_kept(code)]


def advice(queries: Iterable[str]) -> str | None:
    """What to do where rules ask for forms and lists are missing; None: nothing."""
    if not any("forms" in query.lower() for query in queries) or not (wanted := missing()):
        return None
    return (
        f"the word lists of {len(wanted)} languages are not made yet, so the first forms(...) of each takes seconds;"
        " `python -m wirewatch.word_lists` makes them, once"
    )


def _make(code: str) -> None:
    word_list(code)


if __name__ == "__main__":
    make()
