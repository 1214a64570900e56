"""What of a text tells copies of it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.stories.features import features_of, pack, unpack

TEXT = (
    "The harbour of Larnport was closed on Monday after a crane fell into the main channel, the authority said.\n\n"
    "Nobody was hurt, but nine ships wait outside and the wheat terminal stands still, said Mara Ellis of the port. "
    "Damage is put at 4,500,000 crowns."
)


def anchors(text: str) -> set[int]:
    return {anchor for sentence in features_of("", text).sentences for anchor in sentence.anchors}


def test_the_same_text_has_the_same_features_under_any_headline() -> None:
    assert features_of("One", TEXT).sentences == features_of("Another", TEXT).sentences


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
    assert {"5.2", "larnport", "quake"} <= features.key
    first, second, third = features.sentences
    assert "monday" in first.names
    assert "the" not in first.names  # a first word has a capital whatever it is
    assert second.numbers == {"9"}
    assert "mara" in second.names
    assert third.numbers == {"4500000"}
    assert {"4500000", "crane"} <= features.facts


def test_scripts_without_spaces_are_told_apart_by_characters() -> None:
    one = "북한 외무상이 모스크바를 방문했다고 통신이 월요일에 보도했다. 그는 장관을 만났다고 한다."
    assert anchors(one) == anchors(one + " ")
    assert not anchors(one) & anchors("서울 시장은 화요일에 새 다리를 열었다고 말했다. 비용은 많이 들었다고 한다.")
    assert features_of("", one).words > 20


def test_a_few_words_are_told_by_all_of_them() -> None:
    assert features_of("Crane falls", "See page.").sentences == features_of("Crane falls", "See page.").sentences
    assert features_of("Crane falls", "See page.").sentences != features_of("Crane rises", "See page.").sentences


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.text(max_size=400))
def test_any_text_has_features_and_the_same_ones_twice(title: str, text: str) -> None:
    features = features_of(title, text)
    assert features == features_of(title, text)
    assert features.sentences
    assert features.key <= features.facts


@settings(max_examples=200, deadline=None)
@given(title=st.text(max_size=60), text=st.text(max_size=400) | st.just(TEXT))
def test_packed_features_come_back_whole(title: str, text: str) -> None:
    features = features_of(title, text)
    assert unpack(pack(features)) == features
