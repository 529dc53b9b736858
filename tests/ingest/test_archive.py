"""Opening releases. What is refused is in tests/broken."""

from pathlib import Path

import pytest

from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import RawFile, RawRelease, survey_raw
from pipeline.errors import RawFileError
from pipeline.ingest import TextFrame, ingest
from pipeline.ingest.archive import Member, open_members
from pipeline.ingest.workbook import is_workbook, open_workbook
from pipeline.layouts import LAYOUTS
from tests.samples import EXCERPT, ORDER_LINES, make_project, text_of, write_sums, write_zip


def members_of(delivery: RawRelease, wanted: set[str]) -> list[Member]:
    (path,) = delivery.paths
    return list(open_members(delivery, delivery.read_file(path), wanted))


def frames_of(delivery: RawRelease) -> list[TextFrame]:
    return ingest(delivery, LAYOUTS[delivery.source.layout].readers).frames


def test_member_says_its_part_and_where_it_was_found(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    write_zip(project.order_zip, {"folder with order/readme.pdf": b"", "a/ICD10CM_ORDER_2026.TXT": b"bytes"})
    (delivery,) = survey_raw(project.raw, read_catalogue(project.catalogue)).found
    (member,) = members_of(delivery, {"order"})
    assert (member.part, member.raw) == ("order", b"bytes")
    assert member.where == f"{project.order_zip}!a/ICD10CM_ORDER_2026.TXT"


def test_members_that_nobody_wants_are_not_opened(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    both = {"icd10cm_order_2026.txt": b"order", "icd10cm_order_addenda_2026.txt": b"addenda"}
    write_zip(project.order_zip, both)
    (delivery,) = survey_raw(project.raw, read_catalogue(project.catalogue)).found
    assert [member.raw for member in members_of(delivery, {"order"})] == [b"order"]
    assert {member.part for member in members_of(delivery, {"order", "addenda"})} == {"order", "addenda"}


def test_a_loose_file_of_a_part_that_nobody_wants_is_passed_over_and_one_of_no_part_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "elixhauser_icd10cm" / "2019-1"
    folder.mkdir(parents=True)
    path = folder / "elix_comoanaly_icd10cm_2019_1.txt"
    path.write_bytes(b"a program")
    write_sums(tmp_path)
    (delivery,) = survey_raw(tmp_path, read_catalogue()).found
    assert members_of(delivery, {"formats", "workbook"}) == []
    assert [member.part for member in members_of(delivery, {"program"})] == ["program"]
    path.rename(folder / "program.txt")
    other = RawFile(folder / "program.txt", b"a program", "")
    with pytest.raises(RawFileError, match="a member named like"):
        list(open_members(delivery, other, {"formats", "workbook"}))


def test_same_lines_in_an_archive_and_loose_give_the_same_rows(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    loose = tmp_path / "loose" / "icd10cm" / "2025-10-01" / "icd10cm_order_2026.txt"
    loose.parent.mkdir(parents=True)
    loose.write_bytes(text_of(ORDER_LINES))
    write_sums(loose.parents[2])
    catalogue = read_catalogue(project.catalogue)
    tables = [frames_of(survey_raw(raw, catalogue).found[0])[0].table for raw in (project.raw, loose.parents[2])]
    assert tables[0].equals(tables[1])


def test_every_column_of_every_frame_of_the_excerpt_is_text_but_for_the_line() -> None:
    found = [each for each in survey_raw(EXCERPT, read_catalogue()).in_use() if each.source.layout in LAYOUTS]
    not_in_the_excerpt = {
        "who_meta", "icd10pcs_conversion", "icd9cm_conversion", "ccsr", "hcc", "mcd_exports", "nhsn_cpt",
        "ccs_services", "rbcs",
    }  # fmt: skip
    assert {each.source.layout for each in found} | not_in_the_excerpt == set(LAYOUTS)
    for delivery in found:
        for frame in frames_of(delivery):
            types = {
                name: str(kind) for name, kind in zip(frame.table.column_names, frame.table.schema.types, strict=True)
            }
            assert types.pop("line") == "int64", frame.where
            assert set(types.values()) <= {"string", "list<item: string>"}, frame.where


def rows_of_longest_sheet(where: str, raw: bytes) -> int:
    workbook = open_workbook(where, raw)
    return max(len(workbook.sheet(name).rows) for name in workbook.names)


def test_lines_of_frames_rise_and_exist() -> None:
    for delivery in survey_raw(EXCERPT, read_catalogue()).in_use():
        if delivery.source.layout in LAYOUTS.keys() - {"tabular_rtf", "tabular_xml"}:
            for frame in frames_of(delivery):
                lines = frame.table["line"].to_pylist()
                raw = Path(frame.where).read_bytes()
                count = rows_of_longest_sheet(frame.where, raw) if is_workbook(raw) else raw.count(b"\n") + 1
                assert lines == sorted(lines), frame.where
                assert 1 <= lines[0] <= lines[-1] <= count, frame.where
