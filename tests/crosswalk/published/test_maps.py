"""Published maps in our columns, one layout after the other."""

from datetime import date

import pyarrow as pa
import pytest

from pipeline.catalogue.sources import Release, read_catalogue
from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.published.grouper_maps import grouper_maps
from pipeline.crosswalk.registry import read_crosswalks
from pipeline.errors import RawFileError
from pipeline.ingest import IngestedRelease, TextFrame
from pipeline.layouts import LAYOUTS
from pipeline.normalised import maps_of as maps_of_releases


def maps_of(source, part, raw):
    delivery = RawRelease(read_catalogue()[source], Release("2017-10-01", "x", date(2017, 10, 1)), (), {})
    reader = LAYOUTS[delivery.source.layout].readers[part]
    where = f"archive.zip!{part}.txt"
    frame = TextFrame(part, where, reader(where, raw.encode()))
    return maps_of_releases([IngestedRelease(delivery, [frame])])


def test_flags_of_a_gem_become_columns():
    (found,) = maps_of("gem_dx", "forward", "0010  A000    00000\r\n0044  NoDx    11000\r\n24951 E08311  10111\r\n")
    rows = found.rows.to_pylist()
    assert [(row["approximate"], row["combination"], row["scenario"], row["choice_list"]) for row in rows] == [
        (False, False, 0, 0), (True, False, 0, 0), (True, True, 1, 1),
    ]  # fmt: skip
    assert [(row["target_code"], row["no_map"], row["flags"]) for row in rows] == [
        ("A000", False, "00000"), (None, True, "11000"), ("E08311", False, "10111"),
    ]  # fmt: skip
    assert found.source_file == "forward.txt"


def test_no_map_is_told_by_the_text_and_not_by_the_flag():
    (found,) = maps_of("gem_px", "backward", "02H40NZ NoI9  10000\r\nXR2G021 NoI9  11000\r\n")
    assert found.rows["target_code"].to_pylist() == [None, None]
    assert found.rows["no_map"].to_pylist() == [True, True]
    assert [(note["exception"], note["source_code"]) for note in found.notes.to_pylist()] == [("corrected", "02H40NZ")]


def test_a_target_in_lower_case_is_matched_and_noted():
    (found,) = maps_of("gem_dx", "backward", "T8853XD v5889 10000\r\n")
    assert found.rows["target_code"].to_pylist() == ["V5889"]
    assert found.notes["reason"].to_pylist() == ["the target is printed in lower case"]


def test_a_choice_list_without_the_combination_flag_is_kept_as_printed_and_noted():
    (found,) = maps_of("gem_px", "forward", "3584  02S00ZZ 10013\r\n")
    (row,) = found.rows.to_pylist()
    assert (row["combination"], row["scenario"], row["choice_list"]) == (False, 1, 3)
    assert found.notes["exception"].to_pylist() == ["as_printed"]


def test_codes_of_a_reimbursement_set_stand_together():
    raw = "I110    1 40291 \r\nR6521   2 78552 99592 \r\nY700    1 NOI9  \r\n"
    (found,) = maps_of("reimbursement_dx", "map", raw)
    rows = [
        tuple(row[name] for name in ("source_code", "target_code", "scenario", "choice_list", "combination", "no_map"))
        for row in found.rows.to_pylist()
    ]
    assert rows == [
        ("I110", "40291", 0, 0, False, False),
        ("R6521", "78552", 1, 1, True, False),
        ("R6521", "99592", 1, 2, True, False),
        ("Y700", None, 0, 0, False, True),
    ]


def test_categories_come_with_their_titles_and_the_entry_for_a_missing_code_is_left_out():
    raw = (
        "note\r\n'ICD-9-CM CODE','CCS CATEGORY','CCS CATEGORY DESCRIPTION','ICD-9-CM CODE DESCRIPTION'\r\n"
        "'     ','0    ','No DX',\"INVALID\"\r\n'01000','1    ','Tuberculosis',\"PRIM TB\"\r\n"
    )
    (found,) = maps_of("ccs_icd9_dx", "mapping", raw)
    assert found.rows.select(["source_code", "target_code"]).to_pylist() == [
        {"source_code": "01000", "target_code": "1"}
    ]
    assert found.categories.select(["category", "title"]).to_pylist() == [{"category": "1", "title": "Tuberculosis"}]
    assert found.notes["exception"].to_pylist() == ["left_out"]


PROGRAM = """proc format;
value causes 1='Salmonella infections' 99='Falls';
if cause in ('0020') then uc09_113=1;
if cause in ('8800') then uc09_113=99;
if uc10 in ('A020') then UC10_113=1;
run;
"""


def test_causes_of_death_are_two_maps_and_external_causes_of_icd9_get_their_letter_back():
    nine, ten = maps_of("nchs_113_causes", "program", PROGRAM)
    assert nine.entry.crosswalk == "causes_113_icd9"
    assert nine.rows["source_code"].to_pylist() == ["0020", "E8800"]
    assert ten.rows["source_code"].to_pylist() == ["A020"]
    assert nine.rows["target_code"].to_pylist() == ["1", "99"]


@pytest.mark.parametrize("payments", [("", ""), ("Yes", "")])
def test_a_row_of_which_no_flag_is_printed_is_kept_and_has_none(payments):
    texts = {"code": ["A0103", "A021"], "description": ["x", "y"], "model": ["ESRD V21"] * 2, "category": ["115", "2"]}
    table = pa.table({**texts, "payment": list(payments), "edition": ["2025"] * 2, "line": [5, 6]})
    delivery = RawRelease(read_catalogue()["hcc"], Release("2026", "x", date(2025, 10, 1)), (), {})
    found = next(
        each for each in grouper_maps(delivery, {"mapping": TextFrame("mapping", "hcc.csv", table)}) if len(each.rows)
    )
    assert found.rows["source_code"].to_pylist() == ["A0103", "A021"]
    assert found.rows["flags"].to_pylist() == [f"payment {each}" if each else None for each in payments]


def test_a_model_that_the_registry_lacks_is_refused():
    header = "Diagnosis Code,Description,CMS-HCC Model Category V30,CMS-HCC Model Category V30 for 2030 Payment Year\n"
    with pytest.raises(RawFileError, match=r"crosswalks\.toml"):
        maps_of("hcc", "mapping", header + "A0103,Typhoid pneumonia,115,Yes\nSource: x,,,\n")


def test_every_source_that_a_crosswalk_is_read_from_is_in_the_catalogue():
    assert {entry.source for entry in read_crosswalks().values() if entry.source} <= {*read_catalogue()}


def test_every_map_has_the_columns_of_its_schema():
    (found,) = maps_of("gem_dx", "forward", "0010  A000    00000\r\n")
    assert isinstance(found.rows, pa.Table)
    assert found.raw_rows == 1
