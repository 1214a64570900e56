"""`wirewatch try stories` and `try schedule`."""

from pathlib import Path

from tests.wirewatch.cli.trying import an_article, lines, rows, tried

STORY = (
    "The harbour of Larnport was closed on Monday after a crane fell into the main channel, the port authority said.\n\n"
    "Nobody was hurt, but nine ships wait outside and the wheat terminal stands still, according to the harbour master.\n\n"
    "Divers from the naval base will look at the wreck once the wind has dropped below twenty knots, he told reporters."
)
NEWS = (
    "Two sailors were found alive in the hull on Tuesday evening, the coast guard said after an hour of cutting steel.\n\n"
    "The owner of the crane, Harrow Lifting, has been summoned by the public prosecutor for Thursday, her office said.\n\n"
    "Insurers at the exchange put the damage at 45 million crowns, far more than was feared on the first day.\n\n"
)


def test_a_copy_raises_no_alert_and_an_update_does(tmp_path: Path) -> None:
    given = [
        an_article("first", "Crane closes harbour", STORY),
        an_article("copy", "Larnport port shut", STORY, source="Other", published="2026-03-01T13:00:00Z"),
        an_article(
            "other", "Harvest", "Farmers were glad of the rain that fell over the western plains on Sunday night."
        ),
        an_article("update", "Sailors found alive", NEWS + STORY, published="2026-03-02T13:00:00Z"),
    ]
    first, copy, other, update = rows("stories", lines(tmp_path / "articles.jsonl", given))
    assert (first["verdict"], first["alert"]) == ("new", True)
    assert (copy["verdict"], copy["alert"], copy["group"]) == ("copy", False, first["group"])
    assert (other["verdict"], other["alert"]) == ("new", True)
    assert other["group"] != first["group"]
    assert not any(row["correction"] for row in (first, copy, other, update))
    assert (update["verdict"], update["alert"], update["group"]) == ("update", True, first["group"])


def test_the_same_article_again_is_told_to_nobody_and_an_edit_of_it_is(tmp_path: Path) -> None:
    url = "https://paper.example/crane"
    given = [
        an_article("one", "Crane closes harbour", STORY, url=url),
        an_article("again", "Crane closes harbour", STORY, url=url + "?utm_source=rss"),
        an_article("edit", "Sailors found alive", NEWS + STORY, url=url),
    ]
    found = rows("stories", lines(tmp_path / "articles.jsonl", given))
    assert [row["verdict"] for row in found] == ["new", "copy", "update"]
    assert len({row["group"] for row in found}) == 1


def test_a_late_article_and_a_broken_line_disturb_nobody(tmp_path: Path) -> None:
    given = [
        an_article("first", "Crane closes harbour", STORY, published="2026-03-05T12:00:00Z"),
        b"nonsense",
        an_article("late", "Larnport port shut", STORY, published="2026-02-01T12:00:00+05:30"),
        an_article("undated", "Larnport port shut", STORY, published=None),
    ]
    found = rows("stories", lines(tmp_path / "articles.jsonl", given), exit_code=1)
    assert [(row["id"], row["verdict"]) for row in found] == [("first", "new"), ("late", "copy"), ("undated", "copy")]


def published(source: str, every_minutes: int, days: int) -> list[dict[str, object]]:
    start = 1_770_000_000
    times = range(start, start + days * 86400, every_minutes * 60)
    return [{"source": source, "published_unix": at} for at in times]


def test_the_polls_meet_the_volume_and_go_to_the_busy_source(tmp_path: Path) -> None:
    trace = lines(tmp_path / "trace.jsonl", published("g:busy", 20, 25) + published("g:quiet", 600, 25))
    found = rows("schedule", trace, "--polls-per-day", "12")
    end = max(row["polled_unix"] for row in found)
    late = [row for row in found if row["polled_unix"] >= end - 8 * 86400]
    polls = {name: sum(row["source"] == name for row in late) / 8 for name in ("g:busy", "g:quiet")}
    assert 11 < sum(polls.values()) / 2 < 13
    assert polls["g:busy"] > 3 * polls["g:quiet"]
    for name in polls:
        times = [row["polled_unix"] for row in found if row["source"] == name]
        assert times == sorted(times)


def test_a_wrong_trace_or_volume_is_told(tmp_path: Path) -> None:
    trace = lines(tmp_path / "trace.jsonl", [{"source": "a", "published_unix": "noon"}])
    result = tried("schedule", trace, "--polls-per-day", "24")
    assert result.exit_code == 1
    assert "expected 'published_unix' as Unix seconds" in result.stderr
    assert "no source" in result.stderr
    assert tried("schedule", trace).exit_code == 2
    assert tried("schedule", trace, "--polls-per-day", "0").exit_code == 2


def test_a_time_at_the_end_of_the_calendar_is_told_with_its_line(tmp_path: Path) -> None:
    given = [
        an_article(name, "Harvest", NEWS, published=published)
        for name, published in (("a", "0001-01-01T00:00:00+14:00"), ("b", "9999-12-31T23:59:59-12:00"))
    ]
    found = tried("stories", lines(tmp_path / "articles.jsonl", [*given, an_article("c", "Harvest", NEWS)]))
    assert found.exit_code == 1
    assert '"id":"c"' in found.stdout
    for line in (1, 2):
        assert f"articles.jsonl, line {line}: expected 'published' as 2026-03-01T12:00:00Z" in found.stderr
