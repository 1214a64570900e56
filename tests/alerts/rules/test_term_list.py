"""Files of terms as desks keep them: what a line and a cell mean, and what is told of those that mean nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.term_list import MOST_TERMS, TermList, exclusions, read_terms, term_problem
from alerts.rules.term_table import Layout, a_column
from tests.effort import tries


def read(text: str | bytes, name: str = "terms.txt", *columns: str | int, delimiter: str | None = None) -> TermList:
    raw = text if isinstance(text, bytes) else text.encode()
    return read_terms(raw, name, Layout(columns, delimiter))


def told(text: str | bytes, name: str = "terms.txt", *columns: str | int) -> str:
    (problem,) = read(text, name, *columns).problems
    return f"{problem.line}: {problem.message}"


@pytest.mark.parametrize(
    ("line", "term"),
    [
        ("North Korea", "North Korea"),
        ("  DPRK  ", "DPRK"),
        ("DOE, John", "DOE, John"),
        ("BANK OF X (a.k.a. BX) / No. 12", "BANK OF X (a.k.a. BX) / No. 12"),
        ("Trinidad AND Tobago", "Trinidad AND Tobago"),  # a phrase of three words
        ('"DOE, ""JACK"" John"', 'DOE, "JACK" John'),
        ("Kim Jong Un # the leader", "Kim Jong Un"),
        ('"Unit # 180"', "Unit # 180"),
        ('"#MeToo"  # a remark', "#MeToo"),
        ("weapon*", "weapon*"),
        ("case(US)", "case(US)"),
        ("@other", "@other"),
        ('"@handle"', '"@handle"'),
        ("NOT apple pie", "NOT apple pie"),
        ("북한", "북한"),
    ],
)
def test_a_line_is_one_term(line: str, term: str) -> None:
    assert read(f"# remark\n\n{line}\n") == TermList((term,))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_of_every_system(encoding: str, end: str) -> None:
    assert read(f"Łódź{end}Kim{end}".encode(encoding)).terms == ("Łódź", "Kim")


@pytest.mark.parametrize("name", ["Путин", "習近平", "Kim"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_known_without_its_mark_in_every_script(encoding: str, name: str) -> None:
    assert read(f"{name}\r\nLi\r\n".encode(encoding)).terms == (name, "Li")
    assert read("Kim".encode(encoding)).terms == ("Kim",)


@pytest.mark.parametrize("before", ["", "x", "Kim\n", "Park\n"])
@pytest.mark.parametrize("after", ["Lee\nPark\n", "Li\nPark\n"])
def test_a_stray_byte_0_makes_no_utf_16_of_a_list(before: str, after: str) -> None:
    said = told(f"{before}Li\0{after}")
    assert said.startswith(f"{before.count(chr(10)) + 1}: ")
    assert "no text" in said


def test_terms_that_fold_to_the_same_are_counted_once() -> None:
    assert read("Köln\nKOLN\nKöln\nkoln.\n") == TermList(("Köln",), repeated=3)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("Kim\nAB*\n", 2, "3 letters"),
        ("Kim\nE*TRADE\n", 2, "write a space"),
        ("Kim\n\n---\n", 3, "holds no word"),
        ("Kim\n" + "word " * 200, 2, "200 words, at most 100"),
        ("x" * 2000, 1, "2,000 characters"),
        ("@", 1, "after the @"),
        ("NOT @other", 1, "an exclusion is a word or a phrase"),
        ("# nothing\n", 0, "no term stands in the file"),
        (b"Kim\nM\xfcller\n", 2, "byte 2 of this line is not UTF-8"),
        (b"PK\x03\x04....", 0, "workbook"),
        ("Kim\nLee\0\n", 2, "no text"),
    ],
)
def test_what_is_no_term_is_told_with_its_line(text: str | bytes, line: int, message: str) -> None:
    said = told(text)
    assert said.startswith(f"{line}: ")
    assert message in said


def test_of_many_broken_lines_some_are_told() -> None:
    many = read("".join(f"{n % 10}a*\nname {n}\n" for n in range(50)))
    problems = many.problems
    assert [one.line for one in problems] == [*range(1, 41, 2), 0]
    assert many.left_out == 50
    assert "30 more lines" in problems[-1].message


def test_a_list_has_an_end() -> None:
    names = "".join(f"name {n}\n" for n in range(MOST_TERMS))
    assert read(names + "name 7\n\n# the end\n").problems == ()
    one, more = read(f"{names}Kim\n"), read(f"ab*\n{names}name 7\nKim\n\nLee\n***\n")
    assert len(one.terms) == len(more.terms) == MOST_TERMS
    assert (one.left_out, more.left_out, more.repeated) == (1, 4, 1)
    assert (one.problems[0].line, more.problems[-1].line) == (MOST_TERMS + 1, MOST_TERMS + 3)
    assert "more than 100,000 terms: this line is left out" in one.problems[0].message
    assert "this line and 2 behind it are left out" in more.problems[-1].message


SDN = '﻿"ent_num";"SDN name";"Programme"\r\n1;"DOE; John";X\r\n2;"KIM\r\nJong ""Bear""";Y\r\n# remark "\r\n;;\r\n3;@handle;Z\r\n'


