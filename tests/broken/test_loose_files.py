"""Loose files of the other layouts, broken in copies of the excerpt."""

import hashlib
import shutil
from pathlib import Path

from tests.broken.refusal import GOOD, change, excerpt_project, one_file, refuse, says
from tests.samples import write_sums


def test_web_page_saved_as_text(tmp_path: Path, published: Path) -> None:
    project = excerpt_project(tmp_path, published, "icd10cm")
    path = one_file(project, "icd10cm/2025-10-01")
    path.write_bytes(b"<!doctype html><html><body>Page not found</body></html>")
    write_sums(project.raw)
    says(
        refuse(project, 3), where=path.name, expected="a listing", found="a web page", next_step="correct the url",
    )  # fmt: skip


def test_two_loose_files_for_one_part(tmp_path: Path, published: Path) -> None:
    project = excerpt_project(tmp_path, published, "icd10cm")
    path = one_file(project, "icd10cm/2025-10-01")
    path.with_name("icd10cm_order_2026_old.txt").write_bytes(GOOD)
    write_sums(project.raw)
    message = refuse(project, 3)
    assert path.name in message
    assert "icd10cm_order_2026_old.txt" in message


def test_wrong_hash_of_a_loose_file(tmp_path: Path, published: Path) -> None:
    project = excerpt_project(tmp_path, published, "hcpcs")
    path = one_file(project, "hcpcs/2025-01-01")
    pinned = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(path.read_bytes().replace(b"wound", b"WOUND"))
    message = refuse(project, 3)
    assert path.name in message.splitlines()[0]
    assert pinned in message
    assert hashlib.sha256(path.read_bytes()).hexdigest() in message


def test_continuation_behind_the_wrong_record(tmp_path: Path, published: Path) -> None:
    project = excerpt_project(tmp_path, published, "hcpcs")
    path = one_file(project, "hcpcs/2017-01-01")
    change(project, path, lambda raw: raw.replace(b"   CS002008", b"   CT002008", 1))
    says(
        refuse(project, 3), where=f"{path.name}, line 3", expected="a continuation behind the record it continues",
        found="'   CT002008", next_step="fetch the file again",
    )  # fmt: skip


def test_anweb_file_without_a_record(tmp_path: Path, published: Path) -> None:
    project = excerpt_project(tmp_path, published, "hcpcs")
    path = one_file(project, "hcpcs/2017-01-01")
    change(project, path, lambda _: b"HCPC,LONG DESCRIPTION\r\nA0021,Ambulance service\r\n")
    says(
        refuse(project, 3), where=path.name, expected="records of 320 bytes", found="no such line",
        next_step="check that this is the ANWEB text file",
    )  # fmt: skip


def test_record_with_an_unknown_record_id(tmp_path: Path, published: Path) -> None:
    project = excerpt_project(tmp_path, published, "hcpcs")
    path = one_file(project, "hcpcs/2017-01-01")
    change(project, path, lambda raw: raw.replace(b"   A1001007", b"   A1001005", 1))
    assert path.name in refuse(project, 3)


def test_record_with_a_day_that_does_not_exist(tmp_path: Path, published: Path) -> None:
    project = excerpt_project(tmp_path, published, "hcpcs")
    path = one_file(project, "hcpcs/2025-01-01")
    change(project, path, lambda raw: raw.replace(b"20020701", b"20020230", 1))
    assert f"{path.name}, line 1" in refuse(project, 3)


def test_record_with_text_in_the_place_of_a_day(tmp_path: Path, published: Path) -> None:
    project = excerpt_project(tmp_path, published, "hcpcs")
    path = one_file(project, "hcpcs/2025-01-01")
    change(project, path, lambda raw: raw.replace(b"20020701", b"JULY2002", 1))
    assert f"{path.name}, line 1" in refuse(project, 3)


def test_list_of_causes_without_its_header(tmp_path: Path, published: Path) -> None:
    project = excerpt_project(tmp_path, published, "icd10_mortality")
    path = one_file(project, "icd10_mortality/2023-01-01")
    change(project, path, lambda raw: raw.replace(b"Status,Code,ICD Title", b"Flag,Code,Name"))
    says(
        refuse(project, 3), where=path.name, expected="a header row `Status, Code, ICD Title`", found="EXCERPT",
        next_step="check that this is the list with detailed titles",
    )  # fmt: skip


