"""Title files of ICD-9-CM that are broken, in copies of the excerpt."""

import re
from pathlib import Path

import pytest

from tests.broken.refusal import change, excerpt_project, one_file, refuse, says
from tests.samples import Project, write_sums


@pytest.fixture
def icd9(tmp_path: Path, published: Path) -> Project:
    return excerpt_project(tmp_path, published, "icd9cm")


def test_csv_with_lost_leading_zeros(icd9: Project) -> None:
    path = one_file(icd9, "icd9cm/2009-10-01", "V27*.csv")
    change(icd9, path, lambda raw: re.sub(rb"(?m)^0+(?=\d)", b"", raw))
    says(
        refuse(icd9, 3), where=f"{path.name}, line 2", expected="codes of at least 3 characters",
        found="'10' and", next_step="use the undamaged member",
    )  # fmt: skip


def test_csv_with_another_header(icd9: Project) -> None:
    path = one_file(icd9, "icd9cm/2009-10-01", "CMS27*.csv")
    change(icd9, path, lambda raw: raw.replace(b"LONG DESCRIPTION", b"TITLE", 1))
    says(
        refuse(icd9, 3), where=f"{path.name}, line 1", expected="PROCEDURE CODE", found="TITLE",
        next_step="a new layout needs a reader of its own",
    )  # fmt: skip


def test_csv_with_a_row_of_two_cells(icd9: Project) -> None:
    path = one_file(icd9, "icd9cm/2009-10-01", "V27*.csv")
    change(icd9, path, lambda raw: raw + b"V9999,A title without its short form\r\n")
    message = refuse(icd9, 3)
    assert f"{path.name}, line 89" in message.splitlines()[0]
    assert "expected: 3 cells" in message


def test_long_and_short_titles_of_different_codes(icd9: Project) -> None:
    path = one_file(icd9, "icd9cm/2014-10-01", "*LONG_DX*")
    lines = path.read_bytes().splitlines(keepends=True)
    code = lines[1][:5].decode().strip()
    change(icd9, path, lambda _: b"".join([lines[0], *lines[2:]]))
    message = refuse(icd9, 3)
    says(
        message, where=path.name, expected="CMS32_DESC_SHORT_DX.txt", found=f"without {code}",
        next_step="check that both files are of the same version",
    )  # fmt: skip


def test_long_titles_of_a_code_that_the_short_ones_lack(icd9: Project) -> None:
    path = one_file(icd9, "icd9cm/2014-10-01", "*LONG_SG*")
    count = len(path.read_bytes().splitlines())
    change(icd9, path, lambda raw: raw.replace(b"\n", b"\n0002 Not in the other file\n", 1))
    says(
        refuse(icd9, 3), where=path.name, expected=f"the {count:,} codes of", found=f"{count + 1:,} codes",
        next_step="check that both files are of the same version",
    )  # fmt: skip


def test_diagnosis_titles_where_the_procedures_should_be(icd9: Project) -> None:
    path = one_file(icd9, "icd9cm/2005-10-01", "I9SG*")
    change(icd9, path, lambda _: one_file(icd9, "icd9cm/2005-10-01", "I9DX*").read_bytes())
    message = refuse(icd9, 3)
    assert path.name in message.splitlines()[0]
    assert "a blank in column 5" in message


def test_long_titles_without_short_ones(icd9: Project) -> None:
    one_file(icd9, "icd9cm/2014-10-01", "*SHORT_DX*").unlink()
    write_sums(icd9.raw)
    assert "CMS32_DESC_LONG_DX" in refuse(icd9, 3)