@pytest.mark.parametrize("column", ["SDN name", "sdn_name", 2])
def test_the_cells_of_a_column_are_names(column: str | int) -> None:
    assert read(SDN, "sdn.csv", column).terms == ("DOE; John", 'KIM Jong "Bear"', '"@handle"')


@pytest.mark.parametrize("name", ["NOT JUST COFFEE", "case(US)", "forms:ru(x)", "Forms (US) Inc", "@handle"])
def test_no_cell_is_a_reference_a_function_or_an_exclusion(name: str) -> None:
    assert read(f"name\n{name}\n", "a.csv", "name").terms == (f'"{name}"',)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_what_parts_the_cells_is_told_from_the_file(delimiter: str) -> None:
    rows = [["name", "country"], ["DOE John", "KP"], ["KIM Jong", "RU"]]
    text = "\n".join(delimiter.join(row) for row in rows)
    assert read(text, "a.csv", "country", "name").terms == ("KP", "DOE John", "RU", "KIM Jong")
    assert read(text, "a.csv", 1).terms == ("DOE John", "KIM Jong")
    assert read(text, "a.csv", 1, delimiter=delimiter).terms == ("DOE John", "KIM Jong")


@pytest.mark.parametrize(
    "text",
    ["List of 2026\n\nid,name\n1,Kim\n", "#id,name\n1,Kim\n", "sep=;\nid;name\n1;Kim\n", "id,name\n\n1,Kim\n,\n2\n"],
)
def test_the_header_is_found(text: str) -> None:
    assert read(text, "a.csv", "name").terms == ("Kim",)


@pytest.mark.parametrize("typed", ["0", "00", "12345", "name", "²"])
def test_what_is_no_number_from_1_is_the_name_of_a_column(typed: str) -> None:
    assert (a_column("2"), a_column("0012"), a_column(typed)) == (2, 12, typed)


def test_a_table_of_one_column_needs_no_name_of_it() -> None:
    assert read('Name\n"DOE, John"\nKim\n', "a.csv").terms == ("DOE, John", "Kim")


