"""Workbooks that are none, or that would take the machine's memory: a message, exit 3, nothing published."""

import io
from pathlib import Path

import openpyxl
import pytest

from pipeline.ingest.workbook import LOCKED, OLE_MAGIC
from tests.broken.refusal import message_of, says
from tests.samples import Project, run, write_sums

NAME = "icd10cm_conversion/2025-10-01/ICD-10-CM-CONVERSION-TABLE-FY2026.xlsx"
CATALOGUE = """
source = "icd10cm_conversion"
title = "Conversion table"
publisher = "NCHS/CDC"
licence = "US government work"
licensed = false
layout = "icd10cm_conversion"
systems = ["ICD10CM"]
cadence = ["10-01"]

[members]
table = '.*conversion.*\\.xlsx'

[[release]]
release = "2025-10-01"
label = "FY2026"
file = "ICD-10-CM-CONVERSION-TABLE-FY2026.xlsx"
"""


def table_with(cell: str, value: str) -> bytes:
    book = openpyxl.Workbook()
    for row in (
        ["prose"],
        ["Current code assignment", "Effective", "Previous Code(s) Assignment"],
        ["A04.71", 2017, "A04.7"],
    ):
        book.active.append(row)
    book.active[cell] = value
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (table_with("XFD1048576", " "), "one that reaches to 1048576"),
        (table_with("B3", "=1+1"), "a formula without its value in column B"),
        (table_with("A3", "#REF!"), "the error of a formula in column A"),
        (table_with("A1", "prose")[:-60], "one that cannot be read"),
        (OLE_MAGIC + bytes(600), "one of the old form (xls)"),
        (OLE_MAGIC + bytes(600) + LOCKED, "one that is locked with a password"),
        (b"<html><table><tr><td>A04.71</td></tr></table></html>", "a web page"),
    ],
)  # fmt: skip
def test_workbook_that_is_not_whole(tmp_path: Path, raw: bytes, found: str) -> None:
    project = Project(tmp_path / "raw", tmp_path / "sources", tmp_path / "output")
    project.catalogue.mkdir()
    (project.catalogue / "icd10cm_conversion.toml").write_text(CATALOGUE, encoding="utf-8")
    path = project.raw / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(raw)
    write_sums(project.raw)
    message = message_of(run("ingest", *project.options[:4]), 3)
    says(message, where=path.name, expected="", found=found, next_step="")
    assert not project.output.exists()