def test_list_of_causes_with_a_row_of_two_cells(tmp_path: Path, published: Path) -> None:
    project = excerpt_project(tmp_path, published, "icd10_mortality")
    path = one_file(project, "icd10_mortality/2023-01-01")
    change(project, path, lambda raw: raw + b",Z99.9\r\n")
    assert path.name in refuse(project, 3)


def test_list_of_causes_with_a_misspelt_code(tmp_path: Path, published: Path) -> None:
    project = excerpt_project(tmp_path, published, "icd10_mortality")
    path = one_file(project, "icd10_mortality/2023-01-01")
    change(project, path, lambda raw: raw.replace(b",A00.1,", b",A0O.1,"))
    result = project.build()
    assert result.exit_code in (3, 4)
    assert "A0O.1" in result.output


def test_ucod_without_a_code(tmp_path: Path, published: Path) -> None:
    project = excerpt_project(tmp_path, published, "icd9_mortality")
    path = one_file(project, "icd9_mortality/1979-01-01")
    change(project, path, lambda _: b"     I.  INFECTIONS (001-139)\r\n")
    says(
        refuse(project, 3), where=path.name, expected="001.0 Title", found="no such line", next_step="ucod.txt",
    )  # fmt: skip


def test_cpt_file_of_fixed_width_in_the_place_of_tabs(tmp_path: Path, published: Path) -> None:
    project = excerpt_project(tmp_path, published, "cpt")
    path = one_file(project, "cpt/2026-01-01", "LONGULT.txt")
    change(project, path, lambda raw: raw.replace(b"\t", b" "))
    says(
        refuse(project, 3), where=f"{path.name}, line 6", expected="a CPT code, a tab", found="0001F",
        next_step="check the kind of file",
    )  # fmt: skip


def test_cpt_folder_with_modifiers_only(tmp_path: Path, published: Path) -> None:
    project = excerpt_project(tmp_path, published, "cpt")
    for name in ("LONGULT.txt", "MEDU.txt", "SHORTU.txt"):
        (project.raw / "cpt" / "2026-01-01" / name).unlink()
    shutil.rmtree(project.raw / "cpt" / "2022-01-01")  # its modifiers are the same: a file of two releases is refused
    write_sums(project.raw)
    says(
        refuse(project, 3), where="MODUL.txt", expected="at least one of LONGULT.txt", found="none of them",
        next_step="put the licensed data files into this folder",
    )  # fmt: skip


def test_xml_that_is_cut_short(tmp_path: Path, published: Path) -> None:
    project = excerpt_project(tmp_path, published, "icd10cm_tabular", "icd10cm")
    path = one_file(project, "icd10cm_tabular/2021-01-01")
    change(project, path, lambda raw: raw[:-200])
    says(
        refuse(project, 3), where=path.name, expected="the tabular list as XML", found="line",
        next_step="fetch the file again",
    )  # fmt: skip


def test_document_that_is_no_rtf(tmp_path: Path, published: Path) -> None:
    project = excerpt_project(tmp_path, published, "icd9cm_tabular")
    path = one_file(project, "icd9cm_tabular/2011-10-01", "Dtab*")
    change(project, path, lambda _: b"PK\x03\x04 a docx")
    says(
        refuse(project, 3), where=path.name, expected="an RTF document", found="PK", next_step="fetch the file again",
    )  # fmt: skip


def test_rtf_that_is_cut_in_its_middle(tmp_path: Path, published: Path) -> None:
    project = excerpt_project(tmp_path, published, "icd9cm_tabular")
    path = one_file(project, "icd9cm_tabular/2011-10-01", "Dtab*")
    change(project, path, lambda raw: raw[: len(raw) // 2])
    says(
        refuse(project, 3), where=f"{path.name}, line ", expected="an RTF document that ends with its brace",
        found="braces that nothing closes", next_step="fetch the file again: it was cut short",
    )  # fmt: skip


def test_record_with_a_month_that_does_not_exist(tmp_path: Path, published: Path) -> None:
    project = excerpt_project(tmp_path, published, "hcpcs")
    path = one_file(project, "hcpcs/2025-01-01")
    for wrong in (b"20021301", b"00000000"):
        good = path.read_bytes()
        change(project, path, lambda raw, wrong=wrong: raw.replace(b"20020701", wrong, 1))  # type: ignore[misc]
        says(
            refuse(project, 3), where=f"{path.name}, line 1", expected="days as YYYYMMDD", found="A1 00100 7",
            next_step="fetch the file again",
        )  # fmt: skip
        path.write_bytes(good)
