"""Whether two texts are one story, and whether the later one tells something new."""

from itertools import chain

from ingest.story.features import Features
from ingest.story.judge import Told, resemblance, tells_more
from ingest.story.reading import fact
from tests.ingest.story.features import features_of

QUAKE = (
    "A magnitude {} earthquake was reported Monday morning {} miles from {}, according to the Geological Survey.\n\n"
    "According to the survey, the epicenter was {} miles from {} and struck at a depth of {} miles below the sea.\n\n"
    "Read more about earthquakes in the region and how to get ready for the next big one in our series of guides."
)
CRANE = [
    "The harbour of Larnport was closed on Monday after a crane fell into the main channel, the port authority said.",
    "Nobody was hurt, but 9 ships wait outside and the wheat terminal stands still, according to the harbour master.",
    "Divers from the naval base will look at the wreck once the wind has dropped below 20 knots, he told reporters.",
    "The crane was built in 1961 and had passed its last inspection without a complaint, records of the city show.",
]
NEWS = [
    "Two sailors were found alive in the hull on Tuesday evening, the coast guard said after an hour of cutting steel.",
    "The owner of the crane, Harrow Lifting, has been summoned by the public prosecutor, her office said in a statement.",
    "Insurers at the exchange put the damage at 45 million crowns, far more than was feared on the first day of it.",
]

SHORT = {fact(word) for word in " ".join([*CRANE, *NEWS]).lower().split() if len(word) <= 3}


def text(*paragraphs: str) -> Features:
    return features_of("Crane closes harbour", "\n\n".join(paragraphs))


def anchors(one: Features) -> frozenset[int]:
    return frozenset(chain.from_iterable(one.anchors))


def alike(new: Features, old: Features) -> bool:
    return resemblance(new, old, frozenset(), lambda name: 2.0).same


def more(new: Features, old: Features, *, edited: bool = False, known: frozenset[int] = frozenset()) -> bool:
    told = Told(anchors(old), frozenset(old.facts))
    return tells_more(new, told, known, lambda word: word not in SHORT, edited=edited)


def test_a_copy_under_another_headline_is_the_same_story() -> None:
    old = features_of("Crane closes harbour", "\n\n".join(CRANE))
    new = features_of("Larnport port shut after accident", "LARNPORT (Wire) - " + "\n\n".join(CRANE))
    assert alike(new, old)
    assert not more(new, old)


def test_a_copy_that_is_cut_short_is_the_same_story() -> None:
    assert alike(text(*CRANE[:2]), text(*CRANE))
    assert alike(text(*CRANE), text(*CRANE[:2]))
    assert not more(text(*CRANE[:2]), text(*CRANE))


def test_another_text_about_the_same_is_another_story() -> None:
    assert not alike(text(*NEWS), text(*CRANE))


def test_a_template_filled_in_twice_is_two_stories() -> None:
    one = features_of("5.2 quake near Petrolia", QUAKE.format(5.2, 4, "Petrolia", 18, "Parkfield", 8.74))
    two = features_of("4.3 quake near Lone Pine", QUAKE.format(4.3, 13, "Lone Pine", 26, "Ridgecrest", 9.53))
    assert resemblance(one, two, frozenset(), lambda name: 2.0).shared > 0
    assert not alike(one, two)
    assert alike(one, one)


def test_anchors_that_stand_everywhere_tell_nothing() -> None:
    old = text(*CRANE)
    assert not resemblance(old, old, anchors(old), lambda name: 2.0).same


def test_news_above_the_old_text_is_an_update() -> None:
    assert more(text(*NEWS, *CRANE), text(*CRANE))


def test_news_in_two_sentences_at_the_top_is_enough() -> None:
    assert more(text(*NEWS[:2], *CRANE * 3), text(*CRANE * 3))


def test_the_outlets_own_lines_below_the_text_are_no_update_but_an_edit_appends_what_is_new() -> None:
    below = text(*CRANE, *CRANE, *NEWS)
    assert not more(below, text(*CRANE))
    assert more(below, text(*CRANE), edited=True)


def test_what_other_stories_hold_too_is_no_news() -> None:
    new = text(*NEWS, *CRANE)
    assert not more(new, text(*CRANE), known=anchors(text(*NEWS)))


def test_other_words_for_the_same_are_no_update() -> None:
    reworded = [line.replace("according to", "said").replace("told reporters", "tells reporters") for line in CRANE]
    assert not more(text(*reworded), text(*CRANE))


def test_an_item_in_a_list_of_the_days_news_is_no_text_of_its_story() -> None:
    brief = features_of("Crane closes harbour", CRANE[0])
    day = [
        "Ministers agreed in Lyon on a quota for herring after a night of talks, said Otto Lang of the fishing council.",
        CRANE[0],
        "A court in Riga sentenced a former banker to 6 years for hiding the money of Clara Weiss in shell companies.",
        "The national theatre of Osmund named Hana Brandt as its director; she takes over in the spring from Igor Belov.",
    ]
    for lines in (day, [day[1], day[0], *day[2:]]):
        listed = features_of("World news at 1100 GMT", "\n\n".join(lines))
        assert not alike(listed, brief)
        assert not alike(brief, listed)
    assert alike(text(*CRANE), brief)


def test_a_correction_of_a_short_text_is_no_other_story_for_its_other_number() -> None:
    one, other = features_of("Crane falls", CRANE[1]), features_of("Crane falls", CRANE[1].replace("9", "14"))
    assert not resemblance(other, one, frozenset(), lambda name: 2.0).same
    assert resemblance(other, one, frozenset(), lambda name: 2.0, corrects=True).same
