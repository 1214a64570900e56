"""Records become bytes and come back; what cannot be read says why."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RecordError
from core.model.alert import Alert, Notification
from core.model.article import Article
from core.model.codec import SCHEMA_VERSION, Fields, decode, encode, type_tag
from core.model.deadletter import DeadLetter
from core.model.match import Match
from core.model.outcome import DeadLetterReason
from core.model.source import Entry, Source
from core.model.story import StoryArticle
from tests.fakes.records import a_story_article

RECORD_TYPES = (Source, Entry, Article, StoryArticle, Match, Alert, Notification, DeadLetter)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

st.register_type_strategy(str, st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
st.register_type_strategy(int, st.integers(-(2**53), 2**53))
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(
    datetime,
    st.datetimes(
        min_value=datetime(1000, 1, 1),  # noqa: DTZ001 - the zone is the next argument
        timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
    ),
)


def entry(**changes: object) -> Entry:
    source = Source(source_id="s", name="Example", url="https://news.example/feed")
    return replace(Entry(entry_id="e", source=source, url="https://news.example/1", seen=NOW), **changes)  # type: ignore[arg-type]


def changed(record: object, **fields: object) -> bytes:
    """The record's bytes with fields put in, or taken out where None stands."""
    envelope = orjson.loads(encode(record))
    envelope["d"] = {name: value for name, value in (envelope["d"] | fields).items() if value is not None}
    return orjson.dumps(envelope)


@pytest.mark.parametrize("record_type", RECORD_TYPES, ids=lambda t: t.__name__)
def test_every_record_type_comes_back_as_it_was(record_type: type) -> None:
    @settings(max_examples=40)
    @given(st.from_type(record_type))
    def round_trip(record: object) -> None:
        assert decode(encode(record), record_type) == record

    round_trip()


@given(st.binary(max_size=200) | st.text(max_size=50).map(lambda text: orjson.dumps({"v": 1, "t": "entry", "d": text})))
def test_no_bytes_end_in_anything_but_a_record_or_a_record_error(data: bytes) -> None:
    with pytest.raises(RecordError):
        decode(data, Entry)


@given(
    st.dictionaries(
        st.sampled_from(["entry_id", "source", "url", "seen", "tags", "published", "other"]),
        st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5), st.lists, max_leaves=5),
    )
)
def test_fields_of_wrong_types_are_refused_or_read_never_a_crash(fields: dict[str, object]) -> None:
    data = orjson.dumps({"v": 1, "t": "entry", "d": fields})
    with pytest.raises(RecordError) as caught:
        decode(data, Entry)
    assert caught.value.reason == DeadLetterReason.UNREADABLE


def test_unknown_fields_are_ignored_and_missing_ones_take_their_default() -> None:
    assert decode(changed(entry(title="A"), invented_later=[1]), Entry) == entry(title="A")
    assert decode(changed(entry(title="A"), title=None), Entry) == entry(title="")


@pytest.mark.parametrize(
    ("data", "reason", "detail"),
    [
        (b"", DeadLetterReason.UNREADABLE, "no JSON"),
        (b"\xff\x00", DeadLetterReason.UNREADABLE, "no JSON"),
        (b"[]", DeadLetterReason.UNREADABLE, "no record"),
        (b'{"v":true,"t":"entry","d":{}}', DeadLetterReason.UNREADABLE, "no record"),
        (b'{"v":1,"t":"entry","d":{}}', DeadLetterReason.UNREADABLE, "entry_id: expected a value"),
        (changed(entry(), seen="yesterday"), DeadLetterReason.UNREADABLE, "seen: expected a time with an offset"),
        (changed(entry(), seen="2026-03-02T09:00:00"), DeadLetterReason.UNREADABLE, "seen: expected a time"),
        (changed(entry(), tags=["a", 1]), DeadLetterReason.UNREADABLE, "tags.[]: expected text, got int"),
        (changed(entry(), source={"name": 1}), DeadLetterReason.UNREADABLE, "source.source_id: expected a value"),
        (b'{"v":999,"t":"entry","d":{}}', DeadLetterReason.NEWER_SCHEMA, "schema version 999"),
        (b'{"v":1,"t":"match","d":{}}', DeadLetterReason.WRONG_TYPE, "'match', expected 'entry'"),
    ],
)
def test_what_cannot_be_read_says_why_and_where(data: bytes, reason: DeadLetterReason, detail: str) -> None:
    with pytest.raises(RecordError) as caught:
        decode(data, Entry)
    assert caught.value.reason == reason
    assert detail in caught.value.detail


