"""Bytes that released code wrote are read for ever, and what is written now can be read by the release before."""

from datetime import datetime
from typing import Any

import orjson
import pytest

from core.model.codec import SCHEMAS, decode, encode
from core.store.payload import unpack
from tests.core.record_samples import FOLDER, column_bytes, log_bytes, samples

RELEASES = sorted(path.name for path in FOLDER.iterdir())
KNOWN = [  # what each release wrote
    (release, kind)
    for release in RELEASES
    for kind in SCHEMAS
    if (FOLDER / release / f"{kind.__name__}.log.jsonl").exists()
]


def comparable(value: object) -> object:
    """JSON with its times as moments: a release may write `Z` where another one writes `+00:00`."""
    match value:
        case dict():
            return {name: comparable(inner) for name, inner in value.items()}
        case list():
            return [comparable(inner) for inner in value]
        case str() if len(value) > 18 and value[10] == "T":
            return datetime.fromisoformat(value)  # as the hand-written codec of release 0004 read them
        case _:
            return value


def test_every_record_type_has_samples() -> None:
    assert set(samples()) == set(SCHEMAS)
    assert "0004" in RELEASES


@pytest.mark.parametrize(("release", "kind"), KNOWN)
def test_bytes_of_a_release_are_read(release: str, kind: type) -> None:
    expected = list(samples()[kind])
    assert [decode(data, kind) for data in log_bytes(release, kind)] == expected
    assert [unpack(data, kind) for data in column_bytes(release, kind)] == expected


@pytest.mark.parametrize("kind", [kind for release, kind in KNOWN if release == RELEASES[-1]])
def test_the_release_before_reads_what_is_written_now(kind: type) -> None:
    """Its fields are there with the same values, under the same version; what is new beside them it ignores."""
    for sample, before in zip(samples()[kind], log_bytes(RELEASES[-1], kind), strict=True):
        now, then = orjson.loads(encode(sample)), orjson.loads(before)
        assert {**now, "d": None} == {**then, "d": None}
        assert comparable(_as_read(now["d"], then["d"])) == comparable(then["d"])


def _as_read(now: Any, then: Any) -> Any:
    """What the older reader takes of it, records within records too."""
    match now, then:
        case dict(), dict():
            return {name: _as_read(value, then[name]) for name, value in now.items() if name in then}
        case list(), list() if len(now) == len(then):
            return [_as_read(*pair) for pair in zip(now, then, strict=True)]
        case _:
            return now
