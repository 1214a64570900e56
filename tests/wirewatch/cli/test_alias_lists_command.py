"""`wirewatch aliases import` and `export`."""

from pathlib import Path

from tests.wirewatch.cli.conftest import Newsroom


def test_a_list_is_brought_in_by_a_plan(newsroom: Newsroom, tmp_path: Path) -> None:
    file = tmp_path / "sdn.csv"
    file.write_text('id;name\n1;"DOE, John"\n2;KIM Jong\n3;kim jong\n')
    bring = ("aliases", "import", "names", str(file), "--column", "name")
    told = newsroom.told(*bring, "--dry-run")
    assert "2 added, 0 same, 0 removed, 1 repeated in the list, 0 refused; 2 in all" in told
    assert "nothing was changed" in told
    assert newsroom.rows("aliases", "list") == []
    assert "version 1; no rule uses it yet" in newsroom.told(*bring)
    file.write_text("id,name\n1,PARK\n2,KIM Jong\n")
    assert "1 added, 2 same, 0 removed" in newsroom.told(*bring, "--dry-run")
    told = newsroom.told(*bring, "--replace", "--comment", "monthly")
    assert "+ PARK" in told
    assert "- DOE, John" in told
    [row] = newsroom.rows("aliases", "show", "names")
    assert (row["terms"], row["count"], row["version"]) == (["PARK", "KIM Jong"], 2, 2)


def test_lines_that_are_no_terms_are_told_and_the_others_brought_in(newsroom: Newsroom, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("Kim\nab*\nLee\n")
    done = newsroom.run("aliases", "import", "names", str(file))
    assert done.exit_code == 1
    assert "refused: line 2: ab*: 3 letters" in done.output
    assert newsroom.rows("aliases", "show", "names")[0]["terms"] == ["Kim", "Lee"]
    table = tmp_path / "names.csv"
    table.write_text("name,score\nPark,1\nDOE, John,5\n" + "".join(f"DOE, J. {n},5\n" for n in range(2000)))
    done = newsroom.run("aliases", "import", "names", str(table), "--column", "name")
    assert (done.exit_code, "1 added" in done.output, "2,001 refused" in done.output) == (1, True, True)
    assert "refused: line 3: the row has 3 cells and the header 2; put a cell that holds a , in quotes" in done.output
    assert newsroom.rows("aliases", "show", "names")[0]["terms"] == ["Kim", "Lee", "Park"]
    file.write_text("ab*\n")
    assert "3 letters" in newsroom.refused("aliases", "import", "names", str(file))
    file.write_text("id;name\n1;Kim\n")
    assert "no column '00'" in newsroom.refused("aliases", "import", "names", str(file), "--column", "00")
    file.write_text("ab*\n")
    assert "did you mean" in newsroom.refused("aliases", "import", "names", str(file), "--column", "abc")


def test_comments_that_an_alias_cannot_keep_are_told_before_it_is_changed(newsroom: Newsroom, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text('# who\nKim # the leader\n"Unit # 180"\nC#\n')
    assert (
        "not kept: the comments of 2 lines" in newsroom.run("aliases", "import", "names", str(file), "--dry-run").output
    )
    file.write_text('"Unit # 180"\nC#\n')
    assert "not kept" not in newsroom.run("aliases", "import", "names", str(file), "--dry-run").output


def test_what_is_exported_is_imported_as_the_same(newsroom: Newsroom, tmp_path: Path) -> None:
    terms = ("DOE, John", "weapon*", "case(US)", "@other", "NOT apple pie", "Unit # 180", "#MeToo", '"@handle"')
    newsroom.told("aliases", "add", "other", "x")
    newsroom.told("aliases", "add", "names", *terms)
    file = tmp_path / "terms.txt"
    assert "wrote 8 terms" in newsroom.told("aliases", "export", "names", "-o", str(file))
    newsroom.told("aliases", "import", "again", str(file))
    assert newsroom.rows("aliases", "show", "again")[0]["terms"] == list(terms)
    assert "0 added, 8 same, 0 removed" in newsroom.told(
        "aliases", "import", "names", str(file), "--replace", "--dry-run"
    )


def test_a_long_alias_is_shown_by_its_first_terms(newsroom: Newsroom, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("".join(f"name number {n}\n" for n in range(5000)))
    newsroom.told("aliases", "import", "names", str(file))
    [row] = newsroom.rows("aliases", "show", "names")
    assert row["count"] == 5000
    assert row["terms"] == [f"name number {n}" for n in range(len(row["terms"]))]
    assert 500 < len(row["terms"]) < 5000
    assert len(newsroom.told("aliases", "list")) < 2000
    assert newsroom.told("aliases", "export", "names").count("\n") == 5000