def test_an_older_version_is_upgraded_step_by_step() -> None:
    """A record as version 0 might have had it: the address under another name, tags as one text."""

    def from_v0(fields: Fields) -> Fields:
        tags = fields.pop("keywords", "")
        assert isinstance(tags, str)
        return fields | {"url": fields.pop("link"), "tags": tags.split(",") if tags else []}

    envelope = orjson.loads(encode(entry()))
    fields = {name: value for name, value in envelope["d"].items() if name not in {"url", "tags"}}
    old = orjson.dumps(
        {"v": 0, "t": "entry", "d": fields | {"link": "https://news.example/1", "keywords": "arms,trade"}}
    )
    assert decode(old, Entry, upgrades={("entry", 0): from_v0}) == entry(tags=("arms", "trade"))


def test_an_older_version_without_an_upgrade_is_read_as_it_is() -> None:
    envelope = orjson.loads(encode(entry())) | {"v": 0}
    assert decode(orjson.dumps(envelope), Entry) == entry()


def test_bytes_name_version_and_type() -> None:
    envelope = orjson.loads(encode(entry()))
    assert (envelope["v"], envelope["t"]) == (SCHEMA_VERSION, "entry")
    assert [type_tag(kind) for kind in RECORD_TYPES] == [
        "source", "entry", "article", "story_article", "match", "alert", "notification", "dead_letter",
    ]  # fmt: skip


@pytest.mark.parametrize("record", [entry(title="\ud800"), entry(summary="\udfff")])
def test_what_json_cannot_hold_is_a_record_error(record: Entry) -> None:
    with pytest.raises(RecordError, match="Entry cannot be written"):
        encode(record)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Odd:
    field: dict[str, str]


@dataclass(frozen=True)
class Either:
    field: int | str


@dataclass(frozen=True)
class Pair:
    field: tuple[int, str]


@dataclass(frozen=True)
class Painted:
    colour: Colour

    def __post_init__(self) -> None:
        if self.colour != Colour.RED:
            raise ValueError


@pytest.mark.parametrize("kind", [Odd, Either, Pair])
def test_a_record_with_a_field_that_cannot_come_back_is_a_mistake_of_ours(kind: type) -> None:
    data = orjson.dumps({"v": 1, "t": type_tag(kind), "d": {"field": None}})
    with pytest.raises(TypeError):
        decode(data, kind)


def test_a_word_outside_a_closed_set_is_unreadable() -> None:
    with pytest.raises(RecordError, match="colour: expected one of red"):
        decode(b'{"v":1,"t":"painted","d":{"colour":"blue"}}', Painted)


def test_a_dead_letter_gives_the_original_bytes_back() -> None:
    letter = DeadLetter(
        topic="entries", partition=1, offset=2, key="k", value_base64="AP8=", reason=DeadLetterReason.FAILED,
        detail="d", at=NOW,
    )  # fmt: skip
    assert letter.original() == b"\x00\xff"
    assert replace(letter, value_base64=None).original() is None


def test_a_story_article_of_before_corrections_were_told_is_read() -> None:
    told = replace(a_story_article(), correction=True)
    assert decode(changed(told, correction=None), StoryArticle) == replace(told, correction=False)
