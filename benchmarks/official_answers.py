"""The publishers' own files, read anew: what they say of each code, to tell who is right where two answers differ.

None of this is the code by which a build reads them: a line of a file, split, and nothing else.
"""

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from openpyxl import load_workbook

Answers = Mapping[str, frozenset[str]]


def gather(pairs: Iterable[tuple[str, str]]) -> Answers:
    """The targets of each code; a target that is empty is none, and its code is there all the same."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, target in pairs:
        found[code].update({target} - {""})
    return {code: frozenset(targets) for code, targets in found.items()}


def read_gem(path: Path, member: str) -> Answers:
    """A GEM: code, target and five flags, of which the second says that there is no target.

    One target of 2018 stands in small letters (v5889).
    """
    rows = [line.split() for line in _member(path, member).splitlines() if line.strip()]
    return gather((code, "" if flags[1] == "1" else target.upper()) for code, target, flags in rows)


def read_quoted(path: Path, column: int, member: str = "") -> Answers:
    """A file of AHRQ's: values in commas, quotes and blanks, the code first."""
    text = _member(path, member) if member else path.read_text(encoding="latin-1")
    rows = (row for row in csv.reader(io.StringIO(text)) if len(row) > column)
    trimmed = ((row[0].strip("' "), row[column].strip("' ")) for row in rows)
    return gather((code, target) for code, target in trimmed if code and "CODE" not in code)


def read_pairs(path: Path, sheet: str) -> Answers:
    """A sheet with a code and a category in its first and third column, below two lines of heads."""
    return gather((str(row[0]), str(row[2])) for row in _sheet(path, sheet)[2:] if row[0])


def read_flags(path: Path, sheet: str) -> Answers:
    """A sheet with a code in its first column and, from the fourth, a column of 0 and 1 for each category."""
    _, heads, *rows = _sheet(path, sheet)
    names = [str(head) for head in heads[3:]]
    return gather(
        (str(row[0]), name if str(flag) == "1" else "")
        for row in rows
        if row[0]
        for name, flag in zip(names, row[3:], strict=True)
    )


def read_billable(path: Path, member: str) -> Answers:
    """An order file: the code from the seventh character, and whether it may be billed in the fifteenth."""
    lines = [line for line in _member(path, member).splitlines() if line.strip()]
    return gather((line[6:13].strip(), "yes" if line[14] == "1" else "no") for line in lines)


def _member(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as opened:
        return opened.read(name).decode("latin-1")


def _sheet(path: Path, name: str) -> list[tuple[object, ...]]:
    return list(load_workbook(path, read_only=True)[name].iter_rows(values_only=True))


GEMS = "gem_dx/2017-10-01/2018-ICD-10-CM-General-Equivalence-Mappings.zip"
READERS: Mapping[str, Callable[[Path], Answers]] = {
    "gem_icd9cm_icd10cm": lambda raw: read_gem(raw / GEMS, "2018_I9gem.txt"),
    "gem_icd10cm_icd9cm": lambda raw: read_gem(raw / GEMS, "2018_I10gem.txt"),
    "ccs_icd9cm": lambda raw: read_quoted(raw / "ccs_icd9_dx/2015/$dxref 2015.csv", 1),
    "ccsr_icd10cm": lambda raw: read_pairs(
        raw / "ccsr_dx/2023-1/DXCCSR-Reference-File-v2023-1.xlsx", "DX_to_CCSR_Mapping"
    ),
    "ccs_icd10cm": lambda raw: read_quoted(
        raw / "ccs_icd10cm/2019-1/ccs_dx_icd10cm_2019_1.zip", 1, "ccs_dx_icd10cm_2019_1.csv"
    ),
    "ccs_icd10pcs": lambda raw: read_quoted(
        raw / "ccs_icd10pcs/2019-1/ccs_pr_icd10pcs_2019_1.zip", 1, "ccs_pr_icd10pcs_2019_1.csv"
    ),
    "cci_icd10cm": lambda raw: read_quoted(
        raw / "cci_icd10cm/2019-1/cci_icd10cm_2019_1.zip", 2, "cci_icd10cm_2019_1.csv"
    ),
    "procedure_classes_icd10pcs": lambda raw: read_quoted(
        raw / "procedure_classes_icd10pcs/2018/pc_icd10pcs_2018.zip", 2, "pc_icd10pcs_2018.csv"
    ),
    "elixhauser_refined_icd10cm": lambda raw: read_flags(
        raw / "elixhauser_icd10cm/2026-1/CMR-Reference-File-v2026-1.xlsx", "DX_to_Comorb_Mapping"
    ),
    "billable": lambda raw: read_billable(
        raw / "icd10cm/2025-10-01/2026-code-descriptions-tabular-order.zip", "icd10cm_order_2026.txt"
    ),
}
