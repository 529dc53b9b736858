"""The lists of codes that are exempt from present-on-admission reporting, in the layouts of their editions."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.poa_exempt import read_exempt_codes, read_exempt_readme, read_exempt_revisions
from tests.samples import text_of

LIST = ("Order2017\tPOAexemptCode\tDescription", "01223\tB90.0\tSequelae", '94001\tZ23\t"Encounter, for immunization"')
README = (
    "List of Present On Admission (POA) exempt codes, for FY2025 (38,154 codes).",
    "List of codes added to the current FY2025 POA exempt list, from the previous list (49 codes).",
    "List of codes revised from the previous POA exempt list (two codes, listed twice, for four lines).",
)


def test_a_list_has_numbers_codes_and_titles_with_commas() -> None:
    rows = read_exempt_codes("l", text_of(LIST)).to_pylist()
    assert rows[1] == {"order_number": "94001", "code": "Z23", "title": "Encounter, for immunization", "line": 3}


def test_what_was_deleted_has_no_numbers() -> None:
    (row,) = read_exempt_codes("d", text_of(("POAexemptCode\tDescription", "Q51.20\tOther doubling"))).to_pylist()
    assert (row["order_number"], row["code"]) == (None, "Q51.20")


@pytest.mark.parametrize("head", ["Order2021\tAction", "Action"])
def test_revisions_are_pairs_with_a_number_or_without(head: str) -> None:
    first = "28446\t" if head.startswith("Order") else ""
    lines = [
        f"{head}\tPOAexemptCode\tDescription",
        f"{first}Revise from:\tQ51.21\tOne",
        f"{first}Revise to:\tQ51.21\tTwo",
    ]
    assert read_exempt_revisions("r", text_of(lines))["action"].to_pylist() == ["Revise from", "Revise to"]
    with pytest.raises(RawFileError, match="in turn"):
        read_exempt_revisions("r", text_of(lines[:2]))


def test_the_readme_counts_in_digits_or_in_words() -> None:
    table = read_exempt_readme("r", text_of(README))
    assert dict(zip(table["kind"].to_pylist(), table["count"].to_pylist(), strict=True)) == {
        "list": "38154", "add": "49", "revise": "2",
    }  # fmt: skip
    with pytest.raises(RawFileError, match="number of codes of the list"):
        read_exempt_readme("r", text_of(README[1:]))


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("01223", "95223", "order numbers"),
        ("B90.0", "B900", "a dotted code"),
        ("B90.0", "Z23", "each code once"),
        ("\tSequelae", "\t ", "a title"),
        ("POAexemptCode", "Code", "a header like"),
    ],
)
def test_what_is_no_exempt_list_is_refused(was: str, becomes: str, said: str) -> None:
    with pytest.raises(RawFileError, match=said):
        read_exempt_codes("l", text_of([line.replace(was, becomes) for line in LIST]))
