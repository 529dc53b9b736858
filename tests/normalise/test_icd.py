"""What order files, title files and tabular lists mean."""

from tests.normalise.frames import listings_of, rows_of
from tests.samples import ORDER_LINES, order_line, text_of

PROCEDURES = (order_line(1, "001", 0, "Bypass"), order_line(2, "0016070", 1, "Bypass ventricle"))


def test_flag_of_the_order_file_says_what_is_billable() -> None:
    rows = rows_of("icd10cm", {"order": text_of(ORDER_LINES)})
    assert {code for code, row in rows.items() if not row["billable"]} == {"A00", "C4A"}
    assert {row["kind"] for row in rows.values()} == {"diagnosis"}


def test_reader_is_shared_and_the_system_comes_from_the_source() -> None:
    (listing,) = listings_of("icd10pcs", {"order": text_of(PROCEDURES)})
    assert listing.system == "ICD10PCS"
    assert set(listing.rows["kind"].to_pylist()) == {"procedure"}
    assert listing.raw_rows == 2


def test_codes_are_upper_case() -> None:
    assert list(rows_of("icd10cm", {"order": text_of([order_line(1, "v589", 1, "x")])})) == ["V589"]


def test_icd9_titles_are_two_systems() -> None:
    parts = {"dx_short": b"0010  Cholera\n", "px_short": b"0010 Implant\n"}
    found = {each.system: each.rows.to_pylist()[0] for each in listings_of("icd9cm", parts)}
    assert {system: row["kind"] for system, row in found.items()} == {"ICD9CM": "diagnosis", "ICD9Proc": "procedure"}
    assert all(row["billable"] and row["description"] is None for row in found.values())


def test_long_titles_find_their_codes_in_any_order() -> None:
    parts = {"dx_short": b"0010  Cholera\n0019  Cholera NOS\n", "dx_long": b"0019  Long NOS\n0010  Long\n"}
    rows = {row["code"]: row["description"] for row in listings_of("icd9cm", parts)[0].rows.to_pylist()}
    assert rows == {"0010": "Long", "0019": "Long NOS"}


def test_long_titles_of_the_csv_are_used() -> None:
    csv = b"DIAGNOSIS CODE,LONG DESCRIPTION,SHORT DESCRIPTION\n0010,Long,Short of the csv\n"
    (row,) = listings_of("icd9cm", {"dx_short": b"0010  Short\n", "dx_titles": csv})[0].rows.to_pylist()
    assert (row["short_description"], row["description"]) == ("Short", "Long")


def test_headings_of_the_tabular_list_count_once_with_their_first_line() -> None:
    raw = b"{\\rtf1\\ansi \\par E001\\tab Overview\\par 001.0\\tab Cholera\\par E001\\tab Activity\\par }"
    (listing,) = listings_of("icd9cm_tabular", {"dx": raw})
    assert [(row["code"], row["description"]) for row in listing.rows.to_pylist()] == [
        ("E001", "Overview"),
        ("0010", "Cholera"),
    ]
    assert listing.supplement
    assert listing.prints_headings
    assert not any(listing.rows["billable"].to_pylist())


def test_digits_that_go_with_a_printed_code_are_no_part_of_its_title() -> None:
    raw = b"{\\rtf1\\ansi \\par 38.1\\tab Endarterectomy\\tab [0-6,8]\\par 38.2\\tab Diagnostic [0-6] procedures\\par }"
    (listing,) = listings_of("icd9cm_tabular", {"px": raw})
    assert listing.rows["description"].to_pylist() == ["Endarterectomy", "Diagnostic [0-6] procedures"]
