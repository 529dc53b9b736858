"""Appendices G, H and I of the MS-DRG definitions manual: complications once more, and hospital-acquired conditions.

Layout: ASCII, CRLF, behind appendix F (unrelated procedures, not read). G lists the CC, H the MCC and, in its part 2,
those that count only where the patient was discharged alive. I has each hospital-acquired condition (HAC): the
secondary diagnoses that it is, each with its level, and where it depends on them procedures and principal diagnoses.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import CheckFigure, require_figures
from pipeline.ingest.msdrg_groups import DIAGNOSIS_FORM, MANUAL_NEXT, PROCEDURE_FORM
from pipeline.ingest.text import require_ascii, split_lines

APPENDIX_G: Final = b"|    Appendix G "
CONDITION_HEADING: Final = (
    r"^(?:\| +Appendix (?P<appendix>[GHI]) .+\|"
    r"|Appendix H (?P<part>Part 2): .+"
    r"|HAC (?P<condition>\d\d: .+)"
    r"|(?P<role>SECONDARY DIAGNOSIS|PRINCIPAL DIAGNOSES|(?:NON-OPERATING ROOM )?PROCEDURES|IN ADDITION, MARK .+))$"
)
ROLE_HEADINGS: Final = {
    "SECONDARY DIAGNOSIS": "secondary_diagnosis",
    "IN ADDITION": "in_addition",
    "PRINCIPAL DIAGNOSES": "principal_diagnosis",
    "PROCEDURES": "procedure",
    "NON-OPERATING ROOM PROCEDURES": "procedure",
}
CODE_LINE: Final = r"^(?:  (?P<code>[A-Z0-9]{3,7})\*?|(?P<other>[A-Z0-9]{7})\*) +(?:(?P<level>M?CC) +)?\S"
CONDITIONS: Final = 14


def read_msdrg_conditions(where: str, raw: bytes) -> pa.Table:
    """One row per line with a code: appendix (G, H, H2 for part 2 of H, I), code, level (CC, MCC, null where none is
    printed), condition (`05: Falls and Trauma`) and role (secondary_diagnosis, in_addition, principal_diagnosis,
    procedure), both of appendix I, and line.

    Raises RawFileError where an appendix is not there, or a row breaks a figure of CONDITION_FIGURES.
    """
    require_ascii(where, raw, tabs=False)
    start = raw.find(APPENDIX_G)
    if start < 0:
        raise RawFileError(where, "appendix G", "none", MANUAL_NEXT)
    lines = split_lines(where, raw)
    lines = lines.keep(lines.starts >= start)
    text = pc.ascii_rtrim_whitespace(lines.text.cast(pa.string()))
    headings, found = pc.extract_regex(text, CONDITION_HEADING), pc.extract_regex(text, CODE_LINE)
    is_code = np.asarray(pc.is_valid(found))
    lines.refuse(
        np.asarray(pc.starts_with(text, "  ")) & ~is_code, "a code behind two blanks, and a title", MANUAL_NEXT
    )
    table = _as_conditions(lines.numbers, found, _said_above(text, headings)).filter(pa.array(is_code))
    require_figures(where, table, CONDITION_FIGURES)
    return table


def _said_above(text: pa.Array, headings: pa.StructArray) -> dict[str, pa.Array]:
    """Of each line the appendix, the condition and the role that headings above it say; a new one ends those below."""
    told = {name: pc.struct_field(headings, name) for name in ("appendix", "part", "condition", "role")}
    is_told = {name: np.asarray(pc.fill_null(pc.not_equal(values, ""), False)) for name, values in told.items()}
    ends = np.zeros(len(text), bool)
    above = {}
    for name, levels in (("appendix", ("appendix", "part")), ("condition", ("condition",)), ("role", ("role",))):
        starts = np.logical_or.reduce([is_told[level] for level in levels])
        ends |= starts
        at = np.maximum.accumulate(np.where(ends, np.arange(len(text)), -1))
        is_own = (at >= 0) & starts[at]
        above[name] = text.take(pa.array(np.where(is_own, at, 0), mask=~is_own))
    return above


def _as_conditions(numbers: npt.NDArray[np.int64], found: pa.StructArray, above: dict[str, pa.Array]) -> pa.Table:
    code, other, level = (pc.struct_field(found, name) for name in ("code", "other", "level"))
    said = {name: _unique_as(values, READ_AS[name]) for name, values in above.items()}
    return pa.table(
        {
            "appendix": said["appendix"],
            "code": pc.if_else(pc.equal(code, ""), other, code),
            "level": pc.if_else(pc.equal(level, ""), pa.scalar(None, pa.string()), level),
            "condition": said["condition"],
            "role": said["role"],
            "line": pa.array(numbers),
        }
    )


def _unique_as(headings: pa.Array, read_as: Callable[[str], str]) -> pa.Array:
    """What headings say, each of the few that there are read once."""
    encoded = headings.dictionary_encode()
    return pa.array([read_as(each) for each in encoded.dictionary.to_pylist()], pa.string()).take(encoded.indices)


def _appendix_of(heading: str) -> str:
    """
    >>> _appendix_of("|    Appendix G Diagnoses    |"), _appendix_of("Appendix H Part 2: Codes")
    ('G', 'H2')
    """
    return "H2" if heading.startswith("Appendix H Part 2") else heading.split()[2]


def _condition_of(heading: str) -> str:
    """
    >>> _condition_of("HAC 10:  Deep Vein Thrombosis")
    '10: Deep Vein Thrombosis'
    """
    return " ".join(heading.removeprefix("HAC ").split())


def _role_of(heading: str) -> str:
    return ROLE_HEADINGS[heading.split(",", maxsplit=1)[0]]


def _is_of_no_role(table: pa.Table) -> npt.NDArray[np.bool_]:
    lacks = pc.or_(pc.is_null(table["condition"]), pc.is_null(table["role"]))
    wrong: npt.NDArray[np.bool_] = np.asarray(pc.and_(pc.equal(table["appendix"], "I"), lacks))
    return wrong


def _is_no_code(table: pa.Table) -> npt.NDArray[np.bool_]:
    is_procedure = pc.fill_null(pc.equal(table["role"], "procedure"), False)
    fits = pc.if_else(
        is_procedure,
        pc.match_substring_regex(table["code"], PROCEDURE_FORM),
        pc.match_substring_regex(table["code"], DIAGNOSIS_FORM),
    )
    return ~np.asarray(fits)


def _lacks_level(table: pa.Table) -> npt.NDArray[np.bool_]:
    asks = pc.is_in(table["role"], pa.array(["secondary_diagnosis", "in_addition"]))
    wrong: npt.NDArray[np.bool_] = np.asarray(pc.and_(pc.fill_null(asks, False), pc.is_null(table["level"])))
    return wrong


def _is_out_of_count(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Conditions that are not numbered from 1 to the last; on the last row where one at the end is not there."""
    wrong = np.zeros(len(table), bool)
    numbers = [int(each[:2]) for each in table["condition"].drop_null().unique().to_pylist()]
    wrong[-1:] = numbers != list(range(1, CONDITIONS + 1))
    return wrong


READ_AS: Final = {"appendix": _appendix_of, "condition": _condition_of, "role": _role_of}
CONDITION_FIGURES: Final = (
    CheckFigure("codes", "a code of ICD-10-CM, or of ICD-10-PCS among procedures", _is_no_code),
    CheckFigure("roles", "a condition and a role of each code of appendix I", _is_of_no_role),
    CheckFigure("levels", "CC or MCC of a secondary diagnosis of appendix I", _lacks_level),
)
WHOLE_CONDITIONS: Final = (
    CheckFigure("all conditions", f"the conditions 1 to {CONDITIONS}, none left out", _is_out_of_count),
)
