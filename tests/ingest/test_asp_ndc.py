"""The crosswalk of drug products: its preamble, its width, and names over two lines."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.asp_ndc import read_asp_ndc

EMPTY = "," * 4
HEADER = "_2025_CODE,Short Description,LABELER NAME,NDC2,Drug Name,HCPCS dosage,PKG SIZE,PKG QTY,BILLUNITS,BILLUNITSPKG"
PREAMBLE = [
    f"October 2025 ASP NDC - HCPCS Crosswalk{EMPTY}", '"     Effective October 1, 2025 through December 31, 2025",,,,',
    *["" + EMPTY] * 6,
]  # fmt: skip
ROWS = [
    'J1745,Infliximab not biosimil 10mg,"Janssen Biotech, Inc.",57894-0030-01,Remicade,10 MG,1,1,10,10',
    'J1885,Ketorolac,Baxter,00338-0072-25,"Ketorolac\nTromethamine",15 MG,1,1,2,2',
    "Q5105,Inj retacrit esrd on dialysi,Pfizer Inc,00069-1305-10,Retacrit\x99,100 UNITS,1,10,20,200",
]


def file_of(rows: list[str], header: str = HEADER, preamble: list[str] = PREAMBLE) -> bytes:
    lines = [*preamble, *(f"{row}{EMPTY}" for row in (header, *rows))]
    return ("\r\n".join(lines) + "\r\n").encode("latin-1")


def test_rows_have_their_cells_the_days_and_the_line() -> None:
    first, second, third = read_asp_ndc("x.csv", file_of(ROWS)).to_pylist()
    assert (first["code"], first["product_number"], first["labeler"]) == (
        "J1745",
        "57894-0030-01",
        "Janssen Biotech, Inc.",
    )
    assert (first["first_day"], first["last_day"]) == ("October 1, 2025", "December 31, 2025")
    assert (second["drug_name"], third["drug_name"]) == ("Ketorolac\nTromethamine", "Retacrit\u2122")
    assert (third["billing_units"], third["units_per_package"]) == ("20", "200")
    assert [row["line"] for row in (first, second, third)] == [10, 11, 13]


def test_a_file_without_its_quarter_or_its_header_is_refused() -> None:
    with pytest.raises(RawFileError, match="Effective <day> through <day>"):
        read_asp_ndc("x.csv", file_of(ROWS, preamble=PREAMBLE[:1]))
    with pytest.raises(RawFileError, match="a header row that starts with"):
        read_asp_ndc("x.csv", file_of(ROWS, header=HEADER.replace("_2025_CODE", "CODE")))
    with pytest.raises(RawFileError, match="a column 'NDC2'"):
        read_asp_ndc("x.csv", file_of(ROWS, header=HEADER.replace("NDC2", "NDC")))


def test_a_quarter_of_days_that_are_none_is_refused_with_its_line() -> None:
    with pytest.raises(RawFileError, match=r"x\.csv, line 2\n.*a day such as"):
        read_asp_ndc("x.csv", file_of(ROWS).replace(b"December 31", b"December 32"))


def test_rows_above_the_header_are_refused_with_their_line() -> None:
    with pytest.raises(RawFileError, match=r"x\.csv, line 3\n.*no row above the header"):
        read_asp_ndc("x.csv", file_of(ROWS, preamble=[*PREAMBLE[:2], ROWS[0] + EMPTY, *PREAMBLE[2:]]))


@pytest.mark.parametrize(
    ("broken", "law"),
    [
        (ROWS[0].replace("J1745", "D0120"), "a code of HCPCS or CPT"),
        (ROWS[0].replace("57894-0030-01", ""), "a product number in every row"),
        (ROWS[2].replace("Q5105", "J0000"), "codes in ascending order"),
        (ROWS[2], "every pair of code and product number once"),
        (ROWS[2].replace("00069", "00070").replace(",20,", ",x,"), "numbers for package size"),
        (ROWS[2].replace("00069", "00070") + ",more", "nothing behind the 10 columns"),
    ],
)
def test_a_broken_check_figure_is_refused_with_its_line(broken: str, law: str) -> None:
    rows = [*ROWS, broken] if not broken.endswith("more") else ROWS
    raw = file_of(rows)
    if broken.endswith("more"):
        raw += (broken + EMPTY[1:] + "\r\n").encode("latin-1")
    with pytest.raises(RawFileError, match=law) as problem:
        read_asp_ndc("x.csv", raw)
    assert "x.csv, line 14" in str(problem.value)
