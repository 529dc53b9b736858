"""Every format is a row: what it writes is written, described and documented."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.ask.build_files import is_whole
from pipeline.export import datapackage, formats
from pipeline.export.formats import FORMATS, TABLE_FORMATS, WholeFormat
from schemas import TABLES
from tests.samples import Project, make_project


def test_names_of_formats_and_what_they_write_are_distinct() -> None:
    places = [each.place if isinstance(each, WholeFormat) else each.name for each in FORMATS.values()]
    assert len(set(places)) == len(places) == len(FORMATS)
    assert [name for name, each in FORMATS.items() if each.name != name] == []


def test_a_new_format_is_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_feather(table: pa.Table, path: Path) -> None:
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)

    row = replace(TABLE_FORMATS["parquet"], name="arrow", name_file="{}.arrow".format, write=write_feather)
    for module in (formats, datapackage):
        monkeypatch.setattr(module, "TABLE_FORMATS", {**TABLE_FORMATS, "arrow": row})
    monkeypatch.setattr(formats, "FORMATS", {**FORMATS, "arrow": row})
    project = make_project(tmp_path)
    assert project.build().exit_code == 0
    latest = project.output / "latest"
    assert {path.name for path in (latest / "arrow").iterdir()} == {f"{name}.arrow" for name in TABLES}
    package = json.loads((latest / "datapackage.json").read_text("utf-8"))
    assert [each["arrow"]["path"] for each in package["resources"] if "schema" in each] == [
        f"arrow/{name}.arrow" for name in TABLES
    ]
    assert is_whole(latest)
    (latest / "arrow" / "codes.arrow").write_bytes(b"spoilt")
    assert not is_whole(latest)


def test_a_file_whose_bytes_vary_is_compared_by_its_content_and_has_no_hash(whole: Project) -> None:
    package = json.loads((whole.output / "latest" / "datapackage.json").read_text("utf-8"))
    without = {each["path"] for each in package["resources"] if "hash" not in each}
    assert without == {each.place for each in FORMATS.values() if isinstance(each, WholeFormat) and each.is_same}
