"""`wirewatch aliases`."""

from core.model.rule import AliasDraft
from core.store import aliases
from tests.wirewatch.cli.conftest import NOW, Newsroom, story


def test_an_alias_is_stored_with_its_versions_and_names_the_rules_that_use_it(newsroom: Newsroom) -> None:
    assert "no rule uses it yet" in newsroom.told(
        "aliases", "add", "@guns", "arms", "Kalashnikov*", "--comment", "desk"
    )
    newsroom.told("rules", "add", "russia-guns", "@Guns AND Russia")
    newsroom.told("aliases", "add", "weapons", "@guns", "missile")
    newsroom.told("rules", "add", "all-weapons", "@weapons AND Russia")
    assert "used by rules 'all-weapons', 'russia-guns'" in newsroom.told("aliases", "add", "guns", "ARMS", "rifle")
    [row] = newsroom.rows("aliases", "show", "GUNS")
    assert (row["version"], row["canonical"]) == (2, ["arms", "rifle"])
    assert row["used_by"] == ["all-weapons", "russia-guns"]
    assert [(old["version"], old["comment"]) for old in row["versions"]] == [(2, ""), (1, "desk")]
    assert "Kalashnikov*" in newsroom.told("aliases", "show", "guns")
    assert [one["name"] for one in newsroom.rows("aliases", "list")] == ["guns", "weapons"]


def test_versions_are_compared_by_meaning_and_rolled_back(newsroom: Newsroom) -> None:
    newsroom.told("aliases", "add", "guns", "arms", "rifle")
    newsroom.told("aliases", "add", "guns", "Rifle", "shells")
    changes = newsroom.rows("aliases", "diff", "guns", "1", "2")
    assert [(row["change"], row["term"]) for row in changes] == [("gained", "shells"), ("lost", "arms")]
    assert "now version 3" in newsroom.told("aliases", "rollback", "guns", "1")
    assert newsroom.told("aliases", "diff", "guns", "1", "3") == "Both hold the same terms.\n"
    assert "it has 1, 2, 3" in newsroom.refused("aliases", "rollback", "guns", "9")


def test_a_stored_rule_finds_with_the_new_terms_at_once(newsroom: Newsroom) -> None:
    newsroom.store(story(1, "Rifles", "Ships left."))
    newsroom.told("aliases", "add", "guns", "arms")
    newsroom.told("rules", "add", "guns", "@guns AND ships")
    assert newsroom.rows("rules", "preview", "guns")[0]["alerts"] == 0
    newsroom.told("aliases", "add", "guns", "arms", "rifles")
    assert newsroom.rows("rules", "preview", "guns")[0]["alerts"] == 1


def test_terms_that_cannot_be_used_are_refused(newsroom: Newsroom) -> None:
    assert "holds no word" in newsroom.refused("aliases", "add", "guns", "...")
    assert "nowhere" in newsroom.refused("aliases", "add", "guns", "@nowhere")
    newsroom.told("aliases", "add", "guns", "arms")
    newsroom.told("aliases", "add", "weapons", "@guns")
    assert "guns" in newsroom.refused("aliases", "add", "guns", "@weapons")  # a cycle
    assert "letter case" in newsroom.refused("aliases", "add", "Guns", "arms")
    assert newsroom.run("aliases", "add", "two words", "arms").exit_code == 2


def test_an_alias_in_use_or_in_a_file_is_not_removed(newsroom: Newsroom) -> None:
    newsroom.told("aliases", "add", "guns", "arms")
    newsroom.told("rules", "add", "russia-guns", "@guns AND Russia")
    assert "used by rule 'russia-guns'" in newsroom.refused("aliases", "remove", "guns")
    newsroom.told("rules", "remove", "russia-guns")
    newsroom.told("aliases", "remove", "guns")
    assert newsroom.rows("aliases", "list")[0]["state"] == "removed"
    newsroom.told("aliases", "rollback", "guns", "1")
    filed = AliasDraft(name="filed", terms=("a",), author="file")
    newsroom.write(lambda conn: aliases.sync_from_config(conn, [filed], NOW))
    assert "managed in a file" in newsroom.refused("aliases", "remove", "filed")
    assert "managed in a file" in newsroom.refused("aliases", "add", "filed", "b")
    assert "did you mean 'filed'?" in newsroom.refused("aliases", "show", "filt")
