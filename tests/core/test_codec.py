"""Records become bytes and come back; what cannot be read says why."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RecordError, UpgradeFirst
from core.model.article import Article, TimeConfidence
from core.model.codec import SCHEMAS, Fields, Schema, decode, encode
from core.model.deadletter import DeadLetter
from core.model.match import Match
from core.model.outcome import DeadLetterReason
from core.model.source import Entry, Source, SourceKind
from core.model.story import StoryArticle
from tests.effort import tries
from tests.fakes.records import a_match, a_story_article, an_article

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


@pytest.mark.parametrize("record_type", SCHEMAS, ids=lambda t: t.__name__)
def test_every_record_type_comes_back_as_it_was(record_type: type) -> None:
    @tries(40)
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
        (b'{"v":1,"t":"entry","d":{}}', DeadLetterReason.UNREADABLE, "missing required field `entry_id`"),
        (b'{"v":0,"t":"entry","d":[]}', DeadLetterReason.UNREADABLE, "expected fields, got list"),
        (b'{"v":-1,"t":"entry","d":{}}', DeadLetterReason.UNREADABLE, "no record"),
        (changed(entry(), seen="yesterday"), DeadLetterReason.UNREADABLE, "at `$.seen`"),
        (changed(entry(), seen="2026-03-02T09:00:00"), DeadLetterReason.UNREADABLE, "timezone component - at `$.seen`"),
        (changed(entry(), tags=["a", 1]), DeadLetterReason.UNREADABLE, "Expected `str`, got `int` - at `$.tags[1]`"),
        (changed(entry(), source={"name": 1}), DeadLetterReason.UNREADABLE, "`$.source"),
        (b'{"v":1,"t":"match","d":{}}', DeadLetterReason.WRONG_TYPE, "'match', expected 'entry'"),
        (b'{"v":999,"t":"match","d":{}}', DeadLetterReason.WRONG_TYPE, "'match', expected 'entry'"),
        (b'{"v":1,"t":"entry","d":' + b"[" * 100_000, DeadLetterReason.UNREADABLE, "no JSON"),
        (b'{"v":0,"t":"entry","d":' + b"[" * 100_000 + b"]" * 100_000 + b"}", DeadLetterReason.UNREADABLE, "no JSON"),
    ],
)
def test_what_cannot_be_read_says_why_and_where(data: bytes, reason: DeadLetterReason, detail: str) -> None:
    with pytest.raises(RecordError) as caught:
        decode(data, Entry)
    assert caught.value.reason == reason
    assert detail in caught.value.detail


def test_an_older_version_is_upgraded_step_by_step() -> None:
    """A record as versions 0 and 1 might have had it: the address under another name, tags as one text."""

    def from_v0(fields: Fields) -> Fields:
        return fields | {"url": fields.pop("link")}

    def from_v1(fields: Fields) -> Fields:
        tags = fields.pop("keywords", "")
        return fields | {"tags": tags.split(",") if tags else []}

    schemas = {**SCHEMAS, Entry: Schema("entry", 2, {0: from_v0, 1: from_v1})}
    envelope = orjson.loads(encode(entry()))
    fields = {name: value for name, value in envelope["d"].items() if name not in {"url", "tags"}}
    oldest = {"v": 0, "t": "entry", "d": fields | {"link": "https://news.example/1", "keywords": "arms,trade"}}
    older = {"v": 1, "t": "entry", "d": fields | {"url": "https://news.example/1", "keywords": "arms,trade"}}
    newest = encode(entry(tags=("arms", "trade")), schemas)
    for data in (orjson.dumps(oldest), orjson.dumps(older), newest):
        assert decode(data, Entry, schemas) == entry(tags=("arms", "trade"))


def test_an_older_version_without_an_upgrade_is_read_as_it_is() -> None:
    envelope = orjson.loads(encode(entry())) | {"v": 0}
    assert decode(orjson.dumps(envelope), Entry) == entry()


def test_each_type_has_a_version_of_its_own() -> None:
    ahead = {**SCHEMAS, Match: Schema("match", 2)}
    assert orjson.loads(encode(a_match(), ahead))["v"] == 2
    assert orjson.loads(encode(entry(), ahead))["v"] == 1
    assert decode(encode(entry(), ahead), Entry) == entry()
    with pytest.raises(
        UpgradeFirst, match=r"\(match of version 2, this wirewatch reads up to 1\); upgrade this process first"
    ):
        decode(encode(a_match(), ahead), Match)


def test_a_later_version_is_told_even_where_its_fields_cannot_be_read() -> None:
    with pytest.raises(UpgradeFirst, match="version 999"):
        decode(b'{"v":999,"t":"entry","d":{"seen":5}}', Entry)


def test_bytes_name_version_and_type() -> None:
    """A tag stays for ever: old records carry it."""
    envelope = orjson.loads(encode(entry()))
    assert (envelope["v"], envelope["t"]) == (1, "entry")
    assert [schema.tag for schema in SCHEMAS.values()] == [
        "source", "entry", "article", "story_article", "match", "alert", "alert_article", "notification", "dead_letter",
        "pushed_article",
    ]  # fmt: skip


@pytest.mark.parametrize("record", [entry(title="\ud800"), entry(summary="\udfff")])
def test_what_json_cannot_hold_is_a_record_error(record: Entry) -> None:
    with pytest.raises(RecordError, match="Entry cannot be written"):
        encode(record)


@dataclass(frozen=True)
class Small:
    field: int

    def __post_init__(self) -> None:
        if self.field > 9:
            raise ValueError("too large")


def test_what_the_record_itself_refuses_is_unreadable() -> None:
    with pytest.raises(RecordError, match="too large"):
        decode(b'{"v":1,"t":"small","d":{"field":10}}', Small, {Small: Schema("small")})


def test_a_type_without_a_schema_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        encode(Small(1))


def test_a_word_that_decides_and_is_not_known_asks_for_an_upgrade() -> None:
    """What an unknown verdict or priority should do, this process cannot know: a guess would be told to people."""
    with pytest.raises(
        UpgradeFirst, match=r"Invalid enum value 'merged' - at `\$.verdict`.*upgrade this process first"
    ):
        decode(changed(a_story_article(), verdict="merged"), StoryArticle)
    rule = orjson.loads(encode(a_match()))["d"]["rule"] | {"priority": "urgent"}
    with pytest.raises(UpgradeFirst, match="'urgent'"):
        decode(changed(a_match(), rule=rule), Match)


def test_a_word_that_is_only_shown_and_not_known_holds_up_nothing() -> None:
    read = decode(changed(an_article(), published_confidence="to_the_hour"), Article)
    assert read == replace(an_article(), published_confidence=TimeConfidence.UNKNOWN)
    source = orjson.loads(encode(entry()))["d"]["source"] | {"kind": "websub"}
    assert decode(changed(entry(), source=source), Entry).source.kind is SourceKind.AUTO
    letter = DeadLetter(
        topic="entries", partition=1, offset=2, key="k", value_base64="", reason=DeadLetterReason.FAILED, detail="d",
        at=NOW,
    )  # fmt: skip
    assert decode(changed(letter, reason="too_odd"), DeadLetter).reason is DeadLetterReason.OTHER
    with pytest.raises(RecordError, match="Expected `str`"):
        decode(changed(letter, reason=5), DeadLetter)


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
