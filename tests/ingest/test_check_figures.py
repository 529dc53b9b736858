"""Check figures as such: what is said of a broken one, and which a folder of samples need not keep."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipeline.catalogue.sample import read_not_kept
from pipeline.errors import RawFileError, UsageError
from pipeline.ingest.cells import Cells
from pipeline.ingest.check_figures import CheckFigure, require_figures
from pipeline.ingest.text import split_lines
from tests.samples import ORDER_LINES, Project, make_project, text_of

ROWS = pa.table({"code": ["A", "B", None, "B"], "title": ["one", "two", "", "three"], "line": [4, 5, 7, 9]})
NO_B = CheckFigure(
    "no B", "codes other than B", lambda table: pc.equal(table["code"].fill_null(""), "B"), "ask somebody"
)
DECLARED = '[[not_kept]]\nlayout = "order_file"\nfigure = "{}"\nreason = "a sample"\n'


def test_a_broken_figure_tells_of_the_first_row_with_its_line_and_of_how_many_more() -> None:
    with pytest.raises(RawFileError) as problem:
        require_figures("x.txt", ROWS, (NO_B,))
    assert str(problem.value).splitlines() == [
        "x.txt, line 5", "  expected: codes other than B", "  found:    'B two' (and 1 more lines)",
        "  next:     ask somebody",
    ]  # fmt: skip


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_row_of_which_nobody_can_tell_breaks_a_figure(is_chunked: bool) -> None:
    answer = pa.array([False, False, None, False])
    figure = CheckFigure("known", "a code", lambda table: pa.chunked_array([answer]) if is_chunked else answer)
    with pytest.raises(RawFileError, match=r"x\.txt, line 7\n"):
        require_figures("x.txt", ROWS, (figure,))


def test_a_line_or_a_cell_of_which_nobody_can_tell_is_refused() -> None:
    lines = split_lines("x.txt", b"a\nb\n")
    unknown = CheckFigure("known", "a code", lambda _: pa.array([False, None]))
    with pytest.raises(RawFileError, match=r"x\.txt, line 2\n"):
        require_figures("x.txt", lines, (unknown,))
    cells = Cells("x.csv", ["code"], [pa.array(["A", None])], np.array([2, 3]))
    with pytest.raises(RawFileError, match=r"x\.csv, line 3\n.*\n.*'None'"):
        cells.refuse(pc.equal(cells.columns[0], "B"), cells.columns[0], "a code")


def test_the_rows_of_a_workbook_are_rows() -> None:
    with pytest.raises(RawFileError, match=r"book\.XLSX, row 5"):
        require_figures("x.zip!book.XLSX", ROWS, (NO_B,))


def test_a_figure_of_lines_shows_the_line() -> None:
    second = CheckFigure("short", "short lines", lambda lines: lines.lengths() > 3)
    with pytest.raises(RawFileError, match=r"x.txt, line 3\n.*short lines\n.*'longer'"):
        require_figures("x.txt", split_lines("x.txt", b"a\n\nlonger\n"), (second,))


def test_a_figure_that_is_kept_or_need_not_be_says_nothing() -> None:
    require_figures("x.txt", ROWS.slice(0, 1), (NO_B,))
    require_figures("x.txt", ROWS, (NO_B,), not_kept={"no B"})


def with_a_gap(folder: Path) -> Project:
    project = make_project(folder)
    project.write_order(text_of([line for line in ORDER_LINES if "C4A0" not in line and "C4A " not in line]))
    return project


def test_a_folder_that_declares_nothing_is_exempt_from_nothing(tmp_path: Path) -> None:
    result = with_a_gap(tmp_path).build()
    assert result.exit_code == 3
    assert "order numbers from 00001 on without a gap" in result.stderr
    assert "line 4" in result.stderr


def test_a_folder_of_samples_says_by_name_which_figure_it_does_not_keep(tmp_path: Path) -> None:
    project = with_a_gap(tmp_path)
    (project.raw / "sample.toml").write_text(DECLARED.format("last code"), encoding="utf-8")
    assert project.build().exit_code == 3
    (project.raw / "sample.toml").write_text(DECLARED.format("order numbers"), encoding="utf-8")
    result = project.build()
    assert result.exit_code == 0, result.output
    assert "warning" not in result.output


@pytest.mark.parametrize(
    "text",
    [
        "", "not_kept = 1", "[[not_kept]]", '[[not_kept]]\nlayout = "a"\nfigure = "b"\nreason = " "',
        '[[not_kept]]\nlayout = "a"\nfigure = ["b"]\nreason = "c"', "[[not_kept", '[[not_kept]]\nlayout = "\udcff"',
    ],
)  # fmt: skip
def test_a_declaration_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "sample.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(UsageError, match=r"sample.toml: [\s\S]*next: "):
        read_not_kept(tmp_path)
