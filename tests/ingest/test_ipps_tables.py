"""Tables 5, 6I and 6J of the payment rule."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.ipps_tables import read_complete_list, read_drg_weights
from tests.samples import EXCERPT

TABLES = EXCERPT / "ipps_tables" / "2025-10-01"
WEIGHTS = (TABLES / "Table5_drg_weights_FY2026.txt").read_bytes()
MCC = (TABLES / "Table6I_mcc_list_FY2026.txt").read_bytes()


def test_table_5_has_a_row_for_each_group_on_its_line() -> None:
    rows = read_drg_weights("5", WEIGHTS).to_pylist()
    assert [(row["drg"], row["weight"], row["line"]) for row in rows][::4] == [("001", "28.0239", 4), ("998", ".", 8)]


def test_tables_6i_and_6j_say_their_level() -> None:
    table = read_complete_list("6I", MCC)
    assert {*table["level"].to_pylist()} == {"MCC"}
    assert table["code"][0].as_py() == "A41.9"


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        (b"28.0239\t28", b"heavy\t28", "two weights"),
        (b"\r\n470", b"\r\n000", "in the order of their numbers"),
        (b"\tNo\tPRE", b"\tMaybe\tPRE", "Yes or No"),
        (b"TABLE 5", b"TABLE 7", "a title, then a header"),
        (b"\t\t\t\t\t\t\t\t\t\r\n", b"", "a title, then a header"),
    ],
)
def test_what_is_no_table_5_is_refused(was: bytes, becomes: bytes, said: str) -> None:
    with pytest.raises(RawFileError, match=said):
        read_drg_weights("5", WEIGHTS.replace(was, becomes))


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        (b"TABLE 6I", b"TABLE 6K", "a title of 6I or 6J"),
        (b"\tNotes:", b"\tEnd", "behind the list"),
        (b"A41.9", b"A419", "a dotted code"),
        (b"A41.9", b"X41.9", "in their order"),
    ],
)
def test_what_is_no_complete_list_is_refused(was: bytes, becomes: bytes, said: str) -> None:
    with pytest.raises(RawFileError, match=said):
        read_complete_list("6I", MCC.replace(was, becomes))
