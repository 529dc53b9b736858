"""CHANGES.md is a page that people open: what publishers and servers say in it is no markup."""

import json
from pathlib import Path

import pytest

from pipeline.publish.comparison import BuildComparison, SystemChange, TableChange
from pipeline.publish.missing import MissingFile, record_missing
from pipeline.publish.place import REPORTS
from pipeline.publish.report import changes_as_markdown

HOSTILE = "<img src=x> | [y](https://z) `c` \x1b[2J"
SHOWN = "&lt;img src=x&gt; \\| \\[y\\](https\\://z) \\`c\\` \\\\u001b\\[2J"


def test_meanings_codes_and_reasons_are_no_markup() -> None:
    comparison = BuildComparison(
        "a",
        "b",
        (TableChange("codes", 1, 1, 0, 0, 0),),
        (SystemChange("ICD10CM", "added", ((HOSTILE, HOSTILE), ("A00.0", "Cholera"))),),
        (),
        (("releases", HOSTILE),),
        (("codes", HOSTILE),),
    )
    lines = changes_as_markdown(comparison, "b").splitlines()
    assert f"- {SHOWN} {SHOWN}" in lines
    assert "- `A00.0` Cholera" in lines
    assert f"No longer in `releases`: {SHOWN}" in lines
    assert f"- codes: {SHOWN}" in lines


def test_columns_that_will_leave_are_announced_and_where_there_are_none_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "will leave" not in changes_as_markdown(None, "b")
    leaves = {
        "table": "codes",
        "column": "old",
        "announced_in": "1.3.0",
        "instead": "codes.new",
        "reason": "a better name",
    }
    monkeypatch.setattr("pipeline.publish.report.leaving_columns", lambda: [leaves])
    line = "- `codes.old`, with the major version after 1.3.0; in its place `codes.new`: a better name"
    assert line in changes_as_markdown(None, "b").splitlines()
    comparison = BuildComparison("a", "b", (TableChange("codes", 1, 1, 0, 0, 0),), (), (), (), ())
    assert line in changes_as_markdown(comparison, "b").splitlines()


def test_what_a_server_said_of_a_missing_file_is_no_markup(tmp_path: Path) -> None:
    page, machine = (tmp_path / name for name in REPORTS)
    page.write_text("# page\n", encoding="utf-8")
    machine.write_text("{}", encoding="utf-8")
    missing = MissingFile("icd10cm", "2025-10-01", "x.zip", "https://www.cms.gov/x.zip?a|b", HOSTILE)
    record_missing(tmp_path, [missing])
    assert page.read_text("utf-8").splitlines()[-1] == (
        f"| icd10cm | 2025-10-01 | https://www.cms.gov/x.zip?a%7Cb | {SHOWN} |"
    )
    assert json.loads(machine.read_text("utf-8"))["missing"][0]["why"] == HOSTILE
