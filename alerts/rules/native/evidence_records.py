"""Rows of evidence as records, made column by column: in a third of the time that one call a record takes."""

from collections import deque
from collections.abc import Mapping
from dataclasses import fields
from itertools import repeat

import numpy as np
import numpy.typing as npt

from alerts.rules.bytecode import FIELDS, SPAN_BITS, SPAN_LOW, span_bounds
from alerts.rules.explain import evidence_at, original
from alerts.rules.native.evidence import ROW
from core.model.match import Evidence
from core.text.document import Document

I32 = npt.NDArray[np.int32]

_SET = tuple(getattr(Evidence, one.name).__set__ for one in fields(Evidence))


def records(rows: I32, document: Document) -> list[Evidence]:
    """The evidence of rows, in their order."""
    spans, numbers, firsts, lasts = rows.reshape(-1, ROW).T
    which, starts, ends = numbers.tolist(), firsts.tolist(), lasts.tolist()
    sources = {number: original(FIELDS[number], document) for number in set(which)}
    names = {number: FIELDS[number].value for number in sources}
    if document.article.feed_title or document.article.feed_text:
        return _placed(rows, sources, document)
    texts = [sources[number][start:end] for number, start, end in zip(which, starts, ends, strict=True)]
    begins = spans >> SPAN_BITS & SPAN_LOW
    shown = map(names.__getitem__, which)
    columns = (begins.tolist(), (begins + (spans & SPAN_LOW) + 1).tolist(), shown, starts, ends, texts)
    made = list(map(object.__new__, repeat(Evidence, len(texts))))
    for put, values in zip(_SET, columns, strict=True):
        deque(map(put, made, values), maxlen=0)
    return made


def _placed(rows: I32, sources: Mapping[int, str], document: Document) -> list[Evidence]:
    """The same where a field is told by page and feed: each in its own part."""
    return [
        evidence_at(span_bounds(span), FIELDS[number], start, sources[number][start:end], document)
        for span, number, start, end in rows.reshape(-1, ROW).tolist()
    ]
