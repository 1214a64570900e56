"""What of a text tells copies of it."""

from array import array

from hypothesis import given
from hypothesis import strategies as st

from ingest.story.features import pack, unpack
from ingest.story.reading import fact
from tests.effort import tries
from tests.ingest.story.features import features_of

TEXT = (
    "The harbour of Larnport was closed on Monday after a crane fell into the main channel, the authority said.\n\n"
    "Nobody was hurt, but nine ships wait outside and the wheat terminal stands still, said Mara Ellis of the port. "
    "Damage is put at 4,500,000 crowns."
)


# Letters of many scripts, those that case folding parts or makes, marks, digits, signs, spaces, a lone surrogate.
ODD = 'aZßİΐǰŉſ\u0345\u0301ﬁÀЯ가漢กव_.,!?。…’"(»-–7٣ \t\n\u2028\U0001f600\U00010400\ud800'
odd_text = (
    st.text(alphabet=ODD, max_size=120) | st.text(max_size=400) | st.sampled_from(["", "word", "漢", "\ud800", "\n\n"])
)


def anchors(text: str) -> set[int]:
    return {anchor for sentence in features_of("", text).anchors for anchor in sentence}


def test_the_same_text_has_the_same_anchors_under_any_headline() -> None:
    assert features_of("One", TEXT).anchors == features_of("Another", TEXT).anchors


def test_hashes_are_the_same_in_every_process() -> None:
    assert fact("larnport") == 7545173630614488885
    assert features_of("", TEXT).anchors == (
        (641012071356, 1424909846523),
        (1513258522354, 2136159637183),
        (6908200327824,),
    )


def test_quotes_dashes_case_and_small_numbers_are_no_difference() -> None:
    other = TEXT.replace("nine", "9").replace("Nobody", "NOBODY").replace(", but", " – but")
    assert anchors(other) == anchors(TEXT)
    assert anchors("The minister said “no” – twice, and then he left the room at once.") == anchors(
        'The minister said "no" - twice, and then he left the room at once.'
    )


def test_an_added_dateline_leaves_most_anchors() -> None:
    assert len(anchors("LARNPORT (Wire) - " + TEXT) & anchors(TEXT)) >= len(anchors(TEXT)) - 2


def test_the_facts_that_a_template_fills_in_are_numbers_and_names() -> None:
    features = features_of("Quake of 5.2 near Larnport", TEXT)
    assert fact("5.2") in features.key_numbers
    assert {fact("larnport"), fact("quake")} <= features.key_names
    assert fact("monday") in features.names[0]
    assert fact("the") not in features.names[0]  # a first word has a capital whatever it is
    assert features.numbers == {1: {fact("9")}, 2: {fact("4500000")}}
    assert fact("mara") in features.names[1]
    assert {fact("4500000"), fact("crane")} <= features.facts.keys()


def test_a_small_number_is_a_figure_and_a_number_however_it_is_written() -> None:
    for text in ("They saw nine ships at sea.", "They saw 9 ships at sea."):
        features = features_of("", text)
        assert features.numbers == {0: {fact("9")}}
        assert fact("9") in features.words
        assert fact("nine") not in features.facts


def test_scripts_without_spaces_are_told_apart_by_characters() -> None:
    one = "북한 외무상이 모스크바를 방문했다고 통신이 월요일에 보도했다. 그는 장관을 만났다고 한다."
    assert anchors(one) == anchors(one + " ")
    assert not anchors(one) & anchors("서울 시장은 화요일에 새 다리를 열었다고 말했다. 비용은 많이 들었다고 한다.")
    assert len(features_of("", one).words) > 20


def test_what_is_not_seen_is_no_difference() -> None:
    for sign in ("\u200b", "\u00ad", "\u2060", "\ufeff", "\u200e", "\ufe0f"):
        assert features_of("Cr" + sign + "ane", TEXT[:30] + sign + TEXT[30:]) == features_of("Crane", TEXT)


def test_a_few_words_are_told_by_all_of_them() -> None:
    assert features_of("Crane falls", "See page.").anchors == features_of("Crane falls", "See page.").anchors
    assert features_of("Crane falls", "See page.").anchors != features_of("Crane rises", "See page.").anchors
    assert len(features_of("", "").anchors) == 1


@tries(200)
@given(title=odd_text, text=odd_text)
def test_any_text_has_features_and_the_same_ones_twice(title: str, text: str) -> None:
    features = features_of(title, text)
    assert features == features_of(title, text)
    assert features.anchors
    assert all(features.anchors)
    assert len(features.borders) == len(features.anchors) + 1
    assert features.borders[-1] == len(features.words)
    assert {*features.words, *features.key_numbers, *features.key_names} <= features.facts.keys()
    assert [*features.facts.values()] == [*range(len(features.facts))]


@tries(200)
@given(title=odd_text, text=odd_text | st.just(TEXT))
def test_packed_features_come_back_whole(title: str, text: str) -> None:
    features = features_of(title, text)
    assert unpack(pack(features)) == features


def test_a_text_of_very_many_words_is_packed_and_comes_back() -> None:
    features = features_of("", " ".join(f"w{number}" for number in range(70_000)))
    assert len(features.facts) == 140_000  # each is a word and holds a number
    assert unpack(pack(features)) == features


def test_packed_features_take_less_than_ten_bytes_a_word() -> None:
    text = "\n\n".join(f"{TEXT} So it went on day {day} at quay {day}{day}." for day in range(21, 41))
    packed = pack(features_of("A title", text))
    assert not isinstance(packed.places, array)
    size = 8 * (len(packed.facts) + len(packed.anchors) + len(packed.others)) + len(packed.places)
    assert size < 10 * len(text.split())
