"""How well the text of pages is found, beside trafilatura's two modes on the same pages in the same run; and how fast.

Pages in halves: those whose name stands at an even place in order are `open` (they may be looked at), the others `closed`.
"""

import gzip
import json
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

import trafilatura

from bench.scorers import scorer
from ingest.parse.read import page_of, warm_up
from ingest.parse.shapes import ParsedPage

_LOST = 0.3
_FOUND = 0.7
Truth = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageScore:
    """`kept`, `leaked`: of the snippets that an article has or must not have. `lost`: F1 below .3 where a mode of
    trafilatura has more than .7."""

    f1: float
    precision: float
    recall: float
    bad_runs: float
    worst: int
    empty: int
    lost: int
    kept: tuple[int, int]
    leaked: tuple[int, int]
    pages: int
    median_ms: float
    p95_ms: float

    def __str__(self) -> str:
        return (
            f"F1 {self.f1:.4f}, precision {self.precision:.4f}, recall {self.recall:.4f}, bad runs {self.bad_runs:.2f}, "
            f"lost {self.lost}, empty {self.empty}, kept {self.kept[0]}/{self.kept[1]}, leaked {self.leaked[0]}/{self.leaked[1]}, "
            f"{self.pages} pages, {self.median_ms:.0f} ms (p95 {self.p95_ms:.0f})"
        )


def page_scores(data: Path, folder: str, half: str = "", readers: tuple[str, ...] = ()) -> dict[str, PageScore]:
    """The scores of each reader; of all three, if none is named."""
    warm_up()
    truth: Truth = json.loads((data / folder / "truth.json").read_text(encoding="utf-8"))
    names = sorted(truth)
    if half:
        names = names[::2] if half == "open" else names[1::2]
    truth = {name: truth[name] for name in names}
    bodies = {name: gzip.decompress((data / folder / "html" / f"{name}.html.gz").read_bytes()) for name in names}
    module = scorer(data, "pages")
    texts, spent = {}, {}
    for reader, read in READERS.items():
        if not readers or reader in readers:
            texts[reader], spent[reader] = _read(read, truth, bodies)
    f1s = {
        reader: [_f1(*module.page(truth[name]["articleBody"], found[name])[:2]) for name in names]
        for reader, found in texts.items()
    }
    return {reader: _score(module, truth, texts[reader], spent[reader], _lost(reader, f1s)) for reader in texts}


def _read(
    read: Callable[[bytes, str], str], truth: Truth, bodies: dict[str, bytes]
) -> tuple[dict[str, str], list[float]]:
    texts, spent = {}, []
    for name, body in bodies.items():
        began = process_time()
        texts[name] = read(body, truth[name]["url"])
        spent.append(1000 * (process_time() - began))
    return texts, spent


def _score(module: Any, truth: Truth, texts: dict[str, str], spent: list[float], lost: int) -> PageScore:
    found = module.score(truth, texts)
    return PageScore(
        f1=found["f1"],
        precision=found["precision"],
        recall=found["recall"],
        bad_runs=found["bad_runs"],
        worst=found["worst"],
        empty=found["empty"],
        lost=lost,
        kept=_snippets(truth, texts, "with"),
        leaked=_snippets(truth, texts, "without"),
        pages=found["pages"],
        median_ms=statistics.median(spent),
        p95_ms=sorted(spent)[int(0.95 * len(spent))],
    )


def _lost(reader: str, f1s: dict[str, list[float]]) -> int:
    others = [found for other, found in f1s.items() if other not in (reader, "wirewatch")]
    return sum(own < _LOST and max(found) > _FOUND for own, *found in zip(f1s[reader], *others, strict=True) if found)


def _f1(precision: float | None, recall: float | None) -> float:
    one, other = precision or 0.0, recall or 0.0
    return 2 * one * other / (one + other) if one + other else 0.0


def _snippets(truth: Truth, texts: dict[str, str], key: str) -> tuple[int, int]:
    found = [
        " ".join(snippet.split()).lower() in " ".join(texts[name].split()).lower()
        for name, row in truth.items()
        for snippet in row.get(key, [])
    ]
    return sum(found), len(found)


def _wirewatch(body: bytes, url: str) -> str:
    page = page_of(body, "", url)
    return page.text if isinstance(page, ParsedPage) else ""


def _precise(body: bytes, _url: str) -> str:
    return trafilatura.extract(body, favor_precision=True, include_comments=False) or ""


def _default(body: bytes, _url: str) -> str:
    return trafilatura.extract(body, include_comments=False) or ""


READERS: dict[str, Callable[[bytes, str], str]] = {"wirewatch": _wirewatch, "precise": _precise, "default": _default}
