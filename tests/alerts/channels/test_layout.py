"""What people see of a message, whatever the kind of channel: laid out once, cut on the model, pinging nobody."""

from datetime import timedelta

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.clamp import clamp_text
from alerts.channels.layout import Layout, Longest, View, fit, lay_out, outlets_text, state_text, time_text
from alerts.channels.message import Links, Message, message_of
from core.model.alert_state import AlertState
from core.model.outcome import AlertStatus, Event, Priority, Reason
from tests.alerts.making import NOW, alert, brief, notification, rule_ref
from tests.effort import tries


def laid(message: Message, **view: object) -> Layout:
    return lay_out(message, View(**view), Longest())  # type: ignore[arg-type]


def test_outlets_that_carry_the_story_too_are_named() -> None:
    told = alert(*(brief(number, source=f"Outlet {number}") for number in range(7)), size=9)
    layout = laid(message_of(notification(told)))
    assert layout.articles[0].facts[2] == ("+6 outlets: Outlet 1, Outlet 2, Outlet 3, Outlet 4, Outlet 5, Outlet 6")
    assert layout.articles[0].facts[3] == "9 articles in this story"
    assert "outlet" not in " ".join(layout.articles[1].facts).lower().replace("outlet 1", "")


def test_a_sentence_of_several_articles_is_quoted_once() -> None:
    told = alert(brief(1), brief(2, source="Copy"), brief(3, source="Other", snippet="The arms were counted."))
    quotes = [block.quote for block in laid(message_of(notification(told))).articles]
    assert [bool(quote) for quote in quotes] == [True, False, True]


def test_only_as_many_outlets_are_named_as_can_be_read() -> None:
    assert outlets_text(["A"], "A") == ""
    assert outlets_text(["A", "B"], "A") == "+1 outlet: B"
    assert outlets_text([str(number) for number in range(30)], "0").endswith("8 and 21 more")


def test_why_it_was_sent_is_said() -> None:
    for reason in Reason:
        layout = laid(message_of(notification(reason=reason)))
        assert bool(layout.why) == (reason is not Reason.FIRST)
    assert laid(message_of(notification(event=Event.TEST))).why == ("Test message",)


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (AlertState(), ""),
        (
            AlertState(status=AlertStatus.ACKNOWLEDGED, by="Kim", at=NOW, comment="on it"),
            "Acknowledged by Kim at 2026-03-02 10:00 +01:00: on it",
        ),
        (
            AlertState(status=AlertStatus.SNOOZED, by="Kim", until=NOW + timedelta(hours=1)),
            "Snoozed until 2026-03-02 11:00 +01:00 by Kim",
        ),
    ],
)
def test_who_said_what_of_it_is_shown_in_the_channels_zone(state: AlertState, shown: str) -> None:
    assert state_text(state, "Europe/Berlin") == shown


def test_a_time_in_the_hour_that_happens_twice_is_told_apart_by_its_offset() -> None:
    first = NOW.replace(month=10, day=25, hour=0, minute=30)
    assert time_text(first, "Europe/Berlin") == "2026-10-25 02:30 +02:00"
    assert time_text(first + timedelta(hours=1), "Europe/Berlin") == "2026-10-25 02:30 +01:00"


def test_nobody_is_pinged_but_whom_the_channel_names_for_the_priority() -> None:
    told = alert(brief(title="@everyone look", snippet="arms @here", source="@channel"), rule=rule_ref("@all"))
    layout = laid(message_of(notification(told)), mentions={Priority.FLASH: "<!channel>"})
    everything = repr(layout)
    assert not [name for name in ("@everyone", "@here", "@channel", "@all") if name in everything]
    assert layout.mention == ""
    flash = notification(alert(rule=rule_ref(priority=Priority.FLASH)))
    assert laid(message_of(flash), mentions={Priority.FLASH: "<!channel>"}).mention == "<!channel>"


def test_the_reader_can_act_by_links() -> None:
    links = Links(alert="https://w.example/alerts/1", acknowledge="https://w.example/a/1", why="https://w.example/a/2")
    layout = laid(message_of(notification(), links=lambda _: links))
    assert [button.label for button in layout.buttons] == ["Open", "Acknowledge", "Why"]
    digest = message_of(notification(alert(), alert(brief(2), story="b")), links=lambda _: links)
    assert laid(digest).buttons == ()


def size(layout: Layout) -> str:
    return repr(layout)


@tries(60)
@given(st.integers(1, 40), st.text(max_size=400), st.integers(500, 20_000))
def test_the_fullest_form_that_fits_is_taken_and_headline_and_link_stay(articles: int, text: str, most: int) -> None:
    told = message_of(notification(alert(*(brief(number, title=text, snippet=text) for number in range(articles)))))
    found = fit(told, View(), Longest(), size, lambda shown: len(shown) <= most)
    assert "https://news.example/0" in found.rendered
    whole = size(lay_out(told, View(), Longest()))
    assert (found.rendered == whole) == (len(whole) <= most)
    if found.rendered != whole:
        assert found.cut


@tries(200)
@given(st.text(alphabet=st.sampled_from("ab 🇩🇪👩‍💻e\u0301\u0302ก็하한각")), st.integers(1, 40))
def test_a_text_is_cut_between_what_people_see_as_characters(text: str, limit: int) -> None:
    cut = clamp_text(text, limit)
    assert len(cut) <= limit
    if cut != text:
        ends = {0, *(found.end() for found in regex.finditer(r"\X", text))}
        kept = len(cut.removesuffix("…"))
        assert kept in ends or text[kept : kept + 1] == " " or text[:kept].rstrip() != text[:kept]
