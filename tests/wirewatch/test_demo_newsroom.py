"""The sample newsroom is what it is said to be, and the demo's verdict can fail."""

from collections import Counter
from dataclasses import replace

from wirewatch.demo.outlets import load_desk, load_outlets
from wirewatch.demo.receiver import ChatMessage, highlighted
from wirewatch.demo.verdict import judge, stories_by_url

OUTLETS = load_outlets()
DESK = load_desk()
BASES = {outlet.key: f"http://{outlet.key}.example" for outlet in OUTLETS}
STORIES = stories_by_url(OUTLETS, BASES)


def message(rule: str, key: str, kind: str = "created") -> ChatMessage:
    outlet, slug = key.split("/")
    url = f"{BASES[outlet]}/news/{slug}.html"
    return ChatMessage(
        notification_id=f"{rule} {key}",
        kind=kind,
        rule=rule,
        reason="first",
        priority="normal",
        title="",
        url=url,
        source="",
        published="",
        size=1,
        pieces=(),
        article_urls=(url,),
    )


def complete() -> list[ChatMessage]:
    return [message(rule, story) for rule, story in sorted(DESK.expected)]


def test_the_newsroom_has_eight_outlets_five_formats_four_languages_and_sixty_articles() -> None:
    assert len(OUTLETS) == 8
    assert {o.format for o in OUTLETS} == {"rss", "rdf", "atom", "jsonfeed", "sitemap"}
    assert {o.lang for o in OUTLETS} == {"en", "ru", "ko", "de"}
    assert sum(len(o.items) for o in OUTLETS) >= 60
    assert len(DESK.rules) == 6


def test_agency_copies_carry_the_agencys_text_under_another_headline() -> None:
    items = {item.key: item for outlet in OUTLETS for item in outlet.items}
    copies = [item for item in items.values() if item.story != item.key]
    assert len(copies) >= 10
    for copy in copies:
        assert copy.title != items[copy.story].title
        assert copy.paragraphs == items[copy.story].paragraphs[: len(copy.paragraphs)]
        assert copy.minute > items[copy.story].minute
    most_copied = Counter(item.story for item in copies).most_common(1)[0][1]
    assert most_copied >= 4


def test_an_update_and_a_correction_appear_at_their_minute() -> None:
    items = {item.key: item for outlet in OUTLETS for item in outlet.items}
    update, correction = items["meridian-wire/chip-export-curbs"], items["straits-monitor/vessel-denial"]
    assert len(update.at(40).paragraphs) < len(update.at(41).paragraphs)
    assert update.at(41).title.startswith("UPDATE 1")
    assert "190,000" in " ".join(correction.at(50).paragraphs)
    assert "910,000 barrels had been loaded" in " ".join(correction.at(51).paragraphs)


def test_every_story_that_must_be_told_exists() -> None:
    keys = {item.key for outlet in OUTLETS for item in outlet.items}
    assert {story for _, story in DESK.expected} <= keys
    assert {rule for rule, _ in DESK.expected} == {rule["name"] for rule in DESK.rules}


def test_the_verdict_is_right_only_when_nothing_is_missing_twice_or_too_much() -> None:
    told = complete()
    assert judge(told, DESK.expected, STORIES).right
    missing = judge(told[1:], DESK.expected, STORIES)
    assert not missing.complete
    assert missing.sentences()[0].startswith("missing: no alert of")
    twice = judge([*told, replace(told[0], notification_id="again")], DESK.expected, STORIES)
    assert twice.complete
    assert twice.repeated
    trapped = judge([*told, message("dprk-russia-arms", "deccan-business/cricket-academy")], DESK.expected, STORIES)
    assert trapped.unexpected == (("dprk-russia-arms", "deccan-business/cricket-academy"),)


def test_a_copy_stands_for_its_story_and_an_update_is_no_second_alert() -> None:
    told = [m for m in complete() if m.rule != "chip-exports"]
    told += [
        message("chip-exports", "hangang-ilbo/bandoche-suchul"),
        message("chip-exports", "straits-monitor/straits-chips"),
    ]
    told += [message("chip-exports", "meridian-wire/chip-export-curbs", kind="updated")]
    assert judge(told, DESK.expected, STORIES).right


def test_evidence_is_marked_in_the_snippet() -> None:
    pieces = highlighted("Arms for Russia, says Seoul", {"Arms", "Russia"})
    assert pieces == (("Arms", True), (" for ", False), ("Russia", True), (", says Seoul", False))
