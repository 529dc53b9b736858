"""Drug products and the codes that they are billed by, quarter by quarter: the rows of table `ndc_units`.

A national drug code (NDC) has eleven digits here, those of the 5-4-2 form without its hyphens, as claims carry it. The
publisher prints it with hyphens; whatever it prints in another form is no NDC: the UPC, GTIN or catalogue number of a
product that has none.
"""

from collections.abc import Callable
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.errors import RawFileError
from pipeline.ingest import TextFrame
from pipeline.ingest.asp_ndc import DAY_IN_WORDS, QUANTITIES
from pipeline.normalise.systems import read_systems
from schemas.arrow import arrow_schema
from schemas.ndc_units import NdcUnits

UnitsRule = Callable[[RawRelease, TextFrame], pa.Table]
NDC_AS_PRINTED = r"^\d{5}-\d{4}-\d{2}$"
UNIT_COLUMNS = pa.schema([(field.name, field.type) for field in arrow_schema(NdcUnits)])
LEVEL_1, LEVEL_2 = "CPT4", "HCPCS"  # the two levels of what one column of the file carries


def ndc_units(delivery: RawRelease, frame: TextFrame) -> pa.Table:
    """The rows of one quarter: the columns of `schemas.ndc_units.NdcUnits`.

    Raises RawFileError where the days that the file prints do not begin with the release.
    """
    rows = frame.table
    days = {
        name: _day(frame, printed) for name, printed in (("valid_from", "first_day"), ("valid_through", "last_day"))
    }
    _require_release(delivery, frame, days["valid_from"])
    given = {
        "release": pa.repeat(delivery.release.release, len(rows)),
        "ndc": national_drug_codes(rows["product_number"]),
        "system": systems_of(rows["code"]),
        "drug_name": pc.replace_substring_regex(rows["drug_name"], r"\s+", " "),
        **{name: pa.repeat(pa.scalar(day, pa.date32()), len(rows)) for name, day in days.items()},
        **{name: rows[name].cast(pa.float64()) for name in QUANTITIES},
    }
    columns = [given[name] if name in given else rows[name] for name in UNIT_COLUMNS.names]
    return pa.table(columns, schema=UNIT_COLUMNS)


def national_drug_codes(product_number: pa.ChunkedArray) -> pa.ChunkedArray:
    """The eleven digits of each product number that is an NDC; null where it is none.

    >>> national_drug_codes(pa.chunked_array([["57894-0030-01", "888867413689"]])).to_pylist()
    ['57894003001', None]
    """
    is_ndc = pc.match_substring_regex(product_number, NDC_AS_PRINTED)
    digits = pc.replace_substring(product_number, "-", "")
    return pc.if_else(is_ndc, digits, pa.scalar(None, pa.string()))


def systems_of(code: pa.ChunkedArray) -> pa.ChunkedArray:
    """Of which system each code is: HCPCS, or CPT4, which the field of claims carries too."""
    is_level_2 = pc.match_substring_regex(code, read_systems()[LEVEL_2].code_pattern)
    return pc.if_else(is_level_2, LEVEL_2, LEVEL_1)


def _day(frame: TextFrame, name: str) -> date:
    return datetime.strptime(str(frame.table[name][0]), DAY_IN_WORDS).date()


def _require_release(delivery: RawRelease, frame: TextFrame, printed: date) -> None:
    day = delivery.release.effective_from
    if printed != day:
        raise RawFileError(
            frame.where,
            expected=f"the quarter that begins on {day}, as release {delivery.release.release} does",
            found=f"days from {printed} on",
            next_step="store it under the release that it is",
        )
