"""Checks across `codes` and `systems`: every code has the form that the registry says codes of its system have."""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.gate.findings import CASES_SHOWN, as_finding, last_mention
from pipeline.normalise.listing import Listing
from pipeline.normalise.systems import Picture

FITS_PATTERN = "the code fits the pattern of its system"
FITS_PICTURE = "the code is written as its system writes codes"
COMPARED_COLUMNS = {"codes": {"system", "code", "code_dotted"}, "systems": {"system", "code_pattern", "written_as"}}


def find_misfits(tables: Mapping[str, pa.Table], listings: list[Listing]) -> list[str]:
    """Each failed check as a finding: table, column, check, number of rows, and the first rows with file and line.

    `codes.code` is held against `systems.code_pattern`; where it fits, `codes.code_dotted` against
    `systems.written_as`. A code of a system that is not in `systems` fits nothing. Tables that are not here, or lack
    one of these columns, are not looked at: that is for the models to refuse.
    """
    for name, columns in COMPARED_COLUMNS.items():
        if name not in tables or not columns <= set(tables[name].column_names):
            return []
    codes, systems = tables["codes"], tables["systems"].to_pylist()
    patterns = {row["system"]: row["code_pattern"] for row in systems}
    pictures = {row["system"]: "|".join(Picture(text).pattern for text in row["written_as"]) for row in systems}
    fits = _fits(codes, "code", patterns)
    is_written = _fits(codes, "code_dotted", pictures)
    return [
        *_as_findings(codes, ~fits, "code", FITS_PATTERN, listings),
        *_as_findings(codes, fits & ~is_written, "code_dotted", FITS_PICTURE, listings),
    ]


def _fits(codes: pa.Table, column: str, patterns: Mapping[str, str]) -> npt.NDArray[np.bool_]:
    """Whether each row fits the pattern of its system as a whole. A missing value fits: the model refuses it."""
    values, system = codes[column].combine_chunks(), codes["system"].combine_chunks()
    fits = np.asarray(pc.is_null(values)).copy()
    for name, pattern in patterns.items():
        own = np.flatnonzero(np.asarray(pc.fill_null(pc.equal(system, name), False)))
        matches = pc.match_substring_regex(values.take(pa.array(own)), rf"\A(?:{pattern})\z")
        fits[own] = np.asarray(pc.fill_null(matches, True))
    return fits


def _as_findings(
    codes: pa.Table, wrong: npt.NDArray[np.bool_], column: str, check: str, listings: list[Listing]
) -> Iterator[str]:
    """What is to be said of the rows that fail a check: nothing where there are none."""
    rows = np.flatnonzero(wrong)
    if len(rows):
        first = codes.take(pa.array(rows[:CASES_SHOWN])).to_pylist()
        yield as_finding(
            f"table codes, column {column}: {check}: {len(rows):,} rows", [_as_case(row, listings) for row in first]
        )


def _as_case(row: dict[str, str], listings: list[Listing]) -> str:
    text = ", ".join(f"{name}={row[name]!r}" for name in ("code", "system", "code_dotted"))
    return f"{text} from {last_mention(row['system'], row['code'], listings)}"
