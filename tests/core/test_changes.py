"""What an edit changed is told by its sentences."""

from core.text.changes import MOST_CHARACTERS, MOST_SHOWN, Changed, changed

BEFORE = "The ship was seized. Nobody was hurt. The owner said nothing."


def test_the_same_text_has_no_changes() -> None:
    assert not changed(BEFORE, BEFORE).any
    assert not changed(BEFORE, BEFORE.replace(" Nobody", "\n\nNobody")).any


def test_sentences_that_are_new_and_that_are_gone_are_told() -> None:
    after = "The ship was seized. Two men were hurt. The owner said nothing."
    assert changed(BEFORE, after) == Changed(("Two men were hurt.",), ("Nobody was hurt.",))


def test_a_sentence_that_moved_is_no_change() -> None:
    assert not changed(BEFORE, "Nobody was hurt. The ship was seized. The owner said nothing.").any


def test_a_sentence_that_is_said_twice_now_is_new_once() -> None:
    assert changed("A storm came.", "A storm came. A storm came.").added == ("A storm came.",)


def test_of_a_rewritten_text_the_first_sentences_are_shown_and_the_others_counted() -> None:
    found = changed("", " ".join(f"Sentence number {number} stands here." for number in range(MOST_SHOWN + 5)))
    assert (len(found.added), found.more_added, found.removed) == (MOST_SHOWN, 5, ())


def test_a_long_sentence_is_cut() -> None:
    [sentence] = changed("", "word " * 1000).added
    assert len(sentence) == MOST_CHARACTERS
