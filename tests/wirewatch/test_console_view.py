"""What the pages show, as data: times, reasons for what is empty, evidence marked and escaped; and colours to read it in."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes.records import WHEN
from wirewatch.console import view

STYLE = (Path(view.__file__).parent / "static" / "style.css").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.2, "under 1 s ago"),
        (59, "59 s ago"),
        (90, "2 min ago"),
        (5400, "2 h ago"),
        (172800, "2 d ago"),
        (-20, "in 20 s"),
    ],
)
def test_an_age_is_told_with_one_unit(seconds: float, told: str) -> None:
    assert view.ago(WHEN - timedelta(seconds=seconds), WHEN) == told


def test_what_is_due_is_due_now_and_never_some_time_ago() -> None:
    assert view.due(WHEN - timedelta(seconds=90), WHEN) == "now"
    assert view.due(WHEN + timedelta(seconds=20), WHEN) == "in 20 s"
    assert view.ago(None, WHEN) == "never"


@pytest.mark.parametrize(
    ("feeds", "rules", "articles", "waiting", "reason"),
    [
        ({}, 1, 0, 0, "No source is watched."),
        ({"paused": 3}, 1, 0, 0, "No source is watched."),
        ({"healthy": 1}, 0, 5, 0, "No rule is active."),
        ({"failing": 1, "degraded": 1}, 1, 5, 0, "Every source fails."),
        ({"healthy": 1}, 1, 0, 0, "No article has been read yet."),
        ({"healthy": 1}, 1, 5, 7, "7 records wait to be worked on."),
        ({"healthy": 1}, 1, 5, 0, "5 articles were read and no rule matched."),
    ],
)
def test_an_empty_list_of_alerts_has_a_reason_and_a_next_step(
    feeds: dict[str, int], rules: int, articles: int, waiting: int, reason: str
) -> None:
    told, step, page = view.why_no_alerts(feeds=feeds, rules=rules, articles=articles, waiting=waiting)
    assert told == reason
    assert step.endswith(".")
    assert page.startswith("/")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//news.example", "", "ftp://x.example/"])
def test_only_addresses_of_the_web_become_links(url: str) -> None:
    assert view.safe_url(url) is None
    assert view.safe_url("https://news.example/1") == "https://news.example/1"


def test_evidence_is_marked_and_all_else_escaped() -> None:
    assert view.marked("<b>arms</b> & arms", ["arms"]) == (
        "&lt;b&gt;<mark>arms</mark>&lt;/b&gt; &amp; <mark>arms</mark>"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_told_from_its_ground(scheme: str) -> None:
    """WCAG 2.2 AA: 4.5 to 1 for text of every colour that is used, on both grounds."""
    blocks = re.findall(r':root(?::not\(\[data-theme="light"\]\)|\[data-theme="dark"\])? \{([^}]*)\}', STYLE)
    assert blocks[1].split() == blocks[2].split(), "dark by the system and dark by hand are one"
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", blocks[0] if scheme == "light" else blocks[1]))
    for ground in ("ground", "card"):
        for ink in ("ink", "quiet", "good", "warn", "bad", "link"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    assert contrast(colours["ink"], colours["mark"]) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two colours, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_measure_of_contrast_is_the_standards() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") < 4.5 < contrast("#767676", "#ffffff")
