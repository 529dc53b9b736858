"""What the lists of causes of death mean. Titles are invented."""

from datetime import date

import pytest

from tests.normalise.frames import listings_of, rows_of

FIRST = date(1999, 1, 1)


def causes(*rows: str) -> dict[str, dict[str, object]]:
    return rows_of("icd10_mortality", {"list": "\r\n".join(["Status,Code,ICD Title", *rows, ""]).encode()})


@pytest.mark.parametrize(
    ("status", "valid_from", "valid_to", "changed_on", "standalone"),
    [
        ("", FIRST, None, None, True),
        (" ", FIRST, None, None, True),
        ("Added in 2009", date(2009, 1, 1), None, None, True),
        ("Deleted in 2009", FIRST, date(2008, 12, 31), None, True),
        ("MC ONLY", FIRST, None, None, False),
        ("MC ONLY - Added in 2023", date(2023, 1, 1), None, None, False),
        ("Title updated in 2016", FIRST, None, date(2016, 1, 1), True),
        ("Added in 2007/title modified in 2016)", date(2007, 1, 1), None, date(2016, 1, 1), True),
        ('"Added in 2007/title\nmodified in 2016)"', date(2007, 1, 1), None, date(2016, 1, 1), True),
        ("Added in 2003; Deleted in 2010", date(2003, 1, 1), date(2009, 12, 31), None, True),
    ],
)
def test_status_cell(
    status: str, valid_from: date, valid_to: date | None, changed_on: date | None, standalone: bool
) -> None:
    row = causes(f"{status},A00.0,Title")["A000"]
    found = (row["valid_from"], row["valid_to"], row["changed_on"], row["standalone"])
    assert found == (valid_from, valid_to, changed_on, standalone)


def test_codes_lose_dot_asterisk_and_blanks() -> None:
    assert sorted(causes(",A00.0 ,One", ",B20,Three", ",*U01.1,Two")) == ["A000", "B20", "U011"]


def test_chapters_blocks_and_empty_rows_are_no_codes() -> None:
    assert sorted(causes(",A00-B99,I. Chapter", ",A00-A09,Block", ",,", ",A00,Category")) == ["A00"]


def test_heading_is_a_code_that_others_start_with() -> None:
    rows = causes(",A00,Category", ",A00.0,Leaf", ",B20,Category without leaves")
    assert {code: row["billable"] for code, row in rows.items()} == {"A00": False, "A000": True, "B20": True}


def test_of_a_block_and_a_category_of_one_code_the_category_counts() -> None:
    row = causes(",B99,BLOCK OF ONE", ",B99,Category", ",B99.0,Leaf")["B99"]
    assert (row["description"], row["line"]) == ("Category", 3)


def test_every_code_is_a_cause_of_death() -> None:
    assert {row["kind"] for row in causes(",A00.0,x", ",B20,y").values()} == {"cause_of_death"}


def test_titles_are_left_out_unless_asked_for() -> None:
    raw = {"list": b"Status,Code,ICD Title\r\n,A00.0,Title\r\n"}
    for asked, expected in ((True, "Title"), (False, None)):
        (listing,) = listings_of("icd10_mortality", raw, with_licensed_text=asked)
        assert listing.rows["description"].to_pylist() == [expected]


def test_ucod_leaves_carry_the_title_of_their_category() -> None:
    raw = b"     I.  CHAPTER (001-139)\r\n001 Category\r\n001.0 Leaf\r\n002.1 Leaf without category\r\n"
    rows = rows_of("icd9_mortality", {"list": raw})
    assert {code: row["description"] for code, row in rows.items()} == {
        "001": "Category",
        "0010": "Category: Leaf",
        "0021": "Leaf without category",
    }
    assert {code: row["billable"] for code, row in rows.items()} == {"001": False, "0010": True, "0021": True}


def test_who_leaves_are_billable_and_the_edition_is_a_supplement() -> None:
    tail = ";Category;Leaf;;1-001;4-002;3-003;2-001;001"
    lines = [f"3;N;X;01;A00;A00.-;A00;A00;Category{tail}", f"4;T;X;01;A00;A00.0;A00.0;A000;Leaf{tail}"]
    (listing,) = listings_of("who_icd10", {"codes": "\n".join(lines).encode()})
    assert [(row["code"], row["billable"]) for row in listing.rows.to_pylist()] == [("A00", False), ("A000", True)]
    assert listing.supplement
    assert not listing.complete
