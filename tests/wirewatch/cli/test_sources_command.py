"""`wirewatch sources`."""

from core.store import sources
from tests.fakes.records import a_source
from tests.wirewatch.cli.conftest import NOW, Newsroom


def test_a_source_that_was_added_is_listed_with_its_state_and_why(newsroom: Newsroom) -> None:
    newsroom.told("sources", "add", "https://news.example/world.xml", "--name", "Example World", "--country", "IN")

    [row] = newsroom.rows("sources", "list")
    assert (row["name"], row["state"], row["origin"], row["why"]) == (
        "Example World",
        "healthy",
        "db",
        "Not polled yet.",
    )
    assert newsroom.rows("sources", "show", "Example World")[0]["country"] == "IN"
    assert "Not polled yet." in newsroom.told("sources", "list")


def test_a_source_may_alert_on_what_is_older_than_itself(newsroom: Newsroom) -> None:
    newsroom.told("sources", "add", "https://news.example/a.xml", "--name", "A", "--since", "2026-01-01T12:00Z")
    assert newsroom.rows("sources", "show", "A")[0]["since"].startswith("2026-01-01T12:00:00")


def test_the_same_address_is_not_added_twice(newsroom: Newsroom) -> None:
    newsroom.told("sources", "add", "https://news.example/world.xml", "--name", "One")
    said = newsroom.refused("sources", "add", "https://NEWS.example/world.xml#top", "--name", "Two")
    assert "the source 'One' has that address already" in said


def test_what_is_no_address_is_a_wrong_call(newsroom: Newsroom) -> None:
    result = newsroom.run("sources", "add", "ftp://news.example/", "--name", "One")
    assert result.exit_code == 2


def test_a_source_managed_in_a_file_is_not_removed_by_command(newsroom: Newsroom) -> None:
    newsroom.write(lambda conn: sources.sync_from_config(conn, [a_source()], NOW))
    assert "managed in a file" in newsroom.refused("sources", "remove", "Example World")


def test_a_removed_source_is_gone(newsroom: Newsroom) -> None:
    newsroom.told("sources", "add", "https://news.example/world.xml", "--name", "One")
    newsroom.told("sources", "remove", "One")
    assert newsroom.rows("sources", "list") == []


def test_an_unknown_source_is_told_with_the_nearest_name(newsroom: Newsroom) -> None:
    newsroom.write(lambda conn: sources.add(conn, a_source(), NOW))
    assert "did you mean 'Example World'?" in newsroom.refused("sources", "show", "Exampel World")


def test_a_missing_configuration_is_told_in_a_sentence(newsroom: Newsroom) -> None:
    (newsroom.folder / "wirewatch.toml").unlink()
    assert "wirewatch.toml" in newsroom.refused("sources", "list")


def test_a_source_moves_to_another_address_and_keeps_what_is_known_of_it(newsroom: Newsroom) -> None:
    newsroom.told("sources", "add", "https://news.example/world.xml", "--name", "One")
    newsroom.told("sources", "add", "https://other.example/", "--name", "Two")
    assert "'One' is polled at its new address" in newsroom.told("sources", "move", "One", "https://new.example/feed")
    assert newsroom.rows("sources", "show", "One")[0]["url"] == "https://new.example/feed"
    assert "the source 'Two' has that address" in newsroom.refused("sources", "move", "One", "https://OTHER.example/")
    assert newsroom.run("sources", "move", "One", "ftp://new.example/").exit_code == 2
    newsroom.write(lambda conn: sources.sync_from_config(conn, [a_source()], NOW))
    assert "change its url there" in newsroom.refused("sources", "move", "Example World", "https://x.example/")