@pytest.mark.parametrize(
    ("text", "columns", "parts"),
    [
        ("id,name\n1,Kim\n", ("nme",), ["no column 'nme'", 'did you mean "name"?', '1 "id", 2 "name"']),
        ("id,name\n1,Kim\n", (3,), ["no column 3", "has 2"]),
        ("id,Name,name\n1,Kim,Lee\n", ("name",), ["columns 2 and 3 are all 'name'", "give the number"]),
        ("DOE, John\nKIM, Jong\n", (), ["2 columns", ".txt"]),
        ('id,name\n1,"DOE, John\n2,KIM\n', ("name",), ["2: ", "not closed"]),
        ('id,name\n1,"DOE, John\n2,"KIM"\n3,x\n', ("name",), ["2: ", "not closed"]),
        ("id,name\n1,\n", ("name",), ["no term stands"]),
        ("\n", ("name",), ["no row"]),
    ],
)
def test_what_is_wrong_with_a_table_is_told(text: str, columns: tuple[str | int, ...], parts: list[str]) -> None:
    said = told(text, "a.csv", *columns)
    assert [part for part in parts if part not in said] == []


@pytest.mark.parametrize(
    ("text", "columns", "line", "parts"),
    [
        ("name,score\nDOE, John,5\n", ("name",), 2, ["3 cells and the header 2", "in quotes", '"DOE, John"']),
        ("name,score\nDOE, John,5\n", (1,), 2, ["the header 2", '"DOE, John"']),
        ("name\nDOE, John\n", ("name",), 2, ["2 cells and the header 1"]),
        ("name,score,\nDOE, John,5,\n", ("name",), 2, ["3 cells and the header 2"]),  # each line ends in a comma
        ("id;name\n1;DOE; John\n", ("name",), 2, ["a ; in quotes", '"DOE; John"']),
        ("id\tname\n1\tDOE\tJohn\n", ("name",), 2, ["a tab in quotes"]),
        ("#name,score\n\nDOE, John,5\n", ("name",), 3, ["the header 2"]),
        ("List of 2026\nname,score\nDOE, John,5\n", (1,), 3, ["the header 2"]),
        ('name,score\n5 ft,"x\ny",DOE\n', ("score",), 2, ["the header 2"]),
    ],
)
def test_a_row_with_more_cells_than_its_header_is_told_and_nothing_of_it_is_read(
    text: str, columns: tuple[str | int, ...], line: int, parts: list[str]
) -> None:
    found = read(text, "a.csv", *columns)
    (problem,) = found.problems
    assert problem.line == line
    assert [part for part in parts if part not in problem.message] == []
    assert found.terms == ()


@pytest.mark.parametrize(
    "text",
    [
        "name,score\nDOE,5,\nKim,5,,,\n",  # a comma behind each row
        "name,score,,\nDOE,5,,\nKim,5\n",  # and behind the header
        "name,score,\nDOE,5,a note\nKim,5,\n",  # a column without a name
        "name,score\nDOE\nKim,\n",
        'id, name\n1, "DOE"\n2, "Kim"\n',
    ],
)
def test_empty_cells_and_short_rows_are_no_surplus(text: str) -> None:
    assert read(text, "a.csv", "name") == TermList(("DOE", "Kim"))


def test_a_quote_behind_a_space_is_one() -> None:
    assert read('id, name, score\n1, "DOE, John", 5\n', "a.csv", "name") == TermList(("DOE, John",))


def test_rows_without_a_header_may_be_of_any_width() -> None:
    assert read("DOE,Johnny,Jack\nKim\nLee,Li\n", "a.csv", 1) == TermList(("DOE", "Kim", "Lee"))


def test_exclusions_are_terms_that_begin_with_not() -> None:
    assert exclusions(["apple pie", "NOT Big Apple"]) == ["NOT apple pie", "NOT Big Apple"]
    assert term_problem("NOT apple pie") is None
    assert "3 letters" in (term_problem("NOT ap*") or "")


@given(st.lists(st.text(st.characters(categories=("Ll", "Nd")), min_size=3, max_size=12), min_size=1, unique=True))
@tries(50)
def test_a_list_of_words_is_read_whole_from_lines_and_tables(words: list[str]) -> None:
    lines = read("\n".join(words))
    table = read("\r\n".join(["id,term", *(f'1,"{word}"' for word in words)]), "a.csv", "term")
    assert lines == table
    assert len(lines.terms) + lines.repeated == len(words)
