"""Conversion tables in our columns: days that are in the calendar."""

from datetime import date

import pyarrow as pa
import pytest

from pipeline.errors import RawFileError
from pipeline.ingest import TextFrame
from pipeline.normalise.conversions import icd10cm_conversions, icd10pcs_conversions


def diagnoses(effective):
    table = pa.table({"code": ["A04.71"], "effective": [effective], "previous": ["A04.7"], "line": [3]})
    return icd10cm_conversions(TextFrame("table", "t.xlsx", table), "2025-10-01")


@pytest.mark.parametrize(
    ("effective", "day"), [("2017", date(2017, 10, 1)), ("2020-02-29", date(2020, 2, 29))],
)  # fmt: skip
def test_a_year_is_its_first_of_october_and_a_day_that_day(effective, day):
    assert diagnoses(effective)["effective_from"].to_pylist() == [day]


@pytest.mark.parametrize("effective", ["2020-02-30", "2021-02-29", "2021-04-31"])
def test_a_day_that_is_not_in_the_calendar_is_refused(effective):
    with pytest.raises(RawFileError, match="a day that is in the calendar") as problem:
        diagnoses(effective)
    assert problem.value.where == "t.xlsx, row 3"


def test_a_day_of_procedures_that_is_not_in_the_calendar_is_refused():
    columns = {"code": ["02H40NZ"], "effective_year": ["2022"], "previous": ["NoPCS"], "change_type": ["New"]}
    table = pa.table({**columns, "effective_day": ["02.30"], "line": [2]})
    with pytest.raises(RawFileError, match="'2022-02-30'"):
        icd10pcs_conversions(TextFrame("table", "t.xlsx", table), "2022-10-01")
