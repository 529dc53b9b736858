"""The conversion table of ICD-9-CM, counted and read by eye in the document."""

import re
from collections import Counter

import pyarrow as pa
import pytest
from striprtf.striprtf import rtf_to_text

from pipeline.crosswalk.chains.predecessors import read_previous
from pipeline.ingest import TextFrame
from pipeline.ingest.icd9_conversion import read_icd9cm_conversion
from pipeline.normalise.icd9_conversions import icd9cm_conversions
from tests.official.conftest import Catalogued, member_of

ROWS = {
    "dx": {
        "1986": 4, "1987": 6, "1988": 6, "1989": 50, "1990": 9, "1991": 84, "1992": 52, "1993": 71, "1994": 72,
        "1995": 51, "1996": 48, "1997": 67, "1998": 55, "2000": 51, "2001": 37,
    },
    "px": {
        "1986": 31, "1987": 42, "1988": 17, "1989": 66, "1990": 6, "1991": 33, "1992": 8, "1993": 1, "1994": 3,
        "1995": 15, "1996": 38, "1997": 3, "1998": 14, "2000": 9, "2001": 16,
    },
}  # fmt: skip
HIV = ["0420", "0429", "0430", "0439", "0440", "0449"]  # the first code of each part of the cell of 042


@pytest.fixture(scope="module")
def document(catalogued: Catalogued) -> tuple[str, bytes]:
    member = member_of(catalogued("icd9cm_conversion", "2001-10-01"), "table")
    return member.where, member.raw


@pytest.fixture(scope="module")
def printed(document: tuple[str, bytes]) -> pa.Table:
    return read_icd9cm_conversion(*document)


@pytest.fixture(scope="module")
def conversions(document: tuple[str, bytes], printed: pa.Table) -> pa.Table:
    return icd9cm_conversions(TextFrame("table", document[0], printed), "2001-10-01")


def test_rows_of_each_table_and_year(printed: pa.Table) -> None:
    found = Counter((row["table"], row["year"]) for row in printed.to_pylist())
    assert {table: {year: found[table, year] for year in years} for table, years in ROWS.items()} == ROWS
    assert sum(found.values()) == 965


def test_every_code_of_the_document_is_in_a_row(document: tuple[str, bytes], printed: pa.Table) -> None:
    """But for codes in prose: the note on 665.1, the footnotes on 36.05, 78.9 and 99.7, and the slip `45 75`."""
    text = rtf_to_text(document[1].decode("cp1252"), encoding="cp1252")
    prose = re.compile(r"(?m)^(?:Note:|\*Before|\*Codes).*$")
    in_document = Counter(re.findall(r"[VE]?\d{2,3}\.\d+", prose.sub("", text)))
    in_rows = Counter(
        code
        for row in printed.to_pylist()
        for code in re.findall(r"[VE]?\d{2,3}\.\d+", f"{row['current']} {row['previous']}")
    )
    assert in_rows - in_document == Counter({"45.75": 1})
    assert in_document - in_rows == Counter()


@pytest.mark.parametrize(
    ("line", "code", "day", "change", "previous", "named"),
    [
        (12, "00581", "1995-10-01", "New", "005.8", [("0058", 1)]),
        (29, "04104", "1997-10-01", "Revised", "041.04", [("04104", 1)]),
        (40, "042", "1994-10-01", "New, Deleted", None, [(code, 1) for code in HIV]),
        (317, "44023", "1993-10-01", "New", None, [("44020", 1), ("7071", 2), ("7078", 2), ("7079", 2)]),
        (404, "53640-53642", "1998-10-01", "New", "997.4", [("9974", 1)]),
        (433, "57480", "1996-10-01", "New", None, [("57400", 1), ("57410", 2), ("57430", 3), ("57440", 4)]),
        (484, "677", "1994-10-01", "New", "None.", []),
        (672, "99702", "1995-10-01", "New", None, [("9979", 1), ("430", 2), ("436", 2)]),
        (991, "336", "1990-10-01", "New", "33.5 + 37.5", [("335", 1), ("375", 2)]),
        (1066, "3844", "1986-10-01", "Revised", "38.44 (Entire Aorta)", [("3844", 1)]),
        (1114, "4516", "1988-10-01", "New", "45.14 (45.15 before 1987)", [("4514", 1)]),
        (1117, "4575", "1988-10-01", "Deleted", "48.66 (Code Deleted)", [("4866", 1)]),
        (1440, "9971-9979", "1988-10-01", "New", "99.07", [("9907", 1)]),
    ],
)  # fmt: skip
def test_rows_read_by_eye(
    line: int, code: str, day: str, *, change: str, previous: str | None, named: list, conversions: pa.Table
) -> None:
    (row,) = (each for each in conversions.to_pylist() if (each["line"], each["code"]) == (line, code))
    assert (str(row["effective_from"]), row["change"]) == (day, change)
    assert previous in (None, row["previous"])
    assert [(each.first, each.part) for each in read_previous(row["previous"])] == named


def test_changes_of_all_rows(conversions: pa.Table) -> None:
    found = Counter((row["system"], row["change"]) for row in conversions.to_pylist())
    assert found == {
        ("ICD9CM", "New"): 714, ("ICD9CM", "Revised"): 7, ("ICD9CM", "New, Deleted"): 5,
        ("ICD9Proc", "New"): 258, ("ICD9Proc", "Revised"): 33, ("ICD9Proc", "Deleted"): 6,
        ("ICD9Proc", "New, Deleted"): 5,
    }  # fmt: skip


def test_every_previous_cell_names_codes_or_says_none(conversions: pa.Table) -> None:
    silent = {cell for cell in conversions["previous"].to_pylist() if not read_previous(cell)}
    assert silent == {"None", "None."}
